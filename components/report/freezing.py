"""Choices and a catalog become the frozen state of a report. Deterministic: the clock is the caller's."""

from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import urlencode

from catalog.criteria import OwnFigures
from catalog.lifecycle import life
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.summary import life_sentence
from catalog.words import number
from components.frame.palette import Colour, colours
from components.report import (
    advice_section,
    benchmarks_section,
    caveats_section,
    cost_section,
    runs_section,
    specs_section,
    summary_section,
    verdicts_section,
)
from components.report.address import Choices, params_of
from components.report.closing import glossary_section, sources_section, terms_in
from components.report.decimals import aligned
from components.report.ledger import Scene, scene_of
from components.report.runs import OwnRuns
from components.report.state import ModelLine, Part, Report, Section
from components.workload.address import INPUTS

_SECTIONS: dict[Part, Callable[[Scene], Section]] = {
    Part.SUMMARY: summary_section.section,
    Part.VERDICTS: verdicts_section.section,
    Part.SPECS: specs_section.section,
    Part.BENCHMARKS: benchmarks_section.section,
    Part.COST: cost_section.section,
    Part.ADVICE: advice_section.section,
    Part.CAVEATS: caveats_section.section,
}
_ENDS = (Part.SOURCES, Part.GLOSSARY)
_NO_RUNS = OwnRuns()


def freeze(
    catalog: Catalog,
    choices: Choices,
    today: date,
    made: datetime,
    runs: OwnRuns = _NO_RUNS,
    own: OwnFigures | None = None,
) -> Report:
    """The report that these choices come to.

    `today` is the day that counts where the choices name none, `made` the moment that the report carries, in UTC.
    `runs` are those of the history that the choices name, as far as they can be had, and `own` the reader's own
    measurements, of which the kinds in `choices.question.own` count. A sentence that states a number
    that nothing accounts for is left out and named in `problems`.
    """
    scene = scene_of(catalog, choices, today, runs.runs, runs.batches, own)
    body = [_section(part, scene, runs) for part in choices.parts if part not in _ENDS]
    terms = terms_in(scene, body)
    sources = scene.ledger.lines()
    figures = tuple(scene.ledger.figures.values())
    ends = {
        Part.SOURCES: sources_section(sources, figures, body, scene.technical),
        Part.GLOSSARY: glossary_section(terms),
    }
    return Report(
        title=choices.title_for(catalog),
        author=choices.author,
        audience=choices.audience,
        note=choices.note,
        on=scene.on,
        made=made,
        catalog_version=catalog.version,
        catalog_as_of=catalog.as_of,
        address=address_of(choices, catalog, scene.on),
        models=_models(scene),
        sections=(*body, *(section for part, section in ends.items() if part in choices.parts)),
        figures=figures,
        sources=sources,
        terms=terms,
        workload=_workload(scene),
        problems=tuple(scene.ledger.problems),
    )


def _section(part: Part, scene: Scene, runs: OwnRuns) -> Section:
    return aligned(runs_section.section(scene, runs) if part is Part.RUNS else _SECTIONS[part](scene))


def address_of(choices: Choices, catalog: Catalog, on: date) -> str:
    """The address, relative to the app, that brings this report back, with its day and its catalog version."""
    params = params_of(choices, catalog) | {"on": on.isoformat(), "catalog": catalog.version}
    # A terminal may hand over text that no encoding has.
    return f"report?{urlencode(params, safe=',~', errors='replace')}"


def _models(scene: Scene) -> tuple[ModelLine, ...]:
    given = colours(scene.models)
    return tuple(_line(scene, model, given[model.id]) for model in scene.models)


def _line(scene: Scene, model: Model, colour: Colour) -> ModelLine:
    return ModelLine(
        model.id,
        model.name,
        model.short_name,
        scene.catalog.labs[model.lab].name,
        life_sentence(scene.catalog, model, scene.on),
        life(model, scene.on).service.value,
        colour.light,
        colour.dark,
        colour.symbol,
    )


def _workload(scene: Scene) -> dict[str, str]:
    """The numbers of the workload as they are typed, those of 0 left out."""
    workload = scene.cost.workload
    typed = {each.label: each.typed(workload) for each in INPUTS}
    return {label: number(float(value)) for label, value in typed.items() if value}
