"""An answer in JSON: read, checked against its schema, and shown as a tree with its problems in place."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped, unused-ignore]

MOST_PROBLEMS = 20
MOST_NODES = 2_000
DEEPEST = 40
_LONGEST_TEXT = 300
_LONGEST_QUOTE = 80
# Beyond this many digits Python refuses to read or print an integer.
_MOST_DIGITS = 4_000
_FENCE = re.compile(r"^[ \t]*```[ \t]*(?:json|JSON)?[ \t]*\r?\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class JsonProblem:
    """One problem: where, such as `items[2].price` (empty for the whole), and what, in a sentence.

    `line` is the line of the answer, counted from 1, where JSON breaks; None where the problem is one of content.
    `steps` is the path as keys and indexes.
    """

    path: str
    sentence: str
    line: int | None = None
    steps: Path = ()


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """What became of an answer that should be JSON.

    `value` is what was read, and None also where nothing could be (`parsed` is False then). `fenced` says that the
    JSON stood in a Markdown code block. `problems` are the first 20, and `more_problems` says whether there are more.
    `checked` says whether a schema was applied.
    """

    value: Any
    parsed: bool
    fenced: bool = False
    checked: bool = False
    problems: tuple[JsonProblem, ...] = ()
    more_problems: bool = False

    @property
    def valid(self) -> bool:
        """Whether it is JSON without a problem, and follows its schema where there is one."""
        return self.parsed and not self.problems

    @property
    def sentence(self) -> str:
        """The result in plain words."""
        return _verdict(self)


def check_json(text: str, schema_text: str = "") -> JsonAnswer:
    """Read an answer as JSON and check it against a JSON Schema, where one is given.

    The schema's own `$schema` says which draft holds, else Draft 2020-12. Nothing that a schema refers to is fetched.
    A schema that cannot be used is a problem like any other; nothing is raised.
    """
    answer = _read(text)
    if not answer.parsed or not schema_text.strip():
        return answer
    found = list(islice(_schema_problems(answer.value, schema_text), MOST_PROBLEMS + 1))
    problems = tuple(dict.fromkeys((*answer.problems, *found)))
    more = answer.more_problems or len(problems) > MOST_PROBLEMS
    return replace(answer, checked=True, problems=problems[:MOST_PROBLEMS], more_problems=more)


def _verdict(answer: JsonAnswer) -> str:
    if not answer.parsed:
        return answer.problems[0].sentence
    fenced = " It stands in a Markdown code block, which a program would have to remove first." if answer.fenced else ""
    if answer.problems:
        count = f"more than {MOST_PROBLEMS}" if answer.more_problems else str(len(answer.problems))
        return f"This is JSON with {count} problem{'' if count == '1' else 's'}.{fenced}"
    return f"This is valid JSON{' that follows the schema' if answer.checked else ''}.{fenced}"


def _read(text: str) -> JsonAnswer:
    whole = text.removeprefix("\ufeff")
    if not whole.strip():
        return JsonAnswer(None, False, problems=(JsonProblem("", "The answer is empty, so there is no JSON in it."),))
    answer = _parsed(whole, 0)
    block = _FENCE.search(whole)
    if answer.parsed or block is None:
        return answer
    return replace(_parsed(block[1], whole.count("\n", 0, block.start(1))), fenced=True)


@dataclass
class _Reading:
    """What the parser notices on its way."""

    doubles: list[tuple[Mapping[str, Any], str]] = field(default_factory=list)

    def pairs(self, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self.doubles += [(made, key) for key, count in counts.items() if count > 1]
        return made


def _parsed(text: str, lines_before: int) -> JsonAnswer:
    reading = _Reading()
    try:
        value = json.loads(text, object_pairs_hook=reading.pairs, parse_int=_integer)
    except json.JSONDecodeError as error:
        return JsonAnswer(None, False, problems=(_broken(error, lines_before),))
    except RecursionError:
        problem = JsonProblem("", "The JSON is nested too deeply to be read.")
        return JsonAnswer(None, False, problems=(problem,))
    found = list(islice(_oddities(value, reading), MOST_PROBLEMS + 1))
    return JsonAnswer(value, True, problems=tuple(found[:MOST_PROBLEMS]), more_problems=len(found) > MOST_PROBLEMS)


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_DIGITS else Decimal(digits)


def _digits(number: Decimal) -> int:
    return len(number.as_tuple().digits)


def _broken(error: json.JSONDecodeError, lines_before: int) -> JsonProblem:
    line = error.lineno + lines_before
    if error.pos >= len(error.doc.rstrip()):
        return JsonProblem("", f"The JSON breaks off at its end, in line {line}: {_expected(error.msg)}.", line)
    return JsonProblem("", f"This is not JSON from line {line}, column {error.colno} on: {_expected(error.msg)}.", line)


_EXPECTED = {
    "Expecting value": "a value was expected, such as text in double quotes, a number, a list or an object",
    "Expecting ',' delimiter": "a comma was expected, or the closing bracket of the list or object",
    "Expecting ':' delimiter": "a colon was expected after the name of a field",
    "Expecting property name enclosed in double quotes": "the name of a field was expected, in double quotes",
    "Illegal trailing comma before end of object": "a comma stands before a closing bracket",
    "Illegal trailing comma before end of array": "a comma stands before a closing bracket",
    "Unterminated string starting at": "the text that starts there has no closing quote",
    "Invalid control character at": "a line break or another control character stands unescaped in a text",
    "Invalid \\escape": "a backslash is followed by a sign that JSON does not know",
    "Invalid \\uXXXX escape": "four hexadecimal digits were expected after \\u",
    "Extra data": "the JSON has ended, and nothing more was expected",
}


def _expected(message: str) -> str:
    found = next((words for start, words in _EXPECTED.items() if message.startswith(start)), None)
    return found or f"{message[:1].lower()}{message[1:]}"


def _oddities(value: Any, reading: _Reading) -> Iterator[JsonProblem]:
    """What was read although JSON forbids it or many programs choke on it, with its place."""
    doubled: dict[int, list[str]] = {}
    for holder, key in reading.doubles:
        doubled.setdefault(id(holder), []).append(key)
    for steps, each in _walk(value):
        for key in doubled.get(id(each), ()):
            said = f"The field {_short(key)} stands here more than once; only its last value counts."
            yield _problem((*steps, key), said)
        if (odd := _odd_number(each)) is not None:
            yield _problem(steps, odd)


def _odd_number(value: Any) -> str | None:
    if isinstance(value, Decimal):
        return f"This number has {_digits(value):,} digits, which many programs cannot read."
    if not isinstance(value, float) or math.isfinite(value):
        return None
    if math.isnan(value):
        return "NaN is not a value of JSON."
    return "This number is infinite or too large; JSON has no infinity, and programs cannot hold it."


def _walk(value: Any) -> Iterator[tuple[Path, Any]]:
    """Every value with its path, each before what it holds. Not recursive: answers may be nested deeply."""
    ahead: list[tuple[Path, Any]] = [((), value)]
    while ahead:
        steps, each = ahead.pop()
        yield steps, each
        ahead += [((*steps, step), held) for step, held in reversed(_held(each))]


def _held(value: Any) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _problem(steps: Iterable[str | int], sentence: str) -> JsonProblem:
    path = tuple(steps)
    return JsonProblem(_spoken(path), sentence, steps=path)


def _spoken(steps: Path) -> str:
    """A path as programs write it: `items[2].price`, and `["a key"]` for names that are no plain words."""
    said = ""
    for step in steps:
        if isinstance(step, int):
            said += f"[{step}]"
        elif re.fullmatch(r"[^\W\d]\w*", step) and len(step) <= _LONGEST_QUOTE:
            said += f".{step}" if said else step
        else:
            said += f"[{_short(step)}]"
    return said


def _short(value: Any) -> str:
    """A value as JSON, on one line and cut to what a sentence can hold."""
    if isinstance(value, Decimal):
        return f"a number with {_digits(value):,} digits"
    if isinstance(value, dict | list):
        return _kind(value)
    said = json.dumps(value[:_LONGEST_QUOTE] if isinstance(value, str) else value, ensure_ascii=False)
    cut = len(said) > _LONGEST_QUOTE + 2 or (isinstance(value, str) and len(value) > _LONGEST_QUOTE)
    return f"{said[:_LONGEST_QUOTE]}…" if cut else said


def _schema_problems(value: Any, schema_text: str) -> Iterator[JsonProblem]:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for  # type: ignore[import-untyped, unused-ignore]
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped, unused-ignore]
    from referencing.exceptions import Unresolvable

    try:
        schema = json.loads(schema_text)
        made = validator_for(schema, default=Draft202012Validator)
        made.check_schema(schema)
        # A registry of its own: the usual one would fetch what a schema refers to.
        for error in made(schema, registry=REGISTRY).iter_errors(value):
            yield _problem(error.absolute_path, _said(error))
    except json.JSONDecodeError as error:
        yield JsonProblem("", f"The schema is not JSON from line {error.lineno} on: {_expected(error.msg)}.")
    except SchemaError as error:
        place = _spoken(tuple(error.absolute_path))
        where = f" at {place}" if place else ""
        yield JsonProblem("", f"The schema itself is wrong{where}, so nothing was checked: {_cut(error.message)}.")
    except Unresolvable as error:
        said = "which is not part of it; addresses are never fetched, so the check is not complete"
        yield JsonProblem("", f"The schema refers to {_short(error.ref)}, {said}.")
    except RecursionError:
        yield JsonProblem("", "The answer or the schema is nested too deeply to be checked.")
    except Exception as error:
        # Odd numbers and broken patterns make the library fail in ways of their own; the answer is shown all the same.
        yield JsonProblem("", f"The schema could not be applied: {_cut(str(error))}.")


def _cut(message: str) -> str:
    line = " ".join(message.split()).rstrip(".")
    return line if len(line) <= 200 else f"{line[:200]}…"


def _said(error: "ValidationError") -> str:
    words = _WORDS.get(str(error.validator))
    return words(error) if words else f"This does not follow the schema: {_cut(error.message)}."


def _type_words(error: "ValidationError") -> str:
    wanted = error.validator_value
    names = [_KINDS.get(each, str(each)) for each in (wanted if isinstance(wanted, list) else [wanted])]
    return f"This is {_kind(error.instance)}, where the schema wants {' or '.join(names)}."


def _missing_words(error: "ValidationError") -> str:
    missing = [name for name in error.validator_value if name not in error.instance]
    fields = ", ".join(_short(name) for name in missing[:10])
    return f"The schema wants {fields} here, which {'is' if len(missing) == 1 else 'are'} missing."


def _extra_words(error: "ValidationError") -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    patterns = schema.get("patternProperties", {})
    extra = [
        name
        for name in error.instance
        if name not in schema.get("properties", {}) and not any(re.search(each, name) for each in patterns)
    ]
    fields = ", ".join(_short(name) for name in extra[:10])
    return f"The schema does not allow the field{'' if len(extra) == 1 else 's'} {fields} here."


def _choice_words(error: "ValidationError") -> str:
    allowed = ", ".join(_short(each) for each in error.validator_value[:10])
    more = ", …" if len(error.validator_value) > 10 else ""
    return f"{_short(error.instance)} is not one of the allowed values: {allowed}{more}."


def _bound_words(relation: str) -> Callable[["ValidationError"], str]:
    return lambda error: f"{_short(error.instance)} has to be {relation} {_short(error.validator_value)}."


def _length_words(relation: str, unit: str) -> Callable[["ValidationError"], str]:
    return lambda error: (
        f"This has {len(error.instance):,} {unit}, and the schema wants at {relation} {error.validator_value:,}."
    )


_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}
_WORDS: dict[str, Callable[["ValidationError"], str]] = {
    "type": _type_words,
    "required": _missing_words,
    "additionalProperties": _extra_words,
    "enum": _choice_words,
    "const": lambda error: f"{_short(error.instance)} has to be {_short(error.validator_value)}.",
    "minimum": _bound_words("at least"),
    "maximum": _bound_words("at most"),
    "exclusiveMinimum": _bound_words("more than"),
    "exclusiveMaximum": _bound_words("less than"),
    "multipleOf": _bound_words("a multiple of"),
    "minLength": _length_words("least", "characters"),
    "maxLength": _length_words("most", "characters"),
    "minItems": _length_words("least", "items"),
    "maxItems": _length_words("most", "items"),
    "pattern": lambda error: f"{_short(error.instance)} does not match the pattern {_short(error.validator_value)}.",
    "uniqueItems": lambda error: "The list holds the same item more than once.",
    "anyOf": lambda error: "This fits none of the forms that the schema allows here.",
    "oneOf": lambda error: "This has to fit exactly one of the forms that the schema allows here.",
}


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float | Decimal):
        return "a whole number" if isinstance(value, int) else "a number"
    if isinstance(value, str):
        return "text"
    noun = "item" if isinstance(value, list) else "field"
    return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value):,} {noun}{_s(len(value))}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def tree_html(value: Any, problems: Sequence[JsonProblem] = ()) -> str:
    """A value of JSON as a folded tree in HTML, all of it escaped, with each problem at its place.

    At most 2,000 values and 40 levels are shown; where more follow, their number stands in their place. Problems whose
    place is not shown come first. What holds a problem is open.
    """
    tree = _Tree(problems)
    body = tree.item("", (), value)
    lost = "".join(_mark(problem, problem.path) for problem in problems if problem not in tree.marked)
    return f'<div class="json-tree">{lost}<ul>{body}</ul></div>'


class _Tree:
    """Writes the tree; counts what it has shown."""

    def __init__(self, problems: Sequence[JsonProblem]) -> None:
        self.marked: set[JsonProblem] = set()
        self._left = MOST_NODES
        self._at: dict[Path, list[JsonProblem]] = {}
        for problem in problems:
            if problem.line is None:
                self._at.setdefault(problem.steps, []).append(problem)
        self._above = {steps[:end] for steps in self._at for end in range(len(steps))}

    def item(self, label: str, steps: Path, value: Any) -> str:
        """One value, with what it holds."""
        self._left -= 1
        here = self._at.get(steps, [])
        self.marked.update(here)
        marks = "".join(map(_mark, here))
        if not _held(value):
            return f"<li>{label}{_leaf(value)}{marks}</li>"
        # What is on the way to a problem is open, and so are the first two levels.
        is_open = " open" if len(steps) < 2 or steps in self._above else ""
        head = f'<summary>{label}<span class="json-type">{_kind(value)}</span>{marks}</summary>'
        return f"<li><details{is_open}>{head}<ul>{self._items(steps, value)}</ul></details></li>"

    def _items(self, steps: Path, value: Any) -> str:
        held = _held(value)
        if len(steps) >= DEEPEST:
            return f'<li class="json-more">… {len(held):,} more, too deep to be shown</li>'
        shown: list[str] = []
        for step, each in held:
            if self._left <= 0:
                shown.append(f'<li class="json-more">… {len(held) - len(shown):,} more</li>')
                break
            shown.append(self.item(_label(step), (*steps, step), each))
        return "".join(shown)


def _label(step: str | int) -> str:
    return f'<span class="json-key">{_escaped(str(step))}</span>: '


def _leaf(value: Any) -> str:
    if isinstance(value, dict | list):
        return f'<span class="json-type">{_kind(value)}</span>'
    if isinstance(value, str):
        shown = f"&quot;{_escaped(value)}&quot;"
    elif isinstance(value, Decimal):
        shown = _escaped(str(value))
    else:
        shown = _escaped(json.dumps(value))
    return f'<code>{shown}</code> <span class="json-type">{_kind(value)}</span>'


def _escaped(text: str) -> str:
    if len(text) <= _LONGEST_TEXT:
        return escape(text)
    return f"{escape(text[:_LONGEST_TEXT])}… ({len(text):,} characters)"


def _mark(problem: JsonProblem, path: str = "") -> str:
    where = f"{escape(path)}: " if path else ""
    return f' <strong class="json-problem">⚠ Problem: {where}{escape(problem.sentence)}</strong>'
