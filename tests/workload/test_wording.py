"""A workload in plain sentences."""

from decimal import Decimal

import pytest

from catalog.loading import Catalog, load
from catalog.workload import Workload
from components.workload.wording import workload_html, workload_sentences

PLAIN = Workload(Decimal(200), 300_000, 3_000)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def test_a_plain_workload_is_one_sentence():
    assert workload_sentences(PLAIN) == ("200 requests a day, each with 300,000 tokens in, and 3,000 out.",)


def test_everything_that_is_asked_for_is_said():
    workload = Workload(
        Decimal("1500"),
        2_000,
        300,
        thinking_tokens=100,
        cached_tokens=800,
        long_share=Decimal("0.02"),
        long_input_tokens=250_000,
        batch_share=Decimal("0.375"),
        images=Decimal(2),
        audio_minutes=Decimal(1),
        video_minutes=Decimal("0.5"),
        stored_tokens=1_000_000,
        storage_hours=Decimal(1),
        growth=Decimal("-0.1"),
    )
    assert workload_sentences(workload) == (
        "1,500 requests a day, each with 2,000 tokens in, 2 images, 1 minute of audio and 0.5 minutes of video, 800 of "
        "the tokens in cached, and 300 out after 100 of thinking.",
        "2% of them have 250,000 tokens in instead.",
        "37.5% can wait and go through batch.",
        "1,000,000 tokens are kept in caches for 1 hour a day.",
        "Requests shrink by 10% a month.",
    )


def test_tokens_stand_in_pages_and_e_mails_with_the_conversion_and_its_source(catalog):
    shown = workload_html(catalog, catalog.decision, PLAIN)
    # 300,000 / 750 = 400 pages; 3,000 / 750 = 4 pages and 3,000 / 215 = 13.95 e-mails.
    assert ">400 pages</abbr>" in shown
    assert ">4 pages</abbr> or " in shown
    assert ">14 e-mails</abbr>" in shown
    assert "Page: 750 tokens." in shown
    assert "four characters a token" in shown
    assert catalog.sources["gapi_tokens"].title in shown
