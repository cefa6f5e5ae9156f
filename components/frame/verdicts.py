"""The five verdicts as marks that differ in shape, and what two scores amount to in words; the same on every page."""

from collections.abc import Sequence
from html import escape

from catalog.evidence import Judgement, Verdict
from catalog.schema import Benchmark, Model, Scoring
from catalog.shared import SharedTest, tally
from catalog.words import number

MARKS = {
    Verdict.CLEAR: "✓✓",
    Verdict.SMALL: "✓",
    Verdict.CLOSE: "~",
    Verdict.NOT_COMPARABLE: "?",
    Verdict.NO_SHARED_TEST: "∅",
}
_STYLES = {
    Verdict.CLEAR: "clear",
    Verdict.SMALL: "small",
    Verdict.CLOSE: "close",
    Verdict.NOT_COMPARABLE: "unknown",
    Verdict.NO_SHARED_TEST: "alone",
}
_COUNTED = {
    Verdict.CLEAR: "clear",
    Verdict.SMALL: "small but real",
    Verdict.CLOSE: "too close to call",
}
_NO_NOISE = "noise not known"


def verdict_words(judgement: Judgement) -> str:
    """The verdict as it is named: two comparable scores without a known noise are told from scores that are not."""
    unknown = judgement.verdict is Verdict.NOT_COMPARABLE and judgement.difference is not None
    return _NO_NOISE if unknown else judgement.verdict.value


def verdict_text(judgement: Judgement) -> str:
    """Mark and words as plain text, such as for a label in a chart."""
    return f"{MARKS[judgement.verdict]} {verdict_words(judgement)}"


def verdict_chip(judgement: Judgement) -> str:
    """Mark and words as HTML, with what the verdict rests on one hover away."""
    hint = f' title="{escape(judgement.reason)}"' if judgement.reason else ""
    mark = f'<span aria-hidden="true">{MARKS[judgement.verdict]}</span>'
    style = _STYLES[judgement.verdict]
    return f'<span class="verdict verdict-{style}"{hint}>{mark} {escape(verdict_words(judgement))}</span>'


def tally_sentence(tests: Sequence[SharedTest], models: Sequence[Model]) -> str:
    """How many tests two models share, how the verdicts fall and for whom, then how many only one of them took."""
    counted = tally(tests)
    no_noise = sum(each.match is not None for each in _unsure(tests))
    apart = counted.by_verdict[Verdict.NOT_COMPARABLE] - no_noise
    parts = [f"{counted.by_verdict[verdict]} {name}" for verdict, name in _COUNTED.items()]
    parts += [f"{no_noise} whose noise is not known", f"{apart} not comparable"]
    falls = ", ".join(part for part in parts if not part.startswith("0 "))
    alone = counted.by_verdict[Verdict.NO_SHARED_TEST]
    shared = f"{_tests(counted.shared, 'shared')}: {falls}. {leads_sentence(tests, models)}"
    shared = shared if counted.shared else "No shared test."
    further = "further" if counted.shared else "other"
    return f"{shared} {_tests(alone, further)} only one of them took." if alone else shared


def leads_sentence(tests: Sequence[SharedTest], models: Sequence[Model]) -> str:
    """Which of the two models leads in the shared tests with a clear verdict; empty where they share no test."""
    if not tally(tests).shared:
        return ""
    clear = [each for each in tests if each.judgement.verdict is Verdict.CLEAR and not each.is_measurement]
    ahead = [sum(each.judgement.leader == at for each in clear) for at in (0, 1)]
    if not clear:
        return "No lead is clear."
    first, second = sorted((0, 1), key=lambda at: -ahead[at])
    leader, other = models[first].short_name, models[second].short_name
    if not ahead[second]:
        return f"{leader} leads in {'the one that is' if len(clear) == 1 else f'all {len(clear)} that are'} clear."
    return f"Of those that are clear, {leader} leads in {ahead[first]} and {other} in {ahead[second]}."


def _unsure(tests: Sequence[SharedTest]) -> list[SharedTest]:
    return [each for each in tests if each.judgement.verdict is Verdict.NOT_COMPARABLE and not each.is_measurement]


def _tests(count: int, what: str) -> str:
    return f"{count} {what} test{'' if count == 1 else 's'}"


def between(low: float, high: float, decimals: int = 1) -> str:
    """An interval of a difference: −4.9 to +14.0, each end with the same number of digits."""
    return f"{signed(low, decimals)} to {signed(high, decimals)}"


def signed(value: float, decimals: int = 1) -> str:
    """A number with its sign and a fixed number of digits after the point: +4.6, −1.8, 0.0."""
    rounded = round(value, decimals)
    return f"{'−' if rounded < 0 else '+' if rounded > 0 else ''}{abs(rounded):,.{decimals}f}"


def decimals_of(benchmark: Benchmark) -> int:
    """How many digits after the point its differences are shown with: none for ratings, one for everything else."""
    return 0 if benchmark.scoring is Scoring.RATING else 1


def lead_words(judgement: Judgement, benchmark: Benchmark, models: Sequence[Model]) -> str:
    """Who is ahead and by how much, in the order of the two models that were judged."""
    if judgement.difference is None:
        return judgement.reason
    if judgement.leader is None:
        return "equal scores"
    name = models[judgement.leader].short_name
    if judgement.share is not None:
        votes = round(100 * (judgement.share if judgement.leader == 0 else 1 - judgement.share))
        return f"{name} preferred in {votes} of 100 votes"
    points = number(abs(judgement.difference), decimals_of(benchmark))
    return f"{name} ahead by {points} point{'' if points == '1' else 's'}"
