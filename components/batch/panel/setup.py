"""A new batch on screen: rows, template, checks, settings, what it will cost, and Run."""

from collections.abc import Sequence

import streamlit as st

from catalog.schema import Model
from components.batch.desk import Desk
from components.batch.estimate import Estimate, estimates
from components.batch.estimate_html import estimate_table, most_usd
from components.batch.names import named_models
from components.batch.panel.checks import Checking, checks_box, use_sample_checks
from components.batch.panel.engine import conductor
from components.batch.panel.remembering import remembered
from components.batch.panel.remote import hand_over
from components.batch.panel.rows import looked_over, source_box, template_box, use_sample
from components.batch.panel.settings import Chosen, settings_box
from components.batch.prompts import Table
from components.batch.starting import Draft, columns_needed, job_of_draft, kept_batch, usual_name
from components.batch.wording import count_of, money
from components.frame.picker import pick_models
from components.frame.running.notices import notices
from components.playground.answer_text import inert


def setup(desk: Desk) -> None:
    """The form for a new batch."""
    models = pick_models(desk.catalog, "batch")
    if desk.place is not None:
        notices(desk.catalog, models, desk.on, desk.place, "batch")
    table = source_box()
    if table is None:
        _nothing_yet()
        return
    template = template_box(table)
    above = st.container()
    checking = checks_box(desk, table.columns)
    with above:
        problem = looked_over(table, template, _needed(checking, table))
    chosen = settings_box(desk.catalog, models, desk.on)
    problem = problem or checking.problem or " ".join(each.sentence for each in chosen.problems)
    found = () if problem else _estimates(desk, table, template, chosen, models)
    if found:
        st.html(estimate_table(desk.catalog, found, named_models(desk.catalog, [model.id for model in models])))
        _ceiling_note(found, chosen)
    draft = Draft(
        name=str(st.session_state.get("batch_name") or ""),
        models=tuple(model.id for model in models),
        template=template,
        controls=chosen.controls,
        checks=checking.checks,
        judge=checking.judge,
        repeats=chosen.repeats,
        limits=chosen.limits,
    )
    _run(desk, draft, table, problem)


def _nothing_yet() -> None:
    st.info(
        "A batch asks every model each row of a file, many at once, checks what comes back, and says which model "
        "passes more and how sure that is. Drop a file above, paste lines, or try it with ten questions whose answers "
        "are known.",
        icon=":material/dataset:",
    )
    st.button("Try ten sample questions", key="batch_try_sample", icon=":material/play_lesson:", on_click=_try_sample)


def _try_sample() -> None:
    use_sample()
    use_sample_checks()


def _needed(checking: Checking, table: Table) -> Sequence[str]:
    try:
        return columns_needed(checking.checks, table.columns)
    except ValueError:
        return ()


def _estimates(
    desk: Desk, table: Table, template: str, chosen: Chosen, models: Sequence[Model]
) -> tuple[Estimate, ...]:
    names = tuple(model.id for model in models)
    vertexai = desk.place is not None and desk.place.vertexai
    about = (
        table.digest,
        template,
        chosen.controls,
        chosen.repeats,
        chosen.mean_output_tokens,
        names,
        vertexai,
        desk.on,
    )
    return remembered(
        "estimates",
        (about, desk.catalog.version),
        lambda: estimates(
            desk.catalog,
            table,
            template,
            chosen.controls,
            names,
            desk.on,
            repeats=chosen.repeats,
            mean_output_tokens=chosen.mean_output_tokens,
            vertexai=vertexai,
        ),
    )


def _ceiling_note(found: Sequence[Estimate], chosen: Chosen) -> None:
    ceiling, most = chosen.limits.ceiling_usd, most_usd(found)
    if ceiling is not None and most is not None and most > ceiling:
        st.caption(
            f"It may cost up to {money(most)}, and stops at {money(ceiling)}; what is answered by then is kept, and "
            "the batch can be resumed with a higher ceiling.".replace("$", "\\$")
        )


def _run(desk: Desk, draft: Draft, table: Table, problem: str) -> None:
    left, middle, right = st.columns([4, 3, 3], vertical_alignment="bottom")
    with left:
        st.text_input("Name", key="batch_name", persist_state="session", placeholder=usual_name(table), max_chars=100)
    calls = table.count * len(draft.models) * draft.repeats
    with middle:
        wanted = st.button(
            f"Run {count_of(calls, 'call')}",
            key="batch_run",
            icon=":material/play_arrow:",
            shortcut="Ctrl+Enter",
            disabled=desk.place is None,
            width="stretch",
        )
    with right:
        handed = st.button(
            "Hand to the Batch API",
            key="batch_hand_over",
            icon=":material/cloud_upload:",
            disabled=desk.place is None or desk.place.vertexai,
            width="stretch",
            help="The service answers the same prompts within a day for half the price, and nobody has to wait. It "
            "knows no ceiling in money or time.",
        )
    if not (wanted or handed) or desk.place is None:
        return
    if problem:
        st.warning(inert(f"{problem} Nothing was sent."), icon=":material/block:")
        return
    if refusal := _start(desk, draft, table, elsewhere=handed):
        st.error(inert(refusal), icon=":material/error:")
        return
    st.rerun()


def _start(desk: Desk, draft: Draft, table: Table, *, elsewhere: bool) -> str:
    """Keeps the rows, begins to ask them here or hands them over, and shows the batch; returns why not if not."""
    from components.batch.store_sink import keep
    from components.history.store import HistoryError, Refused

    assert desk.place is not None
    made = job_of_draft(draft, table, desk.place, desk.owner, desk.catalog.version)
    try:
        with st.spinner(f"Keeping {count_of(table.count, 'row')}"):
            keep(desk.store, made, table, table.columns)
        st.query_params.from_dict({"job": made.id})
        if elsewhere:
            hand_over(desk, made.id)
        else:
            batch = kept_batch(desk.store, desk.catalog, made.id, desk.owner, desk.place, desk.on)
            conductor().start(made.id, batch, desk.place)
    except Refused:
        return "The history does not take one of these texts. Nothing was asked; take odd characters out."
    except (HistoryError, ValueError, RuntimeError) as error:
        return f"{error} Your rows are still here."
    return ""
