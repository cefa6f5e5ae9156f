"""Which rows of a batch are listed, and in which order: the rows that differ first."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from components.batch.statistics import differing
from components.batch.tally import ALL_CHECKS, Share, Tally


class Show(StrEnum):
    """Which rows are listed."""

    ALL = "all"
    DIFFERS = "differs"
    PASSED = "passed"
    FAILED = "failed"
    ERRORS = "errors"


@dataclass(frozen=True, slots=True)
class Sieve:
    """What a reader has chosen: rows of a kind by one check, at one model (empty: at any), with the two compared."""

    show: Show = Show.ALL
    check: str = ALL_CHECKS
    model: str = ""
    one: str = ""
    other: str = ""


def sifted(tally: Tally, sieve: Sieve, errors: Collection[int], found: Collection[int] | None = None) -> list[int]:
    """The numbers of the rows to list, those first on which the two models differ.

    `errors` are rows that have no answer of the chosen model, `found` those that a search found, None without one.
    """
    kept = (row for row in ordered(tally, sieve) if found is None or row in found)
    return [row for row in kept if _passes(tally, sieve, row, errors)]


def ordered(tally: Tally, sieve: Sieve) -> list[int]:
    """Every row, those first on which the two models differ by the check; by number where nothing was checked."""
    both = sieve.one in tally.sides and sieve.other in tally.sides
    if not both or not tally.checks:
        return list(range(1, tally.rows + 1))
    return differing(tally, sieve.one, sieve.other, sieve.check)


def differs(tally: Tally, sieve: Sieve, row: int) -> bool:
    """Whether both models have an outcome of a row, and not the same one."""
    pair = [_share(tally, name, sieve.check, row) for name in (sieve.one, sieve.other)]
    return None not in pair and len({share.value for share in pair if share}) > 1


def _passes(tally: Tally, sieve: Sieve, row: int, errors: Collection[int]) -> bool:
    if sieve.show is Show.ALL:
        return True
    if sieve.show is Show.ERRORS:
        return row in errors
    if sieve.show is Show.DIFFERS:
        return differs(tally, sieve, row)
    names = [sieve.model] if sieve.model else list(tally.sides)
    shares = [share for name in names if (share := _share(tally, name, sieve.check, row)) is not None]
    passed = [share.passed == share.decided for share in shares]
    return bool(passed) and (all(passed) if sieve.show is Show.PASSED else not all(passed))


def _share(tally: Tally, model: str, check: str, row: int) -> Share | None:
    side = tally.sides.get(model)
    return side.outcomes(check).share(row) if side else None
