"""The view for guests: what a page shows, in large type, and nothing to operate it with."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from catalog.loading import Catalog
from catalog.summary import as_of_sentence
from components.frame import link
from components.frame.navigation import PRODUCT

_STYLE = Path(__file__).with_name("guest.css")
_STILL = st.components.v2.component(
    "frame_guest", js=Path(__file__).with_name("guest.js").read_text(encoding="utf-8"), isolate_styles=False
)
_RUN = (
    "This page asks models and shows their answers. The address of this link names no run, so there is nothing to read."
)
_RESULTS: Mapping[str, tuple[str, str]] = {
    "playground": ("run", _RUN),
    "documents": ("run", _RUN),
    "batch": (
        "job",
        "This page sends many prompts and shows what came of them. The address of this link names no batch, so there "
        "is nothing to read.",
    ),
    "history": (
        "compare",
        "This page lists the runs that are kept for its reader. The address of this link names no runs to compare, so "
        "there is nothing to read.",
    ),
}
"""By the path of a page that is controls alone: the parameter that names a result on it, and what to say without."""


def guest_style() -> None:
    """Takes the controls out of the page and makes the type large, where the address asks for the guests' view."""
    if link.is_guest():
        st.html(_STYLE)
        _STILL(key="frame_guest")


def guest_begin(catalog: Catalog, page: str) -> None:
    """On a page of controls alone: the prompt of the run that the address names; without one, a sentence and the end.

    Does nothing where the address does not ask for the guests' view.
    """
    parameter, sentence = _RESULTS.get(page, ("", ""))
    if not link.is_guest() or not parameter:
        return
    if parameter not in st.query_params:
        st.html(f'<p class="strip">{escape(sentence)}</p>')
        guest_end(catalog)
        st.stop()
    if parameter == "run":
        _prompt(st.query_params["run"])


def _prompt(run_id: str) -> None:
    """What was asked: in the full view it stands in a box to write in."""
    # What runs are kept in needs modules that most guests never ask for.
    from components.frame.running.engine import find_run

    run = find_run(run_id)
    prompt = run.snapshot().lanes[0].request.prompt if run is not None else ""
    if prompt:
        st.html(f'<p class="turn" tabindex="0" role="region" aria-label="Prompt">{escape(prompt)}</p>')


def guest_end(catalog: Catalog) -> None:
    """Who shows this and from which catalog, with a link to the same view with its controls."""
    others = {name: text for name, text in st.query_params.to_dict().items() if name != link.GUEST}
    target = f"?{urlencode(others, safe=',')}"
    # A frame in another page has no room for the whole product.
    window = 'target="_blank" rel="noopener"' if st.context.is_embedded else 'target="_self"'
    st.html(
        f'<p class="shown-by">Shown by {PRODUCT}. {escape(as_of_sentence(catalog))} '
        f'<a class="full-view" href="{escape(target)}" {window}>Open the full view</a></p>'
    )
