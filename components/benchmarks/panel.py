"""The shared tests on screen: how sure each difference is, what it rests on, and what quality costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import plotly.graph_objects as go
import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Benchmark, Model
from catalog.shared import SharedTest, common_sources, resting_on
from catalog.words import capital
from components.benchmarks import card, rows, selection, table, tradeoff, wheel, wording
from components.benchmarks.selection import MEASURED, VERDICTS, Filters
from components.benchmarks.tradeoff import PRICES, Axis, Measure
from components.charts.radar import radar
from components.charts.scatter import scatter
from components.charts.strip import strip
from components.charts.whiskers import whiskers
from components.frame import address
from components.frame.chart import chart
from components.frame.markup import source_line
from components.frame.onwards import to_report
from components.frame.state import tests_of
from components.frame.verdicts import MARKS, tally_sentence

_STRONGEST = "strongest"
_CORRECTED = (
    "Filters hide rows and change no verdict: a lead is called real only if it stands out among all tests that the "
    "two share, shown or not, because one lead in twenty looks real by chance."
)
_STRENGTH = (
    "The strongest: measured by one source, under the same conditions, independent before the maker's own, then the "
    "newest. A source alone leaves out the tests that it does not have for both models."
)
_VERDICT_LABELS = {
    "clear": "clear",
    "small": "small but real",
    "close": "too close to call",
    "unknown": "cannot be known",
}
_WHOM = {"all": "All models", "these": "These models"}


@dataclass(frozen=True, slots=True)
class View:
    """What the reader looks at: the chosen models and the two that verdicts compare, by id, and whose comparisons."""

    models: tuple[str, ...]
    pair: tuple[str, str]
    source: str
    version: str

    def models_of(self, catalog: Catalog) -> tuple[Model, ...]:
        """The chosen models."""
        return tuple(catalog.models[name] for name in self.models)

    def pair_of(self, catalog: Catalog) -> tuple[Model, Model]:
        """The two models that verdicts compare."""
        return catalog.models[self.pair[0]], catalog.models[self.pair[1]]

    @property
    def file(self) -> str:
        """The part of a file name that names the models."""
        return "-vs-".join(self.models)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure, the sentence above it and the rows of its table."""

    figure: go.Figure
    summary: str
    records: tuple[dict[str, str], ...]


def benchmarks(catalog: Catalog, models: Sequence[Model], on: date) -> None:
    """The verdicts in a sentence, the chart and the table of the shared tests, then what quality costs."""
    strip_place = st.container()
    pair = _chosen_pair(models)
    source = _chosen_source(catalog, tests_of(catalog, *pair))
    view = View(tuple(model.id for model in models), (pair[0].id, pair[1].id), source, catalog.version)
    tests = _tests(catalog, view)
    strip_place.html(f'<p class="strip">{escape(tally_sentence(tests, pair))}</p>')
    if selection.of_quality(tests):
        _shared(catalog, view)
    else:
        _nothing_shared(catalog, view)
    _article(catalog, models)
    _wheel(catalog, view)
    _tradeoff(catalog, view, on)
    _cards(catalog, view)
    to_report(view.models)


def _nothing_shared(catalog: Catalog, view: View) -> None:
    one, other = view.pair_of(catalog)
    partner = selection.best_partner(catalog, one, view.models_of(catalog))
    st.info(
        f"No source has tested both {one.short_name} and {other.short_name}. For models that share tests, their scores "
        "stand here with the noise of each difference and a verdict.",
        icon=":material/monitoring:",
    )
    st.page_link(
        "pages/benchmarks.py",
        label=f"Compare {one.short_name} with {partner.short_name}",
        icon=":material/compare_arrows:",
        query_params={"models": f"{one.id},{partner.id}"},
    )


@st.fragment
def _shared(catalog: Catalog, view: View) -> None:
    """The shared tests as charts and tables under their filters; a fragment, so that a filter redraws no more."""
    tests = _tests(catalog, view)
    shown = _filtered(tests)
    # Containers keep what follows in its place, so that the browser need not draw it again when a chart goes.
    with st.container():
        _charts(catalog, view, shown)
    _tables(catalog, view, tests, shown)


def _tests(catalog: Catalog, view: View) -> tuple[SharedTest, ...]:
    if view.source == _STRONGEST:
        return tests_of(catalog, *view.pair_of(catalog))
    return _tests_by_source(catalog, view)


@st.cache_resource(show_spinner=False, max_entries=300)
def _tests_by_source(_catalog: Catalog, view: View) -> tuple[SharedTest, ...]:
    return resting_on(_catalog, tests_of(_catalog, *view.pair_of(_catalog)), view.source)


def _chosen_pair(models: Sequence[Model]) -> tuple[Model, Model]:
    """The two models that verdicts compare; of more than two, those that the reader chooses, kept as ?pair=a,b."""
    pairs = selection.pairs(models)
    first = next(iter(pairs))
    if len(pairs) == 1:
        address.keep_one("pair", "benchmarks_pair", first, first)
        return pairs[first]
    address.set_one("pair", "benchmarks_pair", list(pairs), first)
    chosen = st.segmented_control(
        "Verdicts compare",
        list(pairs),
        key="benchmarks_pair",
        required=True,
        format_func=lambda name: " with ".join(model.short_name for model in pairs[name]),
        wrap=True,
    )
    address.keep_one("pair", "benchmarks_pair", chosen or first, first)
    return pairs[chosen or first]


def _chosen_source(catalog: Catalog, tests: Sequence[SharedTest]) -> str:
    """Whose comparison counts where several sources have one; kept as ?source=."""
    found = common_sources(selection.of_quality(tests))
    options = [_STRONGEST, *found]
    address.set_one("source", "benchmarks_source", options, _STRONGEST)

    def named(name: str) -> str:
        if name == _STRONGEST:
            return "The strongest comparison of each test"
        return f"{catalog.sources[name].title} ({found[name]} test{'' if found[name] == 1 else 's'})"

    chosen = st.selectbox(
        "Whose figures count", options, key="benchmarks_source", format_func=named, help=_STRENGTH, width=520
    )
    address.keep_one("source", "benchmarks_source", chosen, _STRONGEST)
    return chosen


def _filtered(tests: Sequence[SharedTest]) -> list[SharedTest]:
    """The tests of quality to show, of those that both took; the choice is kept in the address."""
    shared = selection.of_quality(tests)
    areas = selection.areas_of(shared)
    verdicts = [name for name, verdict in VERDICTS.items() if any(test.judgement.verdict is verdict for test in shared)]
    address.set_many("area", "benchmarks_area", areas)
    address.set_one("measured", "benchmarks_measured", list(MEASURED), "all")
    address.set_many("verdict", "benchmarks_verdict", verdicts)
    in_areas = st.pills("Area", areas, selection_mode="multi", key="benchmarks_area", format_func=capital)
    with st.container(horizontal=True, gap="medium"):
        measured = _measured_filter()
        of_verdict = _verdict_filter(verdicts)
    address.keep_many("area", "benchmarks_area", in_areas)
    address.keep_many("verdict", "benchmarks_verdict", of_verdict)
    filters = Filters(tuple(in_areas), measured, tuple(of_verdict))
    shown = [test for test in shared if filters.lets_through(test)]
    if shared:
        st.caption(f"{len(shown)} of {len(shared)} tests shown", help=_CORRECTED)
    return shown


def _measured_filter() -> str:
    chosen = st.segmented_control(
        "Who measured it", list(MEASURED), key="benchmarks_measured", required=True, format_func=MEASURED.__getitem__
    )
    address.keep_one("measured", "benchmarks_measured", chosen or "all", "all")
    return chosen or "all"


def _verdict_filter(verdicts: Sequence[str]) -> list[str]:
    return st.pills(
        "Verdict",
        verdicts,
        selection_mode="multi",
        key="benchmarks_verdict",
        format_func=lambda name: f"{MARKS[VERDICTS[name]]} {_VERDICT_LABELS[name]}",
        help=_CORRECTED,
        wrap=True,
    )


def _charts(catalog: Catalog, view: View, shown: Sequence[SharedTest]) -> None:
    percent, rated = rows.by_scale(shown)
    if not percent and not rated:
        _nothing_to_draw(_tests(catalog, view))
    for part, thing in ((percent, "percent"), (rated, "rating")):
        if part:
            drawn = _dots(catalog, view, tuple(test.benchmark.id for test in part), thing)
            chart(drawn.figure, f"benchmarks_{thing}", drawn.summary, drawn.records, f"tests-{thing}-{view.file}")


def _nothing_to_draw(tests: Sequence[SharedTest]) -> None:
    """Why there is no chart: filters hide what could be drawn, or there is nothing."""
    if any(rows.by_scale(selection.of_quality(tests))):
        words, icon = "No comparable test passes these filters. Take one off to see the others.", "filter_alt"
    else:
        words, icon = (
            "No chart: the scores of these tests have no scale in common. The table says what each shows.",
            "help",
        )
    st.info(words, icon=f":material/{icon}:")


@st.cache_resource(show_spinner=False, max_entries=300)
def _dots(_catalog: Catalog, view: View, names: tuple[str, ...], thing: str) -> Drawn:
    models, pair = view.models_of(_catalog), view.pair_of(_catalog)
    tests = [test for test in _tests(_catalog, view) if test.benchmark.id in names]
    in_percent = thing == "percent"
    figure = whiskers(
        rows.looks(models),
        [rows.chart_row(_catalog, test, pair, models) for test in tests],
        "%" if in_percent else "points",
        (0, 100) if in_percent else None,
    )
    summary = wording.chart_sentence(tests, pair, "in percent" if in_percent else "rated in points")
    return Drawn(figure, summary, tuple(rows.chart_record(_catalog, test, pair, models) for test in tests))


def _tables(catalog: Catalog, view: View, tests: Sequence[SharedTest], shown: Sequence[SharedTest]) -> None:
    st.subheader("Every shared test", anchor=False)
    hidden = [each for each in selection.of_quality(tests) if each not in shown]
    # The table is the same under every filter, so that the browser keeps it and only hides rows.
    names = ", ".join(f'.st-key-benchmarks_table tr[data-test="{each.benchmark.id}"]' for each in hidden)
    st.html(f"<style>{names or '.none-hidden'} {{ display: none }}</style>")
    with st.container(key="benchmarks_table"):
        st.html(_table(catalog, view))
    measured = selection.of_time_and_money(tests)
    if measured:
        st.subheader("Speed and cost as measured", anchor=False)
        st.html(_measurements(catalog, view))


@st.cache_resource(show_spinner=False, max_entries=300)
def _table(_catalog: Catalog, view: View) -> str:
    tests, pair = _tests(_catalog, view), view.pair_of(_catalog)
    main = table.tests_table(_catalog, selection.of_quality(tests), pair, view.models_of(_catalog))
    return main + table.alone_list(_catalog, selection.of_one_alone(tests), pair)


@st.cache_resource(show_spinner=False, max_entries=300)
def _measurements(_catalog: Catalog, view: View) -> str:
    measured = selection.of_time_and_money(_tests(_catalog, view))
    return table.measurements_table(_catalog, measured, view.pair_of(_catalog))


def _article(catalog: Catalog, models: Sequence[Model]) -> None:
    sources = table.illustrative_sources(catalog)
    said = table.article_table(catalog, models, sources)
    if said:
        st.subheader("What the article says", anchor=False)
        st.caption(
            "The article calls these figures approximate and for illustration, and names no source for them. They "
            "count nowhere on this page; those that measured figures contradict are struck through."
        )
        st.html(f'{said}<p class="note">{", ".join(source_line(catalog, name) for name in sources)}</p>')


def _wheel(catalog: Catalog, view: View) -> None:
    st.subheader("Several tests at once", anchor=False)
    spokes = _spokes(catalog, view)
    if len(spokes) < 3:
        st.html(f'<p class="none">{escape(wheel.why_not(spokes, len(view.models)))}</p>')
        return
    drawn = _radar(catalog, view)
    chart(drawn.figure, "benchmarks_radar", drawn.summary, drawn.records, f"radar-{view.file}")


@st.cache_resource(show_spinner=False, max_entries=300)
def _spokes(_catalog: Catalog, view: View) -> tuple[wheel.Spoke, ...]:
    tests = selection.of_quality(_tests(_catalog, view))
    return wheel.spokes(_catalog, [test.benchmark for test in tests], view.models_of(_catalog))


@st.cache_resource(show_spinner=False, max_entries=300)
def _radar(_catalog: Catalog, view: View) -> Drawn:
    every = _spokes(_catalog, view)
    models, chosen = view.models_of(_catalog), wheel.spread(every)
    scores = [[float(spoke.results[at].score) for spoke in chosen] for at in range(len(models))]
    figure = radar(rows.looks(models), [spoke.benchmark.name for spoke in chosen], scores)
    records = tuple(wheel.record(_catalog, spoke, models) for spoke in chosen)
    return Drawn(figure, wheel.sentence(every, chosen, models), records)


@st.fragment
def _tradeoff(catalog: Catalog, view: View, on: date) -> None:
    st.subheader("What quality costs", anchor=False)
    models = view.models_of(catalog)
    measure, across, whom = _tradeoff_choice(catalog, models)
    drawn = _scattered(catalog, view, measure.id, across, whom, on)
    if drawn.records:
        chart(drawn.figure, "benchmarks_tradeoff", drawn.summary, drawn.records, f"quality-{across}-{whom}")
    else:
        st.html(f'<p class="none">{escape(drawn.summary)}</p>')
    axis = _axis(catalog, across, on)
    missing = tradeoff.left_out(catalog, measure, axis, models)
    st.caption(" ".join([*missing, wording.axis_basis(catalog, axis, on)]).replace("$", "\\$"))


def _tradeoff_choice(catalog: Catalog, models: Sequence[Model]) -> tuple[Measure, str, str]:
    """What stands for quality, what it is set against and for whom; kept as ?quality=, ?against= and ?whom=."""
    every = _measures(catalog, catalog.version)
    quality = {measure.id: measure for measure in tradeoff.of_quality(every, models)}
    speeds = {measure.id: tradeoff.name_of(catalog, measure) for measure in tradeoff.of_speed(every)}
    against = {**PRICES, **speeds}
    first = next(iter(quality))
    address.set_one("quality", "benchmarks_quality", list(quality), first)
    address.set_one("against", "benchmarks_against", list(against), "input")
    address.set_one("whom", "benchmarks_whom", list(_WHOM), "all")
    left, middle, right = st.columns([4, 3, 3], gap="medium")
    chosen = left.selectbox(
        "Quality by",
        list(quality),
        key="benchmarks_quality",
        format_func=lambda name: tradeoff.name_of(catalog, quality[name]),
    )
    across = middle.selectbox("Against", list(against), key="benchmarks_against", format_func=against.__getitem__)
    whom = right.segmented_control(
        "Shown", list(_WHOM), key="benchmarks_whom", required=True, format_func=_WHOM.__getitem__
    )
    address.keep_one("quality", "benchmarks_quality", chosen, first)
    address.keep_one("against", "benchmarks_against", across, "input")
    address.keep_one("whom", "benchmarks_whom", whom or "all", "all")
    return quality[chosen], across, whom or "all"


@st.cache_resource(show_spinner=False, max_entries=4)
def _measures(_catalog: Catalog, version: str) -> tuple[Measure, ...]:
    return tradeoff.measures(_catalog)


def _axis(catalog: Catalog, across: str, on: date) -> Axis:
    if across in PRICES:
        return _price_axis(catalog, catalog.version, across, on)
    return tradeoff.speed_axis(_measure(catalog, across))


@st.cache_resource(show_spinner=False, max_entries=30)
def _price_axis(_catalog: Catalog, version: str, item: str, on: date) -> Axis:
    return tradeoff.price_axis(_catalog, item, on)


def _measure(catalog: Catalog, name: str) -> Measure:
    return next(measure for measure in _measures(catalog, catalog.version) if measure.id == name)


@st.cache_resource(show_spinner=False, max_entries=300)
def _scattered(_catalog: Catalog, view: View, quality: str, across: str, whom: str, on: date) -> Drawn:
    measure, axis, chosen = _measure(_catalog, quality), _axis(_catalog, across, on), view.models_of(_catalog)
    models = tuple(_catalog.models.values()) if whom == "all" else chosen
    offers = tradeoff.offers(_catalog, measure, axis, models)
    best = tradeoff.on_line(measure, axis, offers)
    figure = scatter(
        [rows.point(_catalog, measure, axis, offer, chosen) for offer in offers],
        [(offer.cost, float(offer.result.score)) for offer in best],
        axis.title,
        f"{measure.benchmark.name}, {wording.unit_words(measure.benchmark)}",
        log=axis.is_price,
        rising=measure.benchmark.higher_is_better,
    )
    records = tuple(rows.offer_record(_catalog, measure, axis, offer, offer in best) for offer in offers)
    return Drawn(figure, tradeoff.line_sentence(measure, axis, offers), records)


@st.fragment
def _cards(catalog: Catalog, view: View) -> None:
    names = {test.benchmark.id: test.benchmark.name for test in selection.of_quality(_tests(catalog, view))}
    if not names:
        return
    st.subheader("What a test measures, and what it misses", anchor=False)
    first = next(iter(names))
    address.set_one("test", "benchmarks_test", list(names), first)
    chosen = st.selectbox("Test", list(names), key="benchmarks_test", format_func=names.__getitem__, width=420)
    address.keep_one("test", "benchmarks_test", chosen, first)
    benchmark = catalog.benchmarks[chosen]
    st.html(card.benchmark_card(catalog, benchmark))
    _standing(catalog, view, benchmark)


def _standing(catalog: Catalog, view: View, benchmark: Benchmark) -> None:
    """All models of the edition that has most of the chosen ones, as a small chart."""
    found = [each for each in _measures(catalog, catalog.version) if each.benchmark.id == benchmark.id]
    if not found:
        st.html('<p class="none">No one source has three models or more on this test, so no chart of them.</p>')
        return
    measure = tradeoff.of_quality(found, view.models_of(catalog))[0]
    drawn = _line(catalog, view, measure.id)
    chart(drawn.figure, "benchmarks_standing", drawn.summary, drawn.records, f"{benchmark.id}-all-models")


@st.cache_resource(show_spinner=False, max_entries=300)
def _line(_catalog: Catalog, view: View, name: str) -> Drawn:
    measure, chosen = _measure(_catalog, name), view.models_of(_catalog)
    bounds = (0, 100) if measure.benchmark.unit == "percent" else None
    figure = strip(rows.marks(_catalog, measure, chosen), wording.unit_sign(measure.benchmark), bounds)
    sentence = card.strip_sentence(measure, view.models, [model.short_name for model in chosen])
    return Drawn(figure, sentence, tuple(rows.standing_records(_catalog, measure)))
