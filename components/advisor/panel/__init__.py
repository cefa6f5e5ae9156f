"""The advisor on screen: the answer, what is demanded, what matters, what would change it, and the article's view."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from catalog.criteria import OwnFigures
from catalog.decision import Decision
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.workload import Workload
from components.advisor import wording
from components.advisor.address import Question
from components.advisor.answers import Worked
from components.advisor.panel.asides import own_measurements, saved_questions, workload, workload_asked
from components.advisor.panel.asking import change, current, keep, put, shown, start_over
from components.advisor.panel.demands import demand_controls, open_questions
from components.advisor.panel.turning import turning
from components.advisor.panel.weighing import weight_controls
from components.advisor.panel.working import Job, Told, gains, job, situations_html, told, worked
from components.advisor.situations import telling_day
from components.frame import folds
from components.frame.chart import chart
from components.frame.onwards import to_report
from components.workload.address import FIRST_DAY, last_day


def advisor(catalog: Catalog, models: Sequence[Model], today: date) -> None:
    """Controls stand above what they change, and the answer above all; everything is kept in the address."""
    decision = catalog.decision
    question = current(decision, today)
    keep(question, decision)
    _situation(question, decision, today)
    answer_place = st.empty()
    known = workload_asked(catalog, question)
    if known and not question.own:
        # What is sent first is drawn first; the rest takes the browser several times as long.
        _answer(answer_place, told(catalog, job(catalog, models, question, known, today, None)))
    st.subheader("What you demand", anchor=False)
    demand_controls(question)
    demands_place = st.container(key="advisor_gates")
    with st.container(key="advisor_asides"):
        volume = workload(catalog, models, question)
        own = own_measurements(catalog, models, question, today)
    _demands(catalog, job(catalog, models, question, volume, today, own), demands_place)
    _weighed(catalog, models, volume, today, own, answer_place)
    _situations(catalog, models, question, today)


@st.fragment
def _weighed(
    catalog: Catalog,
    models: Sequence[Model],
    volume: Workload,
    today: date,
    own: OwnFigures | None,
    answer_place: DeltaGenerator,
) -> None:
    """What matters to the reader, and all that depends on it; a fragment, so that a weight draws no more anew."""
    question = shown()
    asked = job(catalog, models, question, volume, today, own)
    _answer(answer_place, told(catalog, asked))
    with st.container(key="advisor_matters"):
        st.subheader("What matters to you", anchor=False)
        weight_controls(question, catalog.decision)
        _changed(question, catalog.decision)
    keep(question, catalog.decision)
    _gains(catalog, asked, worked(catalog, asked))
    turning(catalog, asked)
    to_report([model.id for model in models])
    saved_questions(catalog, today)


def _answer(place: DeltaGenerator, said: Told) -> None:
    place.html(f"{said.answer}{said.asked}")


def _situation(question: Question, decision: Decision, today: date) -> None:
    uses = {use.id: use for use in decision.uses}
    put("advisor_use", question.use)
    with st.container(
        horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", key="advisor_start"
    ):
        st.pills(
            "Your situation",
            list(uses),
            key="advisor_use",
            required=True,
            format_func=lambda name: uses[name].label,
            help="It sets demands, weights and workload to start from; change each of them below.",
            on_change=_take_use,
            args=(decision,),
            wrap=True,
        )
        _day(question, today)
    with st.container(key="advisor_about"):
        st.caption(uses[question.use].about)


def _take_use(decision: Decision) -> None:
    chosen = st.session_state["advisor_use"]
    if chosen:
        start_over(decision, chosen)


def _day(question: Question, today: date) -> None:
    put("advisor_on", question.on or today)
    st.date_input(
        "As things stood on",
        key="advisor_on",
        min_value=FIRST_DAY,
        max_value=last_day(today),
        format="YYYY-MM-DD",
        width=165,
        help="The day whose prices, lifecycles and availability count.",
        on_change=_take_day,
        args=(today,),
    )


def _take_day(today: date) -> None:
    chosen = st.session_state["advisor_on"]
    day_chosen = chosen if isinstance(chosen, date) and chosen != today else None
    change(replace(shown(), on=day_chosen))


def _changed(question: Question, decision: Decision) -> None:
    """What the reader changed of the situation, and the way back to it."""
    changed = wording.changed_words(question, decision)
    if not changed:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Changed by you: {changed}.", width="content")
        # The whole page has the demands as well, so that it is drawn anew.
        if st.button(
            "As the situation sets them",
            key="advisor_reset",
            type="tertiary",
            icon=":material/undo:",
            on_click=start_over,
            args=(decision, question.use),
        ):
            st.rerun()


def _demands(catalog: Catalog, asked: Job, place: DeltaGenerator) -> None:
    gated = worked(catalog, asked).answer.gated
    # Of a model that fails a demand nothing need be decided.
    standing = [each for each in gated if all(check.is_open for check in each.against)]
    with place:
        if any(each.checks for each in gated):
            st.html(told(catalog, asked).demands)
        else:
            st.html('<p class="none">You demand nothing, so that every model is weighed.</p>')
        open_questions(
            asked.question, [(each.model, check) for each in standing for check in each.checks if check.is_open]
        )


def _gains(catalog: Catalog, asked: Job, found: Worked) -> None:
    """The criteria as a chart where there is something to weigh, and the measures behind them."""
    if not found.left:
        return
    if len(found.left) > 1:
        st.subheader("What each criterion gives", anchor=False)
        drawn = gains(catalog, asked)
        names = "-vs-".join(model.id for model in found.left)
        chart(drawn.figure, "advisor_gains", drawn.summary, drawn.records, f"advice-{names}")
    else:
        st.subheader(f"What is known of {found.left[0].short_name}", anchor=False)
    measures = told(catalog, asked).measures
    if measures is not None:
        folds.show(measures, "advisor_measures")


def _situations(catalog: Catalog, models: Sequence[Model], question: Question, today: date) -> None:
    on = telling_day(models, question.on, today)
    with st.container(key="advisor_situations"):
        st.subheader("The article's five situations", anchor=False)
        st.caption(wording.situations_lead(on or today, on != question.on))
        st.html(situations_html(catalog, models, on, today))
