"""Checks of an answer: what it contains, equals, matches or follows, the number it gives, and a judge's opinion.

A check is plain JSON, such as {"kind": "contains", "value": "{capital}", "ignore_case": true}:

- `kind` is contains, equals, regex, json_schema, number or judge; `label` is its name in tables, made up if left out.
- `value` is what is expected, with {columns} of the input in it, or `column` names the column that holds it. A JSON
  schema may be an object and has no columns in it; in a pattern columns stand for exactly their text.
- contains, equals and regex take `ignore_case`.
- number takes `absolute` and `relative` tolerance (0.01 is 1%), of which the wider counts, and `pick`: the last number
  of the answer (the usual case), the first, or the only one.
- judge takes a `rubric`, and says in both orders whether the answer is at least as good as the value.
"""

import json
import math
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from catalog.words import number
from components.batch.entries import shown
from components.batch.records import Checked, Json, Row, Task, Verdict
from components.playground.json_answer import check_json
from components.playground.json_checks import schema_problems
from components.playground.judge import CHANGED_ITS_MIND, RUBRIC, Judgement, Winner
from components.playground.templates import fill, variables

PATTERN_SECONDS = 0.25
LONGEST_PATTERN = 2_000
_MOST_UNROLLED = 10_000
_MOST_DIGITS = 100
# A sign counts only where no word ends before it: 2026-11 has no negative number in it.
_NUMBER = r"(?:(?<!\w)[-+−]|(?<![\w.]))(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d{1,3}(?!\d))?"

Ask = Callable[[str, str, str, str], Awaitable[Judgement]]
"""Asks a judge: rubric, prompt, one answer, other answer; as `components.playground.judge.judge` does it."""


class Kind(StrEnum):
    """What a check looks at."""

    CONTAINS = "contains"
    EQUALS = "equals"
    REGEX = "regex"
    JSON_SCHEMA = "json_schema"
    NUMBER = "number"
    JUDGE = "judge"


class Pick(StrEnum):
    """Which number of an answer counts."""

    LAST = "last"
    FIRST = "first"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `value` is what is expected, a template with {columns}; a JSON schema as it is if `literal`."""

    kind: Kind
    label: str
    value: str = ""
    literal: bool = False
    ignore_case: bool = False
    absolute: Decimal = Decimal(0)
    relative: Decimal = Decimal(0)
    pick: Pick = Pick.LAST
    rubric: str = ""
    columns: tuple[str, ...] = ()


_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CONTAINS: ("ignore_case",),
    Kind.EQUALS: ("ignore_case",),
    Kind.REGEX: ("ignore_case",),
    Kind.JSON_SCHEMA: (),
    Kind.NUMBER: ("absolute", "relative", "pick"),
    Kind.JUDGE: ("rubric",),
}
_ALWAYS = ("kind", "label", "value", "column")


def checks_of(records: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> tuple[Check, ...]:
    """The checks of a job. Raises ValueError as `check_of`, and for two of one label."""
    checks = tuple(check_of(record, columns) for record in records)
    labels = [check.label for check in checks]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise ValueError(f"Two checks are called {shown(twice)}; give each a label of its own.")
    return checks


def check_of(record: Mapping[str, Any], columns: Sequence[str]) -> Check:
    """The check of its plain values, for an input with these columns.

    Raises ValueError, a sentence, for values that are none, a column that is not there, a pattern or schema that is
    wrong.
    """
    kind = _one_of(Kind, record.get("kind"), "kind")
    unknown = [name for name in record if name not in (*_ALWAYS, *_FIELDS[kind])]
    if unknown:
        raise ValueError(f"A check of the kind {kind.value} has no {shown(str(unknown[0]))}.")
    value, literal = _value(kind, record)
    named = tuple(name for name in variables(value) if kind is not Kind.REGEX or name in columns)
    used = () if literal else named
    lost = [name for name in used if name not in columns]
    if lost:
        raise ValueError(f"The check of the kind {kind.value} needs the column {lost[0]}, which the input has not.")
    _sound(kind, value, literal, used)
    check = Check(
        kind=kind,
        label=str(record.get("label") or "").strip(),
        value=value,
        literal=literal,
        ignore_case=_flag(record, "ignore_case"),
        absolute=_tolerance(record, "absolute"),
        relative=_tolerance(record, "relative"),
        pick=_one_of(Pick, record.get("pick", Pick.LAST.value), "pick"),
        rubric=str(record.get("rubric") or "").strip(),
        columns=used,
    )
    return check if check.label else _labelled(check)


def check_record(check: Check) -> Json:
    """A check as plain JSON values, for `check_of`."""
    record: Json = {"kind": check.kind.value, "label": check.label}
    if check.value:
        record["value"] = json.loads(check.value) if check.literal else check.value
    extra = {
        "ignore_case": check.ignore_case,
        "absolute": str(check.absolute),
        "relative": str(check.relative),
        "pick": check.pick.value,
        "rubric": check.rubric,
    }
    return record | {name: value for name, value in extra.items() if name in _FIELDS[check.kind] and value != ""}


def _one_of(kinds: type[Any], value: object, field: str) -> Any:
    try:
        return kinds(value)
    except ValueError:
        allowed = ", ".join(each.value for each in kinds)
        raise ValueError(f"The {field} of a check is one of {allowed}, not {shown(str(value))}.") from None


def _value(kind: Kind, record: Mapping[str, Any]) -> tuple[str, bool]:
    """What is expected, and whether it is a JSON schema in itself."""
    column, value = record.get("column"), record.get("value")
    if column is not None and value is not None:
        raise ValueError(f"A check of the kind {kind.value} has a value or a column, not both.")
    if column is not None:
        return f"{{{column}}}", False
    if kind is Kind.JSON_SCHEMA and isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False), True
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        value = str(value)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"The value of a check of the kind {kind.value} is a text, not {type(value).__name__}.")
    if not value:
        raise ValueError(f"A check of the kind {kind.value} needs a value or a column.")
    return value, kind is Kind.JSON_SCHEMA


def _sound(kind: Kind, value: str, literal: bool, used: Sequence[str]) -> None:
    """Raises ValueError for what can be seen to be wrong before there is a row."""
    if literal:
        problem = next(schema_problems(value, "checks"), None)
        if problem is not None:
            raise ValueError(problem.sentence)
    elif kind is Kind.REGEX and not used:
        _compiled(value, False)
    elif kind is Kind.NUMBER and not used and number_in(value, Pick.ONLY) is None:
        raise ValueError(f"A check of the kind number needs one number, not {shown(value)}.")


def _flag(record: Mapping[str, Any], name: str) -> bool:
    value = record.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name} of a check is true or false, not {shown(str(value))}.")
    return value


def _tolerance(record: Mapping[str, Any], name: str) -> Decimal:
    value = record.get(name) or 0
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal(-1)
    if isinstance(value, bool) or not found.is_finite() or found < 0 or abs(found.adjusted()) > _MOST_DIGITS:
        raise ValueError(f"The {name} tolerance is a number from 0 on, not {shown(str(value))}.")
    return found


def _labelled(check: Check) -> Check:
    value = check.value if check.columns else shown(check.value)
    tolerances = ((check.absolute, ""), (check.relative * 100, "%"))
    within = " or ".join(f"{number(float(amount))}{unit}" for amount, unit in tolerances if amount)
    labels = {
        Kind.CONTAINS: f"contains {value}",
        Kind.EQUALS: f"equals {value}",
        Kind.REGEX: f"matches {value}",
        Kind.JSON_SCHEMA: "follows the JSON schema",
        Kind.NUMBER: f"number {check.value}" + (f" within {within}" if within else ""),
        Kind.JUDGE: f"judge: as good as {value}",
    }
    return replace(check, label=labels[check.kind])


def verdict(check: Check, text: str, values: Mapping[str, str]) -> Verdict:
    """What a check that needs no judge says of an answer to the row with these values.

    Undecided, with the reason, where the row has nothing to compare with, or a pattern takes longer than 0.25 s.
    Raises ValueError for a judge's check.
    """
    if check.kind is Kind.JUDGE:
        raise ValueError("a judge has to be asked")
    empty = next((name for name in check.columns if not values.get(name, "").strip()), None)
    if empty is not None:
        return Verdict(check.label, None, f"The column {empty} is empty in this row.")
    try:
        passed, note = _DECIDE[check.kind](check, text, values)
    except TimeoutError:
        return Verdict(check.label, None, f"The pattern takes more than {PATTERN_SECONDS} s on this answer.")
    except ValueError as error:
        return Verdict(check.label, None, str(error))
    return Verdict(check.label, passed, note)


def checker(
    checks: Sequence[Check], ask: Ask | None = None, cost: Callable[[Judgement], Decimal | None] = lambda _: None
) -> Callable[[Row, Task, str], Awaitable[Checked]]:
    """What looks at each answer as it arrives.

    A judge is asked through `ask`, and `cost` says what a judgement costs in US dollars, None where that is not known.
    """

    async def look(row: Row, task: Task, text: str) -> Checked:
        found: list[Verdict] = []
        spent: Decimal | None = Decimal(0)
        for check in checks:
            if check.kind is not Kind.JUDGE:
                found.append(verdict(check, text, row.values))
            else:
                said, judgement = await _judged(check, task.prompt, text, row.values, ask)
                found.append(said)
                price = cost(judgement) if judgement else Decimal(0)
                spent = None if spent is None or price is None else spent + price
        return Checked(tuple(found), spent)

    return look


async def _judged(
    check: Check, prompt: str, text: str, values: Mapping[str, str], ask: Ask | None
) -> tuple[Verdict, Judgement | None]:
    """Whether an answer is at least as good as the one that is expected, and the judgement where one was made."""
    reference = fill(check.value, values)
    if not reference.strip():
        return Verdict(check.label, None, "There is nothing to compare the answer with in this row."), None
    if ask is None:
        return Verdict(check.label, None, "There is no judge to ask."), None
    found = await ask(check.rubric or RUBRIC, prompt, text, reference)
    if not _is_decided(found):
        return Verdict(check.label, None, _undecided(found)), found
    words = {Winner.ONE: "better than", Winner.TIE: "as good as", Winner.OTHER: "worse than"}
    said = f"{_said_by(found)}: {words[found.winner or Winner.TIE]} what was expected, in either order."
    return Verdict(check.label, found.winner is not Winner.OTHER, said), found


def _is_decided(found: Judgement) -> bool:
    return found.winner is not None and bool(found.agreed)


def _undecided(found: Judgement) -> str:
    if found.winner is None:
        return f"The judge gave no opinion. {found.failure.message if found.failure else ''}".rstrip()
    # As a pass or a failure it would be chance.
    return CHANGED_ITS_MIND.replace("counts as a tie", "is not counted")


def _said_by(found: Judgement) -> str:
    return "Simulated, no model's opinion" if found.simulated else f"Opinion of {found.judge}"


def _contains(check: Check, text: str, values: Mapping[str, str]) -> tuple[bool, str]:
    wanted = fill(check.value, values).strip()
    passed = _folded(wanted, check.ignore_case) in _folded(text, check.ignore_case)
    return passed, "" if passed else f"The answer does not contain {shown(wanted)}."


def _equals(check: Check, text: str, values: Mapping[str, str]) -> tuple[bool, str]:
    wanted = fill(check.value, values).strip()
    passed = _folded(wanted, check.ignore_case) == _folded(text.strip(), check.ignore_case)
    return passed, "" if passed else f"The answer is {shown(text.strip())}, not {shown(wanted)}."


def _folded(text: str, ignore_case: bool) -> str:
    return text.casefold() if ignore_case else text


def _matches(check: Check, text: str, values: Mapping[str, str]) -> tuple[bool, str]:
    import regex  # type: ignore[import-untyped, unused-ignore]

    known = {name: values[name] for name in variables(check.value) if name in check.columns}
    pattern = check.value
    for name, value in known.items():
        pattern = pattern.replace(f"{{{name}}}", regex.escape(value))
    passed = _compiled(pattern, check.ignore_case).search(text, timeout=PATTERN_SECONDS) is not None
    return passed, "" if passed else "Nothing in the answer matches."


def _compiled(pattern: str, ignore_case: bool) -> Any:
    import regex

    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"The pattern has {len(pattern):,} characters, and at most {LONGEST_PATTERN:,} are taken.")
    if _unrolled(pattern) > _MOST_UNROLLED:
        raise ValueError(f"The pattern {shown(pattern)} repeats more than can be held; use smaller numbers in braces.")
    try:
        return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except regex.error as error:
        raise ValueError(f"The pattern {shown(pattern)} is wrong: {error}.") from None
    except RecursionError:
        raise ValueError("The pattern is nested too deeply; make it flatter.") from None


def _unrolled(pattern: str) -> int:
    """At most how often a part of a pattern is written out by the library, which takes memory for each copy.

    It writes out what has to come n times, groups within groups multiplied; the largest numbers count as nested as
    far as there are groups.
    """
    counts = sorted((int(found[:9]) for found in re.findall(r"\{\s*(\d+)", pattern)), reverse=True)
    return max(sum(counts), math.prod(counts[: pattern.count("(") + 1]))


def _follows(check: Check, text: str, values: Mapping[str, str]) -> tuple[bool, str]:
    schema = check.value if check.literal else fill(check.value, values)
    validator = _validator(schema)
    answer = check_json(text)
    if not answer.valid:
        return False, answer.problems[0].sentence
    error = next(iter(validator.iter_errors(answer.value)), None)
    if error is None:
        return True, "It stands in a Markdown code block." if answer.fenced else ""
    return False, f"At {error.json_path} the answer does not follow the schema: {shown(error.message)}."


# Checking a schema takes 2 ms, and nearly every row has the same one.
@lru_cache(maxsize=64)
def _validator(schema_text: str) -> Any:
    """The validator of a schema; what it refers to is never fetched, and its patterns have a time limit."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]
    from jsonschema.validators import extend, validator_for  # type: ignore[import-untyped, unused-ignore]
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped, unused-ignore]

    problem = next(schema_problems(schema_text, "checks"), None)
    if problem is not None or not schema_text.strip():
        raise ValueError(problem.sentence if problem else "There is no JSON schema.")
    schema = json.loads(schema_text)
    made = extend(validator_for(schema, default=Draft202012Validator), {"pattern": _pattern_errors})
    return made(schema, registry=REGISTRY)


def _pattern_errors(validator: Any, pattern: str, instance: object, _: object) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped, unused-ignore]

    if isinstance(instance, str) and not _compiled(pattern, False).search(instance, timeout=PATTERN_SECONDS):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _gives(check: Check, text: str, values: Mapping[str, str]) -> tuple[bool, str]:
    wanted_text = fill(check.value, values)
    wanted = number_in(wanted_text, Pick.ONLY)
    if wanted is None:
        raise ValueError(f"What is expected, {shown(wanted_text)}, is not one number.")
    found = number_in(text, check.pick)
    if found is None:
        one = "one number" if check.pick is Pick.ONLY else "no number"
        return False, f"The answer has {'not just ' if check.pick is Pick.ONLY else ''}{one} in it."
    passed = is_near(found, wanted, check.absolute, check.relative)
    return passed, f"The {check.pick.value} number is {found}, {'near' if passed else 'not near'} {wanted}."


_DECIDE: Mapping[Kind, Callable[[Check, str, Mapping[str, str]], tuple[bool, str]]] = {
    Kind.CONTAINS: _contains,
    Kind.EQUALS: _equals,
    Kind.REGEX: _matches,
    Kind.JSON_SCHEMA: _follows,
    Kind.NUMBER: _gives,
}


def number_in(text: str, pick: Pick) -> Decimal | None:
    """The number of a text that counts; None where there is none, or more than one for `Pick.ONLY`.

    A number has digits, with commas between groups of three and a point before the fraction, and may have a sign and
    an exponent; what follows it, such as a unit or %, is no part of it. A hyphen after a letter or digit is no sign.
    """
    import regex

    found = [match for match in regex.findall(_NUMBER, text) if len(match) <= _MOST_DIGITS]
    if not found or (pick is Pick.ONLY and len(found) > 1):
        return None
    chosen = found[0] if pick is Pick.FIRST else found[-1]
    return Decimal(chosen.replace(",", "").replace("−", "-"))


def is_near(found: Decimal, wanted: Decimal, absolute: Decimal, relative: Decimal) -> bool:
    """Whether a number is within the absolute tolerance, or within the relative one of what is wanted, both included.

    Exact arithmetic: |found - wanted| <= max(absolute, relative * |wanted|).
    """
    allowed = max(Fraction(absolute), Fraction(relative) * abs(Fraction(wanted)))
    return abs(Fraction(found) - Fraction(wanted)) <= allowed
