import html
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gemini.redaction import DETAIL_LENGTH, detail_of, redacted

keys = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=12, max_size=60)


@given(keys, st.text(max_size=700), st.text(max_size=200))
def test_the_own_key_never_survives(key: str, before: str, after: str) -> None:
    for spelling in (key, quote(key), html.escape(key), json.dumps(key), repr(key), key.upper(), f"{{'k': {key!r}}}"):
        assert key.lower() not in detail_of(before + spelling + after, (key,)).lower()


@given(st.text(max_size=2000), keys)
def test_a_detail_is_one_short_line(text: str, key: str) -> None:
    detail = detail_of(text, (key,))
    assert len(detail) <= DETAIL_LENGTH
    assert "\n" not in detail


@pytest.mark.parametrize(
    "text",
    [
        "bad key AIzaSyD-secret_0123",
        "GET /v1beta/models?key=secret_0123&alt=sse",
        '{"api_key": "secret_0123"}',
        "x-goog-api-key: secret_0123",
        "Authorization: Bearer secret_0123",
        "ya29.secret_0123",
        "AQ.secret_0123",
        "access_token=secret_0123",
    ],
)
def test_whatever_looks_like_a_key_is_hidden_without_knowing_it(text: str) -> None:
    assert "secret_0123" not in redacted(text)


def test_half_a_key_at_the_cut_is_hidden_too() -> None:
    key = "my-very-own-key-0123456789"
    assert "my-very" not in detail_of("x" * (DETAIL_LENGTH - 10) + " " + key, (key,))


def test_a_short_key_is_hidden_as_a_word_and_leaves_other_words_alone() -> None:
    assert redacted("sk-1 was refused: task-12 stays", ("sk-1",)) == "[key] was refused: task-12 stays"


def test_html_is_reduced_to_its_title() -> None:
    page = "502 Bad Gateway: <!DOCTYPE html>\n<html><title>Error 502 &amp; more</title><body><p>Long text</html>"
    assert detail_of(page) == "502 Bad Gateway: Error 502 & more"
    assert detail_of("<html><body>no title") == "an HTML page"


def test_ordinary_text_stays() -> None:
    assert detail_of("The token count (12)  exceeds\nthe limit.") == "The token count (12) exceeds the limit."
