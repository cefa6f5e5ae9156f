"""The answer as rows of the charts. No Streamlit."""

from collections.abc import Sequence

from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import number
from components.advisor.answers import Worked
from components.advisor.wording import names_of
from components.charts.contributions import Gain, Row
from components.charts.style import Look
from components.charts.weighing import Crossing, Line
from components.frame.palette import colours


def looks(models: Sequence[Model], among: Sequence[Model]) -> list[Look]:
    """How each of `models` is drawn on a page that shows `among`."""
    given = colours(among)
    return [Look(model.short_name, given[model.id].chart, given[model.id].symbol) for model in models]


def gains(catalog: Catalog, worked: Worked) -> tuple[list[Row], Row]:
    """A row a criterion with what each model that is left gets from it, and the row of the sums."""
    advice = worked.answer.advice
    rows = []
    for at, criterion in enumerate(catalog.decision.criteria):
        own = any(part.own_runs for part in worked.answer.measured[at].parts)
        label = f"{criterion.label} (your own figures)" if own else criterion.label
        each = [
            _gain(model, label, advice.contributions[place][at], advice.ranges[place][at])
            for place, model in enumerate(worked.left)
        ]
        rows.append(Row(label, worked.weights[at], tuple(each)))
    scores = [
        _gain(model, "In all", score.middle, (score.low, score.high))
        for model, score in zip(worked.left, advice.scores, strict=True)
    ]
    return rows, Row("In all", 1.0, tuple(scores))


def _gain(model: Model, label: str, middle: float | None, ends: tuple[float, float]) -> Gain:
    low, high = (number(100 * end, 1) for end in ends)
    points = "not known" if middle is None else f"{number(100 * middle, 1)} points"
    return Gain(ends[0], middle, ends[1], (model.short_name, label, points, f"from {low} to {high}"))


def criteria_that_turn(catalog: Catalog, worked: Worked) -> list[str]:
    """The criteria by id, those with a threshold first, nearest first, then the others in file order."""
    now = dict(zip((each.id for each in catalog.decision.criteria), worked.weights, strict=True))
    nearest = sorted(worked.answer.advice.thresholds, key=lambda each: abs(each.at - now[each.criterion]))
    return list(dict.fromkeys([*(each.criterion for each in nearest), *now]))


def lines(worked: Worked, at: int) -> tuple[Line, ...]:
    """Each model's score at no weight and at the full weight of the criterion at `at`.

    The best model's places are the yardstick, and another model stands as far from it as they are apart on what is
    known of both, so that lines cross where the advice says that the answer changes. A criterion on which they cannot
    be compared counts for neither of them.
    """
    others = sum(weight for place, weight in enumerate(worked.weights) if place != at)
    found = []
    for place, model in enumerate(worked.left):
        scores = [_beside_best(worked, criterion, place) for criterion in range(len(worked.weights))]
        parts = [
            weight * (score[0] or 0.0)
            for criterion, (weight, score) in enumerate(zip(worked.weights, scores, strict=True))
            if criterion != at
        ]
        full, known = scores[at]
        look = looks([model], worked.models)[0]
        found.append(Line(look, sum(parts) / others if others else 0.0, full if known else None))
    return tuple(found)


def _beside_best(worked: Worked, criterion: int, place: int) -> tuple[float | None, bool]:
    """Where a model stands on a criterion, measured from the best model, and whether that is known."""
    best = next(at for at, model in enumerate(worked.left) if model.id == worked.answer.advice.best)
    measured = worked.answer.measured[criterion]
    yardstick = measured.estimates[best].place
    if place == best or yardstick is None:
        return (yardstick.middle if yardstick else None), yardstick is not None
    apart = measured.apart(best, place)
    return yardstick.middle - (apart or 0.0), apart is not None


def crossings(worked: Worked, criterion: str) -> tuple[Crossing, ...]:
    """The weights of a criterion at which the answer changes."""
    names = names_of(worked.left)
    best = names[worked.answer.advice.best or ""]
    return tuple(
        Crossing(each.at, best, names[each.becomes]) if each.rises else Crossing(each.at, names[each.becomes], best)
        for each in worked.answer.advice.thresholds
        if each.criterion == criterion
    )
