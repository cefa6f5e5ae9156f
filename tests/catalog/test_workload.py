"""What a workload comes to in tokens and in things of everyday life, and what is impossible."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.decision import Conversion
from catalog.workload import faults, in_everyday_units, media_tokens, workload_of
from tests.catalog.workloads import asked, workloads


def test_the_workload_of_a_use_is_as_it_is_written(catalog):
    uses = {use.id: workload_of(use.workload) for use in catalog.decision.uses}
    assert uses["code"].long_share == Decimal("0.02")
    assert (uses["code"].input_tokens, uses["code"].long_input_tokens) == (12_000, 250_000)
    assert uses["pipeline"].batch_share == Decimal("0.8")
    assert [faults(each) for each in uses.values()] == [()] * len(uses)


@pytest.mark.parametrize(
    ("family", "images", "audio", "video"),
    [
        # 2 images of 258, 90 seconds of 32, 60 seconds of 263
        ("Gemini 2", 516, 2_880, 15_780),
        # 2 images of 1,120, 90 seconds of 25, 60 seconds of 95
        ("Gemini 3", 2_240, 2_250, 5_700),
    ],
)
def test_media_count_as_the_family_counts_them(catalog, family, images, audio, video):
    work = asked(images=2, audio_minutes="1.5", video_minutes=1)
    found = media_tokens(work, catalog.decision.rules, family)
    assert (found.images, found.audio, found.video) == (images, audio, video)
    assert found.total == images + audio + video


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (asked(-1), "Requests per day is below 0."),
        (asked(1, long_share="1.01"), "Long share is above 100%."),
        (asked(1, 10, cached_tokens=11), "The cached tokens are a part of the input tokens and cannot be more."),
        (asked(1, storage_hours="24.5"), "A day has 24 hours of storage."),
        (asked(1, growth="-0.95"), "Growth is between -90% and 1,000% a month."),
    ],
)
def test_what_is_impossible_is_said_in_a_sentence(work, sentence):
    assert faults(work) == (sentence,)


def test_shrinking_is_no_fault():
    assert faults(asked(1, growth="-0.5")) == ()


@given(workloads())
def test_a_possible_workload_has_no_faults(work):
    assert faults(work) == ()


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        # 750 tokens a page, 215 an e-mail, 1,920 a minute of audio
        (750, ("1 page", "3.5 e-mails", "0.39 minutes of audio")),
        (1_500_000, ("2,000 pages", "7,000 e-mails", "780 minutes of audio")),
        (10, ("under 0.1 pages", "under 0.1 e-mails", "under 0.1 minutes of audio")),
        (0, ("0 pages", "0 e-mails", "0 minutes of audio")),
    ],
)
def test_tokens_read_as_things_of_everyday_life(catalog, tokens, words):
    assert in_everyday_units(Decimal(tokens), catalog.decision.conversions) == words


@given(st.integers(1, 10**12))
def test_everyday_units_are_right_to_two_digits(tokens):
    page = Conversion(id="page", one="page", many="pages", tokens=750, basis="So many.")
    (words,) = in_everyday_units(Decimal(tokens), (page,))
    if not words.startswith("under"):
        told = float(words.split(" ")[0].replace(",", ""))
        assert told == pytest.approx(tokens / 750, rel=0.06)
