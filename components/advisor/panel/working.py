"""Answers and their HTML and charts, worked out once for each question, catalog version and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from catalog.criteria import OwnFigures
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.workload import Workload
from components.advisor import rows, situations, table, wording
from components.advisor.address import Question
from components.advisor.answers import Worked, work_out
from components.advisor.ways import link, ways
from components.charts import contributions as bars
from components.charts import weighing as scales
from components.frame.folds import Folded, fold


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as it is shown: HTML, the folded measures, and the lists of what would change it."""

    answer: str
    demands: str
    measures: Folded | None
    thresholds: str
    shares: tuple[str, ...]
    missing: str
    lacking: str
    asked: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart, the sentence above it and the rows of its table."""

    figure: go.Figure
    summary: str
    records: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be answered; `key` says all of it but the catalog, to find the answer again."""

    models: tuple[Model, ...]
    question: Question
    workload: Workload
    today: date
    own: OwnFigures | None
    key: str


def job(
    catalog: Catalog,
    models: Sequence[Model],
    question: Question,
    workload: Workload,
    today: date,
    own: OwnFigures | None,
) -> Job:
    """A job with its key."""
    asked = link([model.id for model in models], question, workload, catalog.decision)
    mine = repr(own) if question.own else ""
    return Job(tuple(models), question, workload, today, own, f"{catalog.version} {today} {asked} {mine}")


def worked(catalog: Catalog, asked: Job) -> Worked:
    """The answer."""
    return _worked(catalog, asked, asked.key)


@st.cache_resource(show_spinner=False, max_entries=300)
def _worked(_catalog: Catalog, _job: Job, key: str) -> Worked:
    return work_out(_catalog, _job.models, _job.question, _job.workload, _job.today, _job.own)


def told(catalog: Catalog, asked: Job) -> Told:
    """The answer as HTML."""
    return _told(catalog, asked, asked.key)


@st.cache_resource(show_spinner=False, max_entries=300)
def _told(_catalog: Catalog, _job: Job, key: str) -> Told:
    found = worked(_catalog, _job)
    said = wording.headline(_catalog, found)
    advice, decision = found.answer.advice, _catalog.decision
    weighed = len(found.left) > 1
    turns = [wording.threshold_sentence(_catalog, found, each) for each in advice.thresholds] if weighed else []
    steady = wording.steady_sentence(_catalog, advice) if weighed else ""
    near, far = _missing(_catalog, found) if weighed else ([], [])
    return Told(
        answer=table.answer_html(said, ways(_catalog, found, _job.today), wording.how_drawn(decision)),
        demands=table.demands_table(_catalog, found),
        measures=fold(table.measures_html(_catalog, found)) if found.left else None,
        thresholds=table.lines_html([*turns, *([steady] if steady else [])]),
        shares=wording.share_sentences(found, advice, decision) if weighed else (),
        missing=table.lines_html(near),
        lacking=table.folded_lines(far),
        asked=table.asked_html(wording.asked_sentences(_catalog, found)),
    )


def _missing(catalog: Catalog, found: Worked) -> tuple[list[str], list[str]]:
    """What is not known and could turn the answer, and what else would make it surer."""
    told = [
        (each.needed is None, wording.missing_sentence(catalog, found, each)) for each in found.answer.advice.missing
    ]
    near = [sentence for harmless, sentence in told if not harmless]
    far = [sentence for harmless, sentence in told if harmless]
    return near, [*far, *wording.missing_parts(found.answer.measured)]


def gains(catalog: Catalog, asked: Job) -> Drawn:
    """What each criterion gives each model."""
    return _gains(catalog, asked, asked.key)


@st.cache_resource(show_spinner=False, max_entries=300)
def _gains(_catalog: Catalog, _job: Job, key: str) -> Drawn:
    found = worked(_catalog, _job)
    looks = rows.looks(found.left, found.models)
    each, total = rows.gains(_catalog, found)
    figure = bars.contributions(looks, each, total)
    return Drawn(figure, bars.summary(looks, each, total), tuple(bars.records(looks, each, total)))


def turns(catalog: Catalog, asked: Job, criterion: str) -> Drawn:
    """How the scores move with the weight of one criterion."""
    return _turns(catalog, asked, asked.key, criterion)


@st.cache_resource(show_spinner=False, max_entries=300)
def _turns(_catalog: Catalog, _job: Job, key: str, criterion: str) -> Drawn:
    found = worked(_catalog, _job)
    at = [each.id for each in _catalog.decision.criteria].index(criterion)
    label, now = _catalog.decision.criteria[at].label, found.weights[at]
    lines, crossings = rows.lines(found, at), rows.crossings(found, criterion)
    figure = scales.weighing(label, lines, now, crossings)
    summary = scales.summary(label, lines, now, crossings)
    return Drawn(figure, summary, tuple(scales.records(lines, now, crossings)))


def situations_html(catalog: Catalog, models: Sequence[Model], on: date | None, today: date) -> str:
    """The article's situations for these models on a day."""
    return _situations(catalog, tuple(model.id for model in models), on, today, catalog.version)


@st.cache_resource(show_spinner=False, max_entries=100)
def _situations(_catalog: Catalog, names: tuple[str, ...], on: date | None, today: date, version: str) -> str:
    found = situations.situations(_catalog, [_catalog.models[name] for name in names], on, today)
    return table.situations_table(_catalog, found)
