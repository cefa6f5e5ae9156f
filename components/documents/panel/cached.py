"""Caches on screen: those that still live, and what they have saved in a conversation."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from html import escape

import streamlit as st

from catalog.loading import Catalog
from components.documents.caches import CacheKey, Kept, saved
from components.documents.markup import cache_words
from components.documents.panel.starting import caches, notes_of
from components.documents.preparing import Notes
from components.frame.running.engine import engine, ledger
from components.frame.running.turns import ancestors
from components.gemini.caching import Cache, drop, extend
from components.gemini.errors import Failure, FailureKind
from components.playground.budget import Charge
from components.playground.lanes import LaneSnapshot, RunSnapshot


def living_caches(catalog: Catalog) -> None:
    """The caches of this session that still live, each with its end, longer or gone by one click."""
    for index, (key, kept) in enumerate(caches().living()):
        ends = "" if kept.cache.expires is None else f" until {kept.cache.expires:%H:%M} UTC"
        size = "" if kept.cache.tokens is None else f", {kept.cache.tokens:,} tokens"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/inventory_2: {_name(catalog, key.model)}{size}{ends}")
            st.button(
                "One hour more",
                key=f"documents_cache_extend_{index}",
                type="tertiary",
                on_click=_extend,
                args=(key, kept),
            )
            st.button(
                "Delete",
                key=f"documents_cache_drop_{index}",
                type="tertiary",
                icon=":material/delete:",
                on_click=_drop,
                args=(key, kept),
            )


def charge_caches(catalog: Catalog, snapshot: RunSnapshot, on: date) -> None:
    """Writes down what making and keeping the caches of a run has cost until now."""
    notes = notes_of(snapshot.id)
    for key, cache in notes.cached.values() if notes is not None else ():
        kept = _kept(key, cache)
        if kept is None:
            continue
        spent = saved(catalog.find(key.model), kept, (), datetime.now(UTC), on, snapshot.vertexai)
        if spent.made_usd is not None:
            usd = spent.made_usd + (spent.stored_usd or Decimal(0))
            ledger().note(f"cache {cache.name}", Charge(usd, simulated=snapshot.simulated))


def forget_gone(snapshot: RunSnapshot, notes: Notes) -> None:
    """Forgets caches that the service no longer has, so that the next question makes them anew."""
    for lane, (key, _) in notes.cached.items():
        failure = snapshot.lanes[lane].failure
        if failure is not None and failure.kind is FailureKind.CACHE_GONE:
            caches().forget(key)


def savings(catalog: Catalog, snapshot: RunSnapshot, on: date) -> None:
    """What the caches of this conversation have saved so far, one line a cache."""
    lanes: dict[str, list[LaneSnapshot]] = {}
    used: dict[str, tuple[CacheKey, Cache]] = {}
    for run in (*ancestors(snapshot), snapshot):
        notes = notes_of(run.id)
        for lane, (key, cache) in sorted(notes.cached.items()) if notes is not None else ():
            if run.lanes[lane].usage.cached_tokens:
                lanes.setdefault(cache.name, []).append(run.lanes[lane])
                used[cache.name] = (key, cache)
    lines = []
    for name, (key, cache) in used.items():
        kept = _kept(key, cache)
        if kept is not None:
            lines.append(_saving_line(catalog, key, kept, lanes[name], snapshot, on))
    if lines:
        note = " Simulated, so nothing was charged." if snapshot.simulated else ""
        st.html(f'<ul class="ahead savings">{"".join(f"<li>{escape(line + note)}</li>" for line in lines)}</ul>')


def _saving_line(
    catalog: Catalog, key: CacheKey, kept: Kept, lanes: Sequence[LaneSnapshot], snapshot: RunSnapshot, on: date
) -> str:
    found = saved(catalog.find(key.model), kept, lanes, datetime.now(UTC), on, snapshot.vertexai)
    return cache_words(_name(catalog, key.model), kept, found)


def _kept(key: CacheKey, cache: Cache) -> Kept | None:
    return next((kept for other, kept in caches().made() if other == key and kept.cache.name == cache.name), None)


def _name(catalog: Catalog, model_id: str) -> str:
    model = catalog.find(model_id)
    return model.short_name if model else model_id


def _extend(key: CacheKey, kept: Kept) -> None:
    hours = 3600.0
    if kept.cache.expires is not None:
        hours += max(0.0, (kept.cache.expires - datetime.now(UTC)).total_seconds())
    try:
        found = engine().runner.call(
            key.connection, lambda client: extend(client, kept.cache.name, hours, secrets=key.connection.secrets)
        )
    except (TimeoutError, ValueError, RuntimeError) as error:
        st.toast(f"The cache could not be extended ({error}). It lives as long as before.", icon=":material/error:")
        return
    if isinstance(found, Failure):
        if found.kind is FailureKind.CACHE_GONE:
            caches().forget(key)
        st.toast(found.sentence.replace("$", "\\$"), icon=":material/error:")
    else:
        caches().extended(key, found)


def _drop(key: CacheKey, kept: Kept) -> None:
    caches().forget(key)
    engine().runner.later(key.connection, lambda client: drop(client, kept.cache.name))
