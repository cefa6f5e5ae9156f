"""What the measures of the catalog, the bill and a visitor's own figures say about models, criterion by criterion."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.decision import Criterion
from catalog.fields import FIELDS
from catalog.loading import Catalog
from catalog.own_parts import OwnFigure as OwnFigure
from catalog.own_parts import OwnFigures as OwnFigures
from catalog.own_parts import own_parts
from catalog.parts import Bills as Bills
from catalog.parts import Part as Part
from catalog.parts import published_parts
from catalog.scales import Place as Place
from catalog.schema import Model
from catalog.words import listing


@dataclass(frozen=True, slots=True)
class Estimate:
    """What all parts of a criterion say about one model.

    `place` is None where nothing is known: anything from 0 to 1 may be true. `known` are the indices of the parts that
    the model has. A model that is not `complete` lacks parts that others have: the interval then spans all that these
    could say, and `place.middle` is the mean of the others and no point to show.
    """

    place: Place | None
    known: tuple[int, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One criterion: its parts, an estimate a model, and what evidence is missing, a sentence each."""

    criterion: Criterion
    parts: tuple[Part, ...]
    estimates: tuple[Estimate, ...]
    missing: tuple[str, ...]

    def apart(self, one: int, other: int) -> float | None:
        """How much better the model at `one` is than that at `other`, -1 to 1; None where they share no part.

        It is the mean over the parts that both have, and so never rests on a missing value.
        """
        pairs = [(part.places[one], part.places[other]) for part in self.parts]
        found = [first.middle - second.middle for first, second in pairs if first is not None and second is not None]
        return math.fsum(found) / len(found) if found else None


def measured(
    catalog: Catalog, models: Sequence[Model], bills: Bills, on: date, own: OwnFigures | None = None
) -> tuple[Measured, ...]:
    """Every criterion of `decision.yaml`, in file order, for the models and their bills in the same order.

    A part counts that two of the models share (of one model alone, all that it has); the parts of a criterion weigh
    equally. Own figures that two of the models share replace the published ones of their criterion: votes those of
    tests, waiting times and speeds those of times and speeds, costs the bill.
    """
    return tuple(_measured(catalog, each, models, bills, on, own or OwnFigures()) for each in catalog.decision.criteria)


def _measured(
    catalog: Catalog, criterion: Criterion, models: Sequence[Model], bills: Bills, on: date, own: OwnFigures
) -> Measured:
    mine = [*own_parts(catalog.decision, criterion, models, own)]
    found = mine or [*published_parts(catalog, criterion, models, bills, on)]
    parts = tuple(part for part in found if _says(part, len(models)))
    estimates = tuple(estimate([part.places[at] for part in parts]) for at in range(len(models)))
    missing = _missing(catalog, criterion, models, parts, estimates, bool(mine))
    return Measured(criterion, parts, estimates, tuple(missing))


def _says(part: Part, models: int) -> bool:
    return sum(place is not None for place in part.places) >= max(1, min(2, models))


def estimate(places: Sequence[Place | None]) -> Estimate:
    """The mean of a model's places on all parts of a criterion, with the parts' noise taken as independent.

    For parts that it lacks, the interval reaches from 0 to 1 of them all together: a model that is weak on one of them
    may well be weak on all.
    """
    known = tuple(at for at, place in enumerate(places) if place is not None)
    have = [place for place in places if place is not None]
    lacking = len(places) - len(have)
    if not have:
        return Estimate(None, (), not places)
    total = math.fsum(place.middle for place in have)
    below = math.hypot(*(place.middle - place.low for place in have))
    above = math.hypot(*(place.high - place.middle for place in have))
    low, high = (total - below) / len(places), (total + above + lacking) / len(places)
    return Estimate(Place(total / len(have), low, high), known, not lacking)


def _missing(
    catalog: Catalog,
    criterion: Criterion,
    models: Sequence[Model],
    parts: Sequence[Part],
    estimates: Sequence[Estimate],
    is_own: bool,
) -> Iterator[str]:
    """What would have to be known for the criterion to rest on all of its measures."""
    names = listing([model.short_name for model in models])
    unknown = [model.short_name for model, each in zip(models, estimates, strict=True) if each.place is None]
    if unknown and len(models) == 1:
        yield f"{criterion.label}: nothing is known of {names}."
    elif unknown and not parts:
        yield f"{criterion.label}: nothing is known that compares {names}, so it counts for none of them."
    elif unknown:
        yield f"{criterion.label}: nothing is known of {listing(unknown)} that can be compared with the others."
    for model, each in zip(models, estimates, strict=True):
        if each.place is not None and not each.complete:
            lacking = [part.label for at, part in enumerate(parts) if at not in each.known]
            yield f"{criterion.label}: {model.short_name} has no comparable value for {listing(lacking)}."
    unshared = [] if is_own else [*_unshared(catalog, criterion, parts)]
    if unshared and len(models) > 1:
        yield f"{criterion.label}: no two of these models share {listing(unshared, 'or')}."


def _unshared(catalog: Catalog, criterion: Criterion, parts: Sequence[Part]) -> Iterator[str]:
    have = {part.benchmark or part.field for part in parts}
    yield from (FIELDS[path].label for path in criterion.fields if path not in have)
    yield from (catalog.benchmarks[name].name for name in criterion.benchmarks if name not in have)
