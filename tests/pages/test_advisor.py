"""The advisor as a visitor reads it; facts of the 2.0 pair are from Google's own pages as the catalog cites them.

Gemini 2.0 Flash takes in 1,048,576 tokens and was generally available from 5 February 2025 until it was shut down on
1 June 2026; Gemini 2.0 Pro Experimental took in 2,097,152 tokens and never had a price.
"""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.history.store import open_store
from tests.measured.examples import FLASH, PRO, run_of, timed

Open = Callable[..., AppTest]
Html = Callable[[AppTest], list[str]]
THEN = "2025-03-01"


def captions(app: AppTest) -> str:
    return " ".join(each.value for each in app.caption)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def answer(app: AppTest) -> str:
    (found,) = [each.proto.body for each in app.get("html") if 'aria-label="The answer"' in each.proto.body]
    return words(found)


def links(app: AppTest) -> dict[str, str]:
    (found,) = [each.proto.body for each in app.get("html") if 'aria-label="The answer"' in each.proto.body]
    return {unescape(label): unescape(to) for to, label in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', found)}


def cells(app: AppTest, table: str, row: str) -> list[str]:
    (found,) = [each.proto.body for each in app.get("html") if f'class="facts {table}' in each.proto.body]
    return next(
        [words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.DOTALL)]
        for line in re.findall(r"<tr>(.*?)</tr>", found, re.DOTALL)
        if row in words(line.split("</th>")[0])
    )


def test_models_that_are_gone_are_out_with_the_reason_and_ways_on(open_page: Open) -> None:
    app = open_page("advisor")
    assert answer(app).startswith("None of them passes what you demand. ✕ nothing to take")
    assert "2.0 Flash was shut down on 1 June 2026." in answer(app)
    ways = links(app)
    assert any("Gemini 3.8 Flash" in label for label in ways)
    assert "on=2025-02-05" in ways["Ask as things stood on 5 Feb 2025, when the last of them came out"]
    assert "callable=no" in ways["Without the demand “callable”, 2.0 Flash passes"]


def test_as_things_stood_in_march_2025_pro_is_the_one_for_large_documents(open_page: Open) -> None:
    app = open_page("advisor", on=THEN)
    said = answer(app)
    assert re.match(r"Take 2\.0 Pro exp: (✓✓ clear|✓ likely|~ slight) It wins in \d+% of weightings near yours; ", said)
    assert re.search(r"2\.0 Flash overtakes once (more|less) than \d+% of the weight is on ", said)
    assert "2.0 Pro exp has no list price" in said
    # 200 requests a day of 300,000 tokens in at $0.10 a million and 4,000 out, thinking included, at $0.40: $6.00 and
    # $0.32 a day, thirty times.
    assert "2.0 Flash $189.60 a month" in said


def test_each_demand_stands_with_its_outcome_its_value_and_its_sources(open_page: Open) -> None:
    pro, flash = cells(open_page("advisor", on=THEN, context="2000000"), "demands", "Context window")
    assert pro.startswith("✓ passes 2.0 Pro exp takes in 2,097,152 tokens at once. You need 2,000,000 tokens.")
    assert flash.startswith("✕ fails 2.0 Flash takes in 1,048,576 tokens at once. You need 2,000,000 tokens.")
    assert "official" in flash


def test_a_model_that_fails_a_demand_is_out_and_the_other_is_taken(open_page: Open) -> None:
    said = answer(open_page("advisor", on=THEN, ga="yes"))
    assert said.startswith("Take 2.0 Flash: ✓ only one left It alone passes what you demand.")
    assert "Out: 2.0 Pro exp is experimental. It must be generally available." in said


def test_what_nobody_knows_is_asked_and_the_reader_decides(open_page: Open) -> None:
    app = open_page("advisor", on=THEN, wait="5")
    key = "advisor_decide_time_to_first_token_gemini-2.0-pro-exp-02-05"
    assert "Provided that what is open turns out well: time to first token (not known) of" in answer(app)
    app.segmented_control(key=key).set_value("out").run()
    assert app.query_params["decided"] == "time_to_first_token~gemini-2.0-pro-exp-02-05~out"
    assert answer(app).startswith("Take 2.0 Flash: ✓ only one left")
    assert "You leave it out." in answer(app)
    app.segmented_control(key=key).set_value(None).run()
    assert "decided" not in app.query_params


def test_a_weight_changes_the_answer_the_others_and_the_address(open_page: Open) -> None:
    app = open_page("advisor", on=THEN)
    app.slider(key="advisor_weight_readiness").set_value(60).run()
    assert answer(app).startswith("Take 2.0 Flash:")
    weights = [int(each) for each in app.query_params["weights"].split(",")]
    assert sum(weights) == 100
    assert weights[4] == 60
    # 45 to 30 of what is left, as before.
    assert weights[0] == 20
    assert [slider.value for slider in app.slider] == weights


def test_a_situation_sets_demands_and_weights_and_a_change_can_be_taken_back(open_page: Open) -> None:
    app = open_page("advisor", on=THEN)
    app.slider(key="advisor_weight_cost").set_value(50).run()
    assert "weights" in app.query_params
    app.button(key="advisor_reset").click().run()
    assert "weights" not in app.query_params
    app.get("button_group")[0].set_value("regulated").run()
    assert app.query_params["use"] == "regulated"
    assert app.toggle(key="advisor_generally_available").value
    assert app.slider(key="advisor_weight_readiness").value == 50


def test_weights_stay_when_the_models_change(open_page: Open) -> None:
    app = open_page("advisor", on=THEN, weights="10,10,10,10,60")
    app.multiselect(key="advisor_models").set_value(["gemini-2.0-flash", "gemini-1.5-pro"]).run()
    assert app.slider(key="advisor_weight_readiness").value == 60
    assert app.query_params["weights"] == "10,10,10,10,60"


def test_ten_questions_set_the_weights_and_contradictions_are_told(open_page: Open) -> None:
    app = open_page("advisor", on=THEN, weigh="pairs", pairs="4,-4,0,0,4,0,0,0,0,0")
    text = " ".join(words(each.proto.body) for each in app.get("html"))
    assert len(app.select_slider) == 10
    assert "Your answers contradict each other in part" in text
    assert "you put context need before latency sensitivity and latency sensitivity before reasoning complexity" in text
    even = open_page("advisor", on=THEN, weigh="pairs", pairs="0,0,0,0,0,0,0,0,0,0")
    text = " ".join(words(each.proto.body) for each in even.get("html"))
    assert "Context need 20%, latency sensitivity 20%" in text
    assert "Your answers fit together" in text


def test_the_questions_begin_where_the_sliders_are(open_page: Open) -> None:
    app = open_page("advisor", on=THEN)
    app.segmented_control(key="advisor_weigh").set_value("pairs").run()
    # 45 to 5 is nine times as much.
    assert app.select_slider(key="advisor_pair_0").value == 8
    assert app.query_params["weigh"] == "pairs"


def test_every_criterion_opens_to_its_measures_with_sources_and_assumed_noise(open_page: Open, html_of: Html) -> None:
    text = words(" ".join(html_of(open_page("advisor", on=THEN))))
    # Gemma 3 Technical Report, Table 6.
    assert "GPQA Diamond 64.7%" in text
    assert "Measured by one source: Gemma 3 Technical Report, Table 6" in text
    assert "noise assumed" in text
    assert "nothing is known that compares 2.0 Pro exp and 2.0 Flash, so it counts for none of them" in text


def test_the_articles_situations_stand_beside_what_is_recommended_and_open(open_page: Open) -> None:
    app = open_page("advisor", on=THEN)
    for situation, article, take in (
        ("Large document analysis", "Take Pro", "2.0 Pro exp"),
        ("User-facing chat", "Take Flash", "2.0 Flash"),
        ("Regulated enterprise", "Take Flash", "2.0 Flash"),
    ):
        said, found, agrees, why = cells(app, "tests situations", situation)
        assert said.startswith(article)
        assert found.startswith(take)
        assert agrees == "✓ agrees"
        assert why
    body = next(each.proto.body for each in app.get("html") if "situations" in each.proto.body)
    assert 'href="advisor?models=gemini-2.0-pro-exp-02-05,gemini-2.0-flash&amp;use=chat&amp;on=2025-03-01"' in body


def test_the_situations_of_a_pair_that_is_gone_are_those_of_the_day_when_the_last_of_them_came_out(
    open_page: Open,
) -> None:
    app = open_page("advisor")
    assert "as things stood on 5 Feb 2025, when the last of them came out" in captions(app)
    _, found, _, _ = cells(app, "tests situations", "User-facing chat")
    assert found.startswith("2.0 Flash")
    assert "on 26 Nov 2026" in captions(open_page("advisor", models="gemini-2.5-pro,gemini-2.5-flash", on="2026-11-26"))


def test_the_workload_is_folded_and_its_bill_follows_it(open_page: Open) -> None:
    app = open_page("advisor", on=THEN, use="chat", requests="40000")
    twice = re.search(r"2\.0 Flash \$([\d,.]+) a month", answer(app))
    once = re.search(r"2\.0 Flash \$([\d,.]+) a month", answer(open_page("advisor", on=THEN, use="chat")))
    assert twice
    assert once
    assert float(twice[1]) == pytest.approx(2 * float(once[1]), abs=0.02)


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "%00", "9" * 4000, "`x`", "nan"])
def test_a_hostile_address_says_so_and_shows_the_rest(open_page: Open, hostile: str) -> None:
    names = ("use", "on", "weights", "pairs", "context", "can", "platform", "wait", "decided", "own", "requests")
    app = open_page("advisor", **dict.fromkeys(names, hostile))
    assert app.warning
    shown = "".join(each.proto.body for each in app.get("html"))
    assert "<script>" not in shown
    assert answer(app)


def test_nothing_left_to_weigh_is_no_error_for_any_situation(open_page: Open) -> None:
    for use in ("documents", "chat", "pipeline", "code", "regulated"):
        app = open_page("advisor", use=use, on="2023-06-01")
        assert answer(app).startswith("None of them passes")


def test_own_measurements_count_only_when_asked_for_and_are_marked_with_their_runs(
    open_page: Open, html_of: Html, tmp_path: Path
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'history.sqlite'}")
    for at in range(6):
        lanes = (timed(0, PRO, 0.4 + at / 100), timed(1, FLASH, 3.0 + at / 100))
        store.begin(run_of(f"r{at}", *lanes, minutes=at))
    store.close()
    published = open_page("advisor", on=THEN, use="chat")
    assert "your own" not in answer(published)
    assert answer(published).startswith("Take 2.0 Flash:")
    app = open_page("advisor", on=THEN, use="chat", own="latency")
    # By these runs 2.0 Flash keeps its users waiting seven times as long.
    assert answer(app).startswith("Take 2.0 Pro exp:")
    assert "It rests on your own measurements in part:" in answer(app)
    assert re.search(r"\(\d+ runs\)", answer(app))
    text = words(" ".join(html_of(app)))
    assert "your own, 12 runs" in text or "your own, 6 runs" in text
    assert "Latency sensitivity (your own figures)" in text
