"""A shared run in words: what was set, what the vote said, what judges said, and nothing that runs."""

from dataclasses import replace

import pytest

from catalog.loading import Catalog, load
from components.archive.wording import zone_of
from components.playground.keeping import restored
from components.shared.telling import instructions, opinions_html, run_facts, run_settings, said_html, vote_sentence
from tests.archive.examples import PRO, opinion, run, voted

ZONE = zone_of("Europe/Paris")
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\u202eevil\x07'


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def own_settings():
    """A run in which each side has a temperature and an instruction of its own, and both a seed."""
    made = run("r", request={"seed": 7, "top_p": 0.9})
    sides = zip(made.lanes, (0.1, 0.9), ("Be short.", "Be long."), strict=True)
    lanes = tuple(
        replace(lane, request={**lane.request, "temperature": heat, "system_instruction": text})
        for lane, heat, text in sides
    )
    return replace(made, lanes=lanes)


def test_the_facts_say_when_by_whom_and_with_which_catalog(catalog: Catalog) -> None:
    told = run_facts(catalog, run("r", simulated=True, imported=True), ZONE, secret=False)
    # Noon in UTC is one o'clock in Paris in winter.
    assert "26 Nov 2026, 13:00" in told
    for part in ("2.0 Flash", "Simulated", "Imported", "catalog c0ffee"):
        assert part in told


def test_a_secret_run_does_not_say_by_whom(catalog: Catalog) -> None:
    told = run_facts(catalog, run("r"), ZONE, secret=True)
    assert "2.0 Flash" not in told
    assert "2.0 Pro" not in told


def test_settings_are_told_and_a_sides_own_by_its_model(catalog: Catalog) -> None:
    told = run_settings(catalog, own_settings(), secret=False)
    assert '<dt>Seed</dt><dd><bdi dir="auto">7</bdi></dd>' in told
    assert "2.0 Pro exp: 0.1; 2.0 Flash: 0.9" in told
    assert instructions(catalog, own_settings(), secret=False) == [
        ("System instruction of 2.0 Pro exp", "Be short."),
        ("System instruction of 2.0 Flash", "Be long."),
    ]


def test_settings_that_would_tell_whose_an_answer_is_stay_out_of_a_secret_run(catalog: Catalog) -> None:
    told = run_settings(catalog, own_settings(), secret=True)
    assert "Seed" in told
    assert "Temperature" not in told
    assert instructions(catalog, own_settings(), secret=True) == []
    common = run("r", request={"system_instruction": "Be kind."})
    assert instructions(catalog, common, secret=True) == [("System instruction", "Be kind.")]


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        (run("r"), ""),
        (
            run("r", order=(1, 0)),
            "This run is blind, and its owner has not voted yet: which model wrote which answer is not shown before.",
        ),
        (voted("r", "other"), "Blind vote, cast before any name was shown: 2.0 Flash preferred."),
        (
            voted("r", "both_bad", simulated=True),
            "Blind vote, cast before any name was shown: both bad. "
            "The answers are simulated, so it counts for nothing.",
        ),
        (run("r", order=(1, 0), status="stopped"), "There is no vote on this run: an answer was stopped."),
    ],
)
def test_the_vote_is_told_as_it_was_cast(catalog: Catalog, record, sentence: str) -> None:
    assert vote_sentence(catalog, record, restored(record).snapshot()) == sentence


def test_opinions_are_said_to_be_opinions_and_the_newest_stands_first(catalog: Catalog) -> None:
    old = opinion("a")
    new = replace(opinion("b", agreed=False), created=old.created.replace(hour=20))
    told = opinions_html(catalog, [old, new], {0: "Pro", 1: "Flash"}, ZONE)
    assert told.count("Opinion of a model, gemini-3.8-flash") == 2
    assert told.index("changed its mind") < told.index("the answer of Pro is better, in either order")


def test_a_simulated_opinion_is_marked_and_one_that_cannot_be_read_is_left_out(catalog: Catalog) -> None:
    simulated = replace(opinion("a"), outcome={**opinion("a").outcome, "simulated": True})
    told = opinions_html(catalog, [simulated], {0: "Pro", 1: "Flash"}, ZONE)
    assert "◌ Simulated" in told
    assert "Simulated, not a model&#x27;s opinion" in told
    assert opinions_html(catalog, [replace(opinion("b"), outcome={})], {0: "Pro", 1: "Flash"}, ZONE) == ""


def test_hostile_text_stays_text(catalog: Catalog) -> None:
    bad = replace(opinion("a"), outcome={**opinion("a").outcome, "reasons": [HOSTILE, HOSTILE], "judge": HOSTILE})
    request = {"stop_sequences": [HOSTILE], HOSTILE: HOSTILE, "system_instruction": HOSTILE}
    record = run("r", models=(PRO, HOSTILE), request=request, catalog_version=HOSTILE, preset=HOSTILE)
    told = [
        said_html("Prompt", HOSTILE),
        run_facts(catalog, record, ZONE, secret=False),
        run_settings(catalog, record, secret=False),
        opinions_html(catalog, [bad], {0: HOSTILE, 1: HOSTILE}, ZONE),
    ]
    for each in told:
        assert "<script" not in each
        assert "<img" not in each
    assert "\u202e" not in told[0] + told[1]
    assert "\x07" not in told[0]


def test_of_a_very_long_prompt_the_beginning_is_shown_and_the_rest_counted() -> None:
    told = said_html("Prompt", "x" * 1_000_000)
    assert "980,000 more characters are in the file below." in told
    assert len(told) < 21_000
    assert "more characters" not in said_html("Prompt", "x" * 20_000)
