"""Which other models a reader of one card may want next. No Streamlit."""

from dataclasses import dataclass
from datetime import date

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.lifecycle import first_day, successors
from catalog.loading import Catalog
from catalog.schema import Model


@dataclass(frozen=True, slots=True)
class Relation:
    """Models in one relation to another, and the words for the relation."""

    words: str
    models: tuple[Model, ...]


def related(catalog: Catalog, model: Model, on: date) -> tuple[Relation, ...]:
    """Successors, predecessors, the neighbours of the same lab and tier in time, and the rest of the family.

    Each model stands in the first relation that it has; relations without models are left out.
    """
    before, after = _neighbours(catalog, model, on)
    relations = (
        ("Its successors", successors(catalog, model, on)),
        ("It succeeds", _predecessors(catalog, model)),
        (f"The {model.tier} model before it", before),
        (f"The {model.tier} model after it", after),
        (f"More of {model.family}", tuple(each for each in catalog.models.values() if each.family == model.family)),
    )
    seen = {model.id}
    found = []
    for words, models in relations:
        fresh = tuple(each for each in models if each.id not in seen)
        seen |= {each.id for each in fresh}
        if fresh:
            found.append(Relation(words, fresh))
    return tuple(found)


def _predecessors(catalog: Catalog, model: Model) -> tuple[Model, ...]:
    """The models whose sources name this one as a successor."""
    return tuple(
        each
        for each in catalog.models.values()
        if any(catalog.find(str(claim.value)) is model for claim in each.claims.get("successor", ()))
    )


def _neighbours(catalog: Catalog, model: Model, on: date) -> tuple[tuple[Model, ...], tuple[Model, ...]]:
    released = _released(model, on)
    if released is None:
        return (), ()
    dated = [
        (day, each)
        for each in catalog.models.values()
        if (each.lab, each.tier) == (model.lab, model.tier) and (day := _released(each, on)) is not None
    ]
    before = max((pair for pair in dated if pair[0] < released), key=lambda pair: pair[0], default=None)
    after = min((pair for pair in dated if pair[0] > released), key=lambda pair: pair[0], default=None)
    return tuple(each[1] for each in (before,) if each), tuple(each[1] for each in (after,) if each)


def _released(model: Model, on: date) -> date | None:
    claims = model.claims.get("release_date")
    standing = rule(claims, FIELDS["release_date"], on).standing if claims else None
    return first_day(str(standing.value)) if standing is not None and standing.absent is None else None
