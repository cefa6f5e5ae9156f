"""Variables of a prompt: found, filled, and never mistaken for the braces of JSON or code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.playground.templates import escaped, fill, variables

TEXTS = st.lists(st.sampled_from(["{", "}", "a", "b_1", " ", "{{", "}}", '"', ":", "1", "\n", "ü"]), max_size=20).map(
    "".join
)
NAMES = st.sampled_from(["city", "b_1", "größe", "_x", "city2"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Translate {text} into {language}; keep {text} short.", ("text", "language")),
        ('{"type": "object", "properties": {"a": {"type": "string"}}}', ()),
        ("for (const x of xs) { total += x; }", ()),
        ("{} {0} {a b} {a-b} { a } {a.b} {a:>3}", ()),
        ("{{name}} stands for itself, {name} does not", ("name",)),
        ('{"city": {city}}', ("city",)),
        ("{größe}", ("größe",)),
        ("", ()),
    ],
)
def test_only_a_name_alone_between_braces_is_a_variable(text: str, names: tuple[str, ...]) -> None:
    assert variables(text) == names


def test_values_stand_where_the_variables_stood() -> None:
    text = '{greeting} {who}, your data: {"who": {who}} and {{who}}.'
    assert fill(text, {"greeting": "Hello", "who": "Ada"}) == 'Hello Ada, your data: {"who": Ada} and {who}.'


def test_values_with_braces_are_not_looked_into_again() -> None:
    assert fill("{a} {b}", {"a": "{b}", "b": "{{a}}"}) == "{b} {{a}}"


def test_closing_braces_of_json_stay_two() -> None:
    assert fill('{"a": {"b": {}}}', {}) == '{"a": {"b": {}}}'


def test_every_variable_without_a_value_is_named() -> None:
    with pytest.raises(ValueError, match=r"^The template has no value for \{day\}, \{city\}\.$"):
        fill("{day} {who} {city} {day}", {"who": "Ada", "other": "unused"})


@given(TEXTS)
def test_an_escaped_text_comes_back_as_it_was_and_has_no_variables(text: str) -> None:
    assert variables(escaped(text)) == ()
    assert fill(escaped(text), {}) == text


@given(st.lists(st.tuples(TEXTS, NAMES), max_size=6), TEXTS, st.dictionaries(NAMES, TEXTS, min_size=5))
def test_what_was_put_together_is_what_comes_out(
    parts: list[tuple[str, str]], end: str, values: dict[str, str]
) -> None:
    # Spaces keep a brace of the text from closing up with the brace of a variable.
    template = "".join(f"{escaped(text)} {{{name}}} " for text, name in parts) + escaped(end)
    assert variables(template) == tuple(dict.fromkeys(name for _, name in parts))
    assert fill(template, values) == "".join(f"{text} {values[name]} " for text, name in parts) + end
