"""One benchmark in plain words: what it measures and misses, how hard it still is. HTML without Streamlit."""

from collections.abc import Sequence
from html import escape

from catalog.loading import Catalog
from catalog.schema import Benchmark
from catalog.shared import usable
from catalog.words import capital, number
from components.benchmarks import wording
from components.benchmarks.tradeoff import Measure
from components.frame.markup import source_line

_USED_UP = 0.95
_HALF_USED = 0.8


def benchmark_card(catalog: Catalog, benchmark: Benchmark) -> str:
    """A card with everything that a reader needs to judge a score on this test."""
    rows = [
        ("Measures", escape(benchmark.measures)),
        ("Misses", escape(benchmark.misses)),
        ("So what", escape(benchmark.so_what)),
        ("Scored by", escape(benchmark.metric)),
        ("Questions", _questions(catalog, benchmark)),
        ("How used up", escape(saturation(benchmark))),
    ]
    if benchmark.caution:
        rows.append(("Caution", escape(benchmark.caution)))
    if benchmark.paper:
        link = escape(benchmark.paper)
        rows.append(("Paper", f'<a href="{link}" target="_blank" rel="noopener">{link}</a>'))
    facts = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows if text)
    return (
        f'<section class="card test-card" aria-label="{escape(benchmark.name)}"><h3>{escape(benchmark.name)}</h3>'
        f"<p>{escape(benchmark.plain)}</p><dl>{facts}</dl></section>"
    )


def _questions(catalog: Catalog, benchmark: Benchmark) -> str:
    stated = benchmark.questions
    if stated is None:
        return escape(wording.questions(benchmark))
    note = f" {escape(capital(stated.note.rstrip('.')))}." if stated.note else ""
    return f"{stated.count:,}, by {source_line(catalog, stated.source)}.{note}"


def saturation(benchmark: Benchmark) -> str:
    """How much of the scale the best model of the catalog has reached; empty where nothing bounds the score."""
    found: dict[str, list[float]] = {}
    for result in usable(benchmark.results):
        found.setdefault(result.model, []).append(float(result.score))
    best_end = benchmark.highest if benchmark.higher_is_better else benchmark.lowest
    if not found or benchmark.highest is None or best_end is None or benchmark.unit != "percent":
        return ""
    every = [score for scores in found.values() for score in scores]
    best = max(every) if benchmark.higher_is_better else min(every)
    reached = 1 - abs(best_end - best) / (benchmark.highest - benchmark.lowest)
    state = (
        "nearly used up, so it hardly tells the best models apart"
        if reached >= _USED_UP
        else "still tells good models apart, though not for long"
        if reached >= _HALF_USED
        else "far from used up"
    )
    models = f"The best of {len(found)} models here has" if len(found) > 1 else "The only model here has"
    return f"{models} {number(best, 1)}; the best possible is {number(best_end, 1)}: {state}."


def strip_sentence(measure: Measure, chosen: Sequence[str], names: Sequence[str]) -> str:
    """Where the chosen models stand among all of one edition, in one sentence."""
    order = sorted(
        measure.results, key=lambda name: float(measure.results[name].score), reverse=measure.benchmark.higher_is_better
    )
    places = [
        f"{name} is number {order.index(model) + 1}"
        for model, name in zip(chosen, names, strict=True)
        if model in measure.results
    ]
    edition = f" ({measure.edition})" if measure.edition else ""
    standing = f"; {', '.join(places)}" if places else "; none of the chosen models is among them"
    return f"{len(order)} models in one edition of {measure.benchmark.name}{edition}{standing}."
