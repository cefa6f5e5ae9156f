"""A list of runs as HTML. All text is escaped, and the prompt of one run cannot turn the text of another around."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from catalog.loading import Catalog
from components.archive.filters import link
from components.archive.wording import (
    STATES,
    Zone,
    count_words,
    first_line,
    for_attribute,
    home_of,
    moment,
    one_line,
    preset_words,
    vote_words,
)
from components.frame.markup import model_name
from components.frame.palette import Colour, colours
from components.history.query import RunSummary, State

SIMULATED = '<span class="chip chip-simulated">◌ Simulated</span>'
IMPORTED = '<span class="chip chip-imported" title="From a file, so only that file vouches for it">⇥ Imported</span>'
_MOST_MODELS = 4
_OUTSIDE = Colour("#535f6e", "#a9b5c4", "○")


@dataclass(frozen=True, slots=True)
class ListView:
    """How a list is shown: in which zone, under which address, and which run is opened."""

    zone: Zone
    parameters: Mapping[str, str]
    opened: str = ""


def is_secret(run: RunSummary) -> bool:
    """Whether nobody has voted on a blind run yet, so that nothing may tell whose answer is whose."""
    return run.blind and not run.vote and run.state in (State.COMPLETE, State.RUNNING)


def run_list(catalog: Catalog, runs: Sequence[RunSummary], view: ListView) -> str:
    """A stretch of the list, newest first."""
    return f'<ol class="runs">{"".join(_item(catalog, run, view) for run in runs)}</ol>'


def _item(catalog: Catalog, run: RunSummary, view: ListView) -> str:
    first = first_line(run.prompt)
    title, spoken = escape(first), escape(for_attribute(first))
    when = moment(run.created, view.zone)
    opened = run.id == view.opened
    snippet = "" if opened or is_secret(run) else one_line(run.snippet, 300)
    told = f'<p class="run-snippet"><bdi dir="auto">{escape(snippet)}</bdi></p>' if snippet else ""
    return (
        f'<li class="run{" run-opened" if opened else ""}"><span class="run-pick"><input type="checkbox" '
        f'data-run="{escape(run.id)}" '
        f'aria-label="Select: {spoken}, {when}"></span><div class="run-main">'
        f'<p class="run-prompt"><a href="{_to(run, "run")}" target="_self" title="Open it">'
        f'<bdi dir="auto">{title}</bdi></a></p>'
        f'<p class="run-facts">{_facts(catalog, run, when)}</p>{told}</div>'
        f'<p class="run-ways">{_ways(run, view, opened, spoken)}</p></li>'
    )


def _facts(catalog: Catalog, run: RunSummary, when: str) -> str:
    parts = [
        f'<time datetime="{run.created.isoformat()}">{when}</time>',
        models_html(catalog, run.models),
        state_chip(run.state),
        *marks(run.simulated, run.imported),
        *([f'<span class="count">{run.repeats} answers each</span>'] if run.repeats > 1 else []),
        *([f'<span class="count">{escape(preset_words(run.preset))}</span>'] if run.preset else []),
        *([f'<span class="count">{escape(_vote(catalog, run))}</span>'] if run.blind else []),
        *(f'<span class="tag"><bdi>{escape(one_line(tag, 60))}</bdi></span>' for tag in run.tags),
    ]
    return " ".join(parts)


def marks(simulated: bool, imported: bool) -> list[str]:
    """What must be known of where a run comes from."""
    return [SIMULATED] * simulated + [IMPORTED] * imported


def state_chip(state: State) -> str:
    """The state of a run in shape, colour and words."""
    chip = STATES[state]
    return f'<span class="chip chip-{chip.style}"><span aria-hidden="true">{chip.mark}</span> {chip.words}</span>'


def models_html(catalog: Catalog, models: Sequence[str]) -> str:
    """The models of a run by side, each in its colour with its marker; one outside the catalog keeps its id."""
    shown = models[:_MOST_MODELS]
    left = len(models) - len(shown)
    more = [f'<span class="count">and {count_words(left, "more side")}</span>'] if left else []
    return " ".join([*(f'<span class="nowrap">{each}</span>' for each in names_html(catalog, shown)), *more])


def names_html(catalog: Catalog, models: Sequence[str]) -> list[str]:
    """The name of each of up to four models with its marker."""
    found = [catalog.find(name) for name in models]
    accents = colours([model for model in found if model is not None])
    return [
        model_name(model, accents[model.id], short=True) if model else _outside(name)
        for name, model in zip(models, found, strict=True)
    ]


def name_text(catalog: Catalog, model: str) -> str:
    """The short name of a model as plain text; one outside the catalog keeps its id."""
    found = catalog.find(model)
    return found.short_name if found else one_line(model, 80)


def _outside(name: str) -> str:
    mark = f'<span class="mark" style="color:{_OUTSIDE.css}" aria-hidden="true">{_OUTSIDE.marker}</span>'
    return f"{mark} {escape(one_line(name, 80))}"


def _vote(catalog: Catalog, run: RunSummary) -> str:
    if run.vote:
        return f"Vote: {vote_words(run.vote, [name_text(catalog, model) for model in run.models[:_MOST_MODELS]])}"
    return "Blind, no vote" if is_secret(run) else "Blind, void"


def _ways(run: RunSummary, view: ListView, opened: bool, title: str) -> str:
    replay = [] if is_secret(run) or run.state is State.RUNNING else [(_to(run, "replay"), "Replay")]
    fold = escape(link("history", view.parameters, open="" if opened else run.id, compare=""))
    ways = [
        (_to(run, "run"), "Open"),
        *replay,
        (_to(run, "again"), "Run again"),
    ]
    links = " ".join(
        f'<a href="{target}" target="_self" aria-label="{words}: {title}">{words}</a>' for target, words in ways
    )
    label = "Less" if opened else "More"
    return (
        f'{links} <a href="{fold}" target="_self" data-open="{"" if opened else escape(run.id)}" '
        f'data-fold-of="{escape(run.id)}" aria-expanded="{"true" if opened else "false"}" role="button" '
        f'aria-label="{label}: {title}">{label}</a>'
    )


def _to(run: RunSummary, way: str) -> str:
    return escape(link(home_of(run.preset), {way: run.id}))
