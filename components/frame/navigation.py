"""The pages, their addresses and their groups, and the guard that puts every page inside the frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import streamlit as st

from components.frame import link

if TYPE_CHECKING:
    from streamlit.navigation.page import Page


@dataclass(frozen=True, slots=True)
class Place:
    """One page: its file, title, address, icon and group, and whether only its own links lead to it."""

    file: str
    title: str
    path: str
    icon: str
    group: str
    hidden: bool = False


PRODUCT = "Gemini Pro or Flash"
PLACES = (
    Place("pages/overview.py", "Overview", "", ":material/home:", "Understand"),
    Place("pages/compare.py", "Compare", "compare", ":material/compare_arrows:", "Understand"),
    Place("pages/benchmarks.py", "Benchmarks", "benchmarks", ":material/monitoring:", "Understand"),
    Place("pages/architecture.py", "Architecture", "architecture", ":material/account_tree:", "Understand"),
    Place("pages/advisor.py", "Advisor", "advisor", ":material/recommend:", "Decide"),
    Place("pages/cost.py", "Cost", "cost", ":material/payments:", "Decide"),
    Place("pages/playground.py", "Playground", "playground", ":material/science:", "Try"),
    Place("pages/documents.py", "Documents", "documents", ":material/article:", "Try"),
    Place("pages/batch.py", "Batch", "batch", ":material/dynamic_feed:", "Try"),
    Place("pages/history.py", "History", "history", ":material/history:", "Try"),
    Place("pages/shared.py", "Shared", "shared", ":material/link:", "Try", hidden=True),
    Place("pages/report.py", "Report", "report", ":material/summarize:", "Share"),
    Place("pages/models.py", "All models", "models", ":material/table_rows:", "Catalog"),
    Place("pages/model.py", "Model card", "model", ":material/badge:", "Catalog"),
    Place("pages/sources.py", "Sources and glossary", "sources", ":material/menu_book:", "Catalog"),
)
_ICON = Path(__file__).with_name("icon.png")


class _Frame:
    """Whether any session of this process has set the navigation up; Streamlit keeps the same fact for the process."""

    ready = False


def navigate() -> "Page":
    """Sets page and navigation up and returns the page to run; guests get no navigation.

    The picture for the browser's tab comes first: until it is set, the browser would fetch the page's icon from a
    foreign host.
    """
    st.set_page_config(page_icon=str(_ICON), layout="wide")
    groups: dict[str, list[Page]] = {}
    for place in PLACES:
        page = st.Page(
            place.file,
            title=place.title,
            icon=place.icon,
            url_path=place.path or None,
            default=place.path == "",
            visibility="hidden" if place.hidden else "visible",
        )
        groups.setdefault(place.group, []).append(page)
    _Frame.ready = True
    page = st.navigation(groups, position="hidden" if link.is_guest() else "sidebar", expanded=True)
    st.set_page_config(page_title=f"{page.title} · {PRODUCT}")
    return page


def inside_frame() -> None:
    """Every page calls this first: until a session has called st.navigation, Streamlit runs page files on their own."""
    if not _Frame.ready:
        navigate()
        st.rerun()


def address(path: str, models: Sequence[str] = ()) -> str:
    """The address of a page for these models, relative to the app, to put into links."""
    chosen = f"?models={quote(','.join(models), safe=',.')}" if models else ""
    return f"{path or './'}{chosen}"


def path_of(heading: str) -> str:
    """The path of the page with this heading; a page outside the navigation goes by its heading.

    The overview is headed by the product's name and more.
    """
    paths = {place.title: place.path for place in PLACES}
    return paths.get(heading, "" if heading.startswith(PRODUCT) else heading)
