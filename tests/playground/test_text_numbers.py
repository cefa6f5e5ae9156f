"""Length, structure and reading level: counts that a reader can check with a finger on the screen."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.playground.text_numbers import TextNumbers, reading_level_words, text_numbers

ANSWER = """# Two kinds

Lists grow. Tuples, e.g. `(1, 2)`, don't!
See [the docs](https://example.com/one/two) or https://example.org/three.

## In short

- fast
- small and
  simple

| kind | grows |
|------|-------|
| list | yes   |

```py
print("no word of this counts")
```

> Take care.
"""
CAT = "The cat sat on the mat. "
RABBIT = "The happy rabbit is eating the yellow carrot. "


def test_every_part_of_an_answer_is_counted() -> None:
    numbers = text_numbers(ANSWER)
    assert numbers == TextNumbers(
        # A line of the answer each; "e.g", "1", "2" and "don't" are a word each, an address is none.
        words=2 + 7 + 4 + 2 + 1 + 2 + 1 + 2 + 2 + 2,
        # Two before the link, one with it, a list item each, one quotation.
        sentences=3 + 2 + 1,
        characters=len(ANSWER),
        paragraphs=2,
        headings=2,
        list_items=2,
        tables=1,
        code_blocks=1,
        links=2,
        reading_level=None,
    )


def test_an_empty_answer_has_nothing_of_anything() -> None:
    assert text_numbers("") == TextNumbers(0, 0, 0, 0, 0, 0, 0, 0, 0, None)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", 4),
        ("It costs 3.14 euros, i.e. little. Dr. Who paid.", 2),
        ("Really?! Yes... no.", 2),
        ('He said "stop." Then he left.', 2),
        ("猫です。犬です。", 2),
        ("...", 0),
        ("- one\n- two", 2),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: int) -> None:
    assert text_numbers(text).sentences == sentences


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gemini-2.5-pro costs 1,000", 3),
        ("don’t re-read", 2),
        ("猫です", 3),
        ("हिन्दी भाषा", 2),
        ("über naïve", 2),
        ("- * / +", 0),
    ],
)
def test_words_are_what_a_reader_takes_for_one(text: str, words: int) -> None:
    assert text_numbers(text).words == words


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        # Six words a sentence, one syllable a word: 0.39 * 6 + 11.8 - 15.59.
        (CAT * 6, -1.45),
        # Eight words a sentence, 13 syllables: 0.39 * 8 + 11.8 * 13 / 8 - 15.59.
        (RABBIT * 4, 6.705),
    ],
)
def test_the_reading_level_is_the_grade_of_flesch_and_kincaid(text: str, grade: float) -> None:
    assert text_numbers(text).reading_level == pytest.approx(grade)


def test_code_tables_headings_and_addresses_do_not_change_the_reading_level() -> None:
    plain = text_numbers(RABBIT * 4).reading_level
    around = (
        "# Incomprehensibilities\n\n{}\n\n```\nantidisestablishmentarianism\n```\n\n| Indivisibility |\n|-|\n| a |\n"
    )
    linked = (RABBIT * 4).replace("rabbit", "[rabbit](https://example.com/institutionalisation)", 1)
    assert text_numbers(around.format(linked)).reading_level == pytest.approx(plain)


@pytest.mark.parametrize(
    "text",
    [
        CAT * 4,
        "Der Hund läuft durch den großen Garten und die Katze schläft in der warmen Sonne auf dem Dach. " * 3,
        "El perro corre por el gran parque y la gata duerme a la sombra de un árbol muy viejo. " * 3,
        "Собака бежит через большой сад, а кошка спит на тёплой крыше старого дома. " * 4,
        "猫は暖かい屋根の上で眠っています。" * 10,
        "```\n" + CAT * 10 + "\n```",
    ],
)
def test_there_is_no_reading_level_where_it_would_say_nothing(text: str) -> None:
    assert text_numbers(text).reading_level is None


@pytest.mark.parametrize(
    ("grade", "words"),
    [
        (-1.45, "below grade 1: very easy"),
        (5.4, "grade 5: very easy"),
        (8.0, "grade 8: plain English"),
        (9.5, "grade 10: fairly difficult"),
        (14, "grade 14: difficult"),
        (18.2, "grade 18: very difficult"),
        (None, "not measured: under 30 words of English prose"),
    ],
)
def test_a_grade_is_said_in_plain_words(grade: float | None, words: str) -> None:
    assert reading_level_words(grade) == words


@given(st.lists(st.sampled_from(["one", " ", "\n", "\n\n", "# ", "- ", "| a |", "|-|", "`", "```", "[a](b)", ". "])))
def test_no_count_is_larger_than_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    numbers = text_numbers(text)
    assert numbers.sentences <= numbers.words <= numbers.characters == len(text)


def test_syllables_are_loaded_only_when_something_is_measured() -> None:
    heavy = "{'syllapy', 'markdown_it'}"
    code = f"import sys, components.playground.text_numbers; sys.exit(not {heavy}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
