"""What reaches the browser of an answer: the settled part, and nothing that loads or triggers anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from components.playground.answer_text import inert, split_settled

PIECES = [*"ab `~\n$![](:).#", "```", "\n\n", "~~~~", "![a](b)"]
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(MARKDOWN)
def test_the_two_parts_are_the_text_again(text: str) -> None:
    assert "".join(split_settled(text)) == text


@given(MARKDOWN, MARKDOWN)
def test_what_is_settled_stays_settled_as_the_text_grows(text: str, more: str) -> None:
    assert split_settled(text + more)[0].startswith(split_settled(text)[0])


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("", ""),
        ("one line", ""),
        ("one\n\ntwo", "one\n\n"),
        ("one\n \t\ntwo\n\nthree", "one\n \t\ntwo\n\n"),
        ("```py\na\n\nb", ""),
        ("text\n\n```py\na\n\nb", "text\n\n"),
        ("```py\na\n\nb\n```\n\nafter", "```py\na\n\nb\n```\n\n"),
        ("~~~\n```\n\nstill code", ""),
        ("````\n```\n\nstill code", ""),
        ("```\n```x\n\nstill code", ""),
        ("``` a`b\n\nno code", "``` a`b\n\n"),
    ],
)
def test_the_split_is_at_the_last_blank_line_outside_code(text: str, settled: str) -> None:
    assert split_settled(text)[0] == settled


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![spy](https://example.com/x.png)", "!\u2060[spy](https://example.com/x.png)"),
        ("costs $5 or $6", "costs \\$5 or \\$6"),
        ("$$x^2$$", "$$x^2$$"),
        (":red[alarm] :smile:", "\\:red[alarm] \\:smile:"),
        ("at 12:30 and a: b", "at 12:30 and a: b"),
        ("`$5 a:b` and $6", "`$5 a:b` and \\$6"),
        ("```\n![a](b) $5\n```\n$6", "```\n![a](b) $5\n```\n\\$6"),
    ],
)
def test_prose_is_inert_and_code_is_left_alone(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(MARKDOWN)
def test_no_picture_is_left_by_the_rules_of_commonmark(text: str) -> None:
    assert "<img" not in MarkdownIt("commonmark").render(inert(text))


@given(MARKDOWN)
def test_code_blocks_are_not_touched(text: str) -> None:
    def code(shown: str) -> list[str]:
        return [each.content for each in MarkdownIt("commonmark").parse(shown) if each.type == "fence"]

    assert code(inert(text)) == code(text)


@pytest.mark.parametrize(
    "text",
    [
        "<!--\n```\n-->\n![x](u)",
        "\\`![x](u)\\`",
        "`a\nb` ![x](u) `c",
        "text ```![x](u)\n\nmore",
        "![x][r]\n\n[r]: u",
        "a\rb\n```\n![x](u)",
        "- ```\n![x](u)",
        "\u2028```\n![x](u)",
    ],
)
def test_code_that_is_none_hides_no_picture(text: str) -> None:
    assert "<img" not in MarkdownIt("commonmark").render(inert(text))
