"""The tests as a table that can be read without the chart, and the lists that go with it. HTML without Streamlit."""

from collections.abc import Sequence
from html import escape

from catalog.evidence import Verdict
from catalog.loading import Catalog
from catalog.schema import Absent, Benchmark, Kind, Measured, Model, Result
from catalog.shared import Match, SharedTest, usable
from catalog.tables import CONJECTURE
from catalog.words import capital, day, listing
from components.benchmarks import wording
from components.benchmarks.selection import lined_up
from components.frame.markup import kind_tag, model_name, source_line
from components.frame.palette import colours
from components.frame.verdicts import lead_words, verdict_chip

_HOLLOW = {
    Measured.INDEPENDENT: "",
    Measured.MAKER: ' <abbr class="by" title="Measured by the maker of the model">○</abbr>',
    Measured.UNKNOWN: ' <abbr class="by" title="It is not known who measured this">◌</abbr>',
}


def tests_table(
    catalog: Catalog, tests: Sequence[SharedTest], pair: tuple[Model, Model], models: Sequence[Model]
) -> str:
    """A row a test: scores, difference with interval, verdict, and what it rests on.

    Each row carries its test as `data-test`, so that a page can hide it without sending the table again.
    """
    accents = colours(models)
    heads = "".join(f'<th scope="col">{model_name(model, accents[model.id], short=True)}</th>' for model in models)
    minus = f"{pair[0].short_name} minus {pair[1].short_name}"
    apart = f'<th scope="col" class="apart">{escape(minus)}<span class="also">and its 95% interval</span></th>'
    many = " many" if len(models) > 2 else ""
    body = "".join(_row(catalog, each, pair, models) for each in tests)
    return (
        f'<table class="facts tests{many}"><thead><tr>'
        f'<th scope="col" class="field">Test</th>{heads}{apart}'
        f'<th scope="col" class="rests">Verdict, and what it rests on</th></tr></thead><tbody>{body}</tbody></table>'
    )


def _row(catalog: Catalog, test: SharedTest, pair: tuple[Model, Model], models: Sequence[Model]) -> str:
    benchmark = test.benchmark
    first = test.match.results[0] if test.match else None
    lower = "" if benchmark.higher_is_better else '<span class="also">lower is better</span>'
    count = wording.questions(benchmark, first)
    return (
        f'<tr data-test="{escape(benchmark.id)}"><th scope="row" class="field">'
        f"{_named(benchmark)}{lower}"
        f'<span class="also">{escape(count)}</span></th>{_figures(catalog, test, pair, models)}'
        f'<td class="rests">{verdict_chip(test.judgement)} <span>{escape(_lead(test, pair))}</span>{_despite(test)}'
        f"{_proof(catalog, test, models)}</td></tr>"
    )


def _figures(catalog: Catalog, test: SharedTest, pair: tuple[Model, Model], models: Sequence[Model]) -> str:
    """The scores and their difference, or one cell across where no two scores may be compared."""
    if test.match is None:
        return f'<td class="apart none" colspan="{len(models) + 1}">scores that may not be set side by side</td>'
    cells = "".join(
        _score_cell(catalog, test.benchmark, model, result)
        for model, result in zip(models, lined_up(catalog, test, pair, models), strict=True)
    )
    around = escape(wording.difference_between(test)) or "interval not known"
    apart = f'<b>{escape(wording.difference(test))}</b><span class="also">{around}</span>'
    return f'{cells}<td class="apart" data-label="Difference">{apart}</td>'


def _named(benchmark: Benchmark) -> str:
    return f'<abbr title="{escape(benchmark.plain)}">{escape(benchmark.name)}</abbr>'


def _lead(test: SharedTest, pair: Sequence[Model]) -> str:
    return lead_words(test.judgement, test.benchmark, pair)


def _despite(test: SharedTest) -> str:
    """Why a lead is too close to call although its own interval excludes zero."""
    low, high = test.judgement.low, test.judgement.high
    if test.judgement.verdict is not Verdict.CLOSE or low is None or high is None or low <= 0 <= high:
        return ""
    return f'<span class="also">{escape(test.judgement.reason)}</span>'


def _score_cell(catalog: Catalog, benchmark: Benchmark, model: Model, result: Result | None) -> str:
    if result is None:
        shown = '<span class="none">none to compare</span>'
    else:
        around = wording.interval(catalog, benchmark, result)
        also = f'<span class="also">{escape(around)}</span>' if around else ""
        value = escape(wording.score(benchmark, float(result.score)))
        shown = f'<span class="value">{value}</span>{_HOLLOW[result.measured_by]}{also}'
    return f'<td data-model="{escape(model.short_name)}">{shown}</td>'


def _proof(catalog: Catalog, test: SharedTest, models: Sequence[Model]) -> str:
    """What the verdict rests on in a line; opening it shows reasons, other comparisons and every result."""
    match = test.match
    line = catalog.sources[match.results[0].source].title if match else "every score"
    basis = f"<p class='remark'>{escape(capital(_basis(match, test)))}</p>" if match else ""
    caution = (
        f'<p class="remark"><b>Caution:</b> {escape(test.benchmark.caution)}</p>' if test.benchmark.caution else ""
    )
    others = _others(catalog, test)
    listed = "".join(_result(catalog, test.benchmark, model, each) for model in models for each in _all(test, model))
    return (
        f'<details class="proof line"><summary><span class="count">{escape(line)}</span></summary>'
        f'{basis}{caution}{others}<p class="remark">Every score of these models on this test:</p>'
        f'<ul class="claims">{listed}</ul></details>'
    )


def _basis(match: Match, test: SharedTest) -> str:
    method = f" Interval: {test.judgement.method}." if test.judgement.method else ""
    return f"{match.basis}. {test.judgement.reason}{method}"


def _others(catalog: Catalog, test: SharedTest) -> str:
    if not test.others:
        return ""
    items = "".join(
        f"<li><b>{' against '.join(wording.score(test.benchmark, float(each.score)) for each in match.results)}</b> "
        f"{escape(match.results[0].edition or '')} {source_line(catalog, match.results[0].source)}</li>"
        for match in test.others
    )
    return f'<p class="remark">Other comparisons:</p><ul class="claims">{items}</ul>'


def _all(test: SharedTest, model: Model) -> list[Result]:
    return [result for result in test.benchmark.results if result.model == model.id]


def _result(catalog: Catalog, benchmark: Benchmark, model: Model, result: Result) -> str:
    shown = score_text(benchmark, result)
    kind = f"{kind_tag(result.kind, catalog)} " if result.kind in CONJECTURE else ""
    value = f"<em>{shown}</em>" if kind else f"<b>{shown}</b>"
    about = escape(", ".join(wording.terms(catalog, result)))
    return f"<li>{escape(model.short_name)} {value} {kind}{about}: {source_line(catalog, result.source)}</li>"


def score_text(benchmark: Benchmark, result: Result) -> str:
    """A score as text, or the reason why there is none."""
    return escape(
        result.score.value if isinstance(result.score, Absent) else wording.score(benchmark, float(result.score))
    )


def measurements_table(catalog: Catalog, tests: Sequence[SharedTest], pair: tuple[Model, Model]) -> str:
    """Time and money as one source measured them, with the ratio in words."""
    accents = colours(pair)
    heads = "".join(f'<th scope="col">{model_name(model, accents[model.id], short=True)}</th>' for model in pair)
    rows = "".join(_measurement(catalog, test, pair) for test in tests)
    return (
        f'<table class="facts tests"><thead><tr><th scope="col" class="field">Measured</th>{heads}'
        '<th scope="col" class="rests">In words</th></tr></thead><tbody>' + rows + "</tbody></table>"
    )


def _measurement(catalog: Catalog, test: SharedTest, pair: tuple[Model, Model]) -> str:
    results = test.match.results if test.match else ()
    cells = "".join(
        _score_cell(catalog, test.benchmark, model, result) for model, result in zip(pair, results, strict=True)
    )
    words = wording.ratio(test.benchmark, pair, results)
    return (
        f'<tr><th scope="row" class="field">{_named(test.benchmark)}</th>{cells}'
        f'<td class="rests"><b>{escape(words)}</b>{_proof(catalog, test, pair)}</td></tr>'
    )


def alone_list(catalog: Catalog, tests: Sequence[SharedTest], pair: tuple[Model, Model]) -> str:
    """The tests that only one of the two took, folded."""
    if not tests:
        return ""
    items = "".join(_alone(test, pair) for test in tests)
    return (
        f'<details class="twin"><summary>Tests that only one of them took ({len(tests)})</summary>'
        f'<ul class="claims">{items}</ul></details>'
    )


def _alone(test: SharedTest, pair: tuple[Model, Model]) -> str:
    at = 0 if test.alone[0] else 1
    scores = listing([wording.score(test.benchmark, float(each.score)) for each in test.alone[at]])
    return f"<li><b>{escape(test.benchmark.name)}</b> {escape(pair[at].short_name)} {escape(scores)}</li>"


def article_table(catalog: Catalog, models: Sequence[Model], sources: Sequence[str]) -> str:
    """What the founding documents say of these models, each beside what was measured; empty where they say nothing."""
    rows = "".join(
        _said(catalog, benchmark, model, result)
        for benchmark in catalog.benchmarks.values()
        for model in models
        for result in benchmark.results
        if result.model == model.id and result.source in sources and not isinstance(result.score, Absent)
    )
    if not rows:
        return ""
    return (
        '<table class="facts tests"><thead><tr><th scope="col" class="field">Test</th><th scope="col">Model</th>'
        '<th scope="col">As written there</th><th scope="col" class="rests">As measured</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _said(catalog: Catalog, benchmark: Benchmark, model: Model, said: Result) -> str:
    ours = catalog.results.get(model.id, {}).get(benchmark.id, ())
    measured = [each for each in usable(ours) if each.source != said.source]
    text = score_text(benchmark, said)
    beside = any(float(each.score) != float(said.score) for each in measured)
    written = f"<s><em>{text}</em></s>" if beside else f"<em>{text}</em>"
    found = "".join(
        f"<li><b>{score_text(benchmark, each)}</b> {escape(each.conditions)}, {escape(day(each.date))}: "
        f"{source_line(catalog, each.source)}</li>"
        for each in measured
    )
    against = f'<ul class="claims">{found}</ul>' if found else '<span class="none">not found</span>'
    return (
        f'<tr><th scope="row" class="field">{_named(benchmark)}</th>'
        f'<td data-label="Model">{escape(model.short_name)}</td>'
        f'<td data-label="As written there">{written} {kind_tag(said.kind, catalog)}</td>'
        f'<td class="rests" data-label="As measured">{against}</td></tr>'
    )


def illustrative_sources(catalog: Catalog) -> list[str]:
    """The sources of illustrative results, in file order."""
    found = [
        result.source
        for benchmark in catalog.benchmarks.values()
        for result in benchmark.results
        if result.kind is Kind.ILLUSTRATIVE
    ]
    return list(dict.fromkeys(found))
