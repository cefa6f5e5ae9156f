"""Python that is written out must hold the very text that it was given."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.playground.python_source import assigned, clean

TEXTS = st.text(alphabet=st.sampled_from("\"'\\ \nab\t\r\u2028é"), max_size=40) | st.text(max_size=60)


def run(source: str) -> object:
    names: dict[str, object] = {}
    exec(compile(source, "written", "exec"), names)
    return names["TEXT"]


@given(TEXTS)
@example('ends in three quotes\n"""')
@example('four\n""""')
@example('a backslash and a quote\n\\"')
@example('only quotes ""\n""')
def test_a_variable_holds_its_text_to_the_letter(text: str) -> None:
    assert run(assigned("TEXT", text)) == clean(text)


@pytest.mark.parametrize("quotes", range(1, 8))
def test_quotes_at_both_ends_of_a_long_text_survive(quotes: int) -> None:
    text = '"' * quotes + "\nmiddle " + '"' * quotes
    assert run(assigned("TEXT", text)) == text
