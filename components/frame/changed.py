"""What has changed in the catalog since the opened link was made, under the heading of a page."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from catalog.fields import Group
from catalog.lifecycle import today
from catalog.loading import Catalog
from catalog.words import listing
from components.frame import address, link
from components.frame.picker import DEFAULT, MOST, chosen_before, read_choice

if TYPE_CHECKING:
    from catalog.changed import Changed

_VERSION = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the catalog a page shows: groups of fields, of the models that the parameter `models` names.

    With `always`, the page shows such values of its default models where the address names none.
    """

    groups: frozenset[Group] = frozenset(Group)
    models: str = "models"
    always: bool = True


PAGES: Mapping[str, Shown] = {
    "": Shown(),
    "compare": Shown(),
    "architecture": Shown(),
    "advisor": Shown(),
    "model": Shown(models="id", always=False),
    "benchmarks": Shown(frozenset({Group.BENCHMARKS, Group.LIFECYCLE})),
    "cost": Shown(frozenset({Group.PRICES, Group.LIFECYCLE})),
    "report": Shown(),
    "playground": Shown(always=False),
    "documents": Shown(always=False),
    "models": Shown(models="pick", always=False),
}
"""By the path of a page; on the others nothing is said."""


def changed_notice(catalog: Catalog, page: str, on: date) -> None:
    """Says what has changed since the link in the address was made; nothing where it names no other version.

    `page` is the page's path. The page itself always shows today's values.
    """
    asked = link.made_with()
    shown = PAGES.get(page)
    if not asked or asked == catalog.version or shown is None:
        return
    if not _VERSION.fullmatch(asked):
        _explain(asked)
        return
    models = _models(catalog, page, shown)
    if not models:
        return
    with st.container(horizontal=True, vertical_alignment="top", key="frame_changed"):
        st.html(_notice(catalog, asked, catalog.version, models, on, shown.groups))
        st.button(
            "Dismiss",
            key="frame_changed_dismiss",
            type="tertiary",
            icon=":material/close:",
            on_click=link.dismiss,
            help="The page shows today's values already; this takes the earlier catalog out of the address.",
        )


def _explain(asked: str) -> None:
    """As for other parameters that make no sense: said once, and out of the address."""
    link.dismiss()
    st.warning(
        f"The address asks for `catalog={address.said(asked)}`, which is no version of a catalog; today's values are "
        "shown.",
        icon=":material/help:",
    )


def _models(catalog: Catalog, page: str, shown: Shown) -> tuple[str, ...]:
    """The models that the page is about to show, by their ids, and names that the address has for no model of today."""
    if not shown.always and shown.models not in st.query_params:
        return ()
    key = f"{page or 'overview'}_{shown.models}"
    asked = address.asked(shown.models, key)
    kept = st.session_state.get(key, ())
    named = asked if asked is not None else kept if isinstance(kept, str) else ",".join(kept)
    choice = read_choice(catalog, named)
    # What today's catalog does not know may be known to the earlier one.
    found = choice.models + choice.unknown[:MOST]
    return found or (chosen_before(catalog) or DEFAULT if shown.always else ())


@st.cache_resource(show_spinner=False, max_entries=100)
def _notice(
    _catalog: Catalog, asked: str, version: str, models: tuple[str, ...], on: date, groups: frozenset[Group]
) -> str:
    from catalog.changed import changes
    from catalog.versions import VersionError, find

    try:
        before, made, now = _kept(asked), find(asked), find(version)
    except VersionError as error:
        return _line(escape(str(error)))
    if before is None:
        return unknown_html(asked)
    found = changes(before, _catalog, models, on, groups)
    return changed_html(
        found, before, _catalog, groups, (made.kept_on if made else before.as_of, now.kept_on if now else today())
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _kept(version: str) -> Catalog | None:
    """The catalog of an earlier version, or None where it is not kept."""
    from catalog.versions import load_version

    return load_version(version)


def unknown_html(asked: str) -> str:
    """The sentence for a version that is not kept here."""
    return _line(
        f"This link was made with catalog {escape(asked)}, which is not kept here, so what has changed since cannot be "
        "said; today's values are shown."
    )


def changed_html(
    found: "Sequence[Changed]",
    before: Catalog,
    now: Catalog,
    groups: Collection[Group],
    days: tuple[date | str, date | str],
) -> str:
    """How many values have changed and, folded, each with before and after; one quiet line where none has.

    `before` is the catalog that the link was made with, `groups` are the groups of values that were looked at, and
    `days` those on which the one catalog and the other were published.
    """
    from catalog.changed import changed_sentence

    told = escape(changed_sentence(found, *days))
    looked = f" Looked at here: {escape(_words(groups))}." if set(groups) != set(Group) else ""
    if not found:
        return _line(told + looked)
    rows = "".join(_row(each, _name(each.model, before, now)) for each in found)
    return (
        f'<details class="changed"><summary>{told}</summary><p>This page shows today\'s values.{looked}</p>'
        '<div class="scroll" tabindex="0" role="region" aria-label="Changed values"><table class="facts">'
        '<thead><tr><th scope="col">Model</th><th scope="col">Value</th><th scope="col">Before</th>'
        f'<th scope="col">Now</th></tr></thead><tbody>{rows}</tbody></table></div></details>'
    )


def _words(groups: Collection[Group]) -> str:
    return listing([each.value.lower() for each in Group if each in groups])


def _name(model: str, before: Catalog, now: Catalog) -> str:
    known = now.models.get(model) or before.models.get(model)
    return known.name if known else model


def _row(changed: "Changed", name: str) -> str:
    return (
        f'<tr><th scope="row" class="field">{escape(name)}</th><td class="diff">{escape(changed.label)}</td>'
        f'<td data-label="Before">{_value(changed.before)}</td><td data-label="Now">{_value(changed.after)}</td></tr>'
    )


def _value(text: str) -> str:
    from catalog.changed import NOT_IN

    return f'<span class="none">{escape(text)}</span>' if text == NOT_IN else escape(text)


def _line(html: str) -> str:
    return f'<p class="changed">{html}</p>'
