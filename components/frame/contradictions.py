"""What sources say against each other, as HTML. All text is escaped."""

from html import escape

from catalog.conflicts import Conflict, Contradiction
from catalog.loading import Catalog
from catalog.schema import Claim
from catalog.words import capital, claimed, day
from components.frame.markup import KIND_WORDS, source_line


def sides(catalog: Catalog, conflict: Conflict) -> str:
    """Every claim of a conflict with its source, by scope; what stands comes first, the rest is struck."""
    return "".join(_scope(catalog, conflict, part) for part in conflict.contradictions)


def _scope(catalog: Catalog, conflict: Conflict, part: Contradiction) -> str:
    scope = f'<p class="remark">{escape(capital(part.scope))}</p>' if part.scope else ""
    items = "".join(_side(catalog, conflict, claim, claim is part.standing) for claim in part.claims)
    return f'{scope}<ul class="claims">{items}</ul>'


def _side(catalog: Catalog, conflict: Conflict, claim: Claim, stands: bool) -> str:
    shown = escape(claimed(conflict.field, claim))
    value = f"<b>{shown}</b> stands" if stands else f"<s>{shown}</s>"
    about = f"{KIND_WORDS[claim.kind]}, {day(claim.as_of)}"
    return f"<li>{value}, {about}: {source_line(catalog, claim.source, claim.locator)}</li>"


def against(conflict: Conflict) -> tuple[str, ...]:
    """What is said against the values that stand, each value once."""
    return tuple(
        dict.fromkeys(claimed(conflict.field, claim) for part in conflict.contradictions for claim in part.others)
    )
