"""Win rates and ratings as tables: the figures in words, and drawings that say the same."""

import re
from html import unescape

from components.archive.tally import JudgeRow
from components.archive.votes_html import Named, judges_table, needed_words, rate_table, ratings_table
from components.playground.ratings import Ballot, Vote, bradley_terry, by_preset, win_rate

ONE, OTHER = Named("Pro", "● Pro", "#111"), Named("Flash", "■ Flash", "#222")


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def cast(wins: int, losses: int, preset: str = "") -> list[Ballot]:
    votes = [Vote.ONE] * wins + [Vote.OTHER] * losses
    return [Ballot("pro", "flash", vote, preset, False) for vote in votes]


def test_a_win_rate_stands_with_its_interval_and_the_votes_still_needed() -> None:
    # 7 of 10: the Wilson interval is 0.397 to 0.892 (Wilson 1927; worked out by hand).
    shown = rate_table(win_rate(cast(7, 3), "pro", "flash"), by_preset(cast(7, 3), "pro", "flash"), ONE, OTHER)
    assert "All votes 70%, 40% to 89% 7 to 3" in words(shown)
    left, width = re.search(r'class="bar" style="left:([\d.]+)%;width:([\d.]+)%', shown).groups()  # type: ignore[union-attr]
    assert abs(float(left) - 39.7) < 0.1
    assert abs(float(width) - (89.2 - 39.7)) < 0.1
    assert 'class="dot" style="left:70.00%"' in shown
    assert "#111" in shown


def test_presets_have_rows_of_their_own_where_there_are_several() -> None:
    both = cast(3, 1, "code") + cast(0, 2, "translation")
    shown = words(rate_table(win_rate(both, "pro", "flash"), by_preset(both, "pro", "flash"), ONE, OTHER))
    assert "Code 75%" in shown
    assert "Translation 0%" in shown
    single = words(rate_table(win_rate(both[:4], "pro", "flash"), by_preset(both[:4], "pro", "flash"), ONE, OTHER))
    assert "Code" not in single


def test_nothing_decided_is_said_and_not_drawn() -> None:
    ties = [Ballot("pro", "flash", Vote.BOTH_GOOD, "", False)]
    shown = rate_table(win_rate(ties, "pro", "flash"), by_preset(ties, "pro", "flash"), ONE, OTHER)
    assert "nothing decided yet" in words(shown)
    assert "whisker" not in shown
    assert needed_words(win_rate(ties, "pro", "flash")) == "not known yet"
    assert needed_words(win_rate(cast(2, 2), "pro", "flash")) == "not known at an even share"
    assert needed_words(win_rate(cast(20, 0), "pro", "flash")) == "none, told apart"


def test_ratings_name_who_cannot_be_told_apart() -> None:
    names = {each: Named(each.title(), each.title(), "#333") for each in ("pro", "flash", "old")}
    votes = cast(3, 2) + [Ballot("flash", "old", Vote.ONE, "", False)] * 40
    votes += [Ballot("flash", "old", Vote.OTHER, "", False)] * 2
    ratings = bradley_terry(votes)
    shown = words(ratings_table(ratings, names))
    assert "cannot be told apart from Flash" in shown
    assert "ahead of Old" in shown
    assert "400 points are odds of 10 to 1." in unescape(ratings_table(ratings, names))


def test_a_judge_is_named_without_markup() -> None:
    shown = judges_table([JudgeRow("<b>judge", 3, 4)])
    assert "<b>" not in shown
    assert "<b>judge 3 of 4 75%" in words(shown)
