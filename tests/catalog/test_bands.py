"""Bands at their limits, and what is said beside them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.bands import ALSCORE_BANDS, GPQA_BANDS, MMLU_BANDS, band_of, readings

ON = date(2026, 11, 22)
ALL = {"mmlu": MMLU_BANDS, "gpqa": GPQA_BANDS, "alscore": ALSCORE_BANDS}


def subject(catalog, model, name):
    return next(each for each in readings(catalog, catalog.models[model], ON) if each.subject == name)


@pytest.mark.parametrize(
    ("bands", "score", "word"),
    [
        ("mmlu", 0, "no better than guessing"),
        ("mmlu", 24.99, "no better than guessing"),
        ("mmlu", 25, "weak"),
        ("mmlu", 60, "fair"),
        ("mmlu", 79.99, "fair"),
        ("mmlu", 80, "strong"),
        ("mmlu", 89.99, "strong"),
        ("mmlu", 90, "close to the ceiling"),
        ("mmlu", 100, "close to the ceiling"),
        ("gpqa", 39.99, "weak"),
        ("gpqa", 40, "fair"),
        ("gpqa", 59.99, "fair"),
        ("gpqa", 60, "good"),
        ("gpqa", 79.99, "good"),
        ("gpqa", 80, "very good"),
        ("gpqa", 100, "very good"),
        ("alscore", 0.99, "lower tier"),
        ("alscore", 1, "middle tier"),
        ("alscore", 3.2, "middle tier"),
        ("alscore", 10, "upper tier"),
    ],
)
def test_a_limit_belongs_to_the_band_above_it(bands, score, word):
    assert band_of(ALL[bands], score).word == word


def test_only_the_two_bands_of_the_seed_card_are_its_own():
    own = {(name, band.low, band.high) for name, bands in ALL.items() for band in bands if band.from_card}
    assert own == {("mmlu", 80, 90), ("gpqa", 60, 80)}


@pytest.mark.parametrize("name", ["mmlu", "gpqa"])
@given(one=st.floats(0, 100), other=st.floats(0, 100))
def test_a_higher_score_is_never_in_a_lower_band(name, one, other):
    low, high = sorted((one, other))
    bands = ALL[name]
    assert bands.index(band_of(bands, low)) <= bands.index(band_of(bands, high))


@given(st.floats(0, 1e6))
def test_every_alscore_has_a_tier(score):
    band = band_of(ALSCORE_BANDS, score)
    assert band.low <= score
    assert band.high is None or score < band.high


@pytest.mark.parametrize("score", [-0.1, 100.1])
def test_a_score_that_cannot_be_is_refused(score):
    with pytest.raises(ValueError, match="no band"):
        band_of(MMLU_BANDS, score)


def test_the_seed_card_is_read_as_it_reads_itself(catalog):
    mmlu = subject(catalog, "gemini-2.0-flash-exp", "MMLU")
    assert mmlu.sentence == "87% on MMLU: strong in general knowledge (band: 80 to 90)."
    assert mmlu.limits == "The limits of this band are those of the model card of 2.0 Flash exp."
    gpqa = subject(catalog, "gemini-2.0-flash-exp", "GPQA (subset not stated or full set)")
    assert "62.1% on GPQA" in gpqa.sentence
    assert "good in science reasoning (band: 60 to 80)" in gpqa.sentence
    assert "The sources do not name the part of GPQA that was asked." in gpqa.cautions
    # The square root of 30 x 30,000 divided by 300 is 3.16.
    assert "ALScore ≈ 3.2: middle tier" in subject(catalog, "gemini-2.0-flash-exp", "ALScore").sentence


def test_the_claim_of_optimal_compute_stands_with_its_objections(catalog):
    ratio = subject(catalog, "gemini-2.0-flash-exp", "Token:parameter ratio")
    assert "1,000 training tokens for each parameter" in ratio.sentence
    text = " ".join(ratio.cautions)
    assert "The model card of 2.0 Flash exp calls this ratio optimal for compute." in text
    assert "Hoffmann et al. (2022, arXiv:2203.15556) found about 20 tokens" in text
    assert "Both inputs, parameters and training tokens, are guesses by third parties." in text


def test_an_illustration_is_named_as_such(catalog):
    mmlu = subject(catalog, "gemini-2.0-flash", "MMLU")
    assert "87.2% on MMLU" in mmlu.sentence
    assert "The score is an illustration by its author and no measurement." in mmlu.cautions


def test_conflicting_scores_are_named(catalog):
    mmlu = subject(catalog, "deepseek-v3", "MMLU")
    assert mmlu.conflict
    assert "Sources conflict: 87.1% as well." in mmlu.cautions


def test_limits_of_our_own_say_so(catalog):
    mmlu = subject(catalog, "gemini-2.0-pro-exp-02-05", "MMLU")
    assert "close to the ceiling" in mmlu.sentence
    assert "ours" in mmlu.limits


def test_nothing_is_said_of_a_model_without_scores_and_sizes(catalog):
    assert readings(catalog, catalog.models["gemini-4-carbon"], ON) == ()


def test_every_model_can_be_read(catalog):
    found = {name: readings(catalog, model, ON) for name, model in catalog.models.items()}
    assert sum(map(bool, found.values())) > 20
