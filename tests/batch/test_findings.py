"""What a batch has found out, in sentences."""

import re
from html import unescape

from components.batch.drawn import charts_of, pass_chart, spend_chart, waits_chart
from components.batch.findings import checks_of_tally, findings_html, pairs_of
from components.batch.names import named_models, renamed
from components.batch.tally import Tally, tally_of
from tests.batch.results import CHECK, answer, failure, tally
from tests.batch.running import FLASH, PRO, catalog

MODELS = named_models(catalog(), (PRO, FLASH))
NAMES = [each.text for each in MODELS]


def told(counts: Tally, check: str = CHECK) -> str:
    html = findings_html(renamed(counts, {each.id: each.text for each in MODELS}), NAMES, check)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_a_lead_that_chance_seldom_gives_is_clear() -> None:
    # Ten rows apart, all one way: the exact test gives 2 / 2**10, about 1 of 500.
    words = told(tally([True] * 20, [True] * 10 + [False] * 10))
    assert "2.5 Pro passes 10 more of 20 rows than 2.5 Flash" in words
    assert "✓✓ clear" in words
    assert "1 of 500" in words


def test_a_lead_of_one_row_is_too_close_to_call() -> None:
    words = told(tally([True] * 5, [True] * 4 + [False]))
    assert "~ too close to call" in words
    assert "2.5 Pro: 5 of 5 rows pass (100%)" in words
    assert "2.5 Flash: 4 of 5 rows pass (80%)" in words


def test_a_passed_row_costs_what_all_answers_cost_over_those_that_passed() -> None:
    # Five answers at $0.001, of which four passed.
    assert "A passed row costs $0.00125 at list price." in told(tally([True] * 5, [True] * 4 + [False]))


def test_no_passed_row_has_no_price() -> None:
    assert told(tally([False], [False])).count("No row passed, so a passed row has no price.") == 2


def test_calls_without_an_answer_are_counted_by_their_kind() -> None:
    words = told(tally_of([answer(1, PRO), failure(2, PRO), answer(1, FLASH), answer(2, FLASH)]))
    assert "2.5 Pro: 1 of 2 calls (50%) brought no answer: 1 overloaded." in words
    assert "2.5 Flash: All 2 calls brought an answer." in words
    assert "No check has looked at these answers" in words


def test_simulated_answers_are_said_to_be_no_evidence() -> None:
    words = told(tally_of([answer(1, model, True, simulated=True) for model in (PRO, FLASH)]))
    assert "they are no evidence" in words
    assert "A passed row would cost ≈ $0.001" in words


def test_all_checks_together_are_asked_for_only_where_there_are_several() -> None:
    assert checks_of_tally(tally([True], [True])) == (CHECK,)
    assert checks_of_tally(tally_of([])) == ()


def test_the_first_model_that_answered_is_compared_with_each_other_one() -> None:
    counts = tally_of([answer(1, "b"), answer(1, "c")])
    assert pairs_of(counts, ["a", "b", "c"]) == [("b", "c")]


def test_a_chart_is_offered_only_where_there_is_something_to_draw() -> None:
    assert charts_of(tally([True], [False])) == ["passes", "waits", "cost"]
    unpriced = tally_of([answer(1, PRO, cost_usd=None)])
    assert charts_of(unpriced) == ["waits"]
    assert charts_of(tally_of([failure(1, PRO)])) == ["cost"]


def test_the_table_of_a_chart_has_the_figures_of_its_sentence() -> None:
    named = renamed(tally([True, True, True, False], [True, False, False, False]), {m.id: m.text for m in MODELS})
    rates = pass_chart(named, MODELS)
    assert rates is not None
    assert rates.summary == "By the check “right”, 2.5 Pro 75% and 2.5 Flash 25% of the rows pass."
    assert [record["Pass"] for record in rates.records] == ["75.0%", "25.0%"]
    times = waits_chart(named, MODELS)
    assert times is not None
    assert times.records[0]["p50"] == "2 s"
    assert times.records[0]["First token p50"] == "500 ms"
    cost = spend_chart(named, MODELS)
    assert cost is not None
    assert [record["USD for 1,000 answers"] for record in cost.records] == ["$1.00", "$1.00"]


def test_a_model_without_a_list_price_is_named_and_not_drawn_as_zero() -> None:
    counts = tally_of([answer(1, PRO), answer(1, FLASH, cost_usd=None)])
    drawn = spend_chart(renamed(counts, {m.id: m.text for m in MODELS}), MODELS)
    assert drawn is not None
    assert "2.5 Flash has no known cost" in drawn.summary
    assert [record["Model"] for record in drawn.records] == ["2.5 Pro"]


def test_models_of_one_name_and_models_outside_the_catalog_keep_their_ids() -> None:
    assert [each.text for each in named_models(catalog(), (PRO, "my-own-model"))] == ["2.5 Pro", "my-own-model"]
