"""Filters, words and trade-offs of the benchmarks page, on the real catalog; expected values are from the sources."""

from datetime import date

import pytest

from catalog.evidence import Verdict
from catalog.loading import Catalog, load
from catalog.schema import Measured
from catalog.shared import SharedTest, common_sources, resting_on, shared_tests
from components.benchmarks import card, selection, tradeoff, wheel, wording
from components.benchmarks.selection import Filters
from components.frame.verdicts import MARKS, between, signed

ON = date(2026, 11, 22)
PRO, FLASH, SUCCESSOR = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash", "gemini-2.5-pro"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


@pytest.fixture(scope="module")
def tests(catalog: Catalog) -> tuple[SharedTest, ...]:
    return shared_tests(catalog, catalog.models[PRO], catalog.models[FLASH])


def names(found: list[SharedTest]) -> set[str]:
    return {test.benchmark.id for test in found}


def passing(tests: tuple[SharedTest, ...], filters: Filters) -> set[str]:
    return names([test for test in selection.of_quality(tests) if filters.lets_through(test)])


def test_an_area_keeps_its_own_tests_alone(tests: tuple[SharedTest, ...]) -> None:
    assert passing(tests, Filters(areas=("code",))) == {"bird_sql", "livebench_coding", "livecodebench"}


def test_independent_leaves_out_what_the_maker_measured(tests: tuple[SharedTest, ...]) -> None:
    independent = passing(tests, Filters(measured="independent"))
    assert "lmarena_text" in independent
    # Table 6 of the Gemma 3 report is Google's own.
    assert not independent & {"gpqa_diamond", "mmlu_pro", "facts_grounding"}
    assert {"gpqa_diamond", "mmlu_pro", "facts_grounding"} <= passing(tests, Filters(measured="maker"))


def test_filters_add_up(tests: tuple[SharedTest, ...]) -> None:
    assert passing(tests, Filters(areas=("factuality",), measured="maker", verdicts=("close",))) == {"facts_grounding"}


def test_time_and_money_are_never_among_the_tests_of_quality(tests: tuple[SharedTest, ...]) -> None:
    assert not names(selection.of_quality(tests)) & names(selection.of_time_and_money(tests))
    assert "kagi_speed" in names(selection.of_time_and_money(tests))


def test_a_source_alone_leaves_out_the_tests_that_it_does_not_have(
    catalog: Catalog, tests: tuple[SharedTest, ...]
) -> None:
    source = next(name for name in common_sources(tests) if catalog.sources[name].title.startswith("LiveBench"))
    own = resting_on(catalog, tests, source)
    assert names(list(own)) == {
        f"livebench_{part}"
        for part in ("reasoning", "language", "coding", "global", "mathematics", "if", "data_analysis")
    }
    assert all(result.source == source for test in own if test.match for result in test.match.results)


def test_a_third_model_stands_beside_the_pair_only_with_a_comparable_score(
    catalog: Catalog, tests: tuple[SharedTest, ...]
) -> None:
    pair = catalog.models[PRO], catalog.models[FLASH]
    three = (*pair, catalog.models[SUCCESSOR])
    by_name = {test.benchmark.id: test for test in tests}
    scores = [each and each.score for each in selection.lined_up(catalog, by_name["confabulation_rate"], pair, three)]
    assert scores == [15.8, 24.3, 4.0]
    # Table 6 of the Gemma 3 report was printed before Gemini 2.5 Pro came out.
    assert selection.lined_up(catalog, by_name["mmlu_pro"], pair, three)[2] is None


def test_pairs_of_three_models_begin_with_the_first_two(catalog: Catalog) -> None:
    chosen = [catalog.models[name] for name in (PRO, FLASH, SUCCESSOR)]
    assert list(selection.pairs(chosen)) == [f"{PRO},{FLASH}", f"{PRO},{SUCCESSOR}", f"{FLASH},{SUCCESSOR}"]


def test_signs_and_digits_of_differences() -> None:
    assert [signed(4.6), signed(-1.8), signed(1.0), signed(-0.04)] == ["+4.6", "−1.8", "+1.0", "0.0"]
    assert between(-4.31, 0.69) == "−4.3 to +0.7"


def test_every_verdict_has_a_mark_of_its_own() -> None:
    assert len({MARKS[verdict] for verdict in Verdict}) == 5


def test_measurements_are_put_as_a_ratio_that_names_the_larger(catalog: Catalog, tests: tuple[SharedTest, ...]) -> None:
    pair = catalog.models[PRO], catalog.models[FLASH]
    by_name = {test.benchmark.id: test for test in tests}

    def ratio(name: str) -> str:
        match = by_name[name].match
        return wording.ratio(catalog.benchmarks[name], pair, match.results) if match else ""

    # Kagi: 83.24 against 51.25 tokens a second, 1.72 against 1.04 s, $0.32164 against $0.01852.
    assert ratio("kagi_speed") == "2.0 Flash writes 1.6× as fast"
    assert ratio("kagi_latency") == "2.0 Pro exp takes 1.7× as long"
    assert ratio("kagi_cost") == "2.0 Pro exp costs 17.4× as much"


def test_a_blend_is_three_parts_input_to_one_part_output(catalog: Catalog) -> None:
    # $0.10 and $0.40: (3 x 0.10 + 0.40) / 4.
    assert tradeoff.price_axis(catalog, "blend", ON).values[FLASH] == pytest.approx(0.175)


def test_a_model_without_a_list_price_has_no_place_on_the_scale(catalog: Catalog) -> None:
    axis = tradeoff.price_axis(catalog, "input", ON)
    measure = next(each for each in tradeoff.measures(catalog) if each.benchmark.id == "lmarena_text")
    assert PRO not in axis.values
    said = tradeoff.left_out(catalog, measure, axis, [catalog.models[PRO]])
    assert said == ["Not drawn, no list price: 2.0 Pro exp."]


def test_quality_is_offered_with_most_of_the_chosen_models_and_votes_first(catalog: Catalog) -> None:
    chosen = [catalog.models[PRO], catalog.models[FLASH]]
    first = tradeoff.of_quality(tradeoff.measures(catalog), chosen)[0]
    assert first.benchmark.id == "lmarena_text"
    assert {PRO, FLASH} <= set(first.results)


def test_faster_is_better_on_the_scale_of_speed(catalog: Catalog) -> None:
    every = tradeoff.measures(catalog)
    speed = next(each for each in tradeoff.of_speed(every) if each.benchmark.id == "kagi_speed")
    accuracy = next(each for each in every if each.benchmark.id == "kagi_accuracy" and each.source == speed.source)
    axis = tradeoff.speed_axis(speed)
    offers = tradeoff.offers(catalog, accuracy, axis, [catalog.models[PRO], catalog.models[FLASH]])
    # Flash is faster (83 against 51 tokens a second), Pro more accurate (61% against 37%): both are on the line.
    assert [each.model.id for each in tradeoff.on_line(accuracy, axis, offers)] == [FLASH, PRO]


def test_a_radar_takes_no_test_that_one_of_the_models_lacks(catalog: Catalog, tests: tuple[SharedTest, ...]) -> None:
    quality = [test.benchmark for test in selection.of_quality(tests)]
    pair, three = (
        [catalog.models[name] for name in (PRO, FLASH)],
        [catalog.models[name] for name in (PRO, FLASH, SUCCESSOR)],
    )
    of_two = {spoke.benchmark.id for spoke in wheel.spokes(catalog, quality, pair)}
    of_three = {spoke.benchmark.id for spoke in wheel.spokes(catalog, quality, three)}
    assert {"gpqa_diamond", "mmlu_pro"} <= of_two
    assert "mmlu_pro" not in of_three
    # Less is better in this one, and a rating is no share.
    assert not of_two & {"confabulation_rate", "lmarena_text", "livebench_global"}
    chosen = wheel.spread(wheel.spokes(catalog, quality, pair))
    assert len(chosen) == 8
    assert len({spoke.benchmark.area for spoke in chosen}) >= 7


def test_a_card_says_how_used_up_a_test_is_by_its_best_score(catalog: Catalog) -> None:
    for name in ("mmlu_pro", "hle"):
        benchmark = catalog.benchmarks[name]
        best = max(float(each.score) for each in benchmark.results if isinstance(each.score, float))
        assert f"has {best:g}; the best possible is 100" in card.saturation(benchmark)
    # Fewer made-up answers are better, so nought is the best possible.
    assert "the best possible is 0" in card.saturation(catalog.benchmarks["confabulation_rate"])
    assert card.saturation(catalog.benchmarks["lmarena_text"]) == ""


def test_the_words_on_hover_say_who_measured(catalog: Catalog, tests: tuple[SharedTest, ...]) -> None:
    test = next(test for test in tests if test.benchmark.id == "gpqa_diamond")
    assert test.match is not None
    result = test.match.results[0]
    assert result.measured_by is Measured.MAKER
    lines = wording.hover(catalog, test.benchmark, catalog.models[PRO], result)
    assert lines[0] == "2.0 Pro exp: 64.7%"
    assert "198 questions" in lines
    assert "Measured by the maker" in lines
    assert max(len(line) for line in lines) <= 64
