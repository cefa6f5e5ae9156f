"""The strip above the benchmarks: for whom the clear verdicts speak."""

from collections.abc import Sequence

import pytest

from catalog.compiled import load
from catalog.evidence import Judgement, Verdict
from catalog.loading import Catalog
from catalog.schema import Area
from catalog.shared import SharedTest
from components.frame.verdicts import leads_sentence

CLEAR, CLOSE, ALONE = Verdict.CLEAR, Verdict.CLOSE, Verdict.NO_SHARED_TEST


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def told(catalog: Catalog, *found: tuple[Verdict, int | None], of_speed: Sequence[int] = ()) -> str:
    """The sentence for tests of 2.5 Pro and 2.5 Flash by their verdict and leader; `of_speed` are those of speed."""
    quality = next(each for each in catalog.benchmarks.values() if each.area is Area.KNOWLEDGE)
    speed = next(each for each in catalog.benchmarks.values() if each.area is Area.SPEED)
    tests = [
        SharedTest(speed if at in of_speed else quality, Judgement(verdict, leader=leader))
        for at, (verdict, leader) in enumerate(found)
    ]
    return leads_sentence(tests, [catalog.models["gemini-2.5-pro"], catalog.models["gemini-2.5-flash"]])


def test_one_that_leads_in_all_is_named_alone(catalog: Catalog) -> None:
    assert told(catalog, (CLEAR, 0), (CLEAR, 0), (CLOSE, 1)) == "2.5 Pro leads in all 2 that are clear."
    assert told(catalog, (CLEAR, 1)) == "2.5 Flash leads in the one that is clear."


def test_both_are_named_where_both_lead(catalog: Catalog) -> None:
    said = told(catalog, (CLEAR, 1), (CLEAR, 0), (CLEAR, 1))
    assert said == "Of those that are clear, 2.5 Flash leads in 2 and 2.5 Pro in 1."


def test_a_lead_in_speed_is_no_lead_in_quality(catalog: Catalog) -> None:
    assert told(catalog, (CLEAR, 0), (CLOSE, 1), of_speed=[0]) == "No lead is clear."


def test_nothing_is_said_of_tests_that_are_not_shared(catalog: Catalog) -> None:
    assert told(catalog, (ALONE, None)) == ""
