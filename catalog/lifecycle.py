"""Where a model stands in its life on a given day, and what takes its place."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.loading import Catalog
from catalog.schema import Claim, Model, Stage

# A date further away than this is a routine minimum and does not make a model an ending one.
_ENDING_WITHIN = timedelta(days=180)
_STAGES = {
    Stage.ANNOUNCED: "announced",
    Stage.EXPERIMENTAL: "experimental",
    Stage.PREVIEW: "preview",
    Stage.GENERALLY_AVAILABLE: "generally available",
    Stage.DEPRECATED: "deprecated",
    Stage.SHUTDOWN_ANNOUNCED: "deprecated",
    Stage.REROUTED: "rerouted",
}
_OPEN = ("experimental", "preview", "generally available", "available", "public access", "listed", "renamed")


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
    a source found it gone where no shutdown date is known, `successor` the id that is named as its replacement, which
    may lie outside the catalog.
    """

    service: Service
    stage: str
    ends: str | None
    last_seen_gone: str | None
    successor: str | None

    @property
    def rerouted(self) -> bool:
        """Whether another model answers its requests."""
        return self.stage == "rerouted"


def today() -> date:
    """The current day in UTC; pages and the command line ask here and pass it on."""
    return datetime.now(UTC).date()


def life(model: Model, on: date) -> Life:
    """The state of `model` on the day `on`, from its claims and its history alone.

    A shutdown date decides by itself. Otherwise the claimed status holds from the day it was stated, and before that
    the last event of the model's history. Before its first event or release a model is unknown.
    """
    ends = _standing(model, "shutdown_date", on)
    gone_since = _gone_since(model)
    stage = _stage(model, on)
    if stage == "available":
        # A model that was read as available outlives older schedules.
        ends = None
    if ends is not None:
        gone = last_day(ends) <= on
    else:
        gone = stage == "shut down" and (gone_since is None or first_day(gone_since) <= on)
    return Life(
        service=Service.SHUT_DOWN if gone else _service(stage, ends, on),
        stage="shut down" if gone else stage,
        ends=ends,
        last_seen_gone=gone_since if gone and ends is None else None,
        successor=_standing(model, "successor", on),
    )


def _standing(model: Model, path: str, on: date) -> str | None:
    """The value that stands for the model itself; what concerns a preview id of it alone is left aside."""
    claims = [claim for claim in model.claims.get(path, ()) if not (claim.scope or "").startswith("preview id")]
    return str(rule(claims, FIELDS[path], on).standing.value) if claims else None


def _stage(model: Model, on: date) -> str:
    claims = model.claims.get("current_status", ())
    status = rule(claims, FIELDS["current_status"], on).standing if claims else None
    if status is not None and _holds(model, status, on):
        return str(status.value)
    past = [event for event in model.lifecycle if event.stage in _STAGES and first_day(event.date) <= on]
    if past:
        return _STAGES[max(past, key=lambda event: event.date).stage]
    return "not known"


def _holds(model: Model, status: Claim, on: date) -> bool:
    """Whether a status speaks of the day: stated by then, and for a shut down model found gone by then."""
    if first_day(status.as_of) > on:
        return False
    gone_since = _gone_since(model)
    return status.value != "shut down" or gone_since is None or first_day(gone_since) <= on


def _service(stage: str, ends: str | None, on: date) -> Service:
    if stage in ("deprecated", "rerouted"):
        return Service.ENDING
    if ends is not None and last_day(ends) - on <= _ENDING_WITHIN:
        return Service.ENDING
    return Service.IN_SERVICE if stage in _OPEN else Service.UNKNOWN


def _gone_since(model: Model) -> str | None:
    days = [event.date for event in model.lifecycle if event.stage in (Stage.UNLISTED, Stage.SHUT_DOWN)]
    return min(days, default=None)


def first_day(text: str) -> date:
    """The first day of a date that may be known to the month or the year only."""
    year, month, day = [*(int(part) for part in text.split("-")), 1, 1][:3]
    return date(year, month, day)


def last_day(text: str) -> date:
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
