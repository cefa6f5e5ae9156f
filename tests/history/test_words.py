from hypothesis import given
from hypothesis import strategies as st

from components.history.words import LONGEST_PHRASE, LONGEST_WORD, MOST_TERMS, Term, first_match, parts, terms, words


def test_words_are_letters_and_digits_in_small_letters_without_accents() -> None:
    assert words("Naïve  GEMINI-2.0_pro: 2,097,152 Straße, ﬁne!") == [
        *("naive", "gemini", "2", "0", "pro", "2", "097", "152", "strasse", "fine")
    ]
    assert words("搜索引擎 and カ") == ["搜", "索", "引", "擎", "and", "カ"]
    assert words(" .,;:!?\0\ud800") == []


def test_terms_are_words_phrases_and_prefixes() -> None:
    assert terms('ships "Light houses" pre* "two wor"* gemini-2.0 *') == (
        Term(("ships",)),
        Term(("light", "houses")),
        Term(("pre",), prefix=True),
        Term(("two", "wor"), prefix=True),
        Term(("gemini", "2", "0")),
    )


@given(st.text(max_size=50) | st.lists(st.sampled_from(['"', "*", "a", " ", ":", "AND"])).map("".join))
def test_any_text_can_be_typed(typed: str) -> None:
    found = terms(typed)
    assert len(found) <= MOST_TERMS
    for term in found:
        assert 0 < len(term.words) <= LONGEST_PHRASE
        assert all(word and not word.isspace() and len(word) <= LONGEST_WORD for word in term.words)


@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(0, 2_000), st.integers(0, 30_000))
def test_every_phrase_of_a_text_stands_whole_in_one_of_its_parts(few: list[str], same: int, other: int) -> None:
    text = " ".join([*few, *["same"] * same, *(f"w{number}" for number in range(other)), *few])
    found = list(parts(text))
    every = words(text)
    joined = found[0] if found else []
    for part in found[1:]:
        assert part[:LONGEST_PHRASE] == joined[-LONGEST_PHRASE:]
        joined = joined + part[LONGEST_PHRASE:]
    assert joined == every
    assert all(max(map(part.count, {"same", "a", "b", "c"})) <= 255 and len(part) < 16_383 for part in found)


def test_the_first_match_is_a_place_in_the_text_as_it_is() -> None:
    text = "Größe: der Naïve sagt nichts."
    assert first_match(text, terms("naive")) == text.index("Naïve")
    assert first_match(text, terms('"der naive" nichts')) == text.index("der")
    assert first_match(text, terms("nich*")) == text.index("nichts")
    assert first_match(text, terms("nich")) is None
    assert first_match(text, ()) is None
