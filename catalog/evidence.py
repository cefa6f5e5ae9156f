"""Which claim stands, and which claims conflict. Pure functions over claims."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.fields import Field
from catalog.schema import Basis, Claim, Kind

_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_BASES = {basis: rank for rank, basis in enumerate(Basis)}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a field's claims amount to.

    `standing` is the claim that a reader is shown first. `by_scope` has the claim that stands within each scope, the
    general scope first. `conflicts` has every claim that says something else than the claim standing in its own
    scope. `claims` are all of them, in file order.
    """

    standing: Claim
    by_scope: tuple[Claim, ...]
    conflicts: tuple[Claim, ...]
    claims: tuple[Claim, ...]

    @property
    def conflict(self) -> bool:
        """Whether any two claims of one scope disagree."""
        return bool(self.conflicts)

    def stands(self, claim: Claim) -> bool:
        """Whether `claim` (one of `claims`) is the one that stands within its scope."""
        return any(claim is standing for standing in self.by_scope)


def standing_claim(claims: Sequence[Claim], on: date) -> Claim:
    """The claim of one scope that stands on the day `on`.

    Official stands before third party before estimate before illustrative before inference; then a claim whose
    stated period includes the day before one without a period; then the newer `as_of` (compared as far as it is
    known, so 2025 is older than 2025-04); then file order. Claims whose period excludes the day stand only where no
    other does. Raises ValueError for no claims.
    """
    if not claims:
        raise ValueError("no claims to choose from")
    current = [claim for claim in claims if claim.holds_on(on)] or list(claims)
    best = current[0]
    for claim in current[1:]:
        if _strength(claim) > _strength(best):
            best = claim
    return best


def _strength(claim: Claim) -> tuple[int, bool, str]:
    return (-_RANK[claim.kind], _has_period(claim), claim.as_of)


def _has_period(claim: Claim) -> bool:
    return claim.valid_from is not None or claim.valid_to is not None


def rule(claims: Sequence[Claim], field: Field, on: date) -> Ruling:
    """Rules over all claims of one field on the day `on`.

    Claims of different scope never conflict. The general scope (no limit) is shown first; where every claim is
    limited, the strongest of those that stand is shown; for plans (`field.plan`) the newest, since a plan is replaced
    by the next one whoever reports it; for prices (`field.first_scope`) the first scope of the file, list prices
    before free rates before others. Fields that hold many values at once (`field.many`) have no conflict.
    Raises ValueError for no claims.
    """
    scopes: dict[str, list[Claim]] = {}
    for claim in claims:
        scopes.setdefault(_scope(claim, field), []).append(claim)
    by_scope = [standing_claim(members, on) for members in scopes.values()]
    general = [claim for claim in by_scope if not claim.full_scope]
    limited = [claim for claim in by_scope if claim.full_scope]
    standing = _first(general, field, on) if general else _first(limited, field, on)
    conflicts = () if field.many else tuple(_conflicts(scopes.values(), on))
    return Ruling(standing, tuple(general + limited), conflicts, tuple(claims))


def _scope(claim: Claim, field: Field) -> str:
    return f"{claim.full_scope}\0{claim.value}" if field.many else claim.full_scope


def _first(candidates: Sequence[Claim], field: Field, on: date) -> Claim:
    if field.plan:
        return max(candidates, key=lambda claim: (claim.as_of, -_RANK[claim.kind]))
    if field.first_scope:
        return min(candidates, key=lambda claim: _BASES[claim.basis])
    return standing_claim(candidates, on)


def _conflicts(scopes: Iterable[Sequence[Claim]], on: date) -> Iterator[Claim]:
    for members in scopes:
        stands = standing_claim(members, on)
        current = [claim for claim in members if claim.holds_on(on)]
        beaten = [claim for claim in current if not agree(claim.value, stands.value)]
        # Two claims may both fit a vaguer one that stands, such as two months of its year, and still disagree.
        yield from beaten or (claim for claim in current if any(not agree(claim.value, each.value) for each in current))


def agree(one: object, other: object) -> bool:
    """Whether two values say the same: lists in any order, dates as far as both are known, numbers exactly."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _date_within(one, other) or _date_within(other, one)
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _date_within(short: str, long: str) -> bool:
    return long.startswith(f"{short}-") and short.replace("-", "").isdigit() and len(short) in (4, 7)
