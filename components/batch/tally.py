"""Counts over the results of a batch, taken one after another: what statistics need, and no answer's text.

A row of one model takes a few bytes, so that 100,000 rows of two models stay within some ten megabytes.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from components.batch.records import Result, Status

ALL_CHECKS = "all checks"


@dataclass(frozen=True, slots=True)
class Share:
    """How many repeats of one row passed, and of how many that were decided; at least one."""

    passed: int
    decided: int

    @property
    def value(self) -> float:
        """The share, from 0 to 1."""
        return self.passed / self.decided


class Outcomes:
    """What one check says of the rows of one model: how many of their repeats passed, and were decided."""

    def __init__(self) -> None:
        self._passed = array("H")
        self._decided = array("H")

    def add(self, row: int, passed: bool) -> None:
        """One repeat of a row, counted from 1."""
        missing = row - len(self._decided)
        if missing > 0:
            self._passed.extend([0] * missing)
            self._decided.extend([0] * missing)
        self._passed[row - 1] += passed
        self._decided[row - 1] += 1

    def share(self, row: int) -> Share | None:
        """The share of a row, or None where nothing of it was decided."""
        if not 0 < row <= len(self._decided) or not self._decided[row - 1]:
            return None
        return Share(self._passed[row - 1], self._decided[row - 1])

    def rows(self) -> Iterator[tuple[int, Share]]:
        """The rows of which anything was decided, with their shares."""
        for at, decided in enumerate(self._decided):
            if decided:
                yield at + 1, Share(self._passed[at], decided)


@dataclass
class Side:
    """All that is counted of one model. Times in seconds, money in US dollars.

    `unpriced` counts the answers of which the cost is not known.
    """

    model: str
    checks: dict[str, Outcomes] = field(default_factory=dict)
    whole: Outcomes = field(default_factory=Outcomes)
    totals_s: "array[float]" = field(default_factory=lambda: array("d"))
    firsts_s: "array[float]" = field(default_factory=lambda: array("d"))
    cost_usd: Decimal = Decimal(0)
    unpriced: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    simulated: bool = False

    def outcomes(self, check: str) -> Outcomes:
        """The outcomes of one check by its label, or of all together; none where it never decided."""
        return self.whole if check == ALL_CHECKS else self.checks.get(check, Outcomes())


class Tally:
    """What has been counted so far, a side a model; `add` takes each result once."""

    def __init__(self) -> None:
        self.sides: dict[str, Side] = {}
        self.rows = 0

    def add(self, result: Result) -> None:
        """Count one result."""
        side = self.sides.setdefault(result.key.model, Side(result.key.model))
        self.rows = max(self.rows, result.key.row)
        side.statuses[result.status] += 1
        side.simulated |= result.simulated
        _add_costs(side, result)
        if result.status is not Status.OK:
            side.errors[result.error_kind or result.status.value] += 1
            return
        _add_checks(side, result)
        for times, seconds in ((side.totals_s, result.total_s), (side.firsts_s, result.first_token_s)):
            if seconds is not None:
                times.append(seconds)

    @property
    def checks(self) -> tuple[str, ...]:
        """The labels of the checks that decided anything, in the order in which they first did."""
        return tuple(dict.fromkeys(label for side in self.sides.values() for label in side.checks))


def tally_of(results: Iterable[Result]) -> Tally:
    """Count all results, of which none is kept."""
    tally = Tally()
    for result in results:
        tally.add(result)
    return tally


def _add_costs(side: Side, result: Result) -> None:
    """What an answer costs, with what broken attempts at it did; without an answer only those."""
    parts = (result.discarded_usd, *((result.cost_usd,) if result.status is Status.OK else ()))
    if None in parts:
        side.unpriced += 1
    side.cost_usd += sum((part for part in parts if part is not None), start=Decimal(0))


def _add_checks(side: Side, result: Result) -> None:
    """Each decided check, and all together: one that failed is a failure, else all have to be decided."""
    for verdict in result.checks:
        if verdict.passed is not None:
            side.checks.setdefault(verdict.check, Outcomes()).add(result.key.row, verdict.passed)
    said = [verdict.passed for verdict in result.checks]
    if said and (False in said or None not in said):
        side.whole.add(result.key.row, False not in said)
