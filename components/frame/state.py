"""What the pages share for all visitors: the catalog, loaded once."""

import html

import streamlit as st

from catalog import loading
from catalog.loading import Catalog, CatalogError


@st.cache_resource(show_spinner=False)
def _load() -> Catalog:
    return loading.load()


def catalog() -> Catalog:
    """The catalog; where its files are broken, the page says what is wrong and where, and stops."""
    try:
        return _load()
    except CatalogError as error:
        _show_problems(error)
        st.stop()


def _show_problems(error: CatalogError) -> None:
    count = len(error.problems)
    st.error(
        f"The catalog cannot be shown, because its files have {count} problem{'' if count == 1 else 's'}. Nothing is "
        "lost. Mend the lines below, check them with `python -m catalog check`, and start the app again.",
        icon=":material/error:",
    )
    items = "".join(f"<li><code>{html.escape(str(problem))}</code></li>" for problem in error.problems)
    st.html(f"<ul>{items}</ul>")
