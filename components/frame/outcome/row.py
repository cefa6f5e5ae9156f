"""One row of a batch side by side: the prompt, what each model said, and what the checks found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from components.archive.filters import link
from components.archive.wording import readable
from components.batch.names import Named
from components.batch.records import Job, Result, Status
from components.batch.result_rows import verdict_list
from components.batch.wording import money, seconds
from components.frame.copy_button import copy_button
from components.history.batches import Batches
from components.history.records import BatchQuery
from components.playground.answer_text import inert
from components.playground.diff import diff_html, word_diff

_SIMULATED = '<span class="chip chip-simulated">◌ Simulated</span>'
_LONGEST_PROMPT = 20_000

Onwards = Callable[[int, str, Sequence[Result]], None]
"""Draws what can be done with a row on a page: its number, its prompt and the answers to it are given."""


@dataclass(frozen=True)
class Seen:
    """A batch that is looked at: where its answers are, the job, its models by name, and the path of the page."""

    batches: Batches
    made: Job
    models: tuple[Named, ...]
    page: str


def row_view(seen: Seen, number: int, order: Sequence[int], onwards: Onwards | None) -> None:
    """A row whole; `order` are all rows as they are listed, for the ways to the one before and after it."""
    from components.batch.store_sink import result_from

    made, models = seen.made, seen.models
    _ways(seen.page, number, order)
    kept = seen.batches.page(made.id, BatchQuery(rows=(number,)), 0, len(made.models) * made.repeats)
    if not kept:
        st.info("This row has no answer yet, or the batch has no such row.", icon=":material/help:")
        return
    found = [result_from(made, each) for each in kept]
    st.subheader(f"Row {number:,}", anchor=False)
    prompt = found[0].prompt
    st.html(f'<div class="turn"><bdi dir="auto">{escape(readable(prompt[:_LONGEST_PROMPT]))}</bdi></div>')
    repeat = _repeat(seen)
    shown = []
    for place, (column, named) in enumerate(zip(st.columns(len(models), gap="medium"), models, strict=True)):
        result = next((one for one in found if one.key.model == named.id and one.key.repeat == repeat), None)
        shown.append(result)
        key = f"{seen.page}_answer_{place}"
        with column.container(key=key):
            _side(named, result, key)
    _difference(seen, shown)
    if onwards is not None:
        onwards(number, prompt, found)


def _ways(page: str, number: int, order: Sequence[int]) -> None:
    here = st.query_params.to_dict()
    at = order.index(number) if number in order else None
    before = order[at - 1] if at else None
    after = order[at + 1] if at is not None and at + 1 < len(order) else None
    ways = [f'<li><a href="{escape(link(page, here, row=""))}" target="_self">← All rows</a></li>']
    for label, other in (("Previous row", before), ("Next row", after)):
        if other is None:
            ways.append(f'<li><span class="none">{label}</span></li>')
        else:
            target = escape(link(page, here, row=str(other)))
            ways.append(f'<li><a href="{target}" target="_self">{label}</a></li>')
    st.html(f'<nav aria-label="Rows"><ul class="ways history-ways">{"".join(ways)}</ul></nav>')


def _repeat(seen: Seen) -> int:
    repeats = seen.made.repeats
    if repeats == 1:
        return 1
    key = f"{seen.page}_repeat"
    chosen = st.segmented_control("Repeat", list(range(1, repeats + 1)), default=1, required=True, key=key)
    return int(chosen or 1)


def _side(named: Named, result: Result | None, key: str) -> None:
    chip = f" {_SIMULATED}" if result is not None and result.simulated else ""
    st.html(
        f'<div class="lane-head" style="--accent:{named.colour.css}"><strong>{named.html}</strong>{chip}'
        f'<span class="count">{escape(_line(result))}</span></div>'
    )
    if result is None:
        st.caption("This has not been asked yet.")
        return
    if result.checks:
        st.html(verdict_list(result.checks))
    if result.text:
        st.markdown(inert(result.text))
        copy_button(result.text, key=f"{key}_copy", label="Copy the answer")
    if result.asked_again:
        st.info(result.asked_again, icon=":material/restart_alt:")
    if result.status is not Status.OK:
        st.error(inert(result.error), icon=":material/report:")
    elif result.finish_reason == "MAX_TOKENS":
        st.info("The answer reached its output limit, so it is not whole.", icon=":material/content_cut:")


def _line(result: Result | None) -> str:
    """The measures of an answer on one line."""
    if result is None:
        return "no answer yet"
    usage = result.usage
    parts = [
        f"first text {seconds(result.first_visible_s)}" if result.first_visible_s is not None else "",
        f"whole {seconds(result.total_s)}" if result.total_s is not None else "",
        f"{usage.input_tokens:,} in" if usage.input_tokens is not None else "",
        f"{usage.output_tokens:,} out" if usage.output_tokens is not None else "",
        f"{usage.thinking_tokens:,} thinking" if usage.thinking_tokens else "",
        money(result.cost_usd, result.simulated) if result.cost_usd is not None else "no list price",
        f"{result.attempts} tries" if result.attempts > 1 else "",
        f"answered by {result.served_model}" if result.served_model not in (None, result.key.model) else "",
    ]
    return " · ".join(part for part in parts if part)


def _difference(seen: Seen, shown: Sequence[Result | None]) -> None:
    """Where the first two answers differ, folded away."""
    pairs = [(named, one) for named, one in zip(seen.models, shown, strict=True) if one is not None and one.text]
    if len(pairs) < 2:
        return
    key = f"{seen.page}_diff"
    box = st.expander("Where the answers differ", icon=":material/difference:", key=key, on_change="rerun")
    if box.open:
        (first, one), (second, other) = pairs[:2]
        with box:
            st.html(diff_html(word_diff(one.text, other.text), first.text, second.text))
