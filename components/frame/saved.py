"""Views of a page, saved by name: saving, opening, deleting, and choosing some to stand side by side."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from components.frame import link
from components.frame.address import keep_many, set_many
from components.frame.history import history, owner

if TYPE_CHECKING:
    from components.history.records import SavedView
    from components.history.store import Store

MOST_BESIDE = 4
_BESIDE = "beside"


def saved_views(page: str, address_now: str, catalog_version: str) -> "tuple[SavedView, ...]":
    """A folded box to save what the page shows now by a name, and the visitor's views of the page in it.

    `page` is the page's path, `address_now` the query string that shows the view again. Returns the views that the
    address wants side by side in ?beside=, at most four, also while the box is folded. Nothing is read from the history
    while it is folded and none is wanted; a history that cannot be used is one sentence.
    """
    wanted = [name for name in st.query_params.get(_BESIDE, "").split(",") if name]
    box = st.expander(
        "Saved", expanded=bool(wanted), icon=":material/bookmark:", key=f"{page}_saved", on_change="rerun"
    )
    if not box.open and not wanted:
        return ()
    from components.history.store import HistoryError

    store = history().store
    with box:
        if store is None:
            _not_now(history().problem)
            return ()
        try:
            known = {view.id: view for view in store.views(owner(), page)}
        except HistoryError as error:
            _not_now(str(error))
            return ()
        if not box.open:
            return tuple(known[name] for name in wanted if name in known)[:MOST_BESIDE]
        _save_row(store, page, without_beside(address_now), catalog_version)
        _tell(store, page)
        return _list(store, page, known, catalog_version) if known else _nothing_saved()


def without_beside(address: str) -> str:
    """A query string without "?", without what is to stand beside it, and without what belongs to an opened link."""
    own, _ = link.apart(dict(parse_qsl(address.removeprefix("?"), keep_blank_values=True)))
    kept = {name: text for name, text in own.items() if name != _BESIDE}
    return urlencode(kept, safe=",")


def views_html(views: "Sequence[SavedView]", moments: Sequence[str], catalog_version: str) -> str:
    """The views as a list of links, each with when it was saved and from which catalog."""
    items = (
        f'<li><a href="{escape(f"{view.page}?{view.address}" if view.address else view.page)}" target="_self">'
        f'<bdi dir="auto">{escape(view.name)}</bdi></a> <span class="count">saved {escape(moment)}, '
        f"{_catalog_words(view, catalog_version)}</span></li>"
        for view, moment in zip(views, moments, strict=True)
    )
    return f'<ul class="related" aria-label="Saved views">{"".join(items)}</ul>'


def _catalog_words(view: "SavedView", catalog_version: str) -> str:
    return (
        "on this catalog" if view.catalog_version == catalog_version else f"on catalog {escape(view.catalog_version)}"
    )


def _not_now(problem: str) -> None:
    st.warning(f"Views can be neither saved nor opened by their names now. {problem}", icon=":material/bookmark:")


def _nothing_saved() -> "tuple[SavedView, ...]":
    st.caption("Nothing is saved of this page yet. What you save stands here, to be opened or put side by side.")
    return ()


def _save_row(store: "Store", page: str, address: str, catalog_version: str) -> None:
    from components.history.views import LONGEST_NAME

    with (
        st.form(f"{page}_saved_form", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(
            "Name of this view",
            key=f"{page}_saved_name",
            max_chars=LONGEST_NAME,
            help="What the page shows now is saved as its address; saving under a name again replaces that view.",
        )
        st.form_submit_button(
            "Save",
            key=f"{page}_saved_save",
            icon=":material/bookmark_add:",
            on_click=_save,
            args=(store, page, address, catalog_version),
        )


def _save(store: "Store", page: str, address: str, catalog_version: str) -> None:
    def save() -> str:
        name = str(st.session_state.get(f"{page}_saved_name") or "")
        view = store.save_view(owner(), page, name, address, catalog_version)
        st.session_state[f"{page}_saved_name"] = ""
        return f"Saved “{view.name}”."

    _attempt(page, save)


def _delete(store: "Store", page: str) -> None:
    def delete() -> str:
        view = store.delete_view(owner(), str(st.session_state.get(f"{page}_saved_which") or ""))
        st.session_state[f"{page}_saved_which"] = None
        if view is None:
            return "The view was deleted already."
        st.session_state[f"{page}_saved_deleted"] = view
        return f"Deleted “{view.name}”."

    _attempt(page, delete)


def _undo(store: "Store", page: str, view: "SavedView") -> None:
    def undo() -> str:
        if store.restore_view(view):
            return f"“{view.name}” is back."
        return f"“{view.name}” stays deleted, since another view has its name or its place now."

    _attempt(page, undo)


def _attempt(page: str, action: Callable[[], str]) -> None:
    """Does what returns a sentence on what came of it, for `_tell`; what fails is a sentence as well."""
    from components.history.store import HistoryError, Refused, ViewRefused

    st.session_state.pop(f"{page}_saved_deleted", None)
    try:
        said = (True, action())
    except (HistoryError, ViewRefused) as error:
        said = (False, str(error))
    except Refused:
        said = (False, "The history does not take this name. Nothing was changed; write another.")
    st.session_state[f"{page}_saved_said"] = said


def _tell(store: "Store", page: str) -> None:
    """Says once what came of the last action; a deletion can be undone until something else is done."""
    said: tuple[bool, str] | None = st.session_state.pop(f"{page}_saved_said", None)
    deleted: SavedView | None = st.session_state.get(f"{page}_saved_deleted")
    if said is None and deleted is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if said is not None:
            # HTML, since Markdown would read signs in a name.
            role = "status" if said[0] else "alert"
            st.html(f'<p class="strip" role="{role}">{escape(said[1])}</p>', width="content")
        if deleted is not None:
            label = "Undo" if said is not None else "Undo the deletion"
            args = (store, page, deleted)
            st.button(label, key=f"{page}_saved_undo", icon=":material/undo:", on_click=_undo, args=args)


def _list(store: "Store", page: str, known: "Mapping[str, SavedView]", catalog_version: str) -> "tuple[SavedView, ...]":
    from components.archive.wording import moment, zone_of

    zone = zone_of(st.context.timezone)
    views = list(known.values())
    st.html(views_html(views, [moment(view.updated, zone) for view in views], catalog_version))
    beside, which, delete = st.columns([6, 4, 2], vertical_alignment="bottom")
    with beside:
        chosen = _beside(page, known)
    with which:
        if st.session_state.get(f"{page}_saved_which") not in known:
            st.session_state[f"{page}_saved_which"] = None
        picked = st.selectbox(
            "Delete one",
            list(known),
            key=f"{page}_saved_which",
            format_func=lambda name: known[name].name,
            placeholder="Choose a view",
        )
    delete.button(
        "Delete",
        key=f"{page}_saved_delete",
        icon=":material/delete:",
        disabled=picked is None,
        on_click=_delete,
        args=(store, page),
    )
    return chosen


def _beside(page: str, known: "Mapping[str, SavedView]") -> "tuple[SavedView, ...]":
    key = f"{page}_saved_beside"
    set_many(_BESIDE, key, list(known))
    if len(st.session_state[key]) > MOST_BESIDE:
        st.session_state[key] = st.session_state[key][:MOST_BESIDE]
    chosen = st.multiselect(
        "Compare side by side",
        list(known),
        key=key,
        format_func=lambda name: known[name].name,
        placeholder="Choose views",
        max_selections=MOST_BESIDE,
        select_all=False,
    )
    keep_many(_BESIDE, key, chosen)
    return tuple(known[name] for name in chosen)
