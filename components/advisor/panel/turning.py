"""What would change the answer: weights, chance, and evidence that is missing."""

from html import escape

import streamlit as st

from catalog.loading import Catalog
from components.advisor import wording
from components.advisor.panel.working import Job, told, turns, worked
from components.advisor.rows import criteria_that_turn
from components.frame.chart import chart


def turning(catalog: Catalog, asked: Job) -> None:
    """Thresholds in words, how often the answer holds, what is missing, and one weight as a chart when opened."""
    found = worked(catalog, asked)
    if len(found.left) < 2:
        return
    said = told(catalog, asked)
    shares, how = escape(" ".join(said.shares)), escape(wording.how_drawn(catalog.decision))
    unknown = f'<p class="part-label">What is not known and could turn it</p>{said.missing}' if said.missing else ""
    st.subheader("What would change it", anchor=False)
    basis = (
        f'<details class="twin"><summary>How this is worked out</summary><p class="control-note">{how}</p></details>'
    )
    st.html(f'{said.thresholds}<p class="shares">{shares}</p>{basis}{unknown}{said.lacking}')
    box = st.expander("How the answer moves with one weight", key="advisor_one_weight", on_change="rerun")
    if box.open:
        with box:
            _one_weight(catalog, asked)


def _one_weight(catalog: Catalog, asked: Job) -> None:
    labels = {each.id: each.label for each in catalog.decision.criteria}
    options = criteria_that_turn(catalog, worked(catalog, asked))
    if st.session_state.get("advisor_turning_criterion") not in options:
        st.session_state["advisor_turning_criterion"] = options[0]
    chosen = st.selectbox(
        "Weight of", options, key="advisor_turning_criterion", format_func=labels.__getitem__, width=360
    )
    drawn = turns(catalog, asked, chosen)
    chart(drawn.figure, "advisor_weighing", drawn.summary, drawn.records, f"weight-of-{chosen}")
