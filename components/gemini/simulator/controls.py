"""What a client may ask of the simulator itself: a fault, a pace. By header, or by a directive in the prompt."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from components.gemini.simulator.errors import ApiError, bad_request
from components.gemini.simulator.faults import Fault

HEADER_PREFIX = "x-simulator-"
ENDS_OF_BATCH = ("SUCCEEDED", "FAILED", "EXPIRED")

_DIRECTIVE = re.compile(r"[ \t]*\[\[simulate\b([^\[\]]{0,500})\]\]")


@dataclass(frozen=True)
class Controls:
    """What was asked for; None leaves the model's or the batch's own pace, and an empty batch state its own end."""

    fault: Fault | None = None
    first_token_ms: float | None = None
    tokens_per_second: float | None = None
    tokens_per_chunk: int | None = None
    no_model_version: bool = False
    batch_pending_ms: float | None = None
    batch_rows_per_second: float | None = None
    batch_state: str = ""


def split_directives(text: str) -> tuple[str, list[dict[str, str]]]:
    """Return `text` without its `[[simulate key=value ...]]` directives, and the pairs of each of them."""
    directives = [_pairs(match.group(1)) for match in _DIRECTIVE.finditer(text)]
    return (_DIRECTIVE.sub("", text).strip(), directives) if directives else (text, [])


def read_controls(
    headers: Iterable[tuple[str, str]], directives: Iterable[Mapping[str, str]], model_id: str
) -> Controls:
    """Return what the headers and the directives for `model_id` ask for; headers win.

    A directive that names a model is for that model only. Raises ApiError 400 for an unknown name and for
    a value that is out of range.
    """
    asked: dict[str, str] = {}
    for directive in directives:
        named = directive.get("model", model_id).removeprefix("models/")
        if named == model_id:
            asked |= {key: value for key, value in directive.items() if key != "model"}
    asked |= {
        name.lower().removeprefix(HEADER_PREFIX): value
        for name, value in headers
        if name.lower().startswith(HEADER_PREFIX)
    }
    return Controls(**{key.replace("-", "_"): _value(key, text) for key, text in asked.items()})


def _pairs(text: str) -> dict[str, str]:
    pairs = {}
    for word in text.split():
        key, _, value = word.partition("=")
        pairs[key.lower().replace("_", "-")] = value
    return pairs


def _value(key: str, text: str) -> Any:
    reader = _READERS.get(key)
    if reader is None:
        raise _refusal(key, f"unknown control '{key}'; known are {', '.join(_READERS)}")
    return reader(key, text.strip())


def _fault(key: str, text: str) -> Fault:
    try:
        return Fault(text)
    except ValueError:
        raise _refusal(key, f"unknown fault '{text}'; known are {', '.join(Fault)}") from None


def _number(low: float, high: float) -> Callable[[str, str], float]:
    def read(key: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise _refusal(key, f"'{text}' is not a number from {low:g} to {high:g}")
        return value

    return read


def _count(key: str, text: str) -> int:
    return int(_number(1, 100_000)(key, text))


def _switch(key: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise _refusal(key, f"'{text}' is neither 0 nor 1")
    return text == "1"


def _end_of_batch(key: str, text: str) -> str:
    if text not in ENDS_OF_BATCH:
        raise _refusal(key, f"'{text}' is none of {', '.join(ENDS_OF_BATCH)}")
    return text


def _refusal(key: str, complaint: str) -> ApiError:
    return bad_request([(HEADER_PREFIX + key, complaint)], f"Simulator: {complaint}.")


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "fault": _fault,
    "first-token-ms": _number(0, 600_000),
    "tokens-per-second": _number(0.1, 1_000_000),
    "tokens-per-chunk": _count,
    "no-model-version": _switch,
    "batch-pending-ms": _number(0, 86_400_000),
    "batch-rows-per-second": _number(0.01, 1_000_000),
    "batch-state": _end_of_batch,
}
