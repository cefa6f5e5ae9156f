"""A finished run on documents as a file: Markdown to read, JSONL for programs, both with the quotations checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from components.documents.passages import Found, NotFound, Similar
from components.documents.quotations import Checked, verdict_words
from components.documents.sending import document_parts
from components.gemini.files import digest_of
from components.playground.code_export import files_beside
from components.playground.lanes import LaneSnapshot, RunSnapshot

_NO_EVIDENCE = "Simulated: no model wrote this, and it is no evidence."
_VERDICTS = {Found: "found", Similar: "similar", NotFound: "not found"}


@dataclass(frozen=True, slots=True)
class Side:
    """One answer to be written: its name, its lane, its cost in words, and its quotations; None is "not checked"."""

    name: str
    lane: LaneSnapshot
    cost: str
    checked: tuple[Checked, ...] | None


def markdown(run: RunSnapshot, sides: Sequence[Side]) -> str:
    """The run as Markdown: the question, the documents with their digests, each answer, and its quotations."""
    request = run.lanes[0].request
    lines = [f"# {_first_line(request.prompt)}", "", f"Asked on {run.created:%d %b %Y, %H:%M} UTC. Run {run.id}."]
    lines += ["", _NO_EVIDENCE] if run.simulated else []
    lines += ["", "## Documents", ""]
    lines += [f"- {part.name} (SHA-256 of what was sent: {digest_of(part)})" for part in document_parts(request)]
    lines += ["", "## Question", "", request.prompt]
    for side in sides:
        lines += ["", f"## {side.name}", "", f"Cost: {side.cost}.", "", side.lane.text or "No answer."]
        if side.lane.failure is not None:
            lines += ["", side.lane.failure.message]
        lines += ["", "### Quotations", "", *_quotation_lines(side)]
    return "\n".join(lines) + "\n"


def json_lines(run: RunSnapshot, sides: Sequence[Side]) -> str:
    """The run as JSONL: one line an answer, with everything that is in the Markdown."""
    return "".join(json.dumps(_record(run, side), ensure_ascii=False) + "\n" for side in sides)


def sent_files(run: RunSnapshot) -> bytes:
    """The documents as they were sent, in a ZIP under the names that the copied code reads them by.

    What is no longer at hand is left out.
    """
    files = {name: part.data for lane in run.lanes for name, part in files_beside(lane.request) if part.data}
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return buffer.getvalue()


def _quotation_lines(side: Side) -> Iterator[str]:
    if side.checked is None:
        yield "Not checked: the documents are not at hand."
    elif not side.checked:
        yield "None of 20 characters or more."
    for each in side.checked or ():
        yield f"- “{' '.join(each.quotation.text.split())}”: {verdict_words(each.verdict, several=True)}"


def _record(run: RunSnapshot, side: Side) -> Mapping[str, Any]:
    lane, usage = side.lane, side.lane.usage
    return {
        "run": run.id,
        "created": run.created.isoformat(),
        "simulated": run.simulated,
        "model": lane.request.model,
        "question": lane.request.prompt,
        "documents": [{"name": part.name, "sha256": digest_of(part)} for part in document_parts(lane.request)],
        "answer": lane.text,
        "status": lane.status.value,
        "finish_reason": lane.finish_reason,
        "input_tokens": usage.input_tokens,
        "cached_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
        "cost": side.cost,
        "quotations": None if side.checked is None else [_quoted(each) for each in side.checked],
    }


def _quoted(each: Checked) -> Mapping[str, Any]:
    place = None if isinstance(each.verdict, NotFound) else each.verdict.place
    return {
        "text": each.quotation.text,
        "verdict": _VERDICTS[type(each.verdict)],
        "document": place.document if place else None,
        "page": place.page if place else None,
        "line": place.line if place else None,
        "told": verdict_words(each.verdict, several=True),
    }


def _first_line(text: str) -> str:
    line = next((line for line in text.splitlines() if line.strip()), "Question on documents")
    return line if len(line) <= 100 else f"{line[:99]}…"
