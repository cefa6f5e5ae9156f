"""One batch on screen: how it stands, what can be done with it, and what came of it."""

import time
from functools import partial
from html import escape

import streamlit as st

from components.batch.desk import Desk
from components.batch.job_list import facts, name_of
from components.batch.panel.engine import conductor, session
from components.batch.panel.files import files
from components.batch.panel.jobs import attempt, delete
from components.batch.panel.onwards import onwards
from components.batch.panel.remote import at_the_service, hand_over, is_handed_over
from components.batch.panel.settings import MOST_AT_ONCE, limits_of
from components.batch.panel.views import view
from components.batch.panel.watch import Watched, watch
from components.batch.progress import State
from components.batch.progress_html import bar, session_sentence
from components.batch.records import Job, Limits
from components.batch.starting import kept_batch, other_place
from components.batch.wording import count_of
from components.frame.onwards import into_report
from components.frame.outcome.results import results
from components.frame.shares import Shared, share_box
from components.history.records import BatchRecord
from components.playground.answer_text import inert
from components.shared.visible import OF_BATCH_UNSEEN, of_batch

_CONFIRM, _CANCEL = "batch_confirm", "batch_cancelling"
_BUTTON_PX = 150
_DOUBLE_CLICK_S = 0.6
_GONE = (
    "The batch in this address is not in your history. It may have been deleted, or belong to somebody else; your own "
    "stand below the form for a new one."
)
_INTERRUPTED = (
    "The server ended while this batch was running. Every answer that had been kept is here; Resume asks for the rest, "
    "and what was under way at that moment once more."
)


def job(desk: Desk, job_id: str) -> None:
    """The batch that the address names."""
    record = desk.store.batches.get(job_id, desk.owner)
    st.html('<p class="history-ways"><a href="batch" target="_self">← New batch and all batches</a></p>')
    if record is None:
        st.warning(_GONE, icon=":material/help:")
        return
    made = _job_of(record)
    if made is None:
        st.warning("This batch was kept in a form that cannot be read here. Nothing is lost.", icon=":material/help:")
        return
    here = session(job_id)
    runs_here = here is not None and here.running
    with st.container(key="batch_head", gap="small"):
        st.html(f'<h2 class="batch-name"><bdi dir="auto">{escape(name_of(record))}</bdi></h2>')
        remote = record.state != "done" and not runs_here and is_handed_over(desk, job_id)
        runs = runs_here or record.state == "running"
        state = "remote" if remote else here.progress.state.value if here is not None and runs_here else record.state
        st.html(facts(desk.catalog, record, desk.zone, state if runs or remote else ""))
    with view("job", (job_id, runs, remote, "row" in st.query_params)):
        if remote and _may_wait_here(made.id, record):
            if at_the_service(desk, made):
                st.rerun()
            return
        if runs:
            _running_buttons(made.id, here.progress.state if here is not None and runs_here else None)
            watch(desk, made, Watched(runs_here))
            _keep_running()
            st.rerun()
        _ended(desk, made, record)


def _may_wait_here(job_id: str, record: BatchRecord) -> bool:
    """Whether this process waits for the service, or may begin to, since no other one does."""
    known = conductor().waiting(job_id)
    return record.state != "running" or (known is not None and known.running)


def _ended(desk: Desk, made: Job, record: BatchRecord) -> None:
    """A batch that does not run: one row of it, or how it stands and everything that came of it."""

    def came() -> None:
        results(desk.catalog, desk.store, made, record, "batch", partial(onwards, desk, made, record))

    if "row" in st.query_params and record.done:
        came()
        return
    _standing(desk, made, record)
    if record.done:
        came()
        files(desk, made, record)
        into_report("batches", made.id, made.models)
        seen = of_batch(record, made)
        share_box(Shared(desk.store, desk.owner, "batch", made.id, "batch", desk.zone, seen, OF_BATCH_UNSEEN))
    _deletion(desk, record)


def _job_of(record: BatchRecord) -> Job | None:
    from components.batch.records import job_of

    try:
        return job_of(record.record)
    except (ValueError, KeyError, TypeError):
        return None


def _running_buttons(job_id: str, state: State | None) -> None:
    """Pause or Resume, and Cancel, of which the second click counts.

    A button that another one took the place of would make the row jump under the mouse, so both keep theirs.
    """
    if state is None:
        st.caption("Another server runs this batch. It can be paused or cancelled in the tab in which it was started.")
        return
    paused, stopping = state is State.PAUSED, state is State.STOPPING
    asked = st.session_state.get(_CANCEL, ("", 0.0))[0] == job_id
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="batch_controls"):
        st.button(
            "Resume" if paused else "Pause",
            key="batch_pause",
            icon=":material/play_arrow:" if paused else ":material/pause:",
            on_click=conductor().go_on if paused else conductor().pause,
            args=(job_id,),
            disabled=stopping,
            width=_BUTTON_PX,
        )
        st.button(
            "Break off" if stopping else "Really cancel" if asked else "Cancel",
            key="batch_cancel",
            icon=":material/stop:",
            on_click=_cancel,
            args=(job_id, stopping),
            width=_BUTTON_PX,
        )
        # Empty places, since what a script leaves out stays on screen until that script ends.
        choice, words = st.empty(), st.empty()
        if stopping:
            words.html('<span class="count">Waiting for the answers under way.</span>', width="content")
        elif asked:
            choice.button("Keep it running", key="batch_cancel_no", type="tertiary", on_click=_keep_running)
            words.html('<span class="count">Every answer is kept, and it can be resumed.</span>', width="content")


def _cancel(job_id: str, stopping: bool) -> None:
    """Ends a batch at the second click; a double click is not meant to be two."""
    asked, when = st.session_state.get(_CANCEL, ("", 0.0))
    if stopping:
        conductor().stop(job_id, at_once=True)
    elif asked != job_id:
        st.session_state[_CANCEL] = (job_id, time.monotonic())
    elif time.monotonic() - when > _DOUBLE_CLICK_S:
        _keep_running()
        conductor().stop(job_id)


def _keep_running() -> None:
    st.session_state.pop(_CANCEL, None)


def _standing(desk: Desk, made: Job, record: BatchRecord) -> None:
    """How a batch stands that does not run, and how it goes on."""
    last = session(made.id)
    if record.done < record.total:
        st.html(f'<div class="batch-progress">{bar(record.done, record.failed, record.total)}</div>')
        words = _INTERRUPTED if record.state == "interrupted" else record.note
        if last is not None and last.trouble:
            words = last.trouble
        if words:
            st.info(inert(words), icon=":material/pause_circle:")
        if not record.imported:
            _go_on(desk, made, "Resume" if record.done else "Run", failed=False)
    elif record.failed and not record.imported:
        if last is not None and last.trouble:
            st.error(inert(last.trouble), icon=":material/error:")
        _go_on(desk, made, f"Ask the {count_of(record.failed, 'failed call')} again", failed=True)
    if last is not None and (sentence := session_sentence(last.progress)):
        st.html(f'<p class="count batch-pace">{escape(sentence)}</p>')


def _go_on(desk: Desk, made: Job, label: str, failed: bool) -> None:
    """The button that asks for what is missing, with the limits that may be changed for that."""
    if desk.place is None:
        return
    if (problem := other_place(made, desk.place)) is not None:
        st.caption(problem)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        slot = st.container(width="content")
        with st.popover("Limits", icon=":material/speed:", key="batch_resume_limits"):
            limits = _limits(made.limits)
        wanted = slot.button(label, key="batch_resume", icon=":material/play_arrow:")
        # What failed here is asked again here: a job of the service would not take the failures out.
        elsewhere = not failed and not made.vertexai
        if elsewhere and st.button("Hand the rest to the Batch API", key="batch_resume_remote", type="tertiary"):
            hand_over(desk, made.id)
            st.rerun()
    if not wanted:
        return
    try:
        batch = kept_batch(
            desk.store,
            desk.catalog,
            made.id,
            desk.owner,
            desk.place,
            desk.on,
            limits=limits,
            ask_failed_again=failed,
        )
        conductor().start(made.id, batch, desk.place)
    except (ValueError, RuntimeError) as error:
        st.error(inert(str(error)), icon=":material/error:")
        return
    st.rerun()


def _limits(now: Limits) -> Limits:
    """The limits of the next session, which start from those of the last one."""
    ceiling = st.number_input(
        "Spend at most in all, USD",
        min_value=0.0,
        value=None if now.ceiling_usd is None else float(now.ceiling_usd),
        step=0.5,
        key="batch_resume_ceiling",
        placeholder="none",
        help="What was spent so far counts.",
    )
    minutes = st.number_input(
        "Run at most, minutes",
        min_value=0.1,
        value=None if now.ceiling_s is None else now.ceiling_s / 60,
        key="batch_resume_minutes",
        placeholder="none",
    )
    at_once = st.number_input(
        "Calls at once for each model",
        min_value=1,
        max_value=MOST_AT_ONCE,
        value=min(now.concurrency, MOST_AT_ONCE),
        key="batch_resume_at_once",
    )
    return limits_of(at_once, now.requests_per_minute, now.tokens_per_minute, ceiling, minutes, now.attempts)


def _deletion(desk: Desk, record: BatchRecord) -> None:
    """Deleting, which a second click confirms."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="batch_end"):
        if st.session_state.get(_CONFIRM) != record.id:
            st.button(
                "Delete this batch",
                key="batch_delete",
                icon=":material/delete:",
                type="tertiary",
                on_click=_ask_to_delete,
                args=(record.id,),
            )
            return
        st.html(
            '<span class="value">Delete this batch for good?</span> '
            '<span class="count">Its rows, answers and checks go too.</span>',
            width="content",
        )
        st.button(
            "Delete it",
            key="batch_delete_yes",
            icon=":material/delete_forever:",
            on_click=attempt,
            args=(lambda: delete(desk, record.id, record.name),),
        )
        st.button("Keep it", key="batch_delete_no", on_click=_ask_to_delete, args=("",))


def _ask_to_delete(job_id: str) -> None:
    st.session_state[_CONFIRM] = job_id
