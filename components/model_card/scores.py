"""The benchmark results of one model as an HTML table. No Streamlit; all text is escaped."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from catalog.conflicts import Conflict, score_claim
from catalog.loading import Catalog
from catalog.schema import Area, Benchmark, Measured, Model, Result
from catalog.tables import CONJECTURE
from catalog.usage import score_words
from catalog.words import capital, day, number
from components.frame.markup import CONFLICT, kind_tag, source_line

_MEASURED = {
    Measured.INDEPENDENT: ("●", "measured independently"),
    Measured.MAKER: ("○", "measured by the maker"),
    Measured.UNKNOWN: ("◌", "not known who measured"),
}
_SCORE_HEADS = ("Test", "Score", "Edition, version and conditions", "Who measured", "Source")


def score_table(catalog: Catalog, model: Model, found: Sequence[Conflict]) -> str:
    """Every benchmark result of the model by area, with conditions, who measured it and the source."""
    against = {each.field.path.removeprefix("benchmarks."): each for each in found}
    taken = [catalog.benchmarks[name] for name in catalog.results.get(model.id, {})]
    taken.sort(key=lambda each: (list(Area).index(each.area), each.name.casefold()))
    body = []
    for area, members in groupby(taken, lambda each: each.area):
        body.append(f'<tr class="group"><th scope="colgroup" colspan="5">{escape(capital(area.value))}</th></tr>')
        for benchmark in members:
            results = catalog.results[model.id][benchmark.id]
            body += [_score(catalog, benchmark, each, against.get(benchmark.id)) for each in results]
    heads = "".join(f'<th scope="col"{" class=num" if name == "Score" else ""}>{name}</th>' for name in _SCORE_HEADS)
    return (
        '<div class="scroll tall" tabindex="0" role="region" aria-label="Benchmark results">'
        f'<table class="scores"><thead><tr>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'
    )


def _score(catalog: Catalog, benchmark: Benchmark, result: Result, conflict: Conflict | None) -> str:
    claim = score_claim(result)
    parts = conflict.contradictions if conflict else ()
    marked = any(claim in part.claims for part in parts)
    struck = any(claim in part.others for part in parts)
    mark, measured = _MEASURED[result.measured_by]
    circumstances = [result.edition, result.snapshot, result.conditions]
    about = "; ".join(part for part in circumstances if part and part != "not stated") or "conditions not stated"
    interval = f' <span class="also">{_interval(result)}</span>' if result.low is not None else ""
    kind = f" {kind_tag(result.kind, catalog)}" if result.kind in CONJECTURE else ""
    note = f'<span class="also">{escape(result.note)}</span>' if result.note else ""
    return (
        f'<tr><th scope="row"><span title="{escape(benchmark.plain)}">{escape(benchmark.name)}</span></th>'
        f'<td class="num">{_figure(result, struck)}{interval}</td><td>{escape(about)}{note}</td>'
        f'<td><span class="nowrap"><span aria-hidden="true">{mark}</span> {measured}</span>{kind}'
        f"{f' {CONFLICT}' if marked else ''}</td>"
        f'<td>{source_line(catalog, result.source)}<span class="also">{day(result.date)}</span></td></tr>'
    )


def _figure(result: Result, struck: bool) -> str:
    text = escape(score_words(result))
    shown = f"<s>{text}</s>" if struck else f"<b>{text}</b>"
    return f"<em>{shown}</em>" if result.kind in CONJECTURE else shown


def _interval(result: Result) -> str:
    return f"{number(result.low or 0, 1)} to {number(result.high or 0, 1)}"
