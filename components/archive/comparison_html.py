"""Two runs beside each other as HTML: who they are, what differs, and what was measured. All text is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from catalog.loading import Catalog
from components.archive.comparing import Difference, Said
from components.archive.filters import link
from components.archive.rows import marks, models_html, name_text, names_html, state_chip
from components.archive.wording import Zone, first_line, moment
from components.frame.markup import term
from components.history.query import State
from components.history.records import LaneRecord, RunRecord
from components.playground.lanes import LaneSnapshot, RunSnapshot
from components.playground.readings import readings

LETTERS = "AB"
MOST_SIDES = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One of the two runs: its letter, what is kept of it, and the run as it can be read."""

    letter: str
    record: RunRecord
    snapshot: RunSnapshot

    @property
    def lanes(self) -> tuple[LaneSnapshot, ...]:
        """One lane of each of up to four sides: the first of its repeats."""
        return self.snapshot.lanes[: min(self.snapshot.setup.sides, MOST_SIDES)]


def state_of(lanes: Sequence[LaneRecord]) -> State:
    """How a run stands, by its lanes; a history tells lanes of lost servers as interrupted already."""
    statuses = {lane.status for lane in lanes}
    if statuses & {"waiting", "streaming"}:
        return State.RUNNING
    worst = (State.INTERRUPTED, State.FAILED, State.STOPPED)
    return next((state for state in worst if state.value in statuses), State.COMPLETE)


def heads(catalog: Catalog, entries: Sequence[Entry], zone: Zone) -> str:
    """The two runs as cards, with the ways to open each."""
    return f'<div class="cards">{"".join(_head(catalog, each, zone) for each in entries)}</div>'


def _head(catalog: Catalog, entry: Entry, zone: Zone) -> str:
    run = entry.record
    title = escape(first_line(run.prompt))
    facts = [
        f'<time datetime="{run.created.isoformat()}">{moment(run.created, zone)}</time>',
        models_html(catalog, run.models),
        state_chip(state_of(run.lanes)),
        *marks(run.simulated, run.imported),
    ]
    target = escape(link("playground", {"run": run.id}))
    return (
        f'<section class="card"><h3>Run {entry.letter}</h3><p class="run-prompt"><a href="{target}" target="_self">'
        f'<bdi dir="auto">{title}</bdi></a></p><p class="run-facts">{" ".join(facts)}</p></section>'
    )


def differences_table(catalog: Catalog, found: Sequence[Difference]) -> str:
    """What was asked differently, a row a field."""
    rows = "".join(
        f'<tr><th scope="row" class="field">{escape(each.label)}</th>'
        f'<td data-model="Run A">{_said(catalog, each.one)}</td>'
        f'<td data-model="Run B">{_said(catalog, each.other)}</td></tr>'
        for each in found
    )
    return (
        '<table class="facts apart"><caption>Prompts and settings that differ; all others are the same</caption>'
        '<thead><tr><th scope="col" class="field">Field</th><th scope="col">Run A</th><th scope="col">Run B</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _said(catalog: Catalog, said: Sequence[Said]) -> str:
    return "".join(
        f'<span class="said">{_who(catalog, each)}<bdi dir="auto">{escape(each.text)}</bdi></span>' for each in said
    )


def _who(catalog: Catalog, said: Said) -> str:
    return f'<span class="also">{escape(name_text(catalog, said.model))}</span>' if said.model else ""


def measures_table(catalog: Catalog, entries: Sequence[Entry], on: date) -> str:
    """Every measure, a row each, with a column for each side of each run; its box scrolls where they are many."""
    columns = [
        (f"Run {entry.letter}", name, readings(catalog, lane, on, entry.record.vertexai, entry.record.simulated))
        for entry in entries
        for lane, name in zip(
            entry.lanes, names_html(catalog, [lane.request.model for lane in entry.lanes]), strict=True
        )
    ]
    top = "".join(
        f'<th scope="col"><span class="also">{letter}{_note(entry)}</span>{name}</th>'
        for (letter, name, _), entry in zip(columns, [e for e in entries for _ in e.lanes], strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row">{term(row[0].label, row[0].term, catalog)}</th>'
        + "".join(f"<td>{_marked(each.text, each.marked)}</td>" for each in row)
        + "</tr>"
        for row in zip(*(column[2] for column in columns), strict=True)
    )
    return (
        '<div class="scroll whole" tabindex="0" role="region" aria-label="Measures of both runs">'
        f'<table class="beside"><thead><tr><th scope="col">Measure</th>{top}</tr></thead><tbody>{rows}</tbody></table>'
        "</div>"
    )


def _note(entry: Entry) -> str:
    return ", simulated" if entry.record.simulated else ""


def _marked(text: str, marked: bool) -> str:
    return f"<strong>{escape(text)}</strong>" if marked else escape(text)
