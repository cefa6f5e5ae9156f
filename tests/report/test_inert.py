"""Foreign text keeps its words and loses whatever is not seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.report.inert import cut, inert

ANY_TEXT = st.text(st.characters(codec=None, categories=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bell \x07, escape \x1b[31m", "bell ␇, escape ␛[31m"),
        ("nothing \x00 and delete \x7f", "nothing ␀ and delete ␡"),
        ("lone \ud83d half", "lone \ufffd half"),
        ("no character \ufffe \U0001ffff", "no character \ufffd \ufffd"),
        ("a control of old terminals \x9b2J", "a control of old terminals \ufffd2J"),
        ("\u202egnp.exe\u202c", "⟨U+202E⟩gnp.exe⟨U+202C⟩"),
        ("isolated \u2066x\u2069", "isolated ⟨U+2066⟩x⟨U+2069⟩"),
        ("zero\u200bwidth, soft\u00adhyphen", "zero⟨U+200B⟩width, soft⟨U+00AD⟩hyphen"),
        ("hidden \U000e0041\U000e0042", "hidden ⟨U+E0041⟩⟨U+E0042⟩"),
        ("line\u2028break", "line⟨U+2028⟩break"),
        ("\ufeffmark", "⟨U+FEFF⟩mark"),
        ("a\u200db", "a⟨U+200D⟩b"),
        ("data in selectors: 😀\ufe0f\ufe01\ufe02", "data in selectors: 😀\ufe0f⟨U+FE01⟩⟨U+FE02⟩"),
        ("Windows\r\nand old Macs\r", "Windows\nand old Macs\n"),
    ],
)
def test_what_is_not_seen_has_a_sign(text: str, shown: str) -> None:
    assert inert(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain\ttext\n",
        "<b>&amp;</b> =1+1 | `x`",
        "naïve Übung 北京 العربية עברית",
        "👩\u200d💻 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3",
        "می\u200cخواهم",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@given(ANY_TEXT)
def test_nothing_is_left_that_cannot_be_seen_or_encoded(text: str) -> None:
    shown = inert(text)
    shown.encode("utf-8")
    assert {each for each in shown if unicodedata.category(each) == "Cc"} <= {"\n", "\t"}
    assert not {each for each in shown if unicodedata.bidirectional(each) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI")}
    assert inert(shown) == shown


def test_a_long_text_says_how_much_of_it_is_missing() -> None:
    text = "x" * 1_048_576
    assert cut(text, 5) == "xxxxx… (1,048,576 characters in all; the whole text is in the bundle)"
    assert cut("short", 5) == "short"
