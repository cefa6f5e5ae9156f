"""From Run to a run on documents: whole, through a cache, or in parts; and the next question on the same documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from components.documents.caches import CacheBook
from components.documents.outlook import Asked
from components.documents.panel.ahead import Ahead
from components.documents.preparing import (
    PARTS_PRESET,
    CacheWish,
    Notes,
    Uploader,
    joining,
    part_requests,
    ready,
)
from components.documents.splitting import Plan
from components.frame.running.engine import engine
from components.frame.running.starting import NotSent, Sender, check_files, follow_up
from components.gemini.request import Request
from components.playground.lanes import Run, RunSnapshot, Setup
from components.playground.run import Preparation

PRESET = "documents"
_NOTES, _CACHES, _PLANS = "documents_notes", "documents_caches", "documents_plans"
_AT_ONCE = 4
_MOST_NOTED = 50


@dataclass(frozen=True)
class Wanted:
    """What is to be sent to one model; with a `plan` in parts."""

    request: Request
    plan: Plan | None = None


def caches() -> CacheBook:
    """The caches of this session."""
    if _CACHES not in st.session_state:
        st.session_state[_CACHES] = CacheBook()
    found: CacheBook = st.session_state[_CACHES]
    return found


def notes_of(run_id: str) -> Notes | None:
    """What this session knows of the lanes of a run before their calls."""
    found: Notes | None = st.session_state.get(_NOTES, {}).get(run_id)
    return found


def wanted_of(seen: Sequence[Ahead], asked: Asked) -> list[Wanted]:
    """What each model that can be asked is asked: the documents as it gets them, then the question."""
    return [
        Wanted(
            replace(asked.request, model=each.found.model.id, attachments=each.found.parts),
            each.found.plan if each.is_split else None,
        )
        for each in seen
        if each.can_be_asked
    ]


def ask(sender: Sender, wanted: Sequence[Wanted], hours: float | None, parent: str = "") -> None:
    """Starts a run; with `hours` through caches that live so long. Raises NotSent."""
    check_files([each.request for each in wanted])
    notes, uploader = Notes(), Uploader(sender.place, engine().uploads)
    wish = None if hours is None else CacheWish(sender.place, caches(), hours)
    parts: dict[int, Run] = {}
    later: dict[int, Preparation] = {}
    try:
        for lane, each in enumerate(wanted):
            prepared = ready(each.request, lane, uploader, wish, notes)
            if each.plan is not None:
                parts[lane] = _ask_parts(sender, each.request, each.plan)
                prepared = joining(each.request, lane, parts[lane], engine().runner.stop, notes)
            if prepared is not None:
                later[lane] = prepared
        group = "+".join(run.id for run in parts.values())
        run_id = sender.send([each.request for each in wanted], parent=parent, once=True, later=later, group=group)
    except NotSent:
        for run in parts.values():
            engine().runner.stop(run.id)
        raise
    _note(run_id, notes, {lane: each.plan for lane, each in enumerate(wanted) if each.plan is not None})


def ask_next(sender: Sender, snapshot: RunSnapshot, question: str, hours: float | None) -> None:
    """Asks the next question of a conversation on the same documents. Raises NotSent."""
    plans: Mapping[int, Plan] = st.session_state.get(_PLANS, {}).get(snapshot.id, {})
    if snapshot.setup.group and len(plans) < len(snapshot.setup.group.split("+")):
        raise NotSent(
            "How the documents of this run were split is not known in this tab, so nothing was sent. Add the documents "
            "again and ask your question as a new one."
        )
    requests = follow_up(snapshot, question)
    ask(sender, [Wanted(each, plans.get(lane)) for lane, each in enumerate(requests)], hours, snapshot.id)


def _ask_parts(sender: Sender, request: Request, plan: Plan) -> Run:
    setup = Setup(sides=1, repeats=len(plan.pieces), preset=PARTS_PRESET)
    return sender.start(part_requests(request, plan), setup, at_once=_AT_ONCE)


def _note(run_id: str, notes: Notes, plans: Mapping[int, Plan]) -> None:
    for key, value in ((_NOTES, notes), (_PLANS, plans)):
        kept: dict[str, object] = st.session_state.setdefault(key, {})
        kept[run_id] = value
        while len(kept) > _MOST_NOTED:
            del kept[next(iter(kept))]
