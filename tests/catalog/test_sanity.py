"""Results that are possible but look wrong are named with file and line, and nothing else is."""

import pytest

from catalog.__main__ import main
from catalog.sanity import doubts

_RESULT = "conditions: zero-shot, source: maker, date: 2026-02, unit: percent"


@pytest.fixture
def told(folder):
    """Writes results into the benchmark's file and returns the sentences about them with their lines."""

    def check(*results):
        folder.benchmark(*[f"{each}, {_RESULT}" if "conditions" not in each else each for each in results])
        found = doubts(folder.load(), folder.root)
        assert all(doubt.file == "benchmarks/quiz.yaml" for doubt in found)
        return [(doubt.line - folder.first_result_line + 1, doubt.sentence) for doubt in found]

    return check


def test_sound_results_raise_no_doubt(told):
    assert told("model: m, score: 71", "model: m, score: 72", "model: m, score: 0") == []


def test_a_fraction_among_percents(told):
    assert told("model: m, score: 71", "model: m, score: 0.72", "model: m, score: 74") == [
        (2, "m has 0.72 percent where others have tens; is it a fraction of 1?")
    ]


def test_small_percents_among_small_percents_are_no_fractions(told):
    assert told("model: m, score: 0.7", "model: m, score: 0.8", "model: m, score: 3") == []


def test_editions_mixed_within_a_source(told):
    assert told("model: m, score: 71, edition: May", "model: m, score: 72") == [
        (2, "m names no edition, while other results of maker do; are editions mixed?")
    ]


def test_a_preview_beside_a_released_snapshot(told):
    found = told("model: m, score: 71, snapshot: preview 05-06", "model: m, score: 72, snapshot: m-001")
    assert found == [(1, "maker has a preview and a released snapshot of m; they are different models.")]


def family(folder, small_released="2025-06"):
    head = "id: {0}\nname: {0}\nshort_name: {0}\nlab: lab\nfamily: Family\ntier: {1}\nidentity: [maker]\n"
    dated = "release_date:\n  - {{value: {0}, unit: date, source: maker, as_of: 2026-01}}\n"
    folder.write("models/lab/big.yaml", head.format("big", "pro") + dated.format("2025-05"))
    folder.write("models/lab/small.yaml", head.format("small", "flash") + dated.format(small_released))


def test_a_smaller_sibling_far_above_its_bigger_one(folder, told):
    family(folder)
    assert told("model: big, score: 60", "model: small, score: 70.5") == [
        (2, "small is 10.5 points better than its bigger sibling big; is a row swapped?")
    ]
    assert told("model: big, score: 60", "model: small, score: 69.5") == []


def test_a_later_generation_may_be_far_better(folder, told):
    family(folder, small_released="2026-01")
    assert told("model: big, score: 60", "model: small, score: 90") == []


def test_a_result_older_than_its_model(folder, told):
    family(folder)
    old = "model: big, score: 60, conditions: zero-shot, source: maker, date: 2025-03, unit: percent"
    assert told(old) == [(1, "the result of big is of 2025-03, before the model's first date, 2025-05.")]
    assert told(old.replace("2025-03", "2025-04")) == []
    assert told(old.replace("2025-03", "'2024'")) == []
    assert told(f"{old.replace('2025-03', '2025-03-01')}, edition: release of 2025-03-01") == []


def test_check_tells_them_and_fails_only_when_strict(folder, capsys):
    folder.benchmark(*[f"model: m, score: {score}, {_RESULT}" for score in (71, 0.5, 74)])
    assert main(["--data", str(folder.root), "check"]) == 0
    said = capsys.readouterr().out
    assert "1 result to look at once more" in said
    assert f"benchmarks/quiz.yaml:{folder.first_result_line + 1}: m has 0.5 percent" in said
    assert main(["--data", str(folder.root), "check", "--strict"]) == 1


def test_the_catalogs_own_doubts_are_those_that_its_sources_deserve(catalog):
    """The article is older than the models it describes, and some tables mix versions."""
    named = {doubt.file.removeprefix("benchmarks/").removesuffix(".yaml") for doubt in doubts(catalog)}
    assert {"mmlu", "humaneval", "math"} <= named
    assert len(doubts(catalog)) < 25
