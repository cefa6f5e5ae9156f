"""What a reader chooses for a report: title, author, note, audience, sections, and the question that it answers."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Model
from catalog.weighing import weights_from_answers
from components.advisor import address as advisor_address
from components.advisor import wording
from components.advisor.address import PAIRS, PARAMETERS, Question
from components.cost.address import CHEAPEST, offered
from components.frame import address
from components.frame.workload_form import pick_day, pick_use, workload_form
from components.report.address import LONGEST_LINE, LONGEST_NOTE, USUAL_PARTS
from components.report.state import Audience, Part

PARTS = {
    Part.SUMMARY: "Summary",
    Part.VERDICTS: "Verdicts",
    Part.SPECS: "Specifications",
    Part.BENCHMARKS: "Benchmarks",
    Part.COST: "Cost",
    Part.ADVICE: "Advice",
    Part.RUNS: "Own runs",
    Part.CAVEATS: "Caveats",
    Part.SOURCES: "Sources",
    Part.GLOSSARY: "Glossary",
}
_AUDIENCES = {Audience.EXECUTIVE: "Who decides", Audience.TECHNICAL: "Who checks"}
_AUDIENCE_HELP = (
    "For who decides (executive): what differs and what it costs, in few tables. For who checks (technical): every "
    "field, every score, every line of the bill."
)
# What the advisor's question has beside what is chosen here.
_BROUGHT = tuple(name for name in PARAMETERS if name not in ("use", "on"))


def texts(models: Sequence[Model]) -> None:
    """Title, author and a note of one's own, kept as ?title=, ?author= and ?note=."""
    usual = " or ".join(model.short_name for model in models)
    first, second = st.columns([3, 2], gap="small")
    with first:
        _text("title", "Title", usual, "What the report is called; without a title it is named after the models.")
    with second:
        _text("author", "Author", "Nobody named", "Whose report it is. It stands below the title.")
    key = "report_note"
    _from_address("note", key, LONGEST_NOTE)
    note = st.text_area(
        "Note of your own",
        key=key,
        max_chars=LONGEST_NOTE,
        height=88,
        placeholder="Why this report was made, for whom, and what you think of it",
        help="It stands below the title, marked as yours. It travels in the link.",
    )
    address.keep("note", key, (note or "").strip())


def _text(name: str, label: str, placeholder: str, explained: str) -> None:
    key = f"report_{name}"
    _from_address(name, key, LONGEST_LINE)
    typed = st.text_input(label, key=key, max_chars=LONGEST_LINE, placeholder=placeholder, help=explained)
    address.keep(name, key, (typed or "").strip())


def _from_address(name: str, key: str, most: int) -> None:
    text = address.asked(name, key)
    if text is None:
        return
    if len(text) > most:
        st.warning(f"The {name} in the address is longer than {most:,} characters; its end was left out.")
    st.session_state[key] = text[:most]
    address.note(key)


def audience() -> None:
    """For whom the report is, kept as ?audience=."""
    key, usual = "report_audience", Audience.EXECUTIVE.value
    address.set_one("audience", key, [each.value for each in Audience], usual)
    chosen = st.segmented_control(
        "For",
        [each.value for each in Audience],
        key=key,
        required=True,
        format_func=lambda name: _AUDIENCES[Audience(name)],
        help=_AUDIENCE_HELP,
    )
    address.keep_one("audience", key, chosen or usual, usual)


def sections() -> None:
    """The sections, kept as ?parts=; with none the usual ones are taken."""
    key, usual = "report_parts", [part.value for part in USUAL_PARTS]
    _parts_asked(key, usual)
    chosen = st.pills(
        "Sections",
        [part.value for part in Part],
        key=key,
        selection_mode="multi",
        wrap=True,
        format_func=lambda name: PARTS[Part(name)],
        help="What stands in the report, in this order. Own runs are chosen below.",
    )
    ordered = [part.value for part in Part if part.value in chosen]
    address.keep("parts", key, "" if ordered == usual else ",".join(ordered))
    if not ordered:
        st.caption("No section is chosen, so the usual ones are shown.")


def _parts_asked(key: str, usual: Sequence[str]) -> None:
    text = address.asked("parts", key)
    if text is None:
        return
    asked = [each.strip() for each in text[:500].split(",") if each.strip()]
    known = [each for each in asked if each in set(Part)]
    st.session_state[key] = known or list(usual)
    address.note(key)
    if len(known) < len(asked):
        instead = "the rest is" if known else "the usual sections are"
        st.warning(
            f"The address asks for `parts={address.said(text)}`, not all of which a report has; {instead} shown.",
            icon=":material/help:",
        )


def question(catalog: Catalog, models: Sequence[Model], today: date) -> bool:
    """A folded box with situation, day, platform and workload; whether a bill can be worked out for them.

    While it is folded the address speaks for it, and a workload that cannot be is replaced where that is read.
    """
    box = st.expander("Day, workload and advice", icon=":material/payments:", key="report_question", on_change="rerun")
    if not box.open:
        return True
    with box:
        use = pick_use(catalog, "report")
        pick_day("report", today)
        _platform(models)
        possible = workload_form(catalog, "report", use).possible
        _to_advisor("Set demands and weights")
    return possible


def _platform(models: Sequence[Model]) -> None:
    """Whose prices count, kept as ?platforms=."""
    named = {CHEAPEST: "The cheapest of each model", **offered(models)}
    key = "report_platforms"
    address.set_one("platforms", key, list(named), CHEAPEST)
    chosen = st.selectbox(
        "Platform",
        list(named),
        key=key,
        format_func=lambda name: named.get(name, name),
        help="Whose list prices the bills rest on.",
    )
    address.keep_one("platforms", key, chosen, CHEAPEST)


def brought_along(catalog: Catalog, today: date) -> None:
    """What the link has brought along from the advisor, in words, and the ways to change and to drop it."""
    asked, _ = advisor_address.parse(st.query_params.to_dict(), catalog.decision, today)
    said = _brought_words(asked, catalog)
    if not said:
        return
    with st.container(key="report_brought", border=True, gap="small"):
        lines = "".join(f"<li>{escape(each)}</li>" for each in said)
        st.html(f'<p class="part-label">From the advisor</p><ul class="brought">{lines}</ul>')
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _to_advisor("Change")
            st.button(
                "Drop",
                key="report_drop",
                type="tertiary",
                icon=":material/undo:",
                on_click=_drop,
                help="Demands and weights are then those of the situation, and no measurements of your own count.",
            )


def _brought_words(asked: Question, catalog: Catalog) -> list[str]:
    decision = catalog.decision
    changed = wording.changed_words(asked, decision)
    said = []
    if "demands" in changed:
        said.append(wording.demands_sentence(asked.needs))
    if "weights" in changed:
        how = "Weights by pairwise questions" if asked.weigh == PAIRS else "Weights"
        said.append(f"{how}: {wording.within(wording.weights_words(decision, _weights(asked)))}")
    if asked.decided:
        said.append("Where it is not known whether a model meets a demand, what you decided counts.")
    if asked.own:
        kinds = ", ".join(wording.OWN_WORDS[kind].lower() for kind in asked.own)
        said.append(f"Measurements of your own count: {kinds}.")
    return said


def _weights(asked: Question) -> Sequence[float]:
    return weights_from_answers(asked.pairs).weights if asked.weigh == PAIRS else asked.weights


def _drop() -> None:
    for name in _BROUGHT:
        st.query_params.pop(name, None)


def _to_advisor(label: str) -> None:
    """The advisor with this question, from which the link back brings everything here along again."""
    st.page_link(
        "pages/advisor.py",
        label=label,
        icon=":material/recommend:",
        query_params=st.query_params.to_dict(),
        help="Come back by its “Make a report of this”; what you chose here is kept.",
    )
