"""The advice section: each way in which a question can come out, with numbers that can be worked out by hand."""

from dataclasses import replace
from decimal import Decimal
from math import log10

import pytest

from catalog.advice import Missing, Strength, Threshold
from catalog.criteria import OwnFigure, OwnFigures
from components.report import advice_section
from components.report.address import parse
from components.report.ledger import Scene, scene_of
from components.report.state import Audience, Chart, Form, Paragraph, Section, Table
from tests.report.made_scenes import FLASH, PRO, TODAY, catalog, column, scene, sentences, table

PAIRS = (
    f"{PRO},{FLASH}",
    "gemini-2.0-pro-exp-02-05,gemini-2.0-flash",
    "gemini-3.1-pro-preview,gemini-3.8-flash",
    "claude-sonnet-5,gemini-2.5-pro,o3-mini",
)
USES = ("documents", "chat", "pipeline", "code", "regulated")


def told(asked: Scene) -> list[str]:
    return [each.text for each in sentences(advice_section.section(asked))]


def ids(section: Section) -> list[str]:
    return [each.id for each in section.blocks if isinstance(each, Table | Chart)]


def headings(section: Section) -> list[str]:
    return [each.heading for each in section.blocks if getattr(each, "heading", "")]


def with_advice(asked: Scene, **changes: object) -> Scene:
    """The scene with another answer."""
    answer = asked.worked.answer
    advice = replace(answer.advice, **changes)
    return replace(asked, worked=replace(asked.worked, answer=replace(answer, advice=advice)))


def test_the_answer_comes_first_with_how_firm_it_is():
    first = sentences(advice_section.section(scene(use="chat")))[0]
    assert first.text.startswith("Take 2.5 Flash: It wins in 99% of weightings near yours; 2.5 Pro overtakes once more")
    assert first.certainty == "clear"


def test_the_question_is_asked_in_words():
    asked = scene(use="regulated", ceiling="1200.5", wait="2", can="function_calling", in_modalities="text,image")
    assert (
        "Demanded of every model: 32,000 tokens in at once, text and image in, function calling, callable on the day, "
        "generally available, offered on Vertex AI, at most $1,200.50 a month and at most 2 s to the first token."
    ) in told(asked)
    assert any(each.startswith("Weights (set directly): Context need 10%, latency") for each in told(asked))


def test_where_nothing_is_demanded_there_is_no_table_of_demands():
    asked = scene(use="chat", context="none", callable="no")
    section = advice_section.section(asked)
    assert "Nothing is demanded, so every model is weighed." in told(asked)
    assert "advice_gates" not in ids(section)


def test_the_points_of_each_criterion_are_its_weight_times_its_place():
    section = advice_section.section(scene(use="documents"))
    gains = table(section, "advice_contributions")
    points = {row[0].shown: [value.number for value in row[2:]] for row in gains.rows}
    # Equal windows and stages get all of their weight; $4,860 against $600 is 8.1 times, on a scale of 10 times.
    assert points["Context need"] == [45, 45]
    assert points["Production readiness"] == [10, 10]
    assert points["Deployment constraints"] == pytest.approx([10 * (1 - log10(8.1)), 10])
    assert [row[1].number for row in gains.rows[:5]] == [45, 5, 30, 10, 10]


@pytest.mark.parametrize("use", USES[:4])
def test_the_points_add_up_to_the_sum_and_the_chart_has_the_same(use):
    section = advice_section.section(scene(use=use))
    chart = next(each for each in section.blocks if isinstance(each, Chart))
    rows = chart.table.rows
    assert sum(row[1].number for row in rows[:5]) == pytest.approx(100)
    for place, series in enumerate(chart.plot.series):
        values = [row[2 + place].number for row in rows]
        assert values[5] == pytest.approx(sum(values[:5]))
        assert list(series.values) == values
        assert all(low <= value <= high for low, value, high in zip(series.low, values, series.high, strict=True))
    assert chart.plot.form is Form.BARS
    assert [each.model for each in chart.plot.series] == [PRO, FLASH]


def test_a_criterion_of_which_nothing_is_known_has_words_and_no_point():
    section = advice_section.section(scene("gemini-2.5-pro,grok-3", use="chat", callable="no"))
    chart = next(each for each in section.blocks if isinstance(each, Chart))
    unknown = [value for row in chart.table.rows for value in row[2:] if value.number is None]
    assert unknown
    assert {value.shown for value in unknown} == {"not known"}
    assert all(value.note.startswith("anything from ") for value in unknown)
    assert any(None in each.values for each in chart.plot.series)


def test_a_threshold_says_when_another_model_comes_out_best():
    asked = with_advice(scene(use="chat"), thresholds=(Threshold("reasoning", 0.46, True, PRO),))
    assert "2.5 Pro comes out best once more than 46% of the weight is on reasoning complexity (now 15%)." in told(
        asked
    )
    row = table(advice_section.section(asked), "advice_thresholds").rows[0]
    assert [value.shown for value in row] == ["Reasoning complexity", "15%", "46%", "more", "2.5 Pro"]
    assert [value.number for value in row[1:3]] == pytest.approx([15, 46])


def test_the_share_of_draws_says_how_it_was_drawn_to_a_technical_reader():
    asked = with_advice(scene(use="chat", audience="technical"), by_model=(0.17, 0.83), share=0.83)
    assert (
        "Of 2,000 draws around your weights and within the noise of the measures: 2.5 Flash 83% and 2.5 Pro 17%."
        in told(asked)
    )
    assert any("between 1/1.5 and 1.5" in each and "seed 20250205" in each for each in told(asked))
    assert not any("seed" in each for each in told(scene(use="chat")))


def test_a_tie_takes_the_cheaper_one():
    asked = with_advice(
        scene(use="documents"), tie=True, strength=Strength.SLIGHT, apart_low=-0.1, apart_high=0.1, cheaper=FLASH
    )
    first = sentences(advice_section.section(asked))[0]
    assert first.certainty == "no real difference"
    assert first.text == (
        "They cannot be told apart on what matters to you. So take the cheaper one: 2.5 Flash, at $600.00 a month "
        "against $4,860.00."
    )


def test_what_is_not_known_says_how_much_of_it_would_turn_the_answer():
    asked = with_advice(scene(use="chat"), missing=(Missing("latency", PRO, 0.31),))
    assert (
        "Latency sensitivity: 2.5 Flash and 2.5 Pro cannot be compared. It would have to favour 2.5 Pro by more than "
        "31% of its scale to turn the answer."
    ) in told(asked)


def test_where_all_are_out_it_says_why_and_what_would_have_to_be_given_up():
    asked = scene(use="regulated")
    section = advice_section.section(asked)
    first = sentences(section)[0]
    assert (first.text, first.certainty) == ("None of them passes what you demand.", "nothing to take")
    assert "2.5 Pro is deprecated and ends on 1 December 2026. It must be generally available." in told(asked)
    assert "Without the demand “generally available”, 2.5 Flash passes." in told(asked)
    assert not any(isinstance(each, Chart) for each in section.blocks)
    gates = table(section, "advice_gates")
    failed = next(row for row in gates.rows if row[0].shown == "Generally available")
    assert [value.shown for value in failed[1:]] == ["✕ fails", "✕ fails"]
    assert all(value.note and value.sources for value in failed[1:])


def test_a_demand_that_nobody_knows_to_be_met_is_named_as_assumed():
    asked = scene(use="chat", wait="2")
    assert "2.5 Pro is taken to meet the demand “time to first token”, though it is not known." in told(asked)
    assert "What was assumed" in headings(advice_section.section(asked))
    assert not any("decide it below" in each for each in told(asked))


def test_what_the_reader_decided_stands_in_the_table():
    asked = scene(use="chat", wait="2", decided=f"time_to_first_token~{PRO}~in,time_to_first_token~{FLASH}~out")
    section = advice_section.section(asked)
    gates = table(section, "advice_gates")
    row = gates.rows[-1]
    assert [value.shown for value in row[1:]] == ["? not known; you keep it in", "? not known; you leave it out"]
    first = sentences(section)[0]
    assert (first.text, first.certainty) == ("Take 2.5 Pro: It alone passes what you demand.", "only one left")


def test_the_measures_behind_it_are_typed_and_sourced():
    section = advice_section.section(scene(use="documents", audience="technical"))
    measures = table(section, "advice_measures")
    pro = column(measures, "2.5 Pro")
    found = {row[0].shown: row[pro] for row in measures.rows}
    assert (found["Context window"].number, found["Context window"].unit) == (1_048_576, "tokens")
    assert (found["Aider polyglot"].number, found["Aider polyglot"].unit) == (79.1, "percent")
    assert (found["Bill for your workload"].number, found["Bill for your workload"].unit) == (4860, "USD")
    assert found["Aider polyglot"].sources == ("aider",)
    assert "of 100" in found["Aider polyglot"].note


def test_own_measurements_are_named_as_such_with_the_number_of_runs():
    read = parse(
        {"models": f"{PRO},{FLASH}", "use": "chat", "own": "votes,latency,cost", "wait": "2"}, catalog(), TODAY
    )
    waits = {PRO: OwnFigure(1.37, 1.1, 1.6, 12), FLASH: OwnFigure(0.41, None, None, 9)}
    own = OwnFigures(time_to_first_token=waits, win={(PRO, FLASH): OwnFigure(0.7, 0.4, 0.89, 10)})
    asked = scene_of(catalog(), read.choices, TODAY, own=own)
    section = advice_section.section(asked)
    assert asked.ledger.problems == []
    assert "It rests on your own measurements in part: time to first token, your runs (21 runs)" in " ".join(
        told(asked)
    )
    gate = table(section, "advice_gates").rows[-1][1]
    assert "took 1.37 s in 12 runs of yours (between 1.1 and 1.6 s)" in gate.note
    technical = replace(asked, choices=replace(asked.choices, audience=Audience.TECHNICAL))
    measures = table(advice_section.section(technical), "advice_measures")
    row = next(each for each in measures.rows if each[0].shown == "Time to first token, your runs")
    assert [(value.number, value.unit) for value in row[1:3]] == [(Decimal("1.37"), "s"), (Decimal("0.41"), "s")]
    assert row[0].note == "your own, 21 runs; noise assumed, since no source states it"


@pytest.mark.parametrize("models", PAIRS)
def test_no_sentence_of_any_situation_states_a_number_that_cannot_be_derived(models):
    for at, use in enumerate(USES):
        audience = "technical" if (at + PAIRS.index(models)) % 2 else "executive"
        asked = scene(models, use=use, audience=audience, ceiling="3000", wait="1.5")
        section = advice_section.section(asked)
        assert asked.ledger.problems == []
        assert sentences(section)
        tables = [each.table if isinstance(each, Chart) else each for each in section.blocks]
        values = [value for each in tables if isinstance(each, Table) for row in each.rows for value in row]
        assert {source for value in values for source in value.sources} <= set(asked.ledger.cited)


@pytest.mark.parametrize("audience", ["executive", "technical"])
def test_who_decides_is_told_four_things_that_are_not_known_and_that_there_are_more(audience: str) -> None:
    asked = scene("claude-sonnet-5,gemini-3.8-flash,gpt-5,gemini-3.1-pro-preview", use="chat", audience=audience)
    assert len(asked.worked.answer.advice.missing) > 4
    (found,) = (
        each
        for each in advice_section.section(asked).blocks
        if isinstance(each, Paragraph) and each.heading == "What is not known and could turn it"
    )
    last = found.sentences[-1].text
    if audience == "executive":
        assert len(found.sentences) == 5
        assert last == "More is not known; the report for technical readers names all of it."
    else:
        assert len(found.sentences) == len(asked.worked.answer.advice.missing)
