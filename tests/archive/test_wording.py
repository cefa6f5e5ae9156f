"""Runs in words: excerpts that hold whatever somebody typed, moments, votes, tags."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.archive.wording import (
    LONGEST_TAG,
    MOST_TAGS,
    clean_tags,
    clipped,
    end_of,
    first_line,
    moment,
    one_line,
    place_words,
    preset_words,
    start_of,
    vote_words,
    zone_of,
)

NOON = datetime(2026, 11, 26, 12, 3, tzinfo=UTC)


@given(st.text(max_size=3000), st.integers(2, 200))
def test_an_excerpt_is_one_short_line_without_anything_unseen(text: str, most: int) -> None:
    line = one_line(text, most)
    assert len(line) <= most
    assert "\n" not in line
    assert not set(line) & set("\x00\x07\x1b\u202e\u202d\u2066\u2028\x85")
    line.encode()


def test_the_first_line_with_something_in_it_stands_for_a_prompt() -> None:
    assert first_line("\n  \t\nWhat is\ta hash table?\nAnd more") == "What is a hash table?"
    assert first_line("") == "(no text)"
    assert first_line("\u202emirrored") == "mirrored"
    assert first_line("مرحبا") == "مرحبا"
    assert len(first_line("x" * 1_000_000)) == 120


def test_a_long_text_says_how_much_is_left() -> None:
    assert clipped("abc", 3) == "abc"
    assert clipped("abcd", 3) == "abc… (1 more character)"
    assert clipped("a" * 5003, 3) == "aaa… (5,000 more characters)"


def test_times_are_shown_in_the_readers_zone_or_in_utc_with_a_word_on_it() -> None:
    berlin = zone_of("Europe/Berlin")
    assert moment(NOON, berlin) == "26 Nov 2026, 13:03"
    assert "Europe/Berlin" in berlin.sentence
    for unknown in (None, "", "Nowhere/At_all", "../../etc/passwd", "/etc/passwd", "a\x00b"):
        assert moment(NOON, zone_of(unknown)) == "26 Nov 2026, 12:03"
        assert "UTC" in zone_of(unknown).sentence


def test_a_day_begins_and_ends_where_the_reader_is_also_when_clocks_change() -> None:
    berlin = zone_of("Europe/Berlin")
    # On 25 October 2026 Berlin turns its clocks back, so that day has 25 hours.
    assert start_of(date(2026, 10, 25), berlin) == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert end_of(date(2026, 10, 25), berlin) == datetime(2026, 10, 25, 23, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_the_calendar_break_nothing(zone: str) -> None:
    for each in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert moment(each, zone_of(zone))
    for day in (date.min, date.max):
        assert start_of(day, zone_of(zone)) <= end_of(day, zone_of(zone))


def test_a_vote_names_the_model_that_it_preferred() -> None:
    assert vote_words("one", ["Pro", "Flash"]) == "Pro preferred"
    assert vote_words("other", ["Pro", "Flash"]) == "Flash preferred"
    assert vote_words("fourth", ["A", "B", "C", "D"]) == "D preferred"
    assert vote_words("both_good", ["Pro", "Flash"]) == "both good"
    assert vote_words("both_bad", ["A", "B", "C"]) == "all bad"
    assert vote_words("third", ["Pro", "Flash"]) == "not readable"


def test_a_preset_of_another_version_keeps_its_key() -> None:
    assert preset_words("extraction") == "Extraction to JSON"
    assert preset_words("of_tomorrow") == "of_tomorrow"
    assert preset_words("") == "No preset"


@given(st.lists(st.text(max_size=200), max_size=50))
def test_tags_are_short_lines_without_commas_and_stand_once(typed: list[str]) -> None:
    tags = clean_tags(typed)
    assert len(set(tags)) == len(tags) <= MOST_TAGS
    assert all(0 < len(tag) <= LONGEST_TAG and "," not in tag and tag == tag.strip() for tag in tags)
    assert clean_tags(tags) == tags


def test_where_runs_are_kept_is_said_without_folder_user_or_password() -> None:
    assert place_words("sqlite:////srv/ann/secret/history.sqlite") == "the file history.sqlite on this server"
    assert place_words("postgresql://ann:pa55@db.example:5432/runs") == "the database server db.example"
    assert place_words("nonsense") == "the database that this server names"
