"""Where a model stands in its life on a given day, and what takes its place."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from catalog.evidence import Ruling, rule
from catalog.fields import FIELDS
from catalog.loading import Catalog
from catalog.schema import Claim, Model, Stage


class Service(StrEnum):
    """Whether a model can be expected to answer."""

    IN_SERVICE = "in service"
    ENDING = "ending"
    SHUT_DOWN = "shut down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Life:
    """A model's state on a day.

    `ends` is the shutdown day as far as known (YYYY, YYYY-MM or YYYY-MM-DD), `last_seen_gone` the first day on which
    a source found it gone where no shutdown date is known, `successor` the id that its maker names, which may lie
    outside the catalog. `evidence` are the claims behind it.
    """

    service: Service
    stage: str
    ends: str | None
    last_seen_gone: str | None
    successor: str | None
    rerouted: bool
    evidence: tuple[Claim, ...]


def today() -> date:
    """The current day in UTC; pages and the command line ask here and pass it on."""
    return datetime.now(UTC).date()


def life(model: Model, on: date) -> Life:
    """The state of `model` on the day `on`, from its claims and its history alone."""
    status, end, successor = (_ruling(model, path, on) for path in ("current_status", "shutdown_date", "successor"))
    stage = str(status.standing.value) if status else ""
    ends = str(end.standing.value) if end and not end.standing.full_scope.startswith("preview id") else None
    gone = stage == "shut down" or (ends is not None and _last_day(ends) <= on)
    return Life(
        service=_service(stage, ends, gone),
        stage=stage or "not known",
        ends=None if stage == "available" else ends,
        last_seen_gone=_gone_since(model) if gone and ends is None else None,
        successor=str(successor.standing.value) if successor else None,
        rerouted=stage == "rerouted",
        evidence=tuple(ruling.standing for ruling in (status, end, successor) if ruling),
    )


def _ruling(model: Model, path: str, on: date) -> Ruling | None:
    claims = model.claims.get(path)
    return rule(claims, FIELDS[path], on) if claims else None


def _service(stage: str, ends: str | None, gone: bool) -> Service:
    if stage == "available":
        return Service.IN_SERVICE
    if gone:
        return Service.SHUT_DOWN
    if stage in ("deprecated", "rerouted"):
        return Service.ENDING
    if ends is not None:
        return Service.ENDING if stage in ("", "not known") else Service.IN_SERVICE
    return Service.IN_SERVICE if stage else Service.UNKNOWN


def _gone_since(model: Model) -> str | None:
    days = [event.date for event in model.lifecycle if event.stage in (Stage.UNLISTED, Stage.SHUT_DOWN)]
    return max(days, default=None)


def _last_day(text: str) -> date:
    """The last day of a date that may be known to the month or the year only."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    month = parts[1] if len(parts) == 2 else 12
    first_of_next = date(parts[0] + month // 12, month % 12 + 1, 1)
    return date.fromordinal(first_of_next.toordinal() - 1)


def successors(catalog: Catalog, model: Model, on: date) -> tuple[Model, ...]:
    """The chain of named successors that the catalog knows, nearest first, ending at the first one in service."""
    chain: list[Model] = []
    current = model
    while len(chain) < len(catalog.models):
        name = life(current, on).successor
        heir = catalog.find(name) if name else None
        if heir is None or heir.id == model.id or heir in chain:
            break
        chain.append(heir)
        if life(heir, on).service is Service.IN_SERVICE:
            break
        current = heir
    return tuple(chain)


def stand_in(catalog: Catalog, model: Model, on: date) -> Model | None:
    """The first successor that is in service on the day, or None; for a model in service None as well."""
    if life(model, on).service is Service.IN_SERVICE:
        return None
    chain = successors(catalog, model, on)
    return chain[-1] if chain and life(chain[-1], on).service is Service.IN_SERVICE else None
