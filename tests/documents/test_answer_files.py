"""A run on documents as a file: the question, the documents, the answers, and what became of each quotation."""

import json
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

from components.documents.exports import Side, json_lines, markdown, sent_files
from components.documents.markup import quotations_list, quotations_summary
from components.documents.passages import Index
from components.documents.quotations import Checked, check
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts, Usage
from components.playground.code_export import python_code
from components.playground.lanes import Run, RunSnapshot
from tests.documents.bringing import paper

LEASE = paper("lease.pdf", "The tenant pays the rent on the first day of each month.", "The lease ends in May 2027.")
ANSWER = (
    'The lease says "The tenant pays the rent on the first day of each month". It also says "The tenant pays the rent '
    'on the last day of each month" and "<i>A dog may be kept</i> in the garden".'
)


def run() -> RunSnapshot:
    made = Run(
        [Request("gemini-2.0-flash", "Who pays?", attachments=(LEASE.text,))],
        created=datetime(2026, 11, 26, 9, 5, tzinfo=UTC),
        simulated=True,
    )
    made.receive(0, Chunk(0.1, ANSWER), Facts(Usage(input_tokens=30, output_tokens=40), finish_reason="STOP"))
    made.finish(0)
    return made.snapshot()


def checked() -> tuple[Checked, ...]:
    return check(ANSWER, Index([LEASE.document]))


def side(found: tuple[Checked, ...] | None) -> Side:
    return Side("Gemini 2.0 Flash", run().lanes[0], "$0.01", found)


def test_the_counts_stand_in_one_line() -> None:
    assert quotations_summary(checked()) == "3 quotations: 1 found, 1 similar, 1 not found"
    assert quotations_summary(()) == "No quotations of 20 characters or more"


def test_each_quotation_is_marked_in_shape_and_words_and_nothing_of_it_is_markup() -> None:
    listed = quotations_list(checked(), several=False)
    assert "✓</span> found on page 1" in listed
    assert '"last" where the text has "first"' in listed.replace("&quot;", '"')
    assert "✕</span> not found in the text" in listed
    assert "<i>A dog" not in listed


def test_markdown_has_the_question_the_digests_and_the_verdicts() -> None:
    written = markdown(run(), [side(checked())])
    assert written.startswith("# Who pays?\n\nAsked on 26 Nov 2026, 09:05 UTC.")
    assert "Simulated: no model wrote this, and it is no evidence." in written
    assert f"- lease.pdf (SHA-256 of what was sent: {LEASE.text.digest})" in written
    assert ANSWER in written
    assert "month”: found on page 1 of lease.pdf" in written


def test_json_lines_have_every_quotation_with_its_verdict_and_place() -> None:
    (record,) = map(json.loads, json_lines(run(), [side(checked())]).splitlines())
    assert record["simulated"] is True
    assert record["documents"] == [{"name": "lease.pdf", "sha256": LEASE.text.digest}]
    assert [each["verdict"] for each in record["quotations"]] == ["found", "similar", "not found"]
    assert (record["quotations"][0]["document"], record["quotations"][0]["page"]) == ("lease.pdf", 1)


def test_what_was_sent_comes_under_the_names_that_the_code_reads() -> None:
    with ZipFile(BytesIO(sent_files(run()))) as sent:
        assert sent.namelist() == ["lease.pdf.txt"]
        assert sent.read("lease.pdf.txt") == LEASE.text.data
    request = run().lanes[0].request
    assert '"lease.pdf.txt"' in python_code(request, base_url=None, api_version="v1beta", vertexai=False)


def test_quotations_that_could_not_be_checked_are_not_said_to_be_missing() -> None:
    assert "Not checked: the documents are not at hand." in markdown(run(), [side(None)])
    (record,) = map(json.loads, json_lines(run(), [side(None)]).splitlines())
    assert record["quotations"] is None
