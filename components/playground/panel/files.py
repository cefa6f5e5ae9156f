"""Attachments on screen: chosen, checked at once, listed with their size, taken out again."""

from collections.abc import Sequence

import streamlit as st

from catalog.words import number
from components.gemini.content import Part
from components.gemini.counting import Estimate, estimate_file
from components.gemini.files import ACCEPTED, Refusal, attachment

_CHOSEN = "playground_files"
_ATTACHED = "playground_attached"
_LARGEST_MB = 200


def attached() -> tuple[Part, ...]:
    """The files that go along with the next prompt."""
    return tuple(part for _, part in st.session_state.get(_ATTACHED, ()))


def files_box(models: Sequence[str]) -> None:
    """The picker, and what is attached, each with its size and about how many tokens it is with these models."""
    st.file_uploader(
        "Images, PDF, audio, video or text",
        type=[ending for endings in ACCEPTED.values() for ending in endings],
        accept_multiple_files=True,
        key=_CHOSEN,
        max_upload_size=_LARGEST_MB,
        on_change=_take,
        help="Both models get the same files. Small ones are sent along, large ones go through the Files API.",
    )
    for sentence in st.session_state.get("playground_files_refused", ()):
        st.error(sentence, icon=":material/attach_file_off:")
    for index, (_, part) in enumerate(st.session_state.get(_ATTACHED, ())):
        estimates = [estimate_file(part, model) for model in models]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/attach_file: {_plain(part.name)} {_size(part)}, {_tokens(estimates)}",
                help="Estimated: " + " ".join(dict.fromkeys(why for each in estimates for why in each.reasons)),
            )
            st.button(
                "Take out",
                key=f"playground_file_out_{index}",
                type="tertiary",
                icon=":material/close:",
                on_click=_take_out,
                args=(index,),
            )


def _take() -> None:
    """Keeps what the picker holds now beside what was attached on an earlier visit to the page."""
    chosen = {each.file_id: each for each in st.session_state[_CHOSEN]}
    before = st.session_state.get("playground_files_seen", ())
    kept = [
        (file_id, part)
        for file_id, part in st.session_state.get(_ATTACHED, ())
        if file_id not in before or file_id in chosen
    ]
    refused = []
    for file_id, each in chosen.items():
        if file_id not in before:
            made = attachment(each.name, each.getvalue())
            if isinstance(made, Refusal):
                refused.append(made.message)
            else:
                kept.append((file_id, made))
    st.session_state[_ATTACHED] = tuple(kept)
    st.session_state["playground_files_seen"] = tuple(chosen)
    st.session_state["playground_files_refused"] = tuple(refused)


def _take_out(index: int) -> None:
    parts = st.session_state.get(_ATTACHED, ())
    st.session_state[_ATTACHED] = parts[:index] + parts[index + 1 :]


def _tokens(estimates: Sequence[Estimate]) -> str:
    counts = sorted({each.tokens for each in estimates})
    least = "at least" if any(each.at_least for each in estimates) else "about"
    return f"{least} {' to '.join(number(count) for count in (counts[:1] + counts[1:][-1:]))} tokens"


def _size(part: Part) -> str:
    size = part.size_bytes or len(part.data)
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1000))} kB"


def _plain(name: str) -> str:
    return "`" + " ".join(name.replace("`", "'").split()) + "`"
