"""Links to one run or batch, for whoever gets one: making, copying, listing and withdrawing them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

import streamlit as st

from catalog.words import listing
from components.archive.wording import Zone, moment
from components.frame.copy_button import copy_button

if TYPE_CHECKING:
    from components.history.records import ShareRecord
    from components.history.store import Store

_GOOD_FOR = {"week": ("7 days", 7), "month": ("30 days", 30), "ever": ("until withdrawn", None)}


@dataclass(frozen=True)
class Shared:
    """What is to be shared, on which page, and in words what its readers will see of it and what not.

    `kind` is run or batch; `page` is the path of the page that offers it, and begins the keys of its widgets.
    """

    store: "Store"
    owner: str
    kind: str
    target: str
    page: str
    zone: Zone
    visible: tuple[str, ...]
    unseen: tuple[str, ...]

    def key(self, name: str) -> str:
        """The key of a widget."""
        return f"{self.page}_share_{name}"


def share_box(shared: Shared) -> None:
    """A folded box with all that concerns the links to one run or batch. Nothing is read while it is folded."""
    box = st.expander(
        f"Share this {shared.kind} by a link", icon=":material/link:", key=shared.key("box"), on_change="rerun"
    )
    if not box.open:
        return
    with box:
        if st.session_state.get(shared.key("asking")) == shared.target:
            _confirmation(shared)
        else:
            _form(shared)
        _tell(shared)
        _links(shared)


def _form(shared: Shared) -> None:
    from components.history.shares import LONGEST_NAME

    st.caption(
        f"A link opens a page of its own that shows this {shared.kind} and nothing else, to everybody who has the "
        "link, without signing in. Nothing can be changed or spent there."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key=shared.key("form")):
        st.text_input(
            "For whom",
            key=shared.key("name"),
            max_chars=LONGEST_NAME,
            placeholder="Such as: the board",
            help="Only you see this, in the list of your links.",
            width=260,
        )
        st.selectbox(
            "Good for",
            list(_GOOD_FOR),
            index=1,
            key=shared.key("days"),
            format_func=lambda name: _GOOD_FOR[name][0],
            width=170,
        )
        st.button("Make a link", key=shared.key("ask"), icon=":material/add_link:", on_click=_ask, args=(shared, True))


def _confirmation(shared: Shared) -> None:
    """Names what becomes visible, before it does."""
    days = _GOOD_FOR[st.session_state.get(shared.key("days"), "month")]
    until = f"for {days[0]}" if days[1] else "until you withdraw it"
    with st.container(key=shared.key("confirm"), gap="small", border=True):
        st.html(
            f'<p class="share-ask"><b>Let everybody who has the link read this {shared.kind}, {until}?</b></p>'
            f"<dl class='share-seen'><dt>They will see</dt><dd>{escape(listing(shared.visible))}.</dd>"
            f"<dt>They will not see</dt><dd>{escape(listing(shared.unseen))}.</dd></dl>"
        )
        with st.container(horizontal=True):
            st.button(
                "Make the link", key=shared.key("make"), icon=":material/add_link:", on_click=_make, args=(shared,)
            )
            st.button("Not now", key=shared.key("no"), on_click=_ask, args=(shared, False))


def _ask(shared: Shared, asking: bool) -> None:
    _keep_form(shared)
    st.session_state[shared.key("asking")] = shared.target if asking else ""


def _keep_form(shared: Shared) -> None:
    # Streamlit forgets what a widget says that is not drawn, and the form makes room for the question.
    for name in ("name", "days"):
        st.session_state[shared.key(name)] = st.session_state.get(shared.key(name))


def _make(shared: Shared) -> None:
    def make() -> str:
        name = str(st.session_state.get(shared.key("name")) or "")
        _, days = _GOOD_FOR[st.session_state.get(shared.key("days")) or "month"]
        link, token = shared.store.shares.create(shared.owner, shared.kind, shared.target, name, days)
        st.session_state[shared.key("made")] = (shared.target, link.id, _address(shared.page, token))
        st.session_state[shared.key("name")] = ""
        return "The link is made. It is shown only now, since the history keeps no more than its fingerprint."

    _keep_form(shared)
    _attempt(shared, make)


def _withdraw(shared: Shared, link: "ShareRecord") -> None:
    def withdraw() -> str:
        if st.session_state.get(shared.key("made"), ("", ""))[1] == link.id:
            del st.session_state[shared.key("made")]
        if shared.store.shares.withdraw(shared.owner, link.id):
            return "The link is withdrawn: from now on it opens nothing."
        return "The link was withdrawn already."

    _attempt(shared, withdraw)


def _attempt(shared: Shared, action: Callable[[], str]) -> None:
    """Does what returns a sentence on what came of it; what fails is a sentence as well."""
    from components.history.shares import ShareRefused
    from components.history.store import HistoryError, Refused

    st.session_state[shared.key("asking")] = ""
    try:
        said = (True, action())
    except (HistoryError, ShareRefused) as error:
        said = (False, str(error))
    except Refused:
        said = (False, "The history does not take this name. No link was made; write another name.")
    st.session_state[shared.key("said")] = (shared.target, *said)


def _tell(shared: Shared) -> None:
    """What came of the last action, and a link that was just made, which is never to be seen again."""
    target, good, words = st.session_state.pop(shared.key("said"), ("", True, ""))
    if target == shared.target:
        st.html(f'<p class="strip" role="{"status" if good else "alert"}">{escape(words)}</p>')
    made: tuple[str, str, str] = st.session_state.get(shared.key("made"), ("", "", ""))
    if made[0] == shared.target:
        with st.container(key=shared.key("new"), gap="small"):
            st.code(made[2], language=None, wrap_lines=True)
            copy_button(made[2], key=shared.key("copy"), label="Copy the link")


def _links(shared: Shared) -> None:
    links = shared.store.shares.of_target(shared.owner, shared.kind, shared.target)
    if not links:
        return
    st.html(f'<p class="part-label">Links to this {shared.kind}</p>')
    with st.container(key=shared.key("list"), gap="small"):
        for link in links:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.html(link_line(link, shared.zone, datetime.now(UTC)))
                st.button(
                    "Withdraw",
                    key=shared.key(f"withdraw_{link.id}"),
                    icon=":material/link_off:",
                    type="tertiary",
                    help="From then on it opens nothing.",
                    on_click=_withdraw,
                    args=(shared, link),
                )


def link_line(link: "ShareRecord", zone: Zone, now: datetime) -> str:
    """A link in a line: for whom it is, when it was made, and how long it is good."""
    until = "good until withdrawn"
    if link.expires is not None:
        until = f"{'good until' if link.expires > now else 'ran out'} {moment(link.expires, zone)}"
    name = f'<b><bdi dir="auto">{escape(link.name)}</bdi></b> ' if link.name else ""
    return f'<p class="share-line">{name}<span class="count">made {moment(link.created, zone)}, {until}</span></p>'


def _address(page: str, token: str) -> str:
    """The whole address of a link, by that of the page on which it is made; without one, relative to the product."""
    here = (st.context.url or "").rstrip("/").removesuffix(f"/{page}")
    return f"{here}/shared?key={quote(token)}" if here else f"shared?key={quote(token)}"
