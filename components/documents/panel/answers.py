"""The answers on documents: growing side by side, then with their quotations checked, their parts and their caches."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from datetime import date
from decimal import Decimal
from html import escape

import streamlit as st

from catalog.loading import Catalog
from components.documents.document import Document
from components.documents.exports import Side as Exported
from components.documents.exports import json_lines, markdown, sent_files
from components.documents.markup import quotations_list, quotations_summary, with_names
from components.documents.panel.cached import charge_caches, forget_gone, savings
from components.documents.panel.shelf import library
from components.documents.panel.starting import notes_of
from components.documents.quotations import Checked
from components.documents.sending import document_parts
from components.frame.running.engine import find_run, ledger
from components.frame.running.results import Shown
from components.frame.running.sides import Side
from components.playground.ahead import money
from components.playground.budget import settle
from components.playground.lanes import LaneSnapshot, Run, RunSnapshot
from components.playground.measures import measures
from components.playground.readings import cost_usd, cost_words

PAGE = "documents"
_PATIENCE_S = 0.1
_LOOK_AGAIN_S = 0.3
_MOST_PART = 4_000


def doing(catalog: Catalog, run: RunSnapshot, place: "st.delta_generator.DeltaGenerator") -> None:
    """Says what goes on before the calls of a run: uploads, caches, parts."""
    notes = notes_of(run.id)
    waiting = {} if notes is None else dict(notes.doing)
    told = [f"{_name(catalog, run.lanes[at].request.model)}: {words}" for at, words in sorted(waiting.items())]
    if told:
        place.html(f'<p class="part-label" role="status">{escape("; ".join(told))}</p>')
    else:
        place.empty()


class Quotations:
    """The quotations of each finished answer of a run, looked up in its documents and drawn under it."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._late: list[Future[tuple[Checked, ...]]] = []

    def draw(self, side: Side) -> None:
        """Draws those of one answer, or that they are being looked up, or why they cannot be."""
        snapshot = self._run.snapshot()
        if not document_parts(side.lane.request) or not side.lane.text:
            return
        found, missing = documents_of(snapshot)
        with st.container(key=f"documents_quotations_{side.place}"):
            if missing:
                are = "is" if len(missing) == 1 else "are"
                st.caption(
                    f"{with_names(missing)} {are} not at hand here, so quotations are not checked. Add the same file "
                    "again to check them."
                )
                return
            check = library().checked(side.lane.text, found)
            wait_for([check], 0 if self._late else _PATIENCE_S)
            if check.done():
                _checked(_result(check), len(found) > 1)
            else:
                self._late.append(check)
                st.html('<p class="part-label" role="status">Looking the quotations up in the documents…</p>')

    def later(self) -> None:
        """Draws the page again as soon as what was late is there."""
        if self._late and self._run.finished:
            st.fragment(run_every=_LOOK_AGAIN_S)(_look_again)(self._late)


def documents_of(snapshot: RunSnapshot) -> tuple[list[Document], list[str]]:
    """The documents of a run that this server has at hand, and the names of those that it has not."""
    found: dict[str, Document] = {}
    missing = []
    for lane in snapshot.lanes:
        for part in document_parts(lane.request):
            document = library().find(part)
            if document is None:
                missing.append(part.name)
            else:
                found.setdefault(document.digest, document)
    return list(found.values()), list(dict.fromkeys(missing))


def told(catalog: Catalog, snapshot: RunSnapshot, on: date) -> None:
    """What a reader must know of how the answers came about: caches, what was not cached, parts with their cost."""
    notes = notes_of(snapshot.id)
    if notes is not None:
        for lane, sentence in sorted(notes.told.items()):
            name = _name(catalog, snapshot.lanes[lane].request.model)
            st.info(f"{name}: {sentence}".replace("$", "\\$"), icon=":material/info:")
        forget_gone(snapshot, notes)
    savings(catalog, snapshot, on)
    for parts in parts_of(snapshot):
        _parts(catalog, snapshot, parts, on)


def parts_of(snapshot: RunSnapshot) -> list[RunSnapshot]:
    """The runs in which the parts of a split were asked."""
    runs = [find_run(run_id) for run_id in snapshot.setup.group.split("+") if run_id]
    return [run.snapshot() for run in runs if run is not None]


def settle_rest(catalog: Catalog, snapshot: RunSnapshot, on: date) -> None:
    """Writes down what the parts of a split and the caches of a run have cost."""
    for parts in parts_of(snapshot):
        settle(ledger(), catalog, on, parts)
    charge_caches(catalog, snapshot, on)


def export(shown: Shown) -> None:
    """Downloads of the run with its quotations checked, and the way to it in the history."""
    st.caption(
        "Markdown and JSONL hold the question, the documents by name and digest, every answer, and each quotation with "
        "where it stands. What was sent are the files that the code expects beside it."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        _download(shown, "Markdown", "md", "text/markdown", markdown)
        _download(shown, "JSONL", "jsonl", "application/jsonl", json_lines)
        _download(shown, "What was sent", "zip", "application/zip", lambda run, _: sent_files(run))
        target = escape(f"history?open={shown.snapshot.id}")
        st.html(f'<a class="way" href="{target}" target="_self">Open this run in the history</a>')


def _download(
    shown: Shown, label: str, ending: str, kind: str, make: Callable[[RunSnapshot, Sequence[Exported]], str | bytes]
) -> None:
    st.download_button(
        label,
        data=lambda: make(shown.snapshot, _exported(shown)),
        file_name=f"documents-{shown.snapshot.id}.{ending}",
        mime=kind,
        key=f"documents_export_{ending}",
        icon=":material/download:",
        on_click="ignore",
    )


def _look_again(late: Sequence[Future[tuple[Checked, ...]]]) -> None:
    if all(each.done() for each in late):
        st.rerun()


def _result(future: Future[tuple[Checked, ...]]) -> tuple[Checked, ...] | None:
    return None if future.cancelled() or future.exception() is not None else future.result()


def _checked(found: tuple[Checked, ...] | None, several: bool) -> None:
    if found is None:
        st.caption("The quotations could not be checked; the answer itself is whole.")
        return
    st.html(f'<p class="quotations-count">{escape(quotations_summary(found))}</p>{quotations_list(found, several)}')


def _name(catalog: Catalog, model_id: str) -> str:
    model = catalog.find(model_id)
    return model.short_name if model else model_id


def _parts(catalog: Catalog, snapshot: RunSnapshot, parts: RunSnapshot, on: date) -> None:
    """The answers to the parts of a split, folded, with what all calls of that side cost together."""
    model_id = parts.lanes[0].request.model
    joined = next((lane for lane in snapshot.lanes if lane.request.model == model_id), None)
    lanes = [*parts.lanes, *([joined] if joined is not None else [])]
    costs = [cost_usd(catalog, lane, on, parts.vertexai) for lane in lanes]
    known = [cost for cost in costs if cost is not None]
    cost = f"cost {money(sum(known, Decimal(0)))}" if len(known) == len(costs) else "have no list price"
    charged = ", simulated, so nothing was charged" if parts.simulated else ""
    unread = sum(not lane.text for lane in parts.lanes)
    missing = f", {unread} without an answer" if unread else ""
    count = len(parts.lanes)
    words = f"{_name(catalog, model_id)} read the documents in {count} parts{missing}; its {len(lanes)} calls {cost}"
    with st.expander(f"{words}{charged}".replace("$", "\\$"), icon=":material/call_split:"):
        st.caption("The answer above joins these; its measures are those of the joining call alone.")
        st.html("".join(_part(number, lane) for number, lane in enumerate(parts.lanes, start=1)))


def _part(number: int, lane: LaneSnapshot) -> str:
    said = lane.text or (lane.failure.message if lane.failure else lane.stop_reason or "no answer yet")
    shown = said if len(said) <= _MOST_PART else f"{said[:_MOST_PART]}…"
    return (
        f'<details class="proof"><summary>Part {number} <span class="count">its answer</span></summary>'
        f'<p class="part-answer"><bdi dir="auto">{escape(shown)}</bdi></p></details>'
    )


def _exported(shown: Shown) -> list[Exported]:
    documents, missing = documents_of(shown.snapshot)
    return [_exported_side(shown, side, documents, bool(missing)) for side in shown.sides]


def _exported_side(shown: Shown, side: Side, documents: Sequence[Document], missing: bool) -> Exported:
    simulated = shown.snapshot.simulated
    cost = cost_words(side.model, measures(side.lane), shown.on, shown.snapshot.vertexai, simulated)
    checked = None if missing else _result(library().checked(side.lane.text, documents))
    return Exported(side.name, side.lane, cost, checked)
