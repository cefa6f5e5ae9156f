"""The frozen report of the choices on screen, made once for all formats."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import streamlit as st

from catalog.criteria import OwnFigures
from catalog.loading import Catalog
from components.frame.own_runs import own_figures_of
from components.report.address import Choices
from components.report.state import Report

if TYPE_CHECKING:
    from components.report.runs import OwnRuns

KEEP_S = 900


@dataclass(frozen=True, slots=True)
class Frozen:
    """A report and its digest, which takes longer to work out than a click may."""

    report: Report
    digest: str

    @property
    def key(self) -> str:
        """What tells it from every other report, the moment that it carries included."""
        return f"{self.digest} {self.report.made.isoformat()}"


def frozen(catalog: Catalog, choices: Choices, today: date, given: "OwnRuns") -> Frozen:
    """The report, frozen for a quarter of an hour: until then every file of it carries the same moment."""
    own, problem = own_figures_of(catalog, choices.models, choices.question.on or today, choices.question.own)
    if problem:
        st.warning(f"Your own measurements are left out. {problem}", icon=":material/history:")
    return _frozen(catalog, catalog.version, choices, today, given, own)


@st.cache_resource(
    show_spinner=False,
    max_entries=50,
    ttl=KEEP_S,
    hash_funcs={
        "components.report.address.Choices": repr,
        "components.report.runs.OwnRuns": repr,
        "catalog.own_parts.OwnFigures": repr,
    },
)
def _frozen(
    _catalog: Catalog, version: str, choices: Choices, today: date, given: "OwnRuns", own: OwnFigures
) -> Frozen:
    # Most of what sections are made of is never needed by a visit that reads no report.
    from components.report.freezing import freeze

    made = datetime.now(UTC).replace(second=0, microsecond=0)
    report = freeze(_catalog, choices, today, made, given, own)
    return Frozen(report, report.digest)
