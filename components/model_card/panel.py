"""One page a model: everything that is known about it, contradictions first."""

from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from catalog.bands import readings
from catalog.conflicts import of_model
from catalog.fields import Group
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import listing
from components.charts import steps, timeline
from components.frame.address import asked, keep, said
from components.frame.chart import chart
from components.frame.folds import Folded, fold, show
from components.frame.palette import colours
from components.frame.picker import chosen_before, read_choice
from components.frame.state import compared
from components.model_card import card, export, links, scores
from components.model_card.related import Relation, related

DEFAULT = "gemini-2.0-flash"


@dataclass(frozen=True)
class _Drawn:
    """A chart of the card with its sentence and its table."""

    figure: go.Figure
    summary: str
    records: list[dict[str, str]]


@dataclass(frozen=True)
class _Card:
    """Everything on a card, worked out once for a model, a catalog and a day."""

    head: str
    facts: str
    conflicts: Folded | None
    conflict_count: int
    readings: str
    life: _Drawn | None
    prices: _Drawn | None
    no_history: str
    table: Folded
    fields: int
    statements: str
    scores: Folded | None
    score_count: int
    related: str
    lists: str


def model_card(catalog: Catalog, on: date) -> None:
    """The choice of a model, kept in the address as ?id=, and its card."""
    model = _chosen(catalog)
    shown = _card(catalog, model.id, catalog.version, on)
    st.html(shown.head + shown.facts)
    if shown.conflicts:
        st.subheader(f"Where sources conflict ({shown.conflict_count})", anchor=False)
        show(shown.conflicts, "model_conflicts")
    st.subheader("In short", anchor=False)
    if shown.readings:
        st.html(shown.readings)
    else:
        st.caption("Nothing can be said in short: no score on MMLU or GPQA and no size was found.")
    _courses(model, shown)
    st.subheader(f"Every field ({shown.fields})", anchor=False)
    show(shown.table, "model_fields")
    if shown.statements:
        st.subheader("What sources say in words", anchor=False)
        st.html(shown.statements)
    _scores(model, shown)
    st.subheader("Where to go next", anchor=False)
    st.html(shown.lists + shown.related)
    _downloads(catalog, model, on)


def _chosen(catalog: Catalog) -> Model:
    """The model of the page: from ?id=, else the first of ?models=, else the default, said in a sentence."""
    start = _start(catalog)
    text = asked("id", "model_id")
    if text is not None:
        found = catalog.find(text)
        st.session_state["model_id"] = (found or start).id
        if text and found is None:
            _explain(catalog, text, start)
    elif st.session_state["model_id"] not in catalog.models:
        st.session_state["model_id"] = start.id
    name = st.selectbox(
        "Model",
        _by_lab(catalog),
        key="model_id",
        format_func=lambda each: catalog.models[each].name,
        help="Type a part of the name to find it.",
    )
    if "id" in st.query_params or name != start.id:
        keep("id", "model_id", name)
    else:
        keep("id", "model_id", "")
        st.info(
            f"This is the card of {start.name}, until you choose a model above. Every model has one: its life, its "
            "limits and prices, its scores, and each claim with its source, contradictions first.",
            icon=":material/badge:",
        )
    return catalog.models[name]


def _start(catalog: Catalog) -> Model:
    """The card to show where the address names none: of the first model chosen on other pages, else the default."""
    named = read_choice(catalog, st.query_params.get("models", "")).models or chosen_before(catalog)
    return catalog.models.get(named[0] if named else DEFAULT) or next(iter(catalog.models.values()))


def _explain(catalog: Catalog, text: str, start: Model) -> None:
    near = [f"`{name}`" for name in catalog.similar(text)]
    hint = f" Did you mean {listing(near, 'or')}?" if near else ""
    st.warning(
        f"The catalog has no model called `{said(text)}`, so {start.name} is shown.{hint}", icon=":material/help:"
    )


def _by_lab(catalog: Catalog) -> list[str]:
    """Model ids by lab and name, as one looks for them."""
    return sorted(catalog.models, key=lambda each: (catalog.models[each].lab, catalog.models[each].name.casefold()))


@st.cache_resource(show_spinner=False, max_entries=200)
def _card(_catalog: Catalog, name: str, version: str, on: date) -> _Card:
    model = _catalog.models[name]
    found = of_model(_catalog, model, on)
    rows = [row for row in compared(_catalog, [model], on) if row.field.group is not Group.BENCHMARKS]
    said = readings(_catalog, model, on)
    relations = related(_catalog, model, on)
    results = sum(len(each) for each in _catalog.results.get(name, {}).values())
    prices, no_history = _prices(_catalog, model, on)
    return _Card(
        head=card.head(_catalog, model, on),
        facts=card.key_facts(_catalog, model, on),
        conflicts=fold(card.conflict_list(_catalog, found)) if found else None,
        conflict_count=len(found),
        readings=card.readings_list(_catalog, said) if said else "",
        life=_life(_catalog, model, on),
        prices=prices,
        no_history=no_history,
        table=fold(card.facts_table(_catalog, model, rows)),
        fields=len(rows),
        statements=card.statements(_catalog, model) if model.statements else "",
        scores=fold(scores.score_table(_catalog, model, found)) if results else None,
        score_count=results,
        related=links.ways_on(model, relations, on),
        lists=links.lists(_catalog, model, on, _beside(relations)),
    )


def _beside(relations: tuple[Relation, ...]) -> Model | None:
    """The nearest relative, to compare with."""
    return relations[0].models[-1] if relations else None


def _titles(catalog: Catalog) -> dict[str, str]:
    return {name: source.title for name, source in catalog.sources.items()}


def _life(catalog: Catalog, model: Model, on: date) -> _Drawn | None:
    found = timeline.marks(model, on)
    if not found:
        return None
    figure = timeline.timeline(found, on, colours([model])[model.id].chart)
    return _Drawn(figure, timeline.summary(model.name, found), timeline.records(found, _titles(catalog)))


def _prices(catalog: Catalog, model: Model, on: date) -> tuple[_Drawn | None, str]:
    """The price history, or in words why there is none."""
    found = steps.steps(model, on)
    rows = steps.records(model, on, _titles(catalog))
    if not rows:
        return None, f"No source gives a price of {model.name}."
    if not found:
        return None, f"{model.name} has no list price: {_instead(rows)}."
    if not steps.has_history(found):
        return None, f"Only one dated list price of {model.name} was found, so there is no history to draw."
    figure = steps.price_steps(found, colours([model])[model.id].chart)
    return _Drawn(figure, steps.summary(model.name, found), rows), ""


def _instead(rows: list[dict[str, str]]) -> str:
    told = [f"{each['Price of'].lower()} {each['USD per million tokens']} at {each['Offer']}" for each in rows]
    return listing(list(dict.fromkeys(told))[:4])


def _courses(model: Model, shown: _Card) -> None:
    """Life and prices over time."""
    st.subheader("Its life", anchor=False)
    if shown.life is not None:
        chart(shown.life.figure, "model_life", shown.life.summary, shown.life.records, f"{model.id}-life")
    else:
        st.caption("No dated event of this model was found.")
    st.subheader("Its prices over time", anchor=False)
    if shown.prices is not None:
        drawn = shown.prices
        chart(drawn.figure, "model_prices", drawn.summary, drawn.records, f"{model.id}-prices")
    else:
        st.caption(shown.no_history.replace("$", "\\$"))


def _scores(model: Model, shown: _Card) -> None:
    st.subheader(f"Benchmark results ({shown.score_count})", anchor=False)
    if shown.scores:
        show(shown.scores, "model_scores")
    else:
        st.caption(f"No benchmark result of {model.name} was found.")


def _downloads(catalog: Catalog, model: Model, on: date) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Everything as JSON",
            data=lambda: export.as_json(catalog, model, on),
            file_name=f"{model.id}.json",
            mime="application/json",
            icon=":material/download:",
            key="model_json",
            on_click="ignore",
        )
        st.download_button(
            "Everything as CSV",
            data=lambda: export.as_csv(catalog, model, on),
            file_name=f"{model.id}.csv",
            mime="text/csv",
            icon=":material/download:",
            key="model_csv",
            on_click="ignore",
        )
