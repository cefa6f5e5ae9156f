"""One run of the list, opened: what was asked and answered, its tags, and what can be done with it."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from components.archive.desk import Desk
from components.archive.filters import link
from components.archive.panel.doing import ask_before_deleting, attempt, retag
from components.archive.panel.files import exported
from components.archive.rows import is_secret, name_text, names_html
from components.archive.wording import MOST_TAGS, clipped, home_of
from components.frame.onwards import into_report
from components.frame.shares import Shared, share_box
from components.history.query import RunSummary, State
from components.history.records import RunRecord
from components.playground.judge import judgement_of, sentence
from components.playground.keeping import restored
from components.playground.lanes import LaneSnapshot
from components.playground.readings import progress
from components.shared.visible import OF_RUN_UNSEEN, of_run

_MOST_PROMPT, _MOST_ANSWER, _MOST_LANES = 4_000, 600, 8
_MOST_MODELS = 4


def opened(desk: Desk, run: RunSummary) -> None:
    """Everything of one run that the list has no room for."""
    record = desk.store.get(run.id, desk.owner)
    if record is None:
        return
    with st.container(border=True, key="history_opened"):
        st.html(_asked_html(record))
        _answers(desk, run, record)
        _opinions(desk, record)
        if record.parent:
            target = escape(link(home_of(record.preset), {"run": record.parent}))
            st.html(f'<a class="way" href="{target}" target="_self">Open the turn before this one</a>')
        again, tags = st.columns(2, gap="medium")
        with again:
            _with_other_models(desk, run)
        with tags:
            _tags(desk, record)
        _sharing(desk, run, record)
        with st.container(horizontal=True):
            st.download_button(
                "Export this run",
                data=exported(desk, (run.id,)),
                file_name="run.jsonl",
                mime="application/jsonl",
                icon=":material/download:",
                key="history_export_one",
                on_click="ignore",
            )
            if run.state is not State.RUNNING:
                into_report("runs", run.id, _known(desk, run))
            st.button(
                "Delete this run",
                key="history_delete_one",
                icon=":material/delete:",
                on_click=ask_before_deleting,
                args=((run.id,),),
            )


def _sharing(desk: Desk, run: RunSummary, record: RunRecord) -> None:
    """Links by which others read this run; one that is still going has none yet."""
    if run.state is State.RUNNING:
        return
    earlier = len(desk.store.conversation(record.id, desk.owner)) - 1 if record.parent else 0
    seen = of_run(record, earlier, is_secret(run))
    share_box(Shared(desk.store, desk.owner, "run", record.id, "history", desk.zone, seen, OF_RUN_UNSEEN))


def _asked_html(record: RunRecord) -> str:
    prompt = escape(clipped(record.prompt, _MOST_PROMPT)) or '<span class="none">no text</span>'
    return f'<p class="turn" tabindex="0" role="region" aria-label="The prompt"><bdi dir="auto">{prompt}</bdi></p>'


def _answers(desk: Desk, run: RunSummary, record: RunRecord) -> None:
    """How each side came out and how its answer begins; nothing while a vote could be swayed by it."""
    if is_secret(run):
        st.caption("Nobody has voted on this blind run yet, so it does not show here which answer is whose.")
        return
    try:
        lanes = restored(record).snapshot().lanes[:_MOST_LANES]
    except ValueError:
        st.caption("The answers of this run were kept in a form that cannot be read here. Its export has all of them.")
        return
    sides = min(record.sides, _MOST_MODELS)
    names = names_html(desk.catalog, record.models[:sides])
    shown = [(names[lane.index % record.sides], lane) for lane in lanes if lane.index % record.sides < sides]
    st.html(f'<div class="sides">{"".join(_answer(name, lane) for name, lane in shown)}</div>')
    if left := len(record.lanes) - len(shown):
        st.caption(f"{left} more answer{'' if left == 1 else 's'} in the run; open it to read them.")


def _answer(name: str, lane: LaneSnapshot) -> str:
    text = escape(clipped(lane.text, _MOST_ANSWER)) or '<span class="none">no text</span>'
    told = lane.failure.sentence if lane.failure else lane.stop_reason or ""
    why = f'<p class="remark">{escape(told)}</p>' if told else ""
    return (
        f'<div><p class="run-side"><strong>{name}</strong> <span class="count">{escape(progress(lane))}</span></p>'
        f'<p class="run-answer"><bdi dir="auto">{text}</bdi></p>{why}</div>'
    )


def _opinions(desk: Desk, record: RunRecord) -> None:
    told = []
    for each in record.judgements:
        try:
            opinion = judgement_of(each.outcome)
        except (KeyError, TypeError, ValueError):
            continue
        names = [name_text(desk.catalog, record.lanes[at].model) for at in (each.one, each.other)]
        told.append(f"<li>{escape(sentence(opinion, names[0], names[1]))}</li>")
    if told:
        st.html(f'<ul class="claims">{"".join(told)}</ul>')


def _with_other_models(desk: Desk, run: RunSummary) -> None:
    """The same prompt and settings for other models."""
    known = _known(desk, run)
    names = {model.id: model.name for model in desk.catalog.models.values()}
    # What can be asked through the same service stands first.
    labs = {desk.catalog.models[name].lab for name in known}
    chosen: Sequence[str] = st.multiselect(
        "Run again with these models",
        sorted(names, key=lambda name: (desk.catalog.models[name].lab not in labs, names[name].casefold())),
        default=list(dict.fromkeys(known))[:_MOST_MODELS],
        format_func=names.__getitem__,
        max_selections=_MOST_MODELS,
        placeholder="Two to four models",
        wrap=True,
        select_all=False,
        key=f"history_again_{run.id}",
    )
    if len(chosen) < 2:
        st.caption("Choose two to four models.")
        return
    target = escape(link(home_of(run.preset), {"again": run.id, "models": ",".join(chosen)}))
    st.html(f'<a class="way" href="{target}" target="_self">Run again with these {len(chosen)} models</a>')


def _known(desk: Desk, run: RunSummary) -> list[str]:
    """The models of a run that the catalog has, by their ids."""
    return [model.id for name in run.models if (model := desk.catalog.find(name)) is not None]


def _tags(desk: Desk, record: RunRecord) -> None:
    key = f"history_tags_{record.id}"
    st.session_state[key] = list(record.tags)

    def kept() -> None:
        chosen: list[str] = list(st.session_state[key])
        attempt(lambda: retag(desk, record.id, chosen))

    st.multiselect(
        "Tags",
        sorted({*desk.store.tags(desk.owner), *record.tags}),
        key=key,
        accept_new_options=True,
        max_selections=MOST_TAGS,
        placeholder="Type a tag and press Enter",
        wrap=True,
        select_all=False,
        on_change=kept,
    )
