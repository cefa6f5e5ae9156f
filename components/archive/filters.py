"""Which runs are listed: the filters as the address holds them, and as the history is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import urlencode

from components.archive.wording import Zone, end_of, start_of
from components.history.query import Query, State

PAGE = 25
NO_PRESET = "none"
REAL, SIMULATED = "real", "simulated"
YES, NO = "yes", "no"
PARAMETERS = ("q", "model", "state", "kind", "preset", "tag", "voted", "since", "until")


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen; empty values and None do not filter. `since` and `until` are both included."""

    q: str = ""
    models: tuple[str, ...] = ()
    state: State | None = None
    simulated: bool | None = None
    presets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    voted: bool | None = None
    since: date | None = None
    until: date | None = None

    @property
    def active(self) -> int:
        """How many filters are set."""
        nothing = Filters()
        return sum(getattr(self, each.name) != getattr(nothing, each.name) for each in fields(self))


def read_filters(parameters: Mapping[str, str]) -> Filters:
    """The filters of an address; what it does not say in a way that is understood does not filter."""
    state = parameters.get("state", "")
    presets = _names(parameters.get("preset", ""))
    return Filters(
        q=parameters.get("q", "").strip(),
        models=_names(parameters.get("model", "")),
        state=State(state) if state in set(State) else None,
        simulated={REAL: False, SIMULATED: True}.get(parameters.get("kind", "")),
        presets=tuple("" if each == NO_PRESET else each for each in presets),
        tags=_names(parameters.get("tag", "")),
        voted={YES: True, NO: False}.get(parameters.get("voted", "")),
        since=read_date(parameters.get("since", "")),
        until=read_date(parameters.get("until", "")),
    )


def read_date(text: str) -> date | None:
    """A date written as 2026-11-26; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def query_of(filters: Filters, owner: str, zone: Zone, limit: int = PAGE, offset: int = 0) -> Query:
    """What the history is asked for a stretch of the list; dates begin and end in the reader's zone."""
    return Query(
        owner=owner,
        text=filters.q,
        models=filters.models,
        presets=filters.presets,
        tags=filters.tags,
        simulated=filters.simulated,
        state=filters.state,
        voted=filters.voted,
        since=None if filters.since is None else start_of(filters.since, zone),
        until=None if filters.until is None else end_of(filters.until, zone),
        limit=limit,
        offset=offset,
    )


def page_count(total: int) -> int:
    """How many pages a list of runs has, at least one."""
    return max(1, -(-total // PAGE))


def page_of(text: str, total: int) -> int:
    """The page that an address asks for, from 1 to the last one that there is."""
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
    return min(max(asked, 1), page_count(total))


def link(path: str, parameters: Mapping[str, str], /, **changes: str) -> str:
    """The address of a page with these parameters and changes to them; an empty value takes a parameter out."""
    kept = {name: value for name, value in {**parameters, **changes}.items() if value}
    return f"{path}?{urlencode(kept, safe=',')}" if kept else path


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in text.split(",") if name))
