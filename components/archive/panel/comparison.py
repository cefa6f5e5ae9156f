"""Two runs compared: what was asked differently, what was measured, and where two of the answers differ."""

from html import escape

import streamlit as st

from catalog.words import capital
from components.archive.comparing import differences
from components.archive.comparison_html import LETTERS, Entry, differences_table, heads, measures_table
from components.archive.desk import Desk
from components.archive.filters import link
from components.archive.rows import SIMULATED, name_text
from components.archive.wording import count_words
from components.frame.address import keep_one, said, set_one
from components.playground.blind import hidden
from components.playground.diff import diff_html, word_diff
from components.playground.keeping import restored
from components.playground.lanes import LaneSnapshot


def comparison(desk: Desk) -> None:
    """The two runs that the address names with ?compare=a,b, or why they cannot be compared."""
    back = escape(link("history", st.query_params.to_dict(), compare="", one="", other=""))
    st.html(f'<p class="history-ways"><a href="{back}" target="_self">← All runs</a></p>')
    names = list(dict.fromkeys(filter(None, st.query_params.get("compare", "").split(","))))
    if len(names) != 2:
        st.info("Two runs can be compared at a time; select two in the list.", icon=":material/compare_arrows:")
        return
    records = {record.id: record for record in desk.store.get_many(names, desk.owner)}
    missing = [said(name) for name in names if name not in records]
    if missing:
        told = " and ".join(f"`{name}`" for name in missing)
        st.warning(
            f"The history has no run {told}. It may have been deleted; select two runs in the list.",
            icon=":material/help:",
        )
        return
    try:
        entries = [
            Entry(letter, records[name], restored(records[name]).snapshot())
            for letter, name in zip(LETTERS, names, strict=True)
        ]
    except ValueError:
        st.warning(
            "One of the runs was kept in a form that cannot be read here. Nothing is lost; its export has all of it.",
            icon=":material/help:",
        )
        return
    if any(hidden(entry.snapshot) for entry in entries):
        st.info(
            "One of the runs is blind and nobody has voted on it yet. Open it and vote, then compare.",
            icon=":material/ballot:",
        )
        return
    _compared(desk, entries)


def _compared(desk: Desk, entries: list[Entry]) -> None:
    st.html(heads(desk.catalog, entries, desk.zone))
    found = differences(entries[0].record, entries[1].record)
    st.subheader("What was asked differently", anchor=False)
    if found:
        st.html(differences_table(desk.catalog, found))
    else:
        st.caption("Both runs have the same prompt, models and settings.")
    st.subheader("What was measured", anchor=False)
    st.html(measures_table(desk.catalog, entries, desk.on))
    first = " Of several answers each, the first is shown." if any(each.record.repeats > 1 for each in entries) else ""
    st.caption(f"Each figure is measured on one call from this server, so small differences say little.{first}")
    st.subheader("Where two answers differ", anchor=False)
    _differing_words(desk, entries)


def _differing_words(desk: Desk, entries: list[Entry]) -> None:
    lanes = {
        f"{entry.letter}{lane.index + 1}": (_label(desk, entry, lane), lane, entry.record.simulated)
        for entry in entries
        for lane in entry.snapshot.lanes
        if lane.text
    }
    if len(lanes) < 2:
        st.caption("Fewer than two answers have text, so there is nothing to compare.")
        return
    options = list(lanes)
    # The same model in both runs is what a reader compares first.
    second = next((name for name in options if name[0] != options[0][0]), options[1])
    with st.container(horizontal=True):
        one = _lane("one", "One answer", options, options[0], lanes)
        other = _lane("other", "The other", options, second, lanes)
    found = word_diff(lanes[one][1].text, lanes[other][1].text)
    if found.in_common is not None:
        mark = f" {SIMULATED}" if lanes[one][2] or lanes[other][2] else ""
        only = f"{found.only_one:,} only in the one and {found.only_other:,} only in the other"
        st.html(
            f'<p class="strip">{100 * found.in_common:.0f}% of the words are shared: '
            f"{count_words(found.shared, 'word')} in both, {only}.{mark}</p>"
        )
    st.html(diff_html(found, f"in {lanes[one][0]}", f"in {lanes[other][0]}"))


def _label(desk: Desk, entry: Entry, lane: LaneSnapshot) -> str:
    repeat = lane.index // entry.record.sides + 1
    which = f", answer {repeat}" if entry.record.repeats > 1 else ""
    return f"run {entry.letter}, {name_text(desk.catalog, lane.request.model)}{which}"


def _lane(
    parameter: str, label: str, options: list[str], default: str, lanes: dict[str, tuple[str, LaneSnapshot, bool]]
) -> str:
    key = f"history_diff_{parameter}"
    set_one(parameter, key, options, default)
    chosen = st.selectbox(label, options, key=key, format_func=lambda name: capital(lanes[name][0]))
    keep_one(parameter, key, chosen, default)
    return chosen
