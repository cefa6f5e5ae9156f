"""The word diff: nothing of either answer is lost, and what is marked is what a reader would mark."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.playground import diff as module
from components.playground.diff import Diff, Run, RunKind, diff_html, word_diff

SAME, ONE, OTHER = RunKind.SAME, RunKind.ONLY_ONE, RunKind.ONLY_OTHER
TEXT = st.lists(st.sampled_from(["the", "cat", "sat", "3.14", "don't", "猫", " ", "  ", "\n", "\r\n", ".", "<b>"])).map(
    "".join
)


def text_of(diff: Diff, kind: RunKind) -> str:
    return "".join(run.text for run in diff.runs if run.kind in (SAME, kind))


def runs(one: str, other: str) -> list[tuple[RunKind, str]]:
    return [(run.kind, run.text) for run in word_diff(one, other).runs]


@given(TEXT | st.text(), TEXT | st.text())
def test_the_runs_give_both_texts_back(one: str, other: str) -> None:
    diff = word_diff(one, other)
    assert text_of(diff, ONE) == one
    assert text_of(diff, OTHER) == other
    assert all(run.text for run in diff.runs)


@given(TEXT, TEXT)
def test_the_runs_of_texts_too_large_for_words_give_both_back(one: str, other: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MOST_PAIRS", 4)
        diff = word_diff(one, other)
    assert text_of(diff, ONE) == one
    assert text_of(diff, OTHER) == other


@given(TEXT, TEXT)
def test_every_word_is_counted_once(one: str, other: str) -> None:
    diff = word_diff(one, other)
    assert diff.shared + diff.only_one == word_diff(one, one).shared
    assert diff.shared + diff.only_other == word_diff(other, other).shared


@given(TEXT)
def test_a_text_has_all_in_common_with_itself(text: str) -> None:
    diff = word_diff(text, text)
    assert diff.in_common in (1, None)
    assert [run.text for run in diff.runs] == [text] * bool(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", []),
        ("a cat", "", [(ONE, "a cat")]),
        ("the old cat", "the new cat", [(SAME, "the "), (ONE, "old "), (OTHER, "new "), (SAME, "cat")]),
        ("a cat sat.", "a cat sat!", [(SAME, "a cat sat"), (ONE, "."), (OTHER, "!")]),
        ("a cat\nsat", "a cat sat", [(SAME, "a cat"), (ONE, "\n"), (OTHER, " "), (SAME, "sat")]),
        ("costs 3.14", "costs 3.15", [(SAME, "costs "), (ONE, "3.14"), (OTHER, "3.15")]),
        ("猫が好き", "犬が好き", [(ONE, "猫"), (OTHER, "犬"), (SAME, "が好き")]),
    ],
)
def test_what_is_marked_is_what_changed(one: str, other: str, expected: list[tuple[RunKind, str]]) -> None:
    assert runs(one, other) == expected


def test_a_lone_word_between_longer_changes_is_not_picked_out() -> None:
    one, other = "cats like warm roofs the best food is fish", "dogs chase red balls the long walk was good"
    assert runs(one, other) == [(ONE, one), (OTHER, other)]


def test_the_share_in_common_is_twice_the_shared_words_of_all_words() -> None:
    diff = word_diff("the old cat sat", "the cat sat down there")
    assert (diff.shared, diff.only_one, diff.only_other) == (3, 1, 2)
    assert diff.in_common == pytest.approx(6 / 9)


def test_texts_without_a_word_have_no_share_in_common() -> None:
    assert word_diff("...", "\n").in_common is None


def test_texts_too_large_for_words_are_compared_by_lines_and_then_by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_PAIRS", 12)
    assert runs("one two\nthe old cat\nend", "one two\nthe new cat\nend") == [
        (SAME, "one two\nthe "),
        (ONE, "old "),
        (OTHER, "new "),
        (SAME, "cat\nend"),
    ]


class _Reader(HTMLParser):
    """What a browser reads: the elements, and the text inside the marks of each kind."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.texts: dict[str, str] = {"del": "", "ins": "", "div": "", "p": ""}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self.texts[tag] = self.texts.get(tag, "") + data


@given(TEXT, TEXT)
def test_the_html_shows_both_texts_and_has_no_element_of_theirs(one: str, other: str) -> None:
    diff = word_diff(one, other)
    shown = _Reader(diff_html(diff, "<i>Pro</i>", "Flash & co"))
    assert shown.elements <= {"p", "div", "del", "ins"}
    assert shown.texts["div"] == "".join(run.text for run in diff.runs)


def test_the_legend_names_both_sides_in_their_marks() -> None:
    html = diff_html(Diff((Run(ONE, "a"), Run(OTHER, "b")), 0, 1, 1, 0.0), "<Pro>", "Flash")
    assert '<del class="diff-one">only &lt;Pro&gt;</del>' in html
    assert '<ins class="diff-other">only Flash</ins>' in html
    assert html.endswith('<div class="diff"><del class="diff-one">a</del><ins class="diff-other">b</ins></div>')
