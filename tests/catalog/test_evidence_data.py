"""The catalog holds what was collected: as many of everything, and a drawn sample of results value by value."""

import csv
from pathlib import Path

import pytest
import yaml

from catalog.evidence import Verdict
from catalog.loading import DATA
from catalog.schema import Absent, Measured
from catalog.shared import shared_tests, tally

SAMPLE = Path(__file__).with_name("results_sample.csv")
PRO, FLASH = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"


def test_as_many_models_benchmarks_and_results_as_were_collected(catalog):
    """46, 80 and 1,287 on 21 November 2026; what is added later only makes more of them."""
    results = [each for benchmark in catalog.benchmarks.values() for each in benchmark.results]
    assert len(catalog.models) >= 46
    assert len(catalog.benchmarks) >= 80
    assert len([each for each in results if not isinstance(each.score, Absent)]) >= 1287
    # One row of the model card has no score and stands as "not found".
    assert [each.model for each in results if isinstance(each.score, Absent)] == ["gemini-2.0-flash-exp"]


def test_as_many_claims_as_were_collected(catalog):
    files = [file.read_text() for file in (DATA / "models").glob("*/*.yaml")]
    written = sum(text.count("- {value:") for text in files)
    # What came later stands apart, so that it cannot hide the loss of an older claim.
    parameters = sum(len(claims) for text in files for claims in yaml.safe_load(text).get("parameters", {}).values())
    # 1,192 collected, 30 that only the article and the model card make, and 8 lists of thinking levels.
    assert written - parameters >= 1192 + 30 + 8
    assert parameters >= 116


def test_two_hundred_results_drawn_at_random_are_carried_over_exactly(catalog):
    with SAMPLE.open(newline="") as file:
        drawn = list(csv.DictReader(file))
    assert len(drawn) == 200
    for row in drawn:
        candidates = catalog.results[row["model"]][row["benchmark"]]
        assert any(same(row, each) for each in candidates), row


def same(row, result):
    low, high = (float(row[end]) if row[end] else None for end in ("low", "high"))
    return (
        result.score == float(row["score"])
        and (result.unit, result.source, result.kind.value) == (row["unit"], row["source"], row["kind"])
        and (result.date, result.conditions) == (row["date"], row["conditions"])
        and (row["snapshot"] == "*" or (result.snapshot or "") == row["snapshot"])
        and (result.low, result.high) == (pytest.approx(low), pytest.approx(high))
    )


@pytest.mark.parametrize(
    ("benchmark", "questions"),
    [
        ("gpqa_diamond", 198),
        ("humaneval", 164),
        ("mmlu", 14_042),
        ("mmlu_pro", 12_032),
        ("math", 5_000),
        ("simpleqa", 4_326),
        ("aider_polyglot", 225),
        ("facts_grounding", 1_719),
    ],
)
def test_the_number_of_questions_is_known_and_sourced(catalog, benchmark, questions):
    found = catalog.benchmarks[benchmark].questions
    assert found.count == questions
    assert catalog.sources[found.source].url


def test_a_test_whose_subset_is_not_known_has_no_number_of_questions(catalog):
    assert catalog.benchmarks["gpqa"].questions is None


def test_the_pair_is_the_lesson(catalog):
    """Within the noise on 198 questions, real but small on 12,032, and the cheaper model ahead on FACTS Grounding."""
    tests = {each.benchmark.id: each for each in shared_tests(catalog, catalog.models[PRO], catalog.models[FLASH])}
    assert tests["gpqa_diamond"].judgement.verdict is Verdict.CLOSE
    assert tests["gpqa_diamond"].judgement.difference == pytest.approx(4.6)
    assert tests["mmlu_pro"].judgement.verdict is Verdict.SMALL
    assert tests["mmlu_pro"].judgement.difference == pytest.approx(1.5)
    assert tests["facts_grounding"].judgement.leader == 1
    assert tests["simpleqa"].judgement.verdict is Verdict.CLEAR


def test_the_tests_of_the_pair_are_counted(catalog):
    found = tally(shared_tests(catalog, catalog.models[PRO], catalog.models[FLASH]))
    assert found.shared == 23
    assert sum(found.by_verdict.values()) - found.by_verdict[Verdict.NO_SHARED_TEST] == 23


def test_illustrative_scores_never_decide_anything(catalog):
    tests = {each.benchmark.id: each for each in shared_tests(catalog, catalog.models[PRO], catalog.models[FLASH])}
    assert "humaneval" not in tests
    assert [result.score for result in tests["math"].match.results] == [91.8, 90.9]


def test_scores_of_two_editions_are_never_set_beside_each_other(catalog):
    for one in catalog.models.values():
        for test in shared_tests(catalog, one, catalog.models[FLASH]):
            for match in (test.match, *test.others) if test.match else ():
                assert len({result.edition for result in match.results}) == 1


def test_figures_that_a_collection_gathered_from_two_makers_are_not_compared(catalog):
    tests = {
        each.benchmark.id: each
        for each in shared_tests(catalog, catalog.models["gpt-5"], catalog.find("gemini-2.5-pro"))
    }
    found = tests["swe_bench_verified"]
    assert found.judgement.verdict is Verdict.NOT_COMPARABLE
    assert "may not be compared" in found.judgement.reason


def test_who_ran_a_test_is_known_for_most(catalog):
    measured = [each.measured_by for benchmark in catalog.benchmarks.values() for each in benchmark.results]
    assert measured.count(Measured.MAKER) > 400
    assert measured.count(Measured.INDEPENDENT) > 600
    livebench = catalog.results[FLASH]["livebench_global"]
    assert {each.measured_by for each in livebench} == {Measured.INDEPENDENT}
    assert catalog.results[FLASH]["gpqa_diamond"][0].measured_by is Measured.MAKER
