"""Which model to take: weights, a recommendation with its strength, and what would change it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from catalog import draws
from catalog.bill import Bill
from catalog.criteria import Bills, Estimate, Measured, OwnFigures, measured
from catalog.decision import Needs
from catalog.decision import Strength as Limits
from catalog.gates import Check, Decided, Gated, checks, gated
from catalog.leads import EVEN, Pairs, thresholds
from catalog.leads import Threshold as Threshold
from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.scales import Z
from catalog.schema import Model
from catalog.weighing import Comparison as Comparison
from catalog.weighing import in_percent as in_percent
from catalog.weighing import weights_from_answers as weights_from_answers
from catalog.weighing import weights_of as weights_of

_NOTHING_DECIDED: Decided = MappingProxyType({})


class Strength(StrEnum):
    """How firm a recommendation is, by the share of the draws in which it holds."""

    CLEAR = "clear"
    LIKELY = "likely"
    SLIGHT = "slight"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Score:
    """The weighted sum of a model's places, 0 to 1, and the range that it may lie in.

    `middle` counts the criteria that are known; it is None, and no point may be shown, where a criterion that is known
    for another model is not known, or only in part, for this one. What is not known widens the range in full.
    """

    middle: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Missing:
    """A criterion on which the recommended model and another cannot be compared.

    `needed` is how far (0 to 1 of the scale) it would have to favour `other` to turn the recommendation; None where
    not even the whole scale would.
    """

    criterion: str
    other: str
    needed: float | None


@dataclass(frozen=True, slots=True)
class Advice:
    """What is recommended, how firmly, and what it rests on. Models by id, in the order given; criteria in file order.

    `contributions` are weight times place by model and criterion, None where there is no point to show, and `ranges`
    their lowest and highest value. `share` is the part of all draws in which `best` comes out best, `share_weights`
    that of the weightings near the reader's alone, `share_measures` that of the uncertainty of the measures alone;
    `by_model` the share of all draws that each model wins. `apart_low` and `apart_high` are the 95% interval of the
    lead of `best` over `runner_up` in all but cost.
    `tie`: they cannot be told apart on what matters, so that `cheaper` is the one to take; it is None where the two
    cost the same or, without `cost_known`, where it cannot be known which of them is cheaper.
    `best` is None where no model is left, `runner_up` and `strength` are None where none or one is.
    """

    models: tuple[str, ...]
    weights: tuple[float, ...]
    scores: tuple[Score, ...]
    contributions: tuple[tuple[float | None, ...], ...]
    ranges: tuple[tuple[tuple[float, float], ...], ...]
    best: str | None
    runner_up: str | None
    share: float
    share_weights: float
    share_measures: float
    by_model: tuple[float, ...]
    strength: Strength | None
    apart_low: float
    apart_high: float
    tie: bool
    cheaper: str | None
    cost_known: bool
    thresholds: tuple[Threshold, ...]
    missing: tuple[Missing, ...]
    provisos: tuple[Check, ...]

    @property
    def take(self) -> str | None:
        """The model to take: the cheaper one where the models cannot be told apart and it is known, else the best."""
        return self.cheaper if self.tie and self.cheaper else self.best


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything from the gates to the recommendation; `measured` and `advice` are of the models left in."""

    gated: tuple[Gated, ...]
    measured: tuple[Measured, ...]
    advice: Advice


def answer(
    catalog: Catalog,
    models: Sequence[Model],
    needs: Needs,
    weights: Sequence[float],
    bills: Bills,
    on: date,
    own: OwnFigures | None = None,
    decided: Decided = _NOTHING_DECIDED,
) -> Answer:
    """The gates, the measures of the models left in, and the recommendation; a bill a model, a weight a criterion."""
    pairs = [*zip(models, bills, strict=True)]
    behind = tuple(gated(model, checks(catalog, model, needs, on, bill, own), decided) for model, bill in pairs)
    left = [pair for pair, each in zip(pairs, behind, strict=True) if each.is_in]
    kept, kept_bills = [model for model, _ in left], [bill for _, bill in left]
    measures = measured(catalog, kept, kept_bills, on, own)
    provisos = [check for each in behind if each.is_in for check in each.undecided]
    return Answer(behind, measures, advise(catalog, kept, measures, weights, kept_bills, provisos))


def advise(
    catalog: Catalog,
    models: Sequence[Model],
    measures: Sequence[Measured],
    weights: Sequence[float],
    bills: Bills,
    provisos: Sequence[Check] = (),
) -> Advice:
    """Recommends one of the models that are left after the gates.

    Each pair is compared on what is known of both: the sum of weight times lead over the criteria. The best is the
    model whose narrowest such lead is the widest, which is the one with the highest score where nothing is missing;
    among equals it is the cheaper one. How firm that is comes from draws (`draws.shares`).
    """
    pairs = Pairs(
        [[[each.apart(one, other) for other in range(len(models))] for one in range(len(models))] for each in measures],
        sorted(range(len(models)), key=lambda at: _price(bills[at])),
    )
    best = pairs.winner(weights)
    rival = None if best is None else pairs.rival(weights, best)
    found = _shares(catalog, models, measures, weights, pairs, best, rival)
    strength = None if rival is None else _strength(found.best, catalog.decision.strength)
    slight = strength in (Strength.SLIGHT, Strength.OPEN)
    cheaper, cost_known = _cheaper(measures, best, rival)
    return Advice(
        models=tuple(model.id for model in models),
        weights=tuple(weights),
        scores=tuple(_score(measures, weights, at) for at in range(len(models))),
        contributions=tuple(tuple(_contributions(measures, weights, at)) for at in range(len(models))),
        ranges=tuple(tuple(_ranges(measures, weights, at)) for at in range(len(models))),
        best=_id(models, best),
        runner_up=_id(models, rival),
        share=found.best,
        share_weights=found.weights,
        share_measures=found.measures,
        by_model=found.by_model,
        strength=strength,
        apart_low=found.apart_low,
        apart_high=found.apart_high,
        tie=slight and found.apart_low <= 0 <= found.apart_high,
        cheaper=_id(models, cheaper),
        cost_known=cost_known,
        thresholds=tuple(thresholds(pairs, measures, models, weights)),
        missing=tuple(_missing(pairs, measures, models, weights, best)),
        provisos=tuple(provisos),
    )


def _price(bill: Bill | NoListPrice) -> float:
    return math.inf if isinstance(bill, NoListPrice) else float(bill.usd_a_month or bill.usd_per_thousand)


def _id(models: Sequence[Model], at: int | None) -> str | None:
    return None if at is None else models[at].id


def _strength(share: float, limits: Limits) -> Strength:
    if share >= limits.clear:
        return Strength.CLEAR
    if share >= limits.likely:
        return Strength.LIKELY
    return Strength.SLIGHT if share >= limits.slight else Strength.OPEN


def _cheaper(measures: Sequence[Measured], best: int | None, rival: int | None) -> tuple[int | None, bool]:
    """Which of two models costs less, None for neither, and whether that is known; conflicting prices may hide it."""
    if best is None or rival is None:
        return None, False
    for each in measures:
        one, other = each.estimates[best].place, each.estimates[rival].place
        if not each.criterion.bill or one is None or other is None:
            continue
        if abs(one.middle - other.middle) <= EVEN:
            return None, True
        if one.low > other.high or other.low > one.high:
            return best if one.middle > other.middle else rival, True
    return None, False


def _shares(
    catalog: Catalog,
    models: Sequence[Model],
    measures: Sequence[Measured],
    weights: Sequence[float],
    pairs: Pairs,
    best: int | None,
    rival: int | None,
) -> draws.Shares:
    if best is None or rival is None:
        alone = tuple(1.0 for _ in pairs.order)
        return draws.Shares(float(best is not None), float(best is not None), float(best is not None), alone, 0.0, 0.0)
    # In the order of the ids, so that the order in which a reader names the models changes no draw.
    sorted_by_id = sorted(pairs.order, key=lambda at: models[at].id)
    found = draws.shares(
        catalog.decision.near,
        [[_spread(each, each.estimates[at]) for each in measures] for at in sorted_by_id],
        weights,
        [[row[best][other] or 0.0 for row in pairs.apart] for other in pairs.order if other != best],
        sorted_by_id.index(best),
        sorted_by_id.index(rival),
        [not each.criterion.bill for each in measures],
    )
    return replace(found, by_model=tuple(found.by_model[sorted_by_id.index(at)] for at in range(len(models))))


def _spread(measure: Measured, estimate: Estimate) -> draws.Spread:
    """The estimate for the draws: parts that are missing are open, the noise of the others is normal."""
    if estimate.place is None:
        return draws.Spread(0.0, open=1.0)
    known = len(estimate.known) / len(measure.parts)
    middle = estimate.place.middle * known
    below, above = middle - estimate.place.low, estimate.place.high - (1 - known) - middle
    return draws.Spread(middle, below / Z, above / Z, 1 - known)


def _contributions(measures: Sequence[Measured], weights: Sequence[float], at: int) -> Iterator[float | None]:
    for each, weight in zip(measures, weights, strict=True):
        found = each.estimates[at]
        yield weight * found.place.middle if found.place is not None and found.complete else None


def _ranges(measures: Sequence[Measured], weights: Sequence[float], at: int) -> Iterator[tuple[float, float]]:
    for each, weight in zip(measures, weights, strict=True):
        place = each.estimates[at].place
        yield (0.0, weight) if place is None else (weight * place.low, weight * place.high)


def _score(measures: Sequence[Measured], weights: Sequence[float], at: int) -> Score:
    """The sum of the contributions; noise adds up as independent, what is missing adds up in full."""
    known = [*_contributions(measures, weights, at)]
    total = math.fsum(each or 0.0 for each in known)
    noise: list[tuple[float, float]] = []
    low = high = total
    for middle, (least, most) in zip(known, _ranges(measures, weights, at), strict=True):
        if middle is None:
            low, high = low + least, high + most
        else:
            noise.append((middle - least, most - middle))
    low -= math.hypot(*(below for below, _ in noise))
    high += math.hypot(*(above for _, above in noise))
    return Score(total if _comparable(measures, weights, known) else None, low, high)


def _comparable(measures: Sequence[Measured], weights: Sequence[float], known: Sequence[float | None]) -> bool:
    """Whether a model has no gap in a criterion that counts and of which something is known for any model."""
    return not any(
        middle is None and weight > 0 and any(estimate.place is not None for estimate in each.estimates)
        for each, weight, middle in zip(measures, weights, known, strict=True)
    )


def _missing(
    pairs: Pairs, measures: Sequence[Measured], models: Sequence[Model], weights: Sequence[float], best: int | None
) -> Iterator[Missing]:
    for each, row, weight in zip(measures, pairs.apart, weights, strict=True):
        for other, model in enumerate(models):
            if best is None or other == best or weight <= 0 or row[best][other] is not None:
                continue
            needed = max(0.0, pairs.lead(weights, best, other) / weight)
            yield Missing(each.criterion.id, model.id, needed if needed <= 1 else None)
