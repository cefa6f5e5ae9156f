"""Which votes and opinions count: those on real answers that nobody could tell apart by more than their content."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from catalog.loading import Catalog
from catalog.words import listing
from components.archive.wording import count_words
from components.history.query import JudgementRow, VoteRow
from components.history.records import RunRecord
from components.playground.blind import Phase, ballots, names_itself, state
from components.playground.judge import Judgement, agreement_rate, judgement_of
from components.playground.keeping import restored
from components.playground.ratings import Ballot


class Spoilt(StrEnum):
    """Why a vote does not count; `FINE` where it does."""

    FINE = ""
    SIMULATED = "on simulated answers"
    IMPORTED = "from imported runs"
    NAMED = "where an answer names its model"
    VOID = "where an answer failed or was cut off"
    UNREADABLE = "that cannot be read"


@dataclass(frozen=True, slots=True)
class Tally:
    """The ballots that count, how many votes they come from, and how many votes are left out for which reason."""

    ballots: tuple[Ballot, ...]
    votes: int
    left_out: tuple[tuple[Spoilt, int], ...]

    @property
    def sentence(self) -> str:
        """How many votes are counted and how many are not, with the reasons."""
        verb = "counts" if self.votes == 1 else "count"
        start = f"{count_words(self.votes, 'vote')} {verb}." if self.votes else "No vote counts yet."
        if not self.left_out:
            return start
        reasons = listing([f"{count:,} {reason.value}" for reason, count in self.left_out])
        return f"{start} Left out: {reasons}."


def tally(rows: Iterable[VoteRow], spoilt: Mapping[str, Spoilt], with_imported: bool) -> Tally:
    """Turn votes into ballots; `spoilt` says of runs by id whether their votes count, as `spoilt_by` has found."""
    cast: list[list[Ballot]] = []
    reasons: Counter[Spoilt] = Counter()
    for row in rows:
        reason = _reason(row, spoilt, with_imported)
        found = [] if reason else _ballots(row)
        if reason or not found:
            reasons[reason or Spoilt.UNREADABLE] += 1
        else:
            cast.append(found)
    left_out = tuple((reason, reasons[reason]) for reason in Spoilt if reasons[reason])
    return Tally(tuple(chain.from_iterable(cast)), len(cast), left_out)


def to_look_at(rows: Iterable[VoteRow], with_imported: bool) -> tuple[str, ...]:
    """The ids of the runs whose answers decide whether their votes count."""
    return tuple(row.run_id for row in rows if not _reason(row, {}, with_imported))


def _reason(row: VoteRow, spoilt: Mapping[str, Spoilt], with_imported: bool) -> Spoilt:
    if row.simulated:
        return Spoilt.SIMULATED
    if row.imported and not with_imported:
        return Spoilt.IMPORTED
    return spoilt.get(row.run_id, Spoilt.FINE)


def _ballots(row: VoteRow) -> list[Ballot]:
    try:
        found = ballots(row.models, row.vote)
    except ValueError:
        return []
    return [Ballot(one, other, vote, row.preset, row.simulated) for one, other, vote in found]


def spoilt_by(catalog: Catalog, run: RunRecord) -> Spoilt:
    """Whether the answers of a voted run spoil its vote: one is void, or tells who wrote it."""
    try:
        snapshot = restored(run).snapshot()
    except ValueError:
        return Spoilt.UNREADABLE
    names = _names(catalog, run.models)
    if any(names_itself(lane.text, names, run.prompt) for lane in snapshot.lanes):
        return Spoilt.NAMED
    return Spoilt.FINE if state(snapshot).phase is Phase.VOTED else Spoilt.VOID


def _names(catalog: Catalog, models: Sequence[str]) -> tuple[str, ...]:
    known = [model for name in models if (model := catalog.find(name)) is not None]
    told = chain.from_iterable((model.name, model.short_name, model.id) for model in known)
    return tuple(dict.fromkeys((*told, *models)))


def pairs(cast: Iterable[Ballot]) -> tuple[tuple[tuple[str, str], int], ...]:
    """The pairs of models that were voted on, by their ids in order, with their ballots; most ballots first."""
    counts = Counter((min(each.one, each.other), max(each.one, each.other)) for each in cast if each.one != each.other)
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


@dataclass(frozen=True, slots=True)
class JudgeRow:
    """How often a judge agreed with itself when the order of the answers was swapped."""

    judge: str
    agreed: int
    opinions: int


@dataclass(frozen=True, slots=True)
class Judges:
    """Every judge with its agreement, most opinions first, and how many opinions are left out for which reason."""

    rows: tuple[JudgeRow, ...]
    left_out: tuple[tuple[str, int], ...]


def judges(rows: Iterable[JudgementRow], with_imported: bool) -> Judges:
    """The agreement of each judge over the opinions that count: those of real models on both orders."""
    counted: dict[str, list[Judgement]] = {}
    reasons: Counter[str] = Counter()
    for row in rows:
        opinion = _opinion(row)
        if row.judgement.simulated or (opinion is not None and opinion.simulated):
            reasons["simulated"] += 1
        elif row.imported and not with_imported:
            reasons["imported"] += 1
        elif opinion is None or opinion.agreed is None:
            reasons["failed or not readable"] += 1
        else:
            counted.setdefault(row.judgement.judge, []).append(opinion)
    found = (JudgeRow(judge, *agreement_rate(opinions)) for judge, opinions in counted.items())
    order = ("simulated", "imported", "failed or not readable")
    left_out = tuple((reason, reasons[reason]) for reason in order if reasons[reason])
    return Judges(tuple(sorted(found, key=lambda each: (-each.opinions, each.judge))), left_out)


def _opinion(row: JudgementRow) -> Judgement | None:
    try:
        return judgement_of(row.judgement.outcome)
    except (KeyError, TypeError, ValueError):
        return None
