"""What is said of the chosen models before any call: which are shut down or ending, and what takes their place."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from catalog.lifecycle import Service, life, stand_in
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.summary import life_sentence
from components.frame.markup import life_chip
from components.gemini.settings import Connection


def notices(catalog: Catalog, models: Sequence[Model], on: date, place: Connection, page: str) -> None:
    """Names every model that is shut down or ending, before any call, with its successor one click away.

    `page` begins the keys of its widgets, as everywhere in this folder.
    """
    if all(life(model, on).service is Service.IN_SERVICE for model in models):
        return
    for index, (column, model) in enumerate(zip(st.columns(len(models), gap="medium"), models, strict=True)):
        state = life(model, on).service
        heir = stand_in(catalog, model, on)
        words = "" if state is Service.IN_SERVICE else _notice(catalog, model, on, state, place)
        with column.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(life_chip(model, on), width="content")
            if heir is not None and heir.id not in [each.id for each in models]:
                st.button(
                    f"Use {heir.name} instead",
                    key=f"{page}_swap_{index}",
                    icon=":material/swap_horiz:",
                    type="tertiary",
                    on_click=_swap,
                    args=(page, model.id, heir.id),
                )
        if words:
            column.html(f'<p class="notice">{escape(words)}</p>')


def _notice(catalog: Catalog, model: Model, on: date, state: Service, place: Connection) -> str:
    sentence = life_sentence(catalog, model, on)
    if place.simulated:
        return f"{sentence} The simulator answers in its name."
    if state is Service.SHUT_DOWN:
        return f"{sentence} A call will probably fail, unless your endpoint still serves it."
    return sentence


def _swap(page: str, old: str, new: str) -> None:
    chosen = st.session_state[f"{page}_models"]
    st.session_state[f"{page}_models"] = [new if name == old else name for name in chosen or [old]]
