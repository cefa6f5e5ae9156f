"""Scores, differences and conditions in the words of the page. No Streamlit."""

from collections.abc import Sequence
from datetime import date

from catalog.evidence import Verdict
from catalog.intervals import score_interval
from catalog.loading import Catalog
from catalog.schema import Benchmark, Measured, Model, Result, Scoring
from catalog.shared import SharedTest
from catalog.words import capital, day, listing, number
from components.benchmarks.tradeoff import Axis
from components.frame.verdicts import between, decimals_of, lead_words, signed, verdict_words

MEASURED_BY = {
    Measured.INDEPENDENT: "measured independently",
    Measured.MAKER: "measured by the maker",
    Measured.UNKNOWN: "not known who measured",
}
_UNITS = {"percent": "%", "seconds": " s", "tokens per second": " tokens/s", "tokens": " tokens", "x": "×"}
_RATIOS = {
    "tokens per second": "{} writes {}× as fast",
    "seconds": "{} takes {}× as long",
    "x": "{} takes {}× as long",
    "tokens": "{} uses {}× as many tokens",
    "USD per run": "{} costs {}× as much",
    "USD": "{} costs {}× as much",
}


def score(benchmark: Benchmark, value: float) -> str:
    """A score with its unit: 64.7%, 1,397, 1.72 s, $0.32."""
    if benchmark.unit.startswith("USD"):
        return f"${number(value, 2)}" if value >= 1 else f"${number(value, 3)}"
    if benchmark.unit == "percent":
        return f"{value:.{1 if round(value, 1) == value else 2}f}%"
    return f"{number(value, 2)}{_UNITS.get(benchmark.unit, '')}"


def unit_sign(benchmark: Benchmark) -> str:
    """The unit as it stands below a scale."""
    return "%" if benchmark.unit == "percent" else benchmark.unit


def unit_words(benchmark: Benchmark) -> str:
    """The unit as it stands beside a scale, with what is better where that is less."""
    unit = "points" if benchmark.scoring is Scoring.RATING else unit_sign(benchmark)
    return unit if benchmark.higher_is_better else f"{unit}, less is better"


def interval(catalog: Catalog, benchmark: Benchmark, result: Result) -> str:
    """The 95% interval of one score in words, empty where it is not known."""
    found = score_interval(benchmark, result, catalog.limits)
    if found is None:
        return ""
    decimals = 1 if benchmark.unit == "percent" else 0
    return f"{found.low:,.{decimals}f} to {found.high:,.{decimals}f}"


def questions(benchmark: Benchmark, result: Result | None = None) -> str:
    """How many questions or votes stand behind a score, with "not found" where no source gives it."""
    if result is not None and result.votes:
        return f"{result.votes:,} votes"
    count = benchmark.questions_of(result) if result else benchmark.questions and benchmark.questions.count
    if count:
        return f"{count:,} question{'' if count == 1 else 's'}"
    return "" if benchmark.scoring in (Scoring.RATING, Scoring.AMOUNT) else "number of questions not found"


def terms(catalog: Catalog, result: Result) -> list[str]:
    """What a result rests on: edition, version, conditions, who measured and when."""
    known = "" if result.conditions == "not stated" else result.conditions
    parts = [
        result.edition and f"edition: {result.edition}",
        result.snapshot and f"version: {result.snapshot}",
        known or "conditions not stated",
        MEASURED_BY[result.measured_by],
        day(result.date),
    ]
    return [part for part in parts if part]


def hover(catalog: Catalog, benchmark: Benchmark, model: Model, result: Result) -> tuple[str, ...]:
    """What hovering over a dot says, a line a fact."""
    around = interval(catalog, benchmark, result)
    lines = [
        f"{model.short_name}: {score(benchmark, _number(result))}",
        f"95% interval {around}" if around else "no interval known",
        questions(benchmark, result),
        catalog.sources[result.source].title,
        *terms(catalog, result),
    ]
    return tuple(_short(capital(line)) for line in lines if line)


def _short(line: str, most: int = 64) -> str:
    """Hover boxes do not wrap, and a phone would cut a longer line off."""
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _number(result: Result) -> float:
    return float(result.score)


def difference(test: SharedTest) -> str:
    """First minus second, in points."""
    apart = test.judgement.difference
    return "" if apart is None else signed(apart, decimals_of(test.benchmark))


def difference_between(test: SharedTest) -> str:
    """The 95% interval of the difference, empty where it is not known."""
    low, high = test.judgement.low, test.judgement.high
    return "" if low is None or high is None else between(low, high, decimals_of(test.benchmark))


def ratio(benchmark: Benchmark, pair: Sequence[Model], results: Sequence[Result]) -> str:
    """Two measurements as a ratio in words that name the larger: 2.0 Flash writes 1.6× as fast."""
    one, other = (_number(result) for result in results)
    if min(one, other) <= 0:
        return ""
    if one == other:
        return "the same"
    larger = pair[0] if one > other else pair[1]
    words = _RATIOS.get(benchmark.unit, "{} has {}× as much")
    return words.format(larger.short_name, number(max(one, other) / min(one, other), 1))


def chart_sentence(tests: Sequence[SharedTest], pair: Sequence[Model], scale: str) -> str:
    """What the dots say, in one sentence: who is ahead where, how many leads are real, and the surest of them."""
    if len(tests) == 1:
        only = tests[0]
        lead = lead_words(only.judgement, only.benchmark, pair)
        return f"One test {scale}, {only.benchmark.name}: {lead}, {verdict_words(only.judgement)}."
    ahead = [sum(test.judgement.leader == at for test in tests) for at in (0, 1)]
    equal = len(tests) - sum(ahead)
    counts = [f"{model.short_name} is ahead in {count}" for model, count in zip(pair, ahead, strict=True)]
    counts += [f"equal in {equal}"] if equal else []
    real = [test for test in tests if test.judgement.verdict in (Verdict.CLEAR, Verdict.SMALL)]
    surest = real[0] if real else None
    if surest is None:
        sure = "none of these leads is beyond chance as far as is known"
    else:
        lead = lead_words(surest.judgement, surest.benchmark, pair)
        many = f"{len(real)} of these leads {'is' if len(real) == 1 else 'are'} beyond chance"
        sure = f"{many}, the surest in {surest.benchmark.name} ({verdict_words(surest.judgement)}: {lead})"
    return f"Of {len(tests)} tests {scale}, {listing(counts)}; {sure}."


def axis_basis(catalog: Catalog, axis: Axis, on: date) -> str:
    """Where the values of the horizontal scale come from."""
    if axis.is_price:
        return (
            f"Prices are list prices of the makers' own platforms on {day(str(on))} for short prompts; models that "
            "were shut down keep their last one. Blended: three parts input to one part output. Each "
            "step of the scale about doubles."
        )
    return f"Speed as measured by {catalog.sources[axis.source].title}."
