"""The runs of a report as they may be read: whose answers they are, unless a vote could still be swayed by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.loading import Catalog
from components.archive.rows import name_text
from components.archive.tally import Tally
from components.history.records import BatchRecord, LaneRecord, RunRecord
from components.playground.blind import hidden
from components.playground.keeping import restored
from components.playground.lanes import LaneSnapshot

SIMULATED = "simulated, not a model's answer"


@dataclass(frozen=True, slots=True)
class OwnRuns:
    """The runs and batches that were chosen, and the votes over all runs where whoever asks for the report has them.

    `tally` has the ballots that count, without those on simulated answers, and says what was left out.
    """

    runs: tuple[RunRecord, ...] = ()
    batches: tuple[BatchRecord, ...] = ()
    tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a run: what it is called, the model that gave it, its text, and what it was measured by.

    `model` is the id as the catalog has it, empty where it is hidden or outside the catalog. `lane` is None where the
    run was kept in a form that cannot be read as a whole; its text is there all the same.
    """

    label: str
    model: str
    text: str
    record: LaneRecord
    lane: LaneSnapshot | None


@dataclass(frozen=True, slots=True)
class ReadRun:
    """A run with its number in the report. While `secret`, its answers are called A, B and so on, in blind order."""

    number: int
    record: RunRecord
    answers: tuple[Answer, ...]
    secret: bool
    readable: bool


def read(catalog: Catalog, record: RunRecord, number: int) -> ReadRun:
    """The run as it may be shown; a blind one without a vote does not tell which answer is whose."""
    try:
        snapshot = restored(record).snapshot()
    except ValueError:
        secret = bool(record.order) and not record.vote
        lanes: Sequence[LaneSnapshot | None] = [None] * len(record.lanes)
        return ReadRun(number, record, _answers(catalog, record, lanes, secret), secret, readable=False)
    secret = hidden(snapshot)
    return ReadRun(number, record, _answers(catalog, record, snapshot.lanes, secret), secret, readable=True)


def _answers(
    catalog: Catalog, record: RunRecord, lanes: Sequence[LaneSnapshot | None], secret: bool
) -> tuple[Answer, ...]:
    places = {side: place for place, side in enumerate(record.order)}
    found = [
        (_turn(record, at, places), _answer(catalog, record, at, lane, places if secret else None))
        for at, lane in enumerate(lanes)
    ]
    return tuple(answer for _, answer in (sorted(found, key=lambda pair: pair[0]) if secret else found))


def _turn(record: RunRecord, at: int, places: dict[int, int]) -> tuple[int, int]:
    """The repeat and the place at which an answer stands in the blind order."""
    repeat, side = divmod(at, record.sides)
    return repeat, places.get(side, side)


def _answer(
    catalog: Catalog, record: RunRecord, at: int, lane: LaneSnapshot | None, places: dict[int, int] | None
) -> Answer:
    kept = record.lanes[at]
    repeat, side = divmod(at, record.sides)
    model = catalog.find(kept.model)
    name = name_text(catalog, kept.model) if places is None else "ABCD"[places.get(side, side) % 4]
    label = f"{name}, answer {repeat + 1}" if record.repeats > 1 else name
    return Answer(label, model.id if model and places is None else "", kept.text, kept, lane)
