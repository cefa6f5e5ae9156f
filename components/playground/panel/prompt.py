"""The prompt on screen: presets to start from, the text, and the table that fills its variables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from components.frame.running.engine import find_run
from components.playground.asking import controls_of
from components.playground.lanes import RunSnapshot
from components.playground.panel.settings import set_controls
from components.playground.presets import PRESETS, find
from components.playground.templates import fill, variables

MOST_ROWS = 10
_KEY = "playground_prompt"
_EDIT = "playground_edit"


@dataclass(frozen=True)
class Prompts:
    """What is to be sent: one prompt, or one a row of the `table`; `problem` says why nothing can be sent."""

    texts: tuple[str, ...]
    preset: str = ""
    problem: str = ""
    table: bool = False


def presets() -> None:
    """Starting points, one a use. Choosing one sets its controls, and its prompt where none of one's own stands."""
    titles = {preset.key: f"{preset.icon} {preset.title}" for preset in PRESETS}
    st.pills(
        "Start from",
        list(titles),
        format_func=lambda key: titles[key],
        key="playground_preset",
        persist_state="session",
        on_change=_take_preset,
        help="\n\n".join(f"**{preset.title}**: {preset.about}" for preset in PRESETS),
    )


def _take_preset() -> None:
    preset = find(st.session_state["playground_preset"] or "")
    if preset is None:
        return
    set_controls(preset.controls)
    written = (st.session_state.get(_KEY) or "").strip()
    if not written or written in {other.prompt.strip() for other in PRESETS}:
        st.session_state[_KEY] = preset.prompt


def prompt_box(current: RunSnapshot | None) -> Prompts:
    """The prompt; in a tab that was opened at the address of a run, that run's."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = current.lanes[0].request.prompt if current else ""
    _editing()
    text = st.text_area(
        "Prompt",
        key=_KEY,
        persist_state="session",
        height=130,
        placeholder="What should the models answer? Variables such as {city} can be filled from a table.",
    )
    preset = st.session_state.get("playground_preset") or ""
    if not text.strip():
        return Prompts((), preset, "Write a prompt first; nothing was sent.")
    names = variables(text)
    if not names or not st.toggle(
        f"Fill in {', '.join(names)} from a table",
        key="playground_template",
        persist_state="session",
        help="Off: braces are sent as they are written. On: every row becomes a run of its own.",
    ):
        return Prompts((text,), preset)
    return replace(_filled(text, names, preset), table=True)


def _filled(text: str, names: Sequence[str], preset: str) -> Prompts:
    table = st.data_editor(
        [dict.fromkeys(names, "")],
        num_rows="dynamic",
        key=f"playground_table_{'_'.join(names)}",
        column_config={name: st.column_config.TextColumn(name, required=True) for name in names},
        hide_index=True,
        alt="Values for the variables of the prompt, a row a run",
    )
    rows = [{name: str(row.get(name) or "") for name in names} for row in table]
    rows = [row for row in rows if any(value.strip() for value in row.values())]
    if not rows:
        return Prompts((), preset, "Fill at least one row of the table; nothing was sent.")
    if len(rows) > MOST_ROWS:
        return Prompts((), preset, f"The table has {len(rows)} rows; {MOST_ROWS} run at once. Nothing was sent.")
    for number, row in enumerate(rows, start=1):
        if empty := [name for name, value in row.items() if not value.strip()]:
            return Prompts((), preset, f"Row {number} has no value for {', '.join(empty)}; nothing was sent.")
    return Prompts(tuple(fill(text, row) for row in rows), preset)


def edited() -> str:
    """The run whose prompt is being edited, to be sent in its place; empty where there is none."""
    return str(st.session_state.get(_EDIT) or "")


def edit(snapshot: RunSnapshot) -> None:
    """Puts the prompt of a turn back into the box, to be sent in its place."""
    st.session_state[_KEY] = snapshot.lanes[0].request.prompt
    st.session_state[_EDIT] = snapshot.id


def edit_done() -> None:
    """Leaves the editing of a turn."""
    st.session_state[_EDIT] = ""


def load(run_id: str) -> None:
    """Takes over prompt and settings of a run, so that it can be run again, also by other models."""
    run = find_run(run_id)
    if run is None:
        st.warning("The run that should be run again is not in your history; nothing was changed.")
        return
    snapshot = run.snapshot()
    st.session_state[_KEY] = snapshot.lanes[0].request.prompt
    st.session_state["playground_preset"] = snapshot.setup.preset or None
    set_controls(controls_of(snapshot.lanes[0].request))


def _editing() -> None:
    if edited():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("You are editing a turn of the conversation below. Run sends it in place of the old one.")
            st.button("Cancel", key="playground_edit_cancel", type="tertiary", on_click=edit_done)
