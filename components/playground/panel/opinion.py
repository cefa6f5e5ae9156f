"""A judge on screen: which model grades, by which rubric, and what it says of both answers in both orders."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from html import escape
from secrets import token_urlsafe
from typing import TYPE_CHECKING

import streamlit as st

from catalog.lifecycle import Service, life
from catalog.loading import Catalog
from catalog.prices import Cost
from catalog.schema import Model
from components.frame.history import history, owner
from components.frame.running.engine import engine, ledger
from components.frame.running.sides import Side
from components.gemini.settings import Connection
from components.history.records import JudgementRecord
from components.history.store import HistoryError
from components.playground.asking import asked_text
from components.playground.budget import Charge
from components.playground.judge import RUBRIC, Judgement, agreement_rate, judge, judgement_of, partiality, sentence
from components.playground.judge_cost import judge_cost
from components.playground.lanes import RunSnapshot

if TYPE_CHECKING:
    from components.gemini.client import Client

_LIMIT_S = 180.0
_MADE = "playground_judgements"
_LAB = "google-deepmind"


def judged(catalog: Catalog, snapshot: RunSnapshot, sides: Sequence[Side], place: Connection | None, on: date) -> None:
    """Lets a model grade the first two answers, and shows what it and judges before it said."""
    one, other = sides[0], sides[1]
    candidates = _candidates(catalog, on)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        model = st.selectbox(
            "Judge",
            [each.id for each in candidates],
            format_func=lambda name: catalog.models[name].name if name in catalog.models else name,
            accept_new_options=True,
            key="playground_judge_model",
            persist_state="session",
            help="The model that reads both answers, in both orders, and says which is better.",
        )
        families = {each.id: each.family for each in catalog.models.values()}
        if model and (warning := partiality(model, one.lane.request.model, other.lane.request.model, families)):
            st.caption(warning)
    with right:
        rubric = st.text_area(
            "Rubric", value=RUBRIC, key="playground_judge_rubric", persist_state="session", height=150
        )
    wanted = st.button(
        "Ask the judge",
        key="playground_judge",
        icon=":material/balance:",
        disabled=place is None or not model or not (one.lane.text.strip() and other.lane.text.strip()),
        help="Two calls, one for each order of the answers.",
    )
    if wanted and place is not None and model:
        _ask(catalog, snapshot, one, other, place, model, rubric, on)
    _opinions(catalog, snapshot, sides, on)


def _candidates(catalog: Catalog, on: date) -> list[Model]:
    """Models in service that the service of this page has, the strongest kind first."""
    served = [m for m in catalog.models.values() if m.lab == _LAB and life(m, on).service is Service.IN_SERVICE]
    return sorted(served, key=lambda model: (model.tier != "pro", model.tier != "flash", model.name))


def _ask(
    catalog: Catalog,
    snapshot: RunSnapshot,
    one: Side,
    other: Side,
    place: Connection,
    model: str,
    rubric: str,
    on: date,
) -> None:
    if ledger().stop_reason() is not None:
        st.warning(
            "This session's budget is used up, so the judge was not asked; raise it to go on.", icon=":material/block:"
        )
        return

    async def work(client: "Client") -> Judgement:
        return await judge(
            client,
            model=model,
            rubric=rubric,
            prompt=asked_text(one.lane.request),
            one=one.lane.text,
            other=other.lane.text,
            secrets=place.secrets,
            simulated=place.simulated or snapshot.simulated,
        )

    with st.spinner("The judge reads both answers, in both orders"):
        try:
            found = engine().runner.call(place, work, timeout_s=_LIMIT_S)
        except (TimeoutError, ValueError, RuntimeError) as error:
            st.error(
                f"The judge could not be asked ({error}). Both answers are kept; ask again.", icon=":material/error:"
            )
            return
    record = JudgementRecord(
        id=token_urlsafe(9),
        created=datetime.now(UTC),
        one=one.lane.index,
        other=other.lane.index,
        judge=model,
        rubric=rubric,
        simulated=found.simulated,
        outcome=found.record(),
    )
    made: dict[str, list[JudgementRecord]] = st.session_state.setdefault(_MADE, {})
    made.setdefault(snapshot.id, []).append(record)
    cost = judge_cost(catalog.find(model), found, on, place.vertexai)
    if isinstance(cost, Cost):
        ledger().note(f"judge {record.id}", Charge(cost.total_usd, simulated=place.simulated))
    _keep(snapshot, record)


def _keep(snapshot: RunSnapshot, record: JudgementRecord) -> None:
    shared = history()
    if shared.store is None or shared.recorder is None or not snapshot.setup.kept:
        return
    try:
        shared.recorder.flush(2.0)
        shared.store.save_judgement(snapshot.id, owner(), record)
    except HistoryError as error:
        st.caption(str(error))


def _opinions(catalog: Catalog, snapshot: RunSnapshot, sides: Sequence[Side], on: date) -> None:
    """Every opinion on this run, newest first, and how often judges agreed with themselves."""
    names = {side.lane.index: side.name for side in sides}
    found = {record.id: record for record in (*_kept(snapshot), *st.session_state.get(_MADE, {}).get(snapshot.id, []))}
    shown = [
        (record, judgement_of(record.outcome))
        for record in sorted(found.values(), key=lambda record: record.created, reverse=True)
        if record.one in names and record.other in names
    ]
    if not shown:
        st.caption(
            "A judge is a model too: what it says is an opinion. It reads the answers in both orders, and only a "
            "verdict that stays the same counts."
        )
        return
    items = "".join(_opinion(catalog, record, one, names, snapshot.vertexai, on) for record, one in shown)
    st.html(f'<ul class="statements opinions">{items}</ul>')
    agreed, total = agreement_rate(one for _, one in shown)
    if total > 1:
        st.caption(f"{agreed} of {total} opinions on this run stayed the same when the order was swapped.")


def _kept(snapshot: RunSnapshot) -> tuple[JudgementRecord, ...]:
    store = history().store
    try:
        record = store.get(snapshot.id, owner()) if store is not None else None
    except HistoryError:
        return ()
    return record.judgements if record is not None else ()


def _opinion(
    catalog: Catalog, record: JudgementRecord, found: Judgement, names: dict[int, str], vertexai: bool, on: date
) -> str:
    one, other = names[record.one], names[record.other]
    chip = '<span class="chip chip-simulated">◌ Simulated</span> ' if found.simulated else ""
    reasons = "".join(
        f"<li><b>{escape(first)} first</b> ({_scores(one, other, pair)}): {escape(reason)}</li>"
        for first, pair, reason in zip((one, other), found.scores, found.reasons, strict=False)
    )
    cost = judge_cost(catalog.find(found.judge), found, on, vertexai)
    paid = f"${cost.total_usd:.4f} at list price" if isinstance(cost, Cost) else "no list price"
    return (
        f"<li>{chip}{escape(sentence(found, one, other))}"
        f'<details class="proof line"><summary><span class="count">its reasons</span></summary>'
        f'<ul class="claims">{reasons}</ul></details>'
        f'<span class="also">{escape(found.judge)}, {record.created:%d %b %Y %H:%M} UTC, {paid}'
        f"{', nothing is charged' if found.simulated else ''}</span></li>"
    )


def _scores(one: str, other: str, pair: tuple[int, int]) -> str:
    return f"{escape(one)} {pair[0]} of 5, {escape(other)} {pair[1]} of 5"
