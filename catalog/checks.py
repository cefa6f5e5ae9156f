"""What the schema alone cannot see: whether the entries of a file fit each other, the register and the sources."""

import difflib
import json
import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from catalog.decision import Decision, Figure, MediaFigures, Rules
from catalog.fields import FIELDS, PARAMETER_WORDS, STATUS_WORDS, SUPPORT_WORDS, Field, Holds
from catalog.schema import Absent, Benchmark, Claim, Model, Result, Source, check_partial_date
from catalog.yaml_file import Location

Fault = tuple[Location, str, str]
"""Where in the file, what was found, what was expected."""
_MEDIA = ("image_tokens", "audio_tokens", "video_tokens")
_FIGURES = ("batch_share", "batch_cached_share", "implicit_storage", *_MEDIA)


def model_faults(model: Model, file: str, sources: Mapping[str, Source]) -> Iterator[Fault]:
    """What is wrong in one model's file, called `file` by its path."""
    path = PurePath(file)
    if path.stem != model.id:
        yield ("id",), shown(model.id), f"the name of the file, {path.stem}"
    if path.parent.name != model.lab:
        yield ("lab",), shown(model.lab), f"the name of the folder, {path.parent.name}"
    for index, name in enumerate(model.identity):
        yield from _source(name, sources, ("identity", index))
    for index, event in enumerate(model.lifecycle):
        yield from _source(event.source, sources, ("lifecycle", index, "source"))
    for index, statement in enumerate(model.statements):
        yield from _source(statement.source, sources, ("statements", index, "source"))
        if statement.field is not None and statement.field not in FIELDS:
            yield ("statements", index, "field"), shown(statement.field), "the path of a known field"
    for name in model.remarks:
        if name not in model.claims:
            yield ("remarks", name), shown(name), "a field that this file makes claims about"
    for name, claims in model.claims.items():
        if not claims:
            yield tuple(name.split(".")), "no claims", "at least one claim"
        for index, claim in enumerate(claims):
            yield from _claim(FIELDS[name], claim, sources, (*name.split("."), index))


def _claim(field: Field, claim: Claim, sources: Mapping[str, Source], at: Location) -> Iterator[Fault]:
    yield from _source(claim.source, sources, (*at, "source"))
    for name in claim.also_stated_by:
        yield from _source(name, sources, (*at, "also_stated_by"))
    if claim.absent is None and not holds(field.holds, claim.value):
        yield (*at, "value"), shown(claim.value), field.holds.value
    if claim.unit not in (field.units or (None,)):
        yield (*at, "unit"), shown(claim.unit), " or ".join(field.units) or "no unit"
    if claim.valid_from and claim.valid_to and claim.valid_from > claim.valid_to:
        yield (*at, "valid_to"), str(claim.valid_to), f"a day not before {claim.valid_from}"


def benchmark_faults(
    benchmark: Benchmark, file: str, sources: Mapping[str, Source], models: Collection[str]
) -> Iterator[Fault]:
    """What is wrong in one benchmark's file; `models` are the ids of all model files."""
    stem = PurePath(file).stem
    if stem != benchmark.id:
        yield ("id",), shown(benchmark.id), f"the name of the file, {stem}"
    if benchmark.questions:
        yield from _source(benchmark.questions.source, sources, ("questions", "source"))
    for index, result in enumerate(benchmark.results):
        at: Location = ("results", index)
        yield from _source(result.source, sources, (*at, "source"))
        yield from _score(benchmark, result, at)
        if result.model not in models:
            yield (*at, "model"), shown(result.model), "the id of a model file"


def _score(benchmark: Benchmark, result: Result, at: Location) -> Iterator[Fault]:
    if result.unit != benchmark.unit:
        yield (*at, "unit"), shown(result.unit), f"the unit of the benchmark, {benchmark.unit}"
    if isinstance(result.score, Absent):
        return
    highest = math.inf if benchmark.highest is None else benchmark.highest
    if not benchmark.lowest <= result.score <= highest:
        limit = (
            f"from {benchmark.lowest:g} to {highest:g}" if highest < math.inf else f"of at least {benchmark.lowest:g}"
        )
        yield (*at, "score"), shown(result.score), f"a score {limit}"
    if result.low is not None and result.low > result.score:
        yield (*at, "low"), shown(result.low), f"a lower end not above the score, {result.score:g}"
    if result.high is not None and result.high < result.score:
        yield (*at, "high"), shown(result.high), f"an upper end not below the score, {result.score:g}"


def decision_faults(
    decision: Decision, sources: Mapping[str, Source], benchmarks: Collection[str], families: Collection[str]
) -> Iterator[Fault]:
    """What does not fit in `decision.yaml`: names that nothing else has, and weights that are not 100 percent.

    `families` are those of all models.
    """
    criteria = {each.id for each in decision.criteria}
    for at, criterion in enumerate(decision.criteria):
        for index, name in enumerate(criterion.fields):
            yield from _known(name, FIELDS, "the path of a known field", ("criteria", at, "fields", index))
        for index, name in enumerate(criterion.benchmarks):
            yield from _known(name, benchmarks, "the id of a benchmark file", ("criteria", at, "benchmarks", index))
    yield from _rule_faults(decision.rules, sources, families)
    for at, conversion in enumerate(decision.conversions):
        if conversion.rests_on is not None:
            yield from _source(conversion.rests_on, sources, ("conversions", at, "rests_on"))
    for at, use in enumerate(decision.uses):
        yield from _known(use.criterion, criteria, "the id of a criterion", ("uses", at, "criterion"))
        for index, name in enumerate(use.needs.capabilities):
            yield from _known(name, FIELDS, "the path of a known field", ("uses", at, "needs", "capabilities", index))
        if set(use.weights) != criteria or sum(use.weights.values()) != 100:
            yield ("uses", at, "weights"), shown(dict(use.weights)), "a weight a criterion, 100 percent together"


def _rule_faults(rules: Rules, sources: Mapping[str, Source], families: Collection[str]) -> Iterator[Fault]:
    yield from _figure_faults(rules, _FIGURES, sources, ("rules",))
    for at, media in enumerate(rules.media):
        place: Location = ("rules", "media", at)
        yield from _figure_faults(media, _MEDIA, sources, place)
        for index, name in enumerate(media.families):
            yield from _known(name, families, "the family of a model", (*place, "families", index))


def _figure_faults(
    holder: Rules | MediaFigures, names: Collection[str], sources: Mapping[str, Source], at: Location
) -> Iterator[Fault]:
    for name in names:
        figure: Figure | None = getattr(holder, name)
        if figure is not None:
            yield from _source(figure.source, sources, (*at, name, "source"))
            for other in figure.also_stated_by:
                yield from _source(other, sources, (*at, name, "also_stated_by"))


def _known(name: str, names: Collection[str], expected: str, at: Location) -> Iterator[Fault]:
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        yield at, shown(name), f"{expected}{f', such as {near[0]}' if near else ''}"


def _source(name: str, sources: Mapping[str, Source], at: Location) -> Iterator[Fault]:
    if name not in sources:
        near = difflib.get_close_matches(name, sources, n=1)
        yield at, shown(name), f"an id in sources.yaml{f', such as {near[0]}' if near else ''}"


def holds(kind: Holds, value: object) -> bool:
    """Whether `value` is of the kind that a field holds."""
    if isinstance(value, bool):
        return kind is Holds.FLAG
    match kind:
        case Holds.COUNT:
            return isinstance(value, int) and 0 < value <= 10**12
        case Holds.AMOUNT:
            return isinstance(value, int | float) and 0 <= value <= 10**12
        case Holds.DATE:
            return isinstance(value, str) and _is_date(value)
        case Holds.LIST:
            return isinstance(value, tuple) and len(value) > 0
        case Holds.SUPPORT:
            return value in SUPPORT_WORDS
        case Holds.PARAMETER:
            return value in PARAMETER_WORDS
        case Holds.STATUS:
            return value in STATUS_WORDS
        case Holds.LINK:
            return isinstance(value, str) and value.startswith(("https://", "http://"))
        case Holds.TEXT:
            return isinstance(value, str)
        case Holds.FLAG:
            return False


def _is_date(text: str) -> bool:
    try:
        check_partial_date(text)
    except ValueError:
        return False
    return True


def schema_faults(errors: list[Any], at: Location) -> Iterator[Fault]:
    """The schema's own complaints, one a place: a value that fits no kind would otherwise be named once a kind."""
    places: dict[Location, list[Mapping[str, Any]]] = {}
    for error in errors:
        where = (*at, *_in_file(error["loc"]))
        around = next((place for place in places if where[: len(place)] == place), where)
        places.setdefault(around, []).append(error)
    for where, complaints in places.items():
        yield _schema_fault(where, complaints)


def _schema_fault(where: Location, complaints: list[Mapping[str, Any]]) -> Fault:
    error = complaints[0]
    if error["type"] == "missing":
        return where, "nothing", f"the key {where[-1]}"
    if error["type"] == "extra_forbidden":
        return where, "an unknown key", "one of the keys of the schema"
    if len(complaints) > 1:
        expected = (
            "a finite number or not found" if where[-1] == "score" else "a number, a text, a list or true or false"
        )
        return where, shown(error["input"]), expected
    return where, shown(error["input"]), _expected(str(error["msg"]))


def _in_file(place: tuple[str | int, ...]) -> Location:
    """The place as the file has it: sections unfolded, branches of unions left out."""
    steps = [step for step in place if not _is_branch(step)]
    if steps and steps[0] == "claims":
        return (*str(steps[1]).split("."), *steps[2:]) if len(steps) > 1 else ()
    return tuple(steps)


def _is_branch(step: object) -> bool:
    words = ("bool", "int", "float", "str", "Absent")
    return isinstance(step, str) and (step in words or "[" in step or step.startswith("constrained-"))


def _expected(message: str) -> str:
    for lead in ("Value error, ", "Input should be ", "Value should "):
        message = message.removeprefix(lead)
    return message.replace("String should match pattern", "a word that fits")


def shown(value: object) -> str:
    """The value as a reader of the file would recognise it, at most 60 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
