"""The documents page from the upload to the checked quotations, against the built-in simulator over HTTP."""

import re
import time
from collections.abc import Callable, Sequence

import pytest
from streamlit.testing.v1 import AppTest

from components.documents.questions import QUESTIONS, SYSTEM
from components.frame.running.engine import find_run
from components.playground.lanes import LaneStatus
from tests.documents.making import archive, encrypted, pdf
from tests.pages.asking import QUICK, choose, html, press, run_id, shown, words

Open = Callable[..., AppTest]

PAIR = "gemini-2.5-pro,gemini-2.5-flash"
SENTENCE = "The tenant pays the rent on the first day of each month."
LEASE = f"Lease\n\n{SENTENCE}\nThe landlord repairs the roof.\n".encode()


def bring(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    for name, content in files:
        app.file_uploader(key="documents_files").upload(name, content, "application/octet-stream")
    app.run()
    return settled(app, lambda: not app.session_state["documents_reading"])


def settled(app: AppTest, done: Callable[[], bool], timeout_s: float = 15) -> AppTest:
    """Run the page until something is there; fragments that look again by themselves do not tick here."""
    deadline = time.monotonic() + timeout_s
    while not done():
        assert time.monotonic() < deadline, words(app)[-3000:]
        time.sleep(0.05)
        app.run()
    assert not app.exception
    return app


def counted(app: AppTest) -> AppTest:
    return settled(app, lambda: "by estimate" not in html(app).partition('class="fit"')[2])


def ask(app: AppTest, question: str) -> AppTest:
    app.text_area(key="documents_prompt").set_value(QUICK + question).run()
    press(app, "documents_run")
    return settled(app, lambda: "Looking the quotations up" not in html(app))


def rows(app: AppTest) -> list[str]:
    return [re.sub(r"<[^>]+>", "", row).strip() for row in re.findall(r'<p class="document">(.*?)</p>', html(app))]


def quotations(app: AppTest) -> list[str]:
    return re.findall(r'quotations-count">(.*?)<', html(app))


def cards(app: AppTest) -> list[str]:
    found = re.findall(r'<section class="fit".*?</section>', html(app), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", card).split()) for card in found]


def test_the_empty_page_teaches_and_one_click_fills_it(open_page: Open) -> None:
    app = open_page("documents", models=PAIR)
    assert "Your documents will stand here" in words(app)
    assert "will stand here for 2.5 Pro and 2.5 Flash" in words(app)
    app.button(key="documents_sample").click().run()
    settled(app, lambda: bool(rows(app)))
    assert rows(app)[0].startswith("sample agreement.pdf PDF, 2 pages")
    assert app.text_area(key="documents_prompt").value == QUESTIONS[1].prompt
    assert app.text_area(key="documents_system").value == SYSTEM


def test_the_articles_settings_are_the_preset_and_reach_the_request(open_page: Open) -> None:
    app = bring(open_page("documents", models=PAIR), ("lease.txt", LEASE))
    assert "The article reads documents with a temperature of 0.1 and 4,096 output tokens." in words(app)
    ask(app, "Who pays?")
    for lane in shown(app).lanes:
        assert (lane.request.temperature, lane.request.max_output_tokens) == (0.1, 4096)
        assert lane.request.system_instruction == SYSTEM
    app.number_input(key="documents_temperature").set_value(1.0).run()
    press(app, "documents_article")
    assert app.number_input(key="documents_temperature").value == 0.1


def test_documents_of_many_kinds_are_listed_with_kind_pages_tokens_and_can_be_taken_out(open_page: Open) -> None:
    app = bring(
        open_page("documents", models=PAIR),
        ("paper.pdf", pdf(["One page.", "Another page."])),
        ("lease.txt", LEASE),
        ("both.zip", archive([("notes.md", b"# A\n\none\n\n# B\n\ntwo\n"), ("data.csv", b"a,b\n1,2\n")])),
    )
    listed = rows(app)
    assert len(listed) == 4
    assert listed[0].startswith("paper.pdf PDF, 2 pages, ")
    # 106 characters with the name above them, four to a token.
    assert listed[1] == f"lease.txt text, 4 lines, {len(LEASE) + 12} bytes, ≈ {-(-(len(LEASE) + 12) // 4)} tokens"
    assert listed[2].startswith("both.zip/notes.md Markdown, 2 sections")
    assert listed[3].startswith("both.zip/data.csv CSV")
    press(app, "documents_remove_1")
    assert [row.split(" ")[0] for row in rows(app)] == ["paper.pdf", "both.zip/notes.md", "both.zip/data.csv"]
    press(app, "documents_clear")
    assert not rows(app)


def test_what_cannot_be_read_is_refused_in_a_sentence_that_names_it(open_page: Open) -> None:
    app = bring(
        open_page("documents", models=PAIR),
        ("secret.zip", encrypted(archive([("a.txt", b"hidden")]))),
        ("lease.txt", LEASE),
    )
    assert [row.split(" ")[0] for row in rows(app)] == ["lease.txt"]
    assert "secret" in app.error[0].value
    bring(app, ("same.txt", LEASE))
    assert "same\\.txt was there already, as lease\\.txt" in app.error[0].value or "same.txt was there already" in (
        app.error[0].value
    )


def test_two_documents_of_one_name_are_told_apart(open_page: Open) -> None:
    app = bring(open_page("documents", models=PAIR), ("notes.txt", b"One note."))
    bring(app, ("notes.txt", b"Another note."))
    assert [row.rpartition(" text")[0] for row in rows(app)] == ["notes.txt", "notes.txt (2)"]


def test_before_anything_is_sent_each_model_says_what_it_takes(open_page: Open) -> None:
    app = counted(bring(open_page("documents", models=PAIR), ("lease.txt", LEASE * 3_000)))
    pro, flash = cards(app)
    assert "✓ fits" in pro
    assert "as the service counts them" in pro
    assert "Price tier prompts up to 200,000 tokens" in pro
    # 308,003 characters of text are 77 thousand tokens at $0.30 a million, and at most 4,096 out at $2.50.
    assert re.search(r"Cost \$0\.02\d to \$0\.03\d, by the length of the answer", flash)
    assert "5 questions ≈ $0." in flash
    assert "run" not in app.query_params


def test_until_the_service_has_counted_an_estimate_stands_marked_as_one(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    app = bring(open_page("documents", models=PAIR), ("lease.txt", LEASE))
    assert all("≈" in card and "by estimate" in card for card in cards(app))


def test_both_models_answer_and_their_quotations_are_checked(open_page: Open) -> None:
    app = ask(bring(open_page("documents", models=PAIR), ("lease.txt", LEASE)), SENTENCE)
    # The simulator quotes the question, which is in the document, and the system instruction, which is not.
    assert quotations(app) == ["2 quotations: 1 found, 1 not found"] * 2
    assert words(app).count("✓ found in line 3") == 2
    assert words(app).count("✕ not found in the text") == 2
    assert shown(app).setup.preset == "documents"
    assert "With lease.txt" in words(app)


def test_a_quotation_with_another_word_is_shown_as_similar_with_what_differs(open_page: Open) -> None:
    app = bring(open_page("documents", models=PAIR), ("lease.txt", LEASE))
    app.text_area(key="documents_system").set_value("").run()
    ask(app, SENTENCE.replace("first", "last"))
    assert quotations(app) == ["1 quotation: 1 similar"] * 2
    assert '"last" where the text has "first"' in words(app)


def test_without_a_document_or_a_question_nothing_is_sent(open_page: Open) -> None:
    app = press(open_page("documents", models=PAIR), "documents_run")
    assert app.warning[0].value.startswith("Add a document first, or try the sample; nothing was sent")
    bring(app, ("lease.txt", LEASE))
    app.text_area(key="documents_prompt").set_value("  ").run()
    press(app, "documents_run")
    assert app.warning[0].value == "Write a question first; nothing was sent."
    assert "run" not in app.query_params


def test_a_pdf_goes_as_it_is_where_that_is_chosen(open_page: Open) -> None:
    app = bring(open_page("documents", models=PAIR), ("paper.pdf", pdf([SENTENCE])))
    next(each for each in app.toggle if each.label == "PDF itself").set_value(True).run()
    ask(app, SENTENCE)
    assert [part.mime_type for lane in shown(app).lanes for part in lane.request.attachments] == [
        "application/pdf",
        "application/pdf",
    ]
    assert words(app).count("✓ found on page 1") == 2


def test_the_next_question_is_on_the_same_documents_and_its_quotations_are_checked_too(open_page: Open) -> None:
    app = ask(bring(open_page("documents", models=PAIR), ("lease.txt", LEASE)), "Who pays?")
    first = run_id(app)
    app.chat_input(key="documents_follow_up").set_value(QUICK + SENTENCE).run()
    settled(app, lambda: run_id(app) != first and bool(quotations(app)))
    snapshot = shown(app)
    assert snapshot.setup.parent == first
    for lane in snapshot.lanes:
        assert not lane.request.attachments
        assert [part.name for part in lane.request.turns[0].parts if part.is_file] == ["lease.txt"]
    assert quotations(app)[0].startswith("2 quotations: 1 found")
    assert any(each.label.startswith("Turn 1: ") for each in app.expander)


def test_what_does_not_fit_is_refused_for_one_model_and_runs_on_the_other(open_page: Open) -> None:
    app = bring(open_page("documents"), ("large.txt", (SENTENCE + "\n\n").encode() * 103_500))
    counted(app)
    assert "2.0 Flash takes in 1,048,576 tokens at once" in words(app)
    assert app.button(key="documents_run").label == "Run 2.0 Pro exp alone"
    ask(app, SENTENCE)
    (lane,) = shown(app).lanes
    assert (lane.request.model, lane.status) == ("gemini-2.0-pro-exp-02-05", LaneStatus.DONE)
    assert (lane.usage.input_tokens or 0) > 1_500_000
    assert quotations(app) == ["2 quotations: 1 found, 1 not found"]


def test_what_does_not_fit_can_be_read_in_parts_whose_calls_are_summed(open_page: Open) -> None:
    app = bring(open_page("documents"), ("large.txt", (SENTENCE + "\n\n").encode() * 103_500))
    counted(app)
    split = next(each for each in app.toggle if each.label.startswith("Split for 2.0 Flash"))
    assert split.label == "Split for 2.0 Flash: 2 parts"
    split.set_value(True).run()
    assert app.button(key="documents_run").label == "Run both"
    ask(app, "Who pays?")
    snapshot = shown(app)
    assert [lane.status for lane in snapshot.lanes] == [LaneStatus.DONE] * 2
    parts = find_run(snapshot.setup.group)
    assert parts is not None
    assert len(parts.snapshot().lanes) == 2
    told = next(each.label for each in app.expander if "read the documents in" in each.label)
    # The parts have 1.5 million tokens at $0.10 a million, and little besides.
    assert re.search(r"read the documents in 2 parts; its 3 calls cost \\\$0\.15, simulated", told)


def test_a_cache_is_used_for_further_questions_and_what_it_saved_is_told(open_page: Open) -> None:
    app = bring(open_page("documents", models=PAIR), ("lease.txt", LEASE * 1_000))
    app.toggle(key="documents_cache").set_value(True).run()
    ask(app, "Who pays?")
    assert all(lane.usage.cached_tokens for lane in shown(app).lanes)
    assert "1 question read" in words(app)
    first = run_id(app)
    app.chat_input(key="documents_follow_up").set_value(QUICK + "And who repairs?").run()
    settled(app, lambda: run_id(app) != first and "2 questions read" in words(app))
    assert words(app).count("tokens from the cache of") == 2
    assert words(app).count("Simulated, so nothing was charged.") == 2
    press(app, "documents_cache_drop_0")
    assert not any(each.key == "documents_cache_drop_1" for each in app.button)


def test_a_document_too_small_for_a_cache_goes_along_and_that_is_said(open_page: Open) -> None:
    app = bring(open_page("documents", models=PAIR), ("lease.txt", LEASE))
    app.toggle(key="documents_cache").set_value(True).run()
    ask(app, "Who pays?")
    assert all("No cache was made" in each.value for each in app.info)
    assert len(app.info) == 2
    assert [lane.status for lane in shown(app).lanes] == [LaneStatus.DONE] * 2


def test_one_model_failing_leaves_the_other_whole(open_page: Open) -> None:
    app = bring(open_page("documents", models=PAIR), ("lease.txt", LEASE))
    ask(app, "[[simulate fault=unavailable model=gemini-2.5-flash]] Who pays?")
    assert [lane.status for lane in shown(app).lanes] == [LaneStatus.DONE, LaneStatus.FAILED]
    assert len(app.error) == 1


def test_a_run_in_the_address_brings_its_question_and_its_documents_back(open_page: Open) -> None:
    run = run_id(ask(bring(open_page("documents", models=PAIR), ("lease.txt", LEASE)), SENTENCE))
    app = open_page("documents", run=run)
    settled(app, lambda: bool(quotations(app)))
    assert app.text_area(key="documents_prompt").value == QUICK + SENTENCE
    assert rows(app)[0].startswith("lease.txt")
    assert quotations(app) == ["2 quotations: 1 found, 1 not found"] * 2


def test_a_run_can_be_replayed_and_asked_again_from_the_history(open_page: Open) -> None:
    run = run_id(ask(bring(open_page("documents", models=PAIR), ("lease.txt", LEASE)), SENTENCE))
    app = open_page("documents", replay=run)
    assert any("A replay at the original speed." in each.value for each in app.caption)
    assert shown(app).setup.replay_of == run
    again = open_page("documents", again=run, models=PAIR)
    assert "run" not in again.query_params
    assert again.text_area(key="documents_prompt").value == QUICK + SENTENCE
    assert rows(again)[0].startswith("lease.txt")


def test_the_history_opens_a_run_on_documents_on_their_page(open_page: Open) -> None:
    run = run_id(ask(bring(open_page("documents", models=PAIR), ("lease.txt", LEASE)), "Who pays?"))
    history = html(open_page("history"))
    assert f'href="documents?run={run}"' in history
    assert f'href="documents?replay={run}"' in history


def test_measures_differences_code_and_files_can_be_had(open_page: Open) -> None:
    app = ask(bring(open_page("documents", models=PAIR), ("lease.txt", LEASE)), SENTENCE)
    assert "Measured in a simulated run" in words(app)
    choose(app, "documents_look", "Differences")
    assert re.search(r"\d+% of the words are in both answers", words(app))
    choose(app, "documents_look", "Code")
    assert any("generate_content_stream" in each.value for each in app.code)
    choose(app, "documents_look", "Export")
    assert {each.key for each in downloads(app)} == {
        "documents_export_md",
        "documents_export_jsonl",
        "documents_export_zip",
    }
    assert f"history?open={run_id(app)}" in html(app)


def test_documents_that_are_no_longer_at_hand_are_named_and_nothing_is_said_of_their_quotations(
    open_page: Open,
) -> None:
    import streamlit as st

    run = run_id(ask(bring(open_page("documents", models=PAIR), ("lease.txt", LEASE)), SENTENCE))
    st.cache_resource.clear()
    app = open_page("documents", run=run)
    assert not quotations(app)
    assert any("lease.txt is not at hand here, so quotations are not checked." in each.value for each in app.caption)


def test_documents_that_are_kept_with_their_run_are_checked_after_a_restart(open_page: Open) -> None:
    import streamlit as st

    app = bring(open_page("documents", models=PAIR), ("lease.txt", LEASE))
    app.toggle(key="documents_files_kept").set_value(True).run()
    run = run_id(ask(app, SENTENCE))
    st.cache_resource.clear()
    app = settled(open_page("documents", run=run), lambda: bool(quotations(app)))
    assert quotations(app) == ["2 quotations: 1 found, 1 not found"] * 2


def downloads(app: AppTest) -> Sequence[object]:
    return app.get("download_button")
