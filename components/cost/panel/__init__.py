"""The cost page: the answer, the workload, a closer look at its bills, and the bills themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import urlencode

import streamlit as st

from catalog.decision import Use
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import day, listing
from components.cost import wording
from components.cost.address import CHEAPEST, Scene, offered
from components.cost.beside import Column, beside_table, column_of
from components.cost.panel.closer import closer
from components.cost.rows import Offer, by_price, nearest_crossing, offers, standing, turns
from components.cost.table import bills_table
from components.frame import address
from components.frame.onwards import to_report
from components.frame.saved import saved_views
from components.frame.workload_form import pick_day, pick_use, workload_form


@dataclass(frozen=True, slots=True)
class _Worked:
    """What a scene comes to: the offers that count, and the answer and the table of all offers as HTML."""

    chosen: tuple[Offer, ...]
    answer: str
    table: str


def cost(catalog: Catalog, models: Sequence[Model], today: date) -> None:
    """The answer in a sentence, the workload that it is for, the year and what moves the bills, then every bill."""
    answer = st.container()
    left, middle, right = st.columns([4, 2, 2], gap="small")
    with left:
        use = pick_use(catalog, "cost")
    with middle:
        on = pick_day("cost", today)
    with right:
        platform = _platform(models)
    asked = workload_form(catalog, "cost", use)
    if not asked.possible:
        return
    scene = Scene(tuple(model.id for model in models), asked.workload, on, platform)
    worked = _worked(catalog, scene, catalog.version)
    answer.html(worked.answer + _printed(scene, models, use, platform))
    closer(catalog, scene, worked.chosen)
    st.subheader("The bill", anchor=False)
    with st.container(key="cost_bills"):
        st.html(worked.table)
    to_report(scene.models)
    _saved(catalog, scene, worked.chosen, today)


def _saved(catalog: Catalog, scene: Scene, chosen: tuple[Offer, ...], today: date) -> None:
    """Views saved by name, and those beside this one that the reader wants."""
    # The default models are not in the address, and another visit may come with others.
    asked = {**st.query_params.to_dict(), "models": ",".join(scene.models)}
    views = saved_views("cost", urlencode(asked, safe=",~"), catalog.version)
    if views:
        columns = [Column("Now", scene, chosen), *(column_of(catalog, v.name, v.address, today) for v in views)]
        st.html(beside_table(catalog, columns))


def _platform(models: Sequence[Model]) -> str:
    """Whose prices count, kept as ?platforms=."""
    named = {CHEAPEST: "The cheapest of each model", **offered(models)}
    address.set_one("platforms", "cost_platforms", list(named), CHEAPEST)
    chosen = st.selectbox(
        "Platform",
        list(named),
        key="cost_platforms",
        format_func=lambda name: named.get(name, name),
        help="Whose list prices the answer and the charts rest on. The table has every platform.",
    )
    address.keep_one("platforms", "cost_platforms", chosen, CHEAPEST)
    return chosen


def _printed(scene: Scene, models: Sequence[Model], use: Use, platform: str) -> str:
    """What the controls say, in a line that stands on paper in their place."""
    whose = "the cheapest platform of each" if platform == CHEAPEST else offered(models)[platform]
    names = listing([model.name for model in models])
    return (
        f'<p class="printed">{escape(f"{names}. Prices on {day(scene.on)}, {whose}. Started from: {use.label}.")}</p>'
    )


@st.cache_resource(show_spinner=False, max_entries=300)
def _worked(_catalog: Catalog, scene: Scene, version: str) -> _Worked:
    found = offers(_catalog, scene)
    chosen = standing(found, scene)
    table = bills_table(_catalog, found, chosen, scene.on)
    return _Worked(chosen, _answer(_catalog, chosen, scene), table)


def _answer(catalog: Catalog, chosen: Sequence[Offer], scene: Scene) -> str:
    """The one sentence, then how sure it is and what would change it."""
    ordered = by_price(chosen)
    said = [wording.sureness(chosen), wording.gone(chosen, scene.on)]
    said += [wording.turn_words(turn, chosen, ordered[0].model) for turn in turns(catalog, chosen, scene) if ordered]
    if len(ordered) > 1:
        said.append(wording.crossing_sentence(nearest_crossing(catalog, ordered, scene), ordered, scene.workload))
    rest = " ".join(sentence for sentence in said if sentence)
    return (
        f'<div class="strip answer"><p><b>{escape(wording.answer(chosen, scene.on))}</b></p><p>{escape(rest)}</p></div>'
    )
