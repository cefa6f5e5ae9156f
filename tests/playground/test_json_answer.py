"""JSON answers: what is wrong with them and where, and a tree that no answer can break out of."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.playground.json_answer import JsonProblem, check_json, tree_html

ORDER = json.dumps(
    {
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["name", "price"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {"type": "string", "maxLength": 5},
                        "price": {"type": "number", "minimum": 0},
                        "size": {"enum": ["S", "M"]},
                    },
                },
            }
        },
    }
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def problems(text: str, schema: str = "") -> list[tuple[str, str]]:
    return [(each.path, each.sentence) for each in check_json(text, schema).problems]


@given(values)
def test_what_python_writes_as_json_is_read_back_without_a_problem(value: Any) -> None:
    answer = check_json(json.dumps(value))
    assert (answer.value, answer.valid, answer.problems) == (value, True, ())


@given(st.text())
def test_no_text_is_too_odd_to_be_judged(text: str) -> None:
    answer = check_json(text, ORDER)
    assert answer.parsed or answer.problems
    assert answer.sentence


@given(values)
def test_a_block_of_markdown_is_opened_and_said(value: Any) -> None:
    inner = json.dumps(value, indent=1)
    answer = check_json(f"Here it is:\n\n```json\n{inner}\n```\nGood luck!")
    assert (answer.value, answer.fenced, answer.valid) == (value, True, True)
    assert "code block" in answer.sentence
    assert not check_json(inner).fenced


def test_an_answer_that_follows_its_schema_is_valid() -> None:
    answer = check_json('{"items": [{"name": "Tea", "price": 2.5, "size": "S"}]}', ORDER)
    assert answer.valid
    assert answer.sentence == "This is valid JSON that follows the schema."


def test_each_problem_is_named_with_its_place() -> None:
    wrong = (
        '{"items": [{"name": "Tea", "price": 1}, {"name": 7}, {"name": "Coffee", "price": -2, "size": "L", "x y": 1}]}'
    )
    assert sorted(problems(wrong, ORDER)) == [
        ("items[1]", 'The schema wants "price" here, which is missing.'),
        ("items[1].name", "This is a whole number, where the schema wants text."),
        ("items[2]", 'The schema does not allow the field "x y" here.'),
        ("items[2].name", "This has 6 characters, and the schema wants at most 5."),
        ("items[2].price", "-2 has to be at least 0."),
        ("items[2].size", '"L" is not one of the allowed values: "S", "M".'),
    ]


def test_several_missing_fields_are_one_problem() -> None:
    assert problems('{"items": [{}]}', ORDER) == [
        ("items[0]", 'The schema wants "name", "price" here, which are missing.')
    ]


def test_at_most_twenty_problems_are_listed() -> None:
    answer = check_json(json.dumps({"items": [{"name": 1, "price": 1}] * 21}), ORDER)
    assert len(answer.problems) == 20
    assert answer.more_problems
    assert answer.sentence == "This is JSON with more than 20 problems."
    exactly = check_json(json.dumps({"items": [{"name": 1, "price": 1}] * 20}), ORDER)
    assert (len(exactly.problems), exactly.more_problems) == (20, False)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{\n  "a": 1\n  "b": 2\n}', 3, "line 3, column 3 on: a comma was expected"),
        ('{"a": 1,\n "b": [1, 2', 2, "breaks off at its end, in line 2"),
        ('{"a" 1}', 1, "a colon was expected"),
        ("{'a': 1}", 1, "the name of a field was expected, in double quotes"),
        ('{"a": "x\ny"}', 1, "a line break or another control character"),
        ('{"a": "x', 1, "no closing quote"),
        ("[1, 2] and so on", 1, "column 8 on: the JSON has ended"),
        ("Sure! Here is your JSON.", 1, "column 1 on: a value was expected"),
        ('Sure:\n\n```json\n{"a": 1,\n "b" 2}\n```', 5, "line 5, column 6 on: a colon"),
    ],
)
def test_broken_json_is_named_by_line_and_by_what_was_expected(text: str, line: int, words: str) -> None:
    answer = check_json(text)
    (problem,) = answer.problems
    assert (answer.parsed, answer.valid, problem.line) == (False, False, line)
    assert words in problem.sentence
    assert answer.sentence == problem.sentence


def test_an_empty_answer_is_said_to_be_empty() -> None:
    assert check_json(" \n").sentence == "The answer is empty, so there is no JSON in it."


def test_a_doubled_key_is_a_problem_at_its_place() -> None:
    answer = check_json('{"a": [{"b": 1, "c": 2, "b": 3}]}')
    assert answer.value == {"a": [{"b": 3, "c": 2}]}
    assert [(each.path, each.steps) for each in answer.problems] == [("a[0].b", ("a", 0, "b"))]
    assert "only its last value counts" in answer.problems[0].sentence


def test_numbers_that_json_lacks_are_problems_and_break_nothing() -> None:
    answer = check_json('{"a": NaN, "b": [-Infinity], "c": 1e999, "d": 1e99}', '{"type": "object"}')
    assert [each.path for each in answer.problems] == ["a", "b[0]", "c"]
    assert not answer.valid
    assert "NaN" in read(tree_html(answer.value, answer.problems)).text


def test_a_number_of_ten_thousand_digits_is_read_and_named() -> None:
    answer = check_json(f'{{"n": {"9" * 10_000}}}', '{"properties": {"n": {"type": "string"}}}')
    assert [each.path for each in answer.problems] == ["n", "n"]
    assert "10,000 digits" in answer.problems[0].sentence
    assert "10,000 characters" in tree_html(answer.value)


def test_deep_nesting_is_said_or_shown_as_far_as_it_goes() -> None:
    hopeless = check_json("[" * 200_000)
    assert hopeless.problems
    deep = check_json("[" * 300 + "]" * 300, '{"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}}')
    html = tree_html(deep.value, deep.problems)
    assert html.count("<details") == 41
    assert "too deep to be shown" in html


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("{", "The schema is not JSON from line 1 on"),
        ('{"type": "STRING"}', "The schema itself is wrong at type"),
        ('{"$ref": "#/nowhere"}', "which is not part of it"),
        ('{"pattern": "("}', "The schema"),
        ("[]", "The schema"),
    ],
)
def test_a_schema_that_cannot_be_used_is_a_problem(schema: str, words: str) -> None:
    answer = check_json('"x"', schema)
    assert words in answer.problems[0].sentence
    assert (answer.parsed, answer.valid) == (True, False)


def test_a_schema_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        pytest.fail("something was fetched")

    monkeypatch.setattr("socket.socket.connect", no_network)
    monkeypatch.setattr("urllib.request.urlopen", no_network)
    answer = check_json("1", '{"$ref": "http://127.0.0.1:9/schema.json"}')
    assert "addresses are never fetched" in answer.problems[0].sentence


def test_the_draft_that_a_schema_names_holds() -> None:
    exclusive = '{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 3, "exclusiveMinimum": true}'
    assert problems("3", exclusive)
    assert not problems("4", exclusive)
    assert problems("[1, 2]", '{"prefixItems": [{"type": "string"}]}')


def test_problems_stand_at_their_place_and_open_the_way_to_it() -> None:
    value = {"a": {"b": {"c": {"d": 1}}}, "e": {"f": {"g": {}}}}
    schema: dict[str, Any] = {"type": "string"}
    for name in "dcba":
        schema = {"properties": {name: schema}}
    html = tree_html(value, check_json(json.dumps(value), json.dumps(schema)).problems)
    assert re.search(r"<code>1</code>.*?⚠ Problem: This is a whole number, where the schema wants text\.", html)
    assert html.count("<details open>") == 5
    assert html.count("<details>") == 1


def test_a_problem_without_a_place_in_the_tree_stands_before_it() -> None:
    html = tree_html([1], (JsonProblem("[7]", "Gone.", steps=(7,)), JsonProblem("", "Broken.", 3)))
    assert html.index("[7]: Gone.") < html.index("<ul>")
    assert html.index("Broken.") < html.index("<ul>")


def test_large_answers_are_shown_in_part_and_counted() -> None:
    wide = read(tree_html(list(range(2_311))))
    assert wide.tags.count("li") == 2_001
    assert "… 312 more" in wide.text
    long = tree_html({"x" * 1_000_000: "y" * 1_000_000})
    assert len(long) < 2_000
    assert long.count("1,000,000 characters") == 2


@given(values)
def test_the_tree_shows_every_value_and_is_sound_html(value: Any) -> None:
    reader = read(tree_html(value))
    assert set(reader.tags) <= {"div", "ul", "li", "details", "summary", "span", "code"}

    def count(each: Any) -> int:
        held = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        return 1 + sum(map(count, held))

    assert reader.tags.count("li") == count(value)


def test_nothing_in_an_answer_becomes_html() -> None:
    evil = "<img src=x onerror=alert(1)>\"'&"
    answer = check_json(
        json.dumps({evil: [evil]}), json.dumps({"required": [evil + "2"], "properties": {evil: {"const": evil}}})
    )
    assert len(answer.problems) == 2
    reader = read(tree_html(answer.value, answer.problems))
    assert "img" not in reader.tags
    assert evil in reader.text
