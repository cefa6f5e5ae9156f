"""One answer on screen while it grows and when it is there: head, parts in their order, what went wrong."""

import json
from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.frame.copy_button import copy_button
from components.frame.palette import Colour
from components.gemini.content import Grounding, Part, PartKind
from components.gemini.errors import Failure
from components.playground.answer_text import inert, split_settled
from components.playground.json_answer import check_json, tree_html
from components.playground.lanes import LaneSnapshot, LaneStatus
from components.playground.readings import progress

SIMULATED = '<span class="chip chip-simulated">◌ Simulated</span>'
_OUTCOMES = {"OUTCOME_OK": "It printed", "OUTCOME_FAILED": "It failed", "OUTCOME_DEADLINE_EXCEEDED": "It took too long"}


class LaneView:
    """One side on screen, painted as often as there is news; only what has changed is sent again."""

    def __init__(
        self,
        page: str,
        place: int,
        column: DeltaGenerator,
        name: str,
        accent: Colour,
        simulated: bool,
        raw: bool,
        live: bool,
    ) -> None:
        self._name = name
        self._accent = accent
        self._simulated = simulated
        self._raw = raw
        box = column.container(key=f"{page}_answer_{place}")
        self._head = box.empty()
        # The answer of the run before goes at once, and not only when this one has ended.
        room = box.empty if live else box.container
        self._body, self._failure, self._rest = room(), box.empty(), room()
        self._live, self._filled = live, not live
        self._blocks: list[Block] = []
        self._said = ""

    def paint(self, lane: LaneSnapshot) -> None:
        """Shows what has arrived by now."""
        head = lane_head(self._name, self._accent, self._simulated, progress(lane))
        if head != self._said:
            self._head.html(head)
            self._said = head
        if lane.parts and not self._filled:
            self._body, self._filled = self._body.container(), True
        for number, part in enumerate(lane.parts):
            if number == len(self._blocks):
                self._blocks.append(Block(self._body, self._raw))
            last = number == len(lane.parts) - 1
            self._blocks[number].paint(part, lane.ended or not last)
        if lane.failure is not None:
            fail(self._failure, lane, lane.failure)
        elif lane.stop_reason:
            self._failure.info(lane.stop_reason, icon=":material/stop_circle:")

    def close(self, lane: LaneSnapshot, key: str, further: Callable[[], None] | None = None) -> None:
        """Adds what stands below an answer that has ended: its sources, the check of its JSON, a way to copy it.

        `further` draws what the page itself has to say of the answer.
        """
        with self._rest.container() if self._live else self._rest:
            if lane.facts.grounding is not None:
                st.html(sources_html(lane.facts.grounding))
            if lane.request.json_mode and lane.text.strip():
                _json_check(lane)
            if lane.text:
                copy_button(lane.text, key=f"{key}_copy", label="Copy the answer")
            if further is not None:
                further()


class Block:
    """One part of an answer: text in a settled piece and a growing tail, anything else whole."""

    def __init__(self, body: DeltaGenerator, raw: bool) -> None:
        self._body = body
        self._raw = raw
        self._places: list[DeltaGenerator] = []
        self._shown: tuple[str, ...] = ()

    def paint(self, part: Part, settled: bool) -> None:
        """Shows the part as it is by now; a `settled` one will not grow any more."""
        texts: tuple[str, ...] = (part.text, "") if settled or self._raw else split_settled(part.text)
        if part.kind is not PartKind.TEXT:
            texts = (part.text or part.call_id or "_",)
        if not self._places:
            self._places = [self._place(part) for _ in texts]
        for place, text, old in zip(self._places, texts, self._shown or ("",) * len(texts), strict=True):
            if text != old:
                self._draw(place, part, text)
        self._shown = texts

    def _place(self, part: Part) -> DeltaGenerator:
        if part.kind is PartKind.THOUGHT:
            folded = self._body.expander("Thoughts, as the model sums them up", icon=":material/psychology:")
            return folded.empty()
        return self._body.empty()

    def _draw(self, place: DeltaGenerator, part: Part, text: str) -> None:
        if part.kind in (PartKind.TEXT, PartKind.THOUGHT):
            if not text:
                place.empty()
            elif self._raw:
                place.code(text, language=None, wrap_lines=True)
            else:
                place.markdown(inert(text))
        else:
            with place.container():
                draw_part(part)


def draw_part(part: Part) -> None:
    """Shows a part that is not plain text: a call, code, what code printed, a picture."""
    if part.kind is PartKind.FUNCTION_CALL:
        st.html(f'<p class="part-label">Calls the function <code>{escape(part.name)}</code></p>')
        st.code(_pretty(part.text), language="json", wrap_lines=True)
    elif part.kind is PartKind.FUNCTION_RESPONSE:
        st.html(f'<p class="part-label">Result of <code>{escape(part.name)}</code></p>')
        st.code(_pretty(part.text), language="json", wrap_lines=True)
    elif part.kind is PartKind.CODE:
        st.html('<p class="part-label">Code that the service ran</p>')
        st.code(part.text, language=part.name.lower() or None, wrap_lines=True)
    elif part.kind is PartKind.CODE_RESULT:
        st.html(f'<p class="part-label">{_OUTCOMES.get(part.name, "It ended")}</p>')
        st.code(part.text or "nothing", language=None, wrap_lines=True)
    elif part.kind is PartKind.DATA and part.mime_type.startswith("image/") and part.data:
        st.image(part.data)
    elif part.is_file:
        st.html(f'<p class="part-label">File <code>{escape(part.name or part.mime_type)}</code></p>')


def lane_head(name: str, accent: Colour, simulated: bool, line: str) -> str:
    """The head of a side: its name in its colour, the mark of a simulated answer, one line on how far it is."""
    chip = f" {SIMULATED}" if simulated else ""
    return (
        f'<div class="lane-head" style="--accent:{accent.css}"><strong>{name}</strong>{chip}'
        f'<span class="count">{escape(line)}</span></div>'
    )


def fail(place: DeltaGenerator, lane: LaneSnapshot, failure: Failure) -> None:
    """Says what went wrong, with the technical detail folded away."""
    with place.container():
        show = st.info if lane.status is LaneStatus.DONE else st.error
        show(failure.sentence.replace("$", "\\$"), icon=":material/report:")
        if failure.detail:
            st.html(
                '<details class="proof"><summary><span class="count">technical detail</span></summary>'
                f"<code>{escape(failure.detail)}</code></details>"
            )


def sources_html(grounding: Grounding) -> str:
    """The pages that an answer rests on, each with its host in sight, and what was searched for."""
    pages = "".join(
        f'<li><a href="{escape(page.uri)}" target="_blank" rel="noopener noreferrer">{escape(page.title or host)}</a>'
        f' <span class="locator">{escape(host)}</span></li>'
        for page in grounding.sources
        if (host := _host(page.uri))
    )
    asked = ", ".join(f"“{query}”" for query in grounding.queries)
    lead = f'<p class="part-label">Searched Google for {escape(asked)}</p>' if asked else ""
    return f'<section class="grounding">{lead}<ol>{pages}</ol></section>' if pages else lead


def _host(uri: str) -> str:
    """The host of a web address; empty for anything else."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""


def _json_check(lane: LaneSnapshot) -> None:
    found = check_json(lane.text, lane.request.json_schema)
    if found.valid:
        words = "JSON that fits the schema" if lane.request.json_schema.strip() else "Well-formed JSON"
        st.html(f'<p class="part-label"><span class="ok" aria-hidden="true">✓</span> {words}</p>')
    else:
        told = [f"- {_where(problem.path, problem.line)}{problem.sentence}" for problem in found.problems]
        st.warning(
            "The answer is not the JSON that was asked for:\n" + inert("\n".join(told)), icon=":material/data_object:"
        )
    if found.value is not None:
        st.html(tree_html(found.value, found.problems))


def _where(path: str, line: int | None) -> str:
    places = [f"`{path}`" if path else "", f"line {line}" if line else ""]
    said = ", ".join(place for place in places if place)
    return f"{said}: " if said else ""


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def paint_changed(
    views: Sequence[LaneView], now: Sequence[LaneSnapshot], before: Sequence[LaneSnapshot] | None
) -> None:
    """Paints every lane that is not as it was."""
    for place, (view, lane) in enumerate(zip(views, now, strict=True)):
        if before is None or before[place] is not lane:
            view.paint(lane)
