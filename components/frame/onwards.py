"""The way from a page to a report of what it shows."""

from collections.abc import Sequence

import streamlit as st

from components.advisor.address import PARAMETERS
from components.report.state import Part
from components.workload.address import INPUTS

# What a report and other pages have in common in their addresses, and what one may have brought from a report.
_TAKEN = (
    *PARAMETERS,
    *(each.name for each in INPUTS),
    *("platforms", "title", "author", "note", "audience", "parts", "runs", "batches", "votes"),
)


def to_report(models: Sequence[str]) -> None:
    """A link to a report of these models, which takes along the day, workload and question that the address has."""
    asked = {name: text for name, text in st.query_params.to_dict().items() if name in _TAKEN}
    _link("Make a report of this", {**asked, "models": ",".join(models)})


def into_report(kind: str, target: str, models: Sequence[str]) -> None:
    """A link to a report with one run or batch in it; `kind` is the parameter that names it: runs or batches."""
    _link("Put into a report", {"models": ",".join(models), "parts": ",".join(Part), kind: target})


def _link(label: str, asked: dict[str, str]) -> None:
    st.page_link("pages/report.py", label=label, icon=":material/summarize:", query_params=asked)
