"""The article's situations beside the answers of this catalog, and the lines of the chart beside the thresholds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl

import pytest

from catalog.criteria import OwnFigures
from catalog.loading import Catalog
from catalog.workload import workload_of
from components.advisor.address import parse, preset
from components.advisor.answers import work_out
from components.advisor.rows import crossings, gains, lines
from components.advisor.saved import beside
from components.advisor.situations import situations
from components.advisor.ways import ways

TODAY = date(2026, 11, 26)
THEN = date(2025, 3, 1)
PAIR = ("gemini-2.0-pro-exp-02-05", "gemini-2.0-flash")


def test_a_model_of_the_tier_that_the_article_picks_agrees_and_its_link_asks_the_same(known: Catalog) -> None:
    found = situations(known, [known.models[name] for name in PAIR], THEN, TODAY)
    assert [each.use for each in found] == [use.id for use in known.decision.uses]
    regulated = found[-1]
    assert (regulated.take, regulated.agrees) == ("2.0 Flash", True)
    assert regulated.why == "2.0 Pro exp is experimental. It must be generally available."
    params = dict(parse_qsl(regulated.address.removeprefix("advisor?")))
    assert params["models"] == ",".join(PAIR)
    assert parse(params, known.decision, TODAY)[0] == replace(preset(known.decision, "regulated"), on=THEN)


def test_models_of_one_tier_neither_agree_nor_differ(known: Catalog) -> None:
    found = situations(known, [known.models[name] for name in ("gemini-2.5-flash", "gemini-3.8-flash")], None, TODAY)
    by_use = {each.use: each for each in found}
    assert by_use["documents"].agrees is None
    assert by_use["chat"].agrees is None
    assert by_use["chat"].agreement in ("all are Flash", "undecided")


def test_where_nothing_is_left_nothing_is_taken(known: Catalog) -> None:
    found = situations(known, [known.models[name] for name in PAIR], None, TODAY)
    assert {each.take for each in found} == {"none of them"}
    assert all("was shut down" in each.why for each in found)


@pytest.mark.parametrize("use", ["documents", "chat", "code"])
@pytest.mark.parametrize("names", [PAIR, ("gemini-1.5-pro", "gemini-1.5-flash")])
def test_lines_cross_where_the_advice_says_that_the_answer_changes(
    known: Catalog, use: str, names: tuple[str, str]
) -> None:
    chosen = next(each for each in known.decision.uses if each.id == use)
    question = replace(preset(known.decision, use), on=THEN)
    models = [known.models[name] for name in names]
    worked = work_out(known, models, question, workload_of(chosen.workload), TODAY)
    order = [each.id for each in known.decision.criteria]
    assert len(worked.left) == 2 or names != PAIR
    for threshold in worked.answer.advice.thresholds:
        drawn = lines(worked, order.index(threshold.criterion))
        heights = [line.none + threshold.at * ((line.full or 0.0) - line.none) for line in drawn]
        assert heights[0] == pytest.approx(heights[1], abs=1e-9)
        assert threshold.at in [each.at for each in crossings(worked, threshold.criterion)]


def test_what_each_criterion_gives_adds_up_to_the_score(known: Catalog) -> None:
    chosen = known.decision.uses[1]
    question = replace(preset(known.decision, "chat"), on=date(2025, 9, 1), needs=chosen.needs)
    models = [known.models[name] for name in ("gemini-2.5-pro", "gemini-2.5-flash")]
    worked = work_out(known, models, question, workload_of(chosen.workload), TODAY)
    rows, total = gains(known, worked)
    for at, score in enumerate(total.gains):
        known_parts = [row.gains[at].middle for row in rows]
        if score.middle is not None and None not in known_parts:
            assert sum(part for part in known_parts if part is not None) == pytest.approx(score.middle)


def never(names: Sequence[str], on: date) -> OwnFigures:
    raise AssertionError("nobody asked for own measurements")


def test_a_saved_address_is_answered_as_it_was_asked(known: Catalog) -> None:
    worked, said = beside(known, "?use=regulated&on=2025-03-01&requests=10", TODAY, never)
    assert [model.id for model in worked.models] == list(PAIR)
    assert worked.workload.requests_per_day == 10
    assert said.sentence == "Take 2.0 Flash: It alone passes what you demand."


def test_ways_on_are_offered_only_where_a_model_is_out(known: Catalog) -> None:
    models = [known.models[name] for name in PAIR]
    question = preset(known.decision, "documents")
    volume = workload_of(known.decision.uses[0].workload)
    now = work_out(known, models, question, volume, TODAY)
    labels = [label for label, _ in ways(known, now, TODAY)]
    # The last of the two came out on 5 February 2025.
    assert labels[1] == "Ask as things stood on 5 Feb 2025, when the last of them came out"
    then = work_out(known, models, replace(question, on=THEN), volume, TODAY)
    assert ways(known, then, TODAY) == ()
