"""What a visitor sets for a run, and what of it goes into the request of one model. What a model takes is sourced."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.schema import Claim, Model
from catalog.words import listing, number
from components.playground.json_checks import Problem as Problem
from components.playground.json_checks import function_problems, schema_problems

_SAMPLING = {"temperature": "temperature", "top_p": "top-p", "top_k": "top-k", "seed": "the seed"}
_CAPABILITIES = {
    "functions": ("function_calling", "functions"),
    "google_search": ("search_grounding", "Google Search"),
    "code_execution": ("code_execution", "code execution"),
    "json_mode": ("structured_output", "JSON mode"),
}
_TOOLS = ("functions", "google_search", "code_execution")

MOST_STOPS = 5
THRESHOLDS = ("OFF", "BLOCK_NONE", "BLOCK_ONLY_HIGH", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_LOW_AND_ABOVE")
# The service keeps whole numbers in 32 bits.
_MOST = 2**31 - 1
_RANGES = (
    ("temperature", "The temperature", 0, math.inf),
    ("top_p", "Top-p", 0, 1),
    ("top_k", "Top-k", 1, _MOST),
    ("max_output_tokens", "The most output tokens", 1, _MOST),
    ("seed", "The seed", -(2**31), _MOST),
    ("thinking_budget", "The thinking budget", -1, _MOST),
)


@dataclass(frozen=True)
class Controls:
    """What the visitor set, for all sides or for one; None, empty and False leave a setting to the service.

    `json_schema` and `functions` are JSON texts as typed. `thinking_budget` is in tokens: 0 switches thinking off, -1
    leaves the amount to the model. `safety` pairs a harm category with the threshold from which it blocks.
    """

    system_instruction: str = ""
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_output_tokens: int | None = None
    stop_sequences: tuple[str, ...] = ()
    seed: int | None = None
    thinking_budget: int | None = None
    thinking_level: str | None = None
    include_thoughts: bool = False
    json_mode: bool = False
    json_schema: str = ""
    functions: str = ""
    google_search: bool = False
    code_execution: bool = False
    safety: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ControlNote:
    """What becomes of one control, named as in `Controls`, at one model, and the claim that says so, if one does."""

    control: str
    sentence: str
    sent: bool
    claim: Claim | None


@dataclass(frozen=True)
class _Side:
    """One model on the day of the run; None is a model outside the catalog, of which nothing is known."""

    model: Model | None
    on: date

    @property
    def name(self) -> str:
        return self.model.short_name if self.model else "The model"

    def claim(self, path: str) -> Claim | None:
        """The claim that stands for a field, or None where no source gives a value."""
        claims = self.model.claims.get(path) if self.model else None
        standing = rule(claims, FIELDS[path], self.on).standing if claims else None
        return standing if standing is not None and standing.absent is None else None

    def says(self, path: str, *words: str) -> Claim | None:
        """The standing claim of a field if its value is one of `words`."""
        claim = self.claim(path)
        return claim if claim is not None and claim.value in words else None

    def largest(self, path: str) -> Claim | None:
        """The standing claim of a limit; where each claim has a scope of its own, the one that allows most."""
        claim = self.claim(path)
        if self.model is None or claim is None or not claim.full_scope:
            return claim
        scoped = [each for each in rule(self.model.claims[path], FIELDS[path], self.on).by_scope if _figure(each)]
        return max(scoped, key=_figure, default=claim)


def fit(controls: Controls, model: Model | None, on: date) -> tuple[Controls, tuple[ControlNote, ...]]:
    """Takes out what `model` ignores or refuses on the day `on`, and says so of each, with the claim behind it.

    What no claim speaks of is sent without a word. A note with `sent` speaks of something that goes out all the same,
    such as a value beyond the model's limits. Of a thinking budget and a level only one can be sent.
    """
    side = _Side(model, on)
    notes: list[ControlNote] = []
    for step in (_sampling, _refused_thinking, _level_and_budget, _json_beside_tools):
        found = tuple(step(controls, side))
        notes += found
        controls = _without(controls, found)
    notes += (*_beyond_limits(controls, side), *_beyond_budgets(controls, side), *_unsupported(controls, side))
    return controls, tuple(notes)


def _without(controls: Controls, notes: Sequence[ControlNote]) -> Controls:
    nothing = Controls()
    left_out = [note.control for note in notes if not note.sent]
    if "json_mode" in left_out:
        left_out.append("json_schema")
    return replace(controls, **{name: getattr(nothing, name) for name in left_out})


def _sampling(controls: Controls, side: _Side) -> Iterator[ControlNote]:
    for control, words in _SAMPLING.items():
        claim = side.says(f"parameters.{control}", "ignored", "refused")
        if getattr(controls, control) is not None and claim is not None:
            verb = "ignores" if claim.value == "ignored" else "refuses"
            yield ControlNote(control, f"{side.name} {verb} {words}, so it is left out.", False, claim)


def _refused_thinking(controls: Controls, side: _Side) -> Iterator[ControlNote]:
    budget = side.says("parameters.thinking_budget", "ignored", "refused")
    level = side.says("parameters.thinking_level", "ignored", "refused")
    if controls.thinking_budget is not None and budget is not None:
        yield _one_for_the_other(side, budget, "budget", "level")
    if controls.thinking_level and level is not None:
        yield _one_for_the_other(side, level, "level", "budget")
    if controls.include_thoughts and budget is not None and level is not None:
        sentence = f"{side.name} refuses every thinking setting, so it is not asked for its thoughts."
        yield ControlNote("include_thoughts", sentence, False, budget)


def _one_for_the_other(side: _Side, claim: Claim, refused: str, other: str) -> ControlNote:
    if side.says(f"parameters.thinking_{other}", "supported"):
        sentence = f"{side.name} takes a thinking {other}, not a {refused}, so the {refused} is left out."
    else:
        verb = "ignores" if claim.value == "ignored" else "refuses"
        sentence = f"{side.name} {verb} a thinking {refused}, so it is left out."
    return ControlNote(f"thinking_{refused}", sentence, False, claim)


def _level_and_budget(controls: Controls, side: _Side) -> Iterator[ControlNote]:
    if not controls.thinking_level:
        return
    levels = side.claim("thinking_levels")
    known = levels.value if levels is not None and isinstance(levels.value, tuple) else ()
    if known and controls.thinking_level.lower() not in known:
        takes = f"the thinking level{'' if len(known) == 1 else 's'} {listing(known)}"
        sentence = f"{side.name} takes {takes}, not {controls.thinking_level}, so the level is left out."
        yield ControlNote("thinking_level", sentence, False, levels)
    elif controls.thinking_budget is not None:
        # A model that is only known to take a budget keeps the budget; every newer one goes by levels.
        only_budget = side.says("parameters.thinking_budget", "supported") and not side.claim(
            "parameters.thinking_level"
        )
        loser = "level" if only_budget else "budget"
        sentence = f"A thinking budget and a thinking level in one request are an error, so the {loser} is left out."
        yield ControlNote(f"thinking_{loser}", sentence, False, None)


def _json_beside_tools(controls: Controls, side: _Side) -> Iterator[ControlNote]:
    tools = [_CAPABILITIES[name][1] for name in _TOOLS if _is_on(controls, name)]
    if not controls.json_mode or not tools or side.says("parameters.json_with_tools", "supported"):
        return
    both = f"JSON mode together with {listing(tools)}"
    claim = side.says("parameters.json_with_tools", "refused")
    if claim is None:
        sentence = f"Some models refuse {both}: those before Gemini 3 do."
        yield ControlNote("json_mode", sentence, True, None)
    else:
        yield ControlNote("json_mode", f"{side.name} refuses {both}, so JSON mode is left out.", False, claim)


def _beyond_limits(controls: Controls, side: _Side) -> Iterator[ControlNote]:
    limit = side.largest("output_limit")
    tokens = controls.max_output_tokens
    if tokens is not None and limit is not None and tokens > _figure(limit):
        sentence = (
            f"{side.name} writes at most {number(_figure(limit))} tokens, "
            f"so {number(tokens)} may be refused or cut down to that."
        )
        yield ControlNote("max_output_tokens", sentence, True, limit)
    highest = side.claim("parameters.max_temperature")
    if controls.temperature is not None and highest is not None and controls.temperature > _figure(highest):
        sentence = (
            f"{side.name} takes a temperature up to {number(_figure(highest))}, "
            f"so {number(controls.temperature)} may be refused."
        )
        yield ControlNote("temperature", sentence, True, highest)


def _beyond_budgets(controls: Controls, side: _Side) -> Iterator[ControlNote]:
    budget = controls.thinking_budget
    if budget == 0 and (off := side.says("parameters.thinking_off", "ignored", "refused")):
        sentence = (
            f"{side.name} cannot switch thinking off, so a budget of 0 may be refused."
            if off.value == "refused"
            else f"{side.name} takes a budget of 0 and usually thinks all the same."
        )
        yield ControlNote("thinking_budget", sentence, True, off)
    least = side.claim("parameters.thinking_budget_min")
    most = side.claim("parameters.thinking_budget_max")
    # 0 and -1 are no amounts: they switch thinking off, or leave the amount to the model.
    if budget is None or budget <= 0 or least is None or most is None:
        return
    if not _figure(least) <= budget <= _figure(most):
        sentence = (
            f"{side.name} takes a thinking budget from {number(_figure(least))} to {number(_figure(most))} tokens, "
            f"so {number(budget)} may be refused."
        )
        yield ControlNote("thinking_budget", sentence, True, least if budget < _figure(least) else most)


def _unsupported(controls: Controls, side: _Side) -> Iterator[ControlNote]:
    for control, (capability, words) in _CAPABILITIES.items():
        claim = side.says(f"capabilities.{capability}", "not supported")
        if claim is not None and _is_on(controls, control):
            sentence = f"By the catalog {side.name} does not support {words}, so the request may be refused."
            yield ControlNote(control, sentence, True, claim)


def _is_on(controls: Controls, name: str) -> bool:
    value = getattr(controls, name)
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _figure(claim: Claim) -> float:
    return float(claim.value) if isinstance(claim.value, int | float) else math.nan


# A page asks at every rerun, and checking a schema takes some 15 ms.
@lru_cache(maxsize=16)
def problems(controls: Controls) -> tuple[Problem, ...]:
    """What would be refused or misread whatever the model, to be mended before anything is sent; none is fine."""
    return (
        *_number_problems(controls),
        *_stop_problems(controls.stop_sequences),
        *_safety_problems(controls.safety),
        *(schema_problems(controls.json_schema, "json_schema") if controls.json_mode else ()),
        *function_problems(controls.functions, "functions"),
    )


def _number_problems(controls: Controls) -> Iterator[Problem]:
    for control, words, least, most in _RANGES:
        value = getattr(controls, control)
        if value is not None and not least <= value <= most:
            within = f"from {number(least)} to {number(most)}" if most < math.inf else f"{number(least)} or more"
            yield Problem(control, f"{words} must be {within}, not {value}.")


def _stop_problems(sequences: Sequence[str]) -> Iterator[Problem]:
    if len(sequences) > MOST_STOPS:
        yield Problem("stop_sequences", f"There can be at most {MOST_STOPS} stop sequences, not {len(sequences)}.")
    for index, sequence in enumerate(sequences):
        if not sequence:
            yield Problem("stop_sequences", f"Stop sequence {index + 1} is empty; take it out or write one.")


def _safety_problems(safety: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for category, threshold in safety:
        if not category.startswith("HARM_CATEGORY_"):
            yield Problem("safety", f"{category} is no harm category; their names begin with HARM_CATEGORY_.")
        elif category in seen:
            yield Problem("safety", f"{category} is set twice; keep one of the two.")
        if threshold not in THRESHOLDS:
            yield Problem("safety", f"{threshold} is no threshold; use {listing(THRESHOLDS, 'or')}.")
        seen.add(category)
