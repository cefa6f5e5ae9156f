"""What the catalog has published about a figure, on the platform that is called."""

from datetime import date

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.loading import Catalog
from catalog.prices import GEMINI_API, VERTEX_AI
from catalog.schema import Claim, Kind, Model
from catalog.words import day, value

NONE_PUBLISHED = "none published"
_PLAIN = (Kind.OFFICIAL, Kind.THIRD_PARTY)


def platform(vertexai: bool) -> str:
    """The platform whose prices and limits hold."""
    return VERTEX_AI if vertexai else GEMINI_API


def published(model: Model | None, path: str, vertexai: bool, on: date) -> Claim | None:
    """The claim with a number that stands for a field of `catalog.fields` on the day `on`, or None.

    A claim about the platform that is called goes before one about the model as such.
    """
    claims = model.claims.get(path) if model else None
    if not claims:
        return None
    ruling = rule(claims, FIELDS[path], on)
    # The platform "Gemini API (AI Studio)" is called "AI Studio" in claims about speed.
    here = [claim for claim in ruling.by_scope if claim.full_scope and claim.full_scope in platform(vertexai)]
    standing = here[0] if here else ruling.standing
    return standing if isinstance(standing.value, int | float) else None


def published_words(catalog: Catalog, path: str, claim: Claim | None, name: str = "") -> str:
    """A published figure with its source and date, such as "published: 0.41 s (Title, May 2026, AI Studio)".

    `name` goes before the figure where it is not the same thing as what was measured.
    """
    if claim is None:
        return NONE_PUBLISHED
    sign = "≈ " if claim.kind is Kind.ESTIMATE else ""
    kind = "" if claim.kind in _PLAIN else claim.kind.value
    facts = [catalog.sources[claim.source].title, day(claim.as_of), claim.full_scope, kind]
    figure = f"{sign}{value(FIELDS[path], claim.value)}"
    return f"published: {f'{name} ' if name else ''}{figure} ({', '.join(fact for fact in facts if fact)})"
