"""Which tests can stand for quality when two models share the work, and both models as sides of the routing."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from catalog.bill import worth
from catalog.intervals import score_interval
from catalog.loading import Catalog
from catalog.routing import Point, Side, assumptions, best_of, cascade, cascaded, mix, mixed, ordered
from catalog.schema import Measured, Result, Scoring
from catalog.shared import SharedTest
from catalog.words import day, money, number
from components.charts import routing
from components.charts.style import Look
from components.cost.drawn import Drawn
from components.cost.rows import Offer

MIX, CASCADE = "Drawn by lot", "When unsure"
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Shares:
    """Two models as the routing takes them, the stronger first, and what their figures rest on."""

    strong: Side
    weak: Side
    offers: tuple[Offer, Offer]
    test: SharedTest
    waiting: SharedTest | None
    assumed_noise: bool


def fit_tests(tests: Sequence[SharedTest]) -> list[SharedTest]:
    """The comparable tests whose scores are shares of right answers in percent, in their order."""
    return [
        test
        for test in tests
        if test.match is not None
        and not test.is_measurement
        and test.benchmark.unit == "percent"
        and test.benchmark.higher_is_better
        and all(0 <= float(result.score) <= 100 for result in test.match.results)
    ]


def waiting_test(tests: Sequence[SharedTest]) -> SharedTest | None:
    """The first independent measurement of seconds that both models share; a shorter task before a longer one."""
    found = [
        test
        for test in tests
        if test.match is not None
        and test.benchmark.unit == "seconds"
        and all(result.measured_by is Measured.INDEPENDENT for result in test.match.results)
    ]
    return min(found, key=_longest, default=None)


def _longest(test: SharedTest) -> float:
    return max(float(result.score) for result in test.match.results) if test.match else 0.0


def shares(catalog: Catalog, pair: tuple[Offer, Offer], test: SharedTest, tests: Sequence[SharedTest]) -> Shares:
    """Both models as sides of the routing by one test; `pair` is in the order in which `tests` compare them."""
    waiting = waiting_test(tests)
    assert test.match is not None
    seconds = [float(each.score) for each in waiting.match.results] if waiting and waiting.match else [None, None]
    assumed = False
    sides = []
    for offer, result, wait in zip(pair, test.match.results, seconds, strict=True):
        low, high, guessed = _around(catalog, test, result)
        assumed = assumed or guessed
        score = float(result.score) / 100
        usd = offer.priced_bill.usd_per_thousand
        sides.append(Side(offer.model.short_name, usd, score, min(low, score), max(high, score), wait))
    strong, weak = ordered(*sides)
    offers = pair if strong is sides[0] else (pair[1], pair[0])
    return Shares(strong, weak, offers, test, waiting, assumed)


def _around(catalog: Catalog, test: SharedTest, result: Result) -> tuple[float, float, bool]:
    """The 95% interval of a score as shares, and whether its noise had to be assumed."""
    found = score_interval(test.benchmark, result, catalog.limits)
    if found is not None:
        return max(found.low / 100, 0.0), min(found.high / 100, 1.0), False
    low, high = wilson(float(result.score) / 100, catalog.decision.noise.questions)
    return low, high, True


def wilson(share: float, count: float) -> tuple[float, float]:
    """The 95% score interval of a share (0 to 1) of `count` questions.

    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22:209-212.
    """
    square = _Z**2 / count
    middle = (share + square / 2) / (1 + square)
    reach = _Z / (1 + square) * sqrt(share * (1 - share) / count + square / (4 * count))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def routing_chart(given: Shares, looks: Sequence[Look], skill: float, share: float) -> Drawn:
    """Both curves with the best points marked and the chosen share ringed; `looks` are those of `given.offers`."""
    lots, unsure = best_of(mix(given.strong, given.weak), cascade(given.strong, given.weak, skill))
    curves = [routing.Curve(MIX, lots), routing.Curve(CASCADE, unsure)]
    sides = list(zip(looks, (given.strong, given.weak), strict=True))
    chosen = cascaded(given.strong, given.weak, skill, share)
    figure = routing.routing(sides, curves, chosen)
    return Drawn(figure, routing.summary(sides, curves), tuple(routing.records(curves)))


def share_sentences(given: Shares, skill: float, share: float) -> tuple[str, str]:
    """What the chosen share comes to when requests are drawn by lot, and when unsure answers are passed on."""
    strong, weak = given.strong.name, given.weak.name
    percent = f"{number(100 * share, 0)}%"
    lots = mixed(given.strong, given.weak, share)
    unsure = cascaded(given.strong, given.weak, skill, share)
    return (
        f"{percent} to {strong} by lot: {_point(lots, given)}.",
        f"{weak} first, {percent} passed on to {strong} when unsure: {_point(unsure, given)}.",
    )


def _point(point: Point, given: Shares) -> str:
    measured = given.waiting.benchmark.name if given.waiting else ""
    wait = "" if point.seconds is None else f", {number(point.seconds, 1)} s in {measured}"
    right, low, high = (number(100 * value, 1) for value in (point.quality, point.low, point.high))
    return f"{money(point.usd)} for 1,000 requests, {right}% right ({low} to {high}%){wait}"


def worth_sentence(given: Shares) -> str:
    """What a better answer must be worth for the stronger model to pay off."""
    strong, weak = (each.model.short_name for each in given.offers)
    gained = given.strong.quality - given.weak.quality
    bills = [each.priced_bill for each in given.offers]
    found = worth(bills[0], bills[1], gained)
    name = given.test.benchmark.name
    if found is None:
        return f"By {name} neither gets more right than the other, so the cheaper one is enough."
    if found == 0:
        return f"By {name} {strong} gets more right and costs no more, so there is nothing to weigh up."
    lead = number(100 * gained, 1)
    chance = "" if _beyond_chance(given.test) else " The lead may be chance; then no worth would pay for it."
    return (
        f"By {name} {strong} gets {lead} more of 100 requests right than {weak}. It pays off where one such answer is "
        f"worth {money(found)} or more.{chance}"
    )


def _beyond_chance(test: SharedTest) -> bool:
    low, high = test.judgement.low, test.judgement.high
    return low is not None and high is not None and (low > 0 or high < 0)


def basis(catalog: Catalog, given: Shares, skill: float) -> tuple[str, ...]:
    """The assumptions of the routing, a sentence each, with the tests that its figures come from."""
    match = given.test.match
    assert match is not None
    source = catalog.sources[match.results[0].source].title
    said = [f"Quality: {given.test.benchmark.name}, {match.basis} ({day(match.results[0].date)})."]
    if given.test.benchmark.scoring is Scoring.AVERAGE:
        said.append("That score is an average over parts and is taken here for a share of right answers.")
    if given.assumed_noise:
        questions = number(catalog.decision.noise.questions)
        said.append(f"{source} states no noise; it is taken to be that of a test of {questions} questions.")
    if given.waiting is not None and given.waiting.match is not None:
        result = given.waiting.match.results[0]
        said.append(f"Waiting: {given.waiting.benchmark.name} by {catalog.sources[result.source].title}.")
    else:
        said.append("No source measured the waiting of both models alike, so no seconds are shown.")
    return (*said, *assumptions(given.strong, given.weak, skill))
