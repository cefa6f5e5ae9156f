"""Reads the fields of a JSON message under either of their spellings, with the complaints of the real service."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from starlette.requests import Request

from components.gemini.simulator.errors import ApiError, bad_request, out_of_range

T = TypeVar("T")
_INT32 = range(-(2**31), 2**31)


def fields_of(message: Mapping[str, Any], known: frozenset[str], where: str) -> dict[str, Any]:
    """Return the set fields under their snake_case names; raise ApiError 400 for every unknown one at once."""
    unknown = [name for name in message if _snake(name) not in known]
    if unknown:
        at = f" at '{where}'" if where else ""
        raise bad_request(
            [
                (where, f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.')
                for name in unknown
            ]
        )
    return {_snake(name): value for name, value in message.items() if value is not None}


def message_of(value: Any, where: str) -> Mapping[str, Any]:
    """Return a value that is a JSON object; raise ApiError 400 for another kind."""
    if not isinstance(value, Mapping):
        raise wrong_type(where, "MESSAGE", value)
    return value


def repeated(value: Any, where: str) -> list[Any]:
    """Return a list, a single message being a list of one; raise ApiError 400 for another kind."""
    # The real service takes a single message where a list belongs.
    if isinstance(value, Mapping):
        return [value]
    if value is not None and not isinstance(value, list):
        raise wrong_type(where, "LIST", value)
    return value or []


def string_of(value: Any, where: str) -> str:
    """Return a text; raise ApiError 400 for another kind."""
    if not isinstance(value, str):
        raise wrong_type(where, "STRING", value)
    return value


def number_in(fields: Mapping[str, Any], name: str, low: float, high: float, where: str) -> None:
    """Raise ApiError 400 unless the field is absent or a number from `low` to `high`."""
    value = fields.get(name)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(f"{where}.{name}", "FLOAT", value)
    if not low <= value <= high:
        raise out_of_range(f"{where}.{name}", f"{name} must be in the range [{low:.1f}, {high:.1f}].")


def integer_in(fields: Mapping[str, Any], name: str, where: str, least: int | None = None) -> int | None:
    """Return the field, None where it is absent; raise ApiError 400 unless it is a 32-bit integer from `least` up."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in _INT32:
        raise wrong_type(f"{where}.{name}", "INT32", value)
    if least is not None and value < least:
        raise out_of_range(f"{where}.{name}", f"{name} must be at least {least}.")
    return value


def page_number(request: Request, name: str) -> int:
    """Return a number of the query, 0 where it is absent; raise ApiError 400 for something else."""
    text = request.query_params.get(name, "") or "0"
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise bad_request([(name, f"Invalid value at '{name}': {text[:100]}")])
    return int(text)


def page_of(
    request: Request,
    name: str,
    found: Sequence[T],
    record: Callable[[T], dict[str, Any]],
    usual: int = 50,
    largest: int = 1_000,
) -> dict[str, Any]:
    """Return one page of a list under its name in the reply, with the token of the next page where there is one.

    `usual` and `largest` are how many entries a page has where none, or too many, are asked for. Raises ApiError 400
    for a size or a token that is no number.
    """
    size = min(page_number(request, "pageSize") or usual, largest)
    start = page_number(request, "pageToken")
    page: dict[str, Any] = {name: [record(each) for each in found[start : start + size]]}
    if start + size < len(found):
        page["nextPageToken"] = str(start + size)
    return page


def written(moment: datetime) -> str:
    """Return a time as the service writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def wrong_type(where: str, kind: str, value: Any) -> ApiError:
    """Return the 400 for a value of another type than `kind`."""
    shown = compact(value)[:100]
    return bad_request([(where, f"Invalid value at '{where}' (TYPE_{kind}), {shown}")])


def compact(value: Any) -> str:
    """Return a value as JSON in ASCII; raise ApiError 400 for one that is nested too deeply."""
    try:
        return json.dumps(value)
    except RecursionError:
        raise too_deep() from None


def too_deep() -> ApiError:
    """Return the 400 for JSON that is nested more deeply than anybody reads."""
    return bad_request([("", "Invalid JSON payload received. Message too deep. Max recursion depth reached.")])


@lru_cache(maxsize=1_000)
def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
