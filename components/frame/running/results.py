"""What can be read off a finished run: measures, growth over time, differences, numbers, code, and a page's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from catalog.loading import Catalog
from catalog.words import number
from components.charts.style import Look
from components.frame.chart import chart
from components.frame.markup import source_line, term
from components.frame.running.sides import Side, sides_of
from components.gemini.settings import DEVELOPER_API_VERSION, Connection
from components.playground.code_export import curl_code, files_beside, python_code
from components.playground.diff import diff_html, word_diff
from components.playground.lanes import RunSnapshot
from components.playground.readings import ONE_CALL, Reading, readings
from components.playground.text_numbers import TextNumbers, reading_level_words, text_numbers


@dataclass(frozen=True)
class Shown:
    """What is being read: the run, its sides in the repeat on screen, and where, when and on which page it is read."""

    catalog: Catalog
    snapshot: RunSnapshot
    sides: tuple[Side, ...]
    on: date
    place: Connection | None
    page: str


View = Callable[[Shown], None]
"""Draws one way to look at a run."""


def results(
    catalog: Catalog,
    snapshot: RunSnapshot,
    on: date,
    place: Connection | None,
    page: str,
    own: Mapping[str, View],
) -> None:
    """The views of a finished run, one at a time, so that only the one that is looked at is worked out.

    `own` are the page's own, which come last.
    """
    repeat = int(st.session_state.get(f"{page}_repeat") or 1) - 1
    shown = Shown(catalog, snapshot, sides_of(catalog, snapshot, repeat), on, place, page)
    views: dict[str, View] = {
        "Measures": _measures,
        **({"Repeats": _repeats} if snapshot.setup.repeats > 1 else {}),
        "Over time": _over_time,
        **({"Differences": _differences} if len(shown.sides) > 1 else {}),
        "In numbers": _in_numbers,
        "Code": _code,
        **own,
    }
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{page}_views"):
        chosen = st.segmented_control(
            "Look at",
            list(views),
            default="Repeats" if snapshot.setup.repeats > 1 else "Measures",
            required=True,
            key=f"{page}_look{'_repeats' if snapshot.setup.repeats > 1 else ''}",
            label_visibility="collapsed",
            wrap=True,
        )
        st.segmented_control(
            "Answers",
            ["Rendered", "Raw"],
            default="Rendered",
            required=True,
            key=f"{page}_form",
            label_visibility="collapsed",
            help="Rendered shows Markdown as it is meant; raw shows the text as it came.",
        )
    views.get(chosen or "", _measures)(shown)


def _measures(shown: Shown) -> None:
    """What was measured, a row a figure and a column a model, each beside the catalog's published figure."""
    snapshot = shown.snapshot
    columns = [
        readings(shown.catalog, side.lane, shown.on, snapshot.vertexai, snapshot.simulated) for side in shown.sides
    ]
    heads = "".join(f'<th scope="col">{side.html}</th>' for side in shown.sides)
    rows = "".join(
        f'<tr><th scope="row" class="field">{term(row[0].label, row[0].term, shown.catalog)}</th>'
        + "".join(
            f'<td data-model="{escape(side.lane.request.model)}">{_cell(shown.catalog, each)}</td>'
            for side, each in zip(shown.sides, row, strict=True)
        )
        + "</tr>"
        for row in zip(*columns, strict=True)
    )
    note = " in a simulated run" if snapshot.simulated else ""
    st.html(
        f'<table class="facts figures"><caption>Measured{note}</caption><thead><tr><th scope="col" class="field">'
        f"Measure</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
    st.caption(ONE_CALL)


def _cell(catalog: Catalog, each: Reading) -> str:
    text = f"<strong>{escape(each.text)}</strong>" if each.marked else escape(each.text)
    value = f'<span class="measured">{text}</span>'
    if not each.published:
        return value
    figure, _, about = each.published.partition(" (")
    told = f'<span class="also" data-published>{escape(figure)}</span>'
    links = "; ".join(source_line(catalog, claim.source) for claim in dict.fromkeys(each.claims))
    if not links:
        return value + told
    return (
        f'{value}<details class="proof line"><summary>{told} <span class="count">source</span></summary>'
        f'<p class="remark">{escape(about.removesuffix(")"))} {links}</p></details>'
    )


def _repeats(shown: Shown) -> None:
    from components.playground.spread import sameness, side_spreads

    heads = "".join(f'<th scope="col">{side.html}</th>' for side in shown.sides)
    rows = [
        (row.label, [row.sides[side.side].text for side in shown.sides])
        for row in side_spreads(shown.snapshot, shown.catalog, shown.on)
    ]
    same = {each.side: each.text for each in sameness(shown.snapshot)}
    rows.append(("Identical answers", [same[side.side] for side in shown.sides]))
    _table(shown, f"Median and spread of {shown.snapshot.setup.repeats} answers", heads, rows)


def _over_time(shown: Shown) -> None:
    from components.charts.tokens import tokens_over_time, tokens_records, tokens_summary
    from components.playground.growth import growth

    looks = {side.side: _look(side) for side in shown.sides}
    series = growth(shown.snapshot, [looks[side] for side in sorted(looks)])
    note = " Simulated, not a model's pace." if shown.snapshot.simulated else ""
    chart(
        tokens_over_time(series),
        f"{shown.page}_growth",
        tokens_summary(series) + note,
        tokens_records(series),
        "tokens-over-time",
    )


def _look(side: Side) -> Look:
    name = side.model.short_name if side.model else side.name
    return Look(name, side.colour.chart, side.colour.symbol)


def _differences(shown: Shown) -> None:
    first, other = shown.sides[0], shown.sides[1]
    if len(shown.sides) > 2:
        names = {side.place: side.name for side in shown.sides}
        left, right = st.columns(2)
        one = left.selectbox("Compare", list(names), format_func=names.__getitem__, key=f"{shown.page}_diff_one")
        key = f"{shown.page}_diff_other"
        two = right.selectbox("With", list(names), index=1, format_func=names.__getitem__, key=key)
        first, other = shown.sides[one], shown.sides[two]
    found = word_diff(first.lane.text, other.lane.text)
    if found.in_common is None:
        st.caption("Neither answer has a word to compare.")
        return
    st.html(
        f'<p class="chart-summary">{number(found.in_common * 100)}% of the words are in both answers; '
        f"{number(found.only_one)} are only in {escape(first.name)}, {number(found.only_other)} only in "
        f"{escape(other.name)}.</p>{diff_html(found, first.name, other.name)}"
    )


def _in_numbers(shown: Shown) -> None:
    found = [text_numbers(side.lane.text) for side in shown.sides]
    heads = "".join(f'<th scope="col">{side.html}</th>' for side in shown.sides)
    rows = [(label, [number(take(each)) for each in found]) for label, take in _COUNTS]
    rows.append(("Reading level", [reading_level_words(each.reading_level) for each in found]))
    _table(shown, "The answers in numbers", heads, rows)


_COUNTS: tuple[tuple[str, Callable[[TextNumbers], int]], ...] = (
    ("Words", lambda each: each.words),
    ("Sentences", lambda each: each.sentences),
    ("Characters", lambda each: each.characters),
    ("Paragraphs", lambda each: each.paragraphs),
    ("Headings", lambda each: each.headings),
    ("List items", lambda each: each.list_items),
    ("Tables", lambda each: each.tables),
    ("Code blocks", lambda each: each.code_blocks),
    ("Links", lambda each: each.links),
)


def _table(shown: Shown, caption: str, heads: str, rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    note = ", simulated" if shown.snapshot.simulated else ""
    body = "".join(
        f'<tr><th scope="row" class="field">{escape(label)}</th>'
        + "".join(
            f'<td data-model="{escape(side.lane.request.model)}">{escape(text)}</td>'
            for side, text in zip(shown.sides, texts, strict=True)
        )
        + "</tr>"
        for label, texts in rows
    )
    st.html(
        f'<table class="facts figures"><caption>{escape(caption)}{note}</caption><thead><tr>'
        f'<th scope="col" class="field">Measure</th>{heads}</tr></thead><tbody>{body}</tbody></table>'
    )


def _code(shown: Shown) -> None:
    place = shown.place
    address = place.base_url if place else None
    version = place.api_version if place else DEVELOPER_API_VERSION
    vertexai = shown.snapshot.vertexai
    if shown.snapshot.simulated and place is None:
        st.caption("The run was simulated. The code calls the real service.")
    elif shown.snapshot.simulated:
        st.caption(
            "The code calls this server's simulator, as the run did. Without the address it calls the real service."
        )
    for side, column in zip(shown.sides, st.columns(len(shown.sides), gap="medium"), strict=True):
        with column:
            st.html(f'<p class="part-label">{side.html}</p>')
            python, curl = st.tabs(["Python", "curl"])
            request = side.lane.request
            program = python_code(request, base_url=address, api_version=version, vertexai=vertexai)
            command = curl_code(request, base_url=address, api_version=version, vertexai=vertexai)
            python.code(program, language="python", wrap_lines=True)
            curl.code(command, language="bash", wrap_lines=True)
            if beside := files_beside(side.lane.request):
                st.caption(f"Put beside it: {', '.join(name for name, _ in beside)}.")
