"""Every way in which an answer can come out, in the words that a reader gets."""

from dataclasses import replace
from datetime import date

import pytest

from catalog.advice import Missing, Strength, Threshold
from catalog.criteria import OwnFigure, OwnFigures
from catalog.gates import Check, Outcome
from catalog.loading import Catalog
from components.advisor import wording
from tests.advisor.conftest import FLASH, PRO, Make

FAILS = Check(PRO, "callable", "Callable", Outcome.FAILS, "2.5 Pro was shut down. It must be callable.")
ASKED = Check(FLASH, "capabilities.caching", "Context caching", Outcome.UNKNOWN, "No source says.")


def test_a_likely_answer_says_how_often_it_holds_and_what_overtakes(known: Catalog, made: Make) -> None:
    said = wording.headline(known, made(thresholds=(Threshold("reasoning", 0.46, True, PRO),)))
    assert said.lead == "Take 2.5 Flash:"
    assert (said.mark, said.word) == ("✓", "likely")
    assert said.rest == (
        "It wins in 83% of weightings near yours; 2.5 Pro overtakes once more than 46% of the weight is on reasoning "
        "complexity."
    )
    assert said.further == ("Your workload: 2.5 Pro $1,000.00 a month; 2.5 Flash $100.00 a month.",)


def test_the_nearest_of_several_thresholds_is_the_one_that_is_told(known: Catalog, made: Make) -> None:
    turns = (Threshold("context", 0.2, False, PRO), Threshold("latency", 0.25, True, PRO))
    # Context would have to lose 25 points, latency to gain 20.
    assert (
        "once more than 25% of the weight is on latency sensitivity"
        in wording.headline(known, made(thresholds=turns)).rest
    )


def test_a_threshold_close_by_is_told_to_a_tenth(known: Catalog, made: Make) -> None:
    said = wording.headline(known, made(thresholds=(Threshold("reasoning", 0.304, True, PRO),)))
    assert "more than 30.4% of the weight" in said.rest


@pytest.mark.parametrize(
    ("at", "rises", "share"),
    [
        (0.004, False, "less than 0.4% of the weight"),
        (0.0004, False, "almost none of the weight"),
        (0.0004, True, "any weight at all"),
        (0.996, True, "more than 99.6% of the weight"),
        (0.9996, True, "almost all of the weight"),
    ],
)
def test_a_threshold_at_either_end_is_never_told_as_none_or_all(at: float, rises: bool, share: str) -> None:
    assert wording.turning_share(Threshold("context", at, rises, PRO), 0.45) == share


def test_an_answer_that_no_weight_turns_says_so(known: Catalog, made: Make) -> None:
    said = wording.headline(known, made(share=1.0, strength=Strength.CLEAR))
    assert said.rest == ("It wins in 100% of weightings near yours; no weight of a single criterion turns that around.")


@pytest.mark.parametrize(("strength", "mark"), [(Strength.CLEAR, "✓✓"), (Strength.SLIGHT, "~"), (Strength.OPEN, "?")])
def test_each_strength_has_a_mark_of_its_own_shape(known: Catalog, made: Make, strength: Strength, mark: str) -> None:
    assert wording.headline(known, made(strength=strength)).mark == mark


def test_an_open_answer_recommends_nothing(known: Catalog, made: Make) -> None:
    said = wording.headline(known, made(strength=Strength.OPEN, by_model=(0.48, 0.52)))
    assert said.lead == "It is open."
    assert said.rest.startswith("Of the weightings near yours, 2.5 Flash wins in 52% and 2.5 Pro in 48%.")


def test_models_that_cannot_be_told_apart_leave_the_price(known: Catalog, made: Make) -> None:
    said = wording.headline(known, made(tie=True, strength=Strength.SLIGHT))
    assert said.sentence == (
        "They cannot be told apart on what matters to you. So take the cheaper one: 2.5 Flash, at $100.00 a month "
        "against $1,000.00."
    )
    assert said.word == "no real difference"


def test_a_tie_without_a_price_says_which_one_is_missing(known: Catalog, made: Make) -> None:
    told = made(tie=True, strength=Strength.OPEN, cheaper=None, cost_known=False, no_price=True)
    said = wording.headline(known, told)
    assert said.rest == "Which one is cheaper cannot be said, since 2.5 Pro has no list price."
    assert said.further[0] == (
        "Your workload: 2.5 Pro has no list price (free while on trial); 2.5 Flash $100.00 a month."
    )


def test_a_tie_at_the_same_price_says_so(known: Catalog, made: Make) -> None:
    said = wording.headline(known, made(tie=True, strength=Strength.OPEN, cheaper=None))
    assert said.rest == "Which one is cheaper cannot be said, since they cost the same."


def test_one_model_left_is_taken_and_the_others_reason_stands(known: Catalog, made: Make) -> None:
    said = wording.headline(known, made(against={PRO: FAILS}))
    assert said.sentence == "Take 2.5 Flash: It alone passes what you demand."
    assert said.further[-1] == "Out: 2.5 Pro was shut down. It must be callable."


def test_a_model_that_ends_soon_is_taken_with_a_warning(known: Catalog, made: Make) -> None:
    # 2.5 Flash was to be shut down on 1 December 2026, by its maker's own page.
    said = wording.headline(known, replace(made(), on=date(2026, 11, 26)))
    assert said.further[0].startswith("Mind its end: Gemini 2.5 Flash is deprecated and ends on 1 December 2026.")
    assert not wording.headline(known, made()).further[0].startswith("Mind")


def test_nothing_left_is_an_answer_of_its_own(known: Catalog, made: Make) -> None:
    flash = Check(FLASH, "callable", "Callable", Outcome.UNKNOWN, "Nobody knows.")
    said = wording.headline(known, made(against={PRO: FAILS, FLASH: flash}))
    assert said.sentence == "None of them passes what you demand."
    assert said.further == (
        "2.5 Pro was shut down. It must be callable.",
        "Nobody knows. You leave it out.",
    )


def test_what_nobody_decided_is_a_proviso(known: Catalog, made: Make) -> None:
    said = wording.headline(known, made(undecided={FLASH: ASKED}))
    assert said.further[-1] == (
        "Provided that what is open turns out well: context caching (not known) of 2.5 Flash. You can decide it below."
    )


def test_what_would_change_it_names_the_weight_of_today(known: Catalog, made: Make) -> None:
    worked = made(thresholds=(Threshold("context", 0.17, False, PRO),))
    told = wording.threshold_sentence(known, worked, worked.answer.advice.thresholds[0])
    assert told == "2.5 Pro, once less than 17% of the weight is on context need (now 45%)."
    assert wording.steady_sentence(known, worked.answer.advice) == (
        "No weight of latency sensitivity, reasoning complexity, deployment constraints or production readiness "
        "changes it."
    )


def test_the_shares_name_all_draws_the_weights_alone_and_the_measures_alone(known: Catalog, made: Make) -> None:
    worked = made()
    assert wording.share_sentences(worked, worked.answer.advice, known.decision) == (
        "Of 2,000 draws around your weights and within the noise of the measures: 2.5 Flash 83% and 2.5 Pro 17%.",
        "2.5 Flash comes out best in 91% where the weights alone vary, and in 88% where the measures alone do.",
    )


def test_missing_evidence_says_how_much_it_would_have_to_say(known: Catalog, made: Make) -> None:
    worked = made()
    assert wording.missing_sentence(known, worked, Missing("cost", PRO, 0.4)) == (
        "Deployment constraints: 2.5 Flash and 2.5 Pro cannot be compared. It would have to favour 2.5 Pro by more "
        "than 40% of its scale to turn the answer."
    )
    assert "not even the whole scale" in wording.missing_sentence(known, worked, Missing("cost", PRO, None))


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.001, "under 1%"), (0.5, "50%"), (0.997, "over 99%"), (1.0, "100%")]
)
def test_a_share_is_none_or_all_only_where_it_is(share: float, text: str) -> None:
    assert wording.percent(share) == text


def test_own_runs_are_counted_model_by_model(known: Catalog) -> None:
    models = [known.models[PRO], known.models[FLASH]]
    own = OwnFigures(
        time_to_first_token={FLASH: OwnFigure(0.5, 0.4, 0.6, 1_200)},
        win={(PRO, FLASH): OwnFigure(0.6, 0.4, 0.7, 34)},
    )
    assert wording.own_runs(own, "latency", models) == "2.5 Flash 1,200 runs"
    assert wording.own_runs(own, "votes", models) == "34 votes"
    assert wording.own_runs(own, "cost", models) == "no runs with these models yet"
