"""Documents on their way to a model: what it gets of each, and what a record keeps of them."""

import json
from dataclasses import replace
from datetime import date

from catalog.loading import load
from components.documents.sending import (
    Choice,
    document_parts,
    estimated,
    given,
    reads_pdf,
    sent_text,
    with_parts,
    without_documents,
)
from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.files import digest_of
from components.gemini.request import Request, request_of, request_record
from tests.documents.bringing import paper, text

ON = date(2026, 11, 26)
CATALOG = load()
FLASH = CATALOG.models["gemini-2.5-flash"]


def test_each_page_stands_under_its_number_and_a_text_without_pages_under_its_name() -> None:
    found = paper("lease.pdf", "The rent is due.", "The end.")
    assert sent_text(found.document) == "[lease.pdf, page 1]\nThe rent is due.\n\n[lease.pdf, page 2]\nThe end."
    assert sent_text(text("notes.txt", "Line one\nline two").document) == "[notes.txt]\nLine one\nline two"


def test_a_pdf_goes_as_it_is_to_a_model_that_reads_pdf_and_as_text_where_it_was_not_chosen() -> None:
    found = paper("lease.pdf", "The rent is due.")
    assert reads_pdf(FLASH, ON)[0] is True
    whole, plain = given(Choice(found, as_pdf=True), FLASH, ON), given(Choice(found), FLASH, ON)
    assert whole.part is not None
    assert plain.part is not None
    assert (whole.part.mime_type, plain.part.mime_type) == ("application/pdf", "text/plain")
    assert not whole.note
    assert not plain.note
    # A page of a PDF counts 258 tokens for models up to Gemini 2.5.
    assert estimated(whole.part, "gemini-2.5-flash").tokens == 258


def test_of_a_model_of_which_nobody_says_that_it_reads_pdf_this_is_said() -> None:
    silent = replace_claims(FLASH)
    note = given(Choice(paper("lease.pdf", "Rent."), as_pdf=True), silent, ON).note
    assert note == "No source says whether 2.5 Flash reads PDF files; lease.pdf is sent as one."


def test_a_scan_without_text_cannot_be_sent_as_text_and_that_is_said() -> None:
    found = given(Choice(paper("scan.pdf", "")), FLASH, ON)
    assert found.part is None
    assert found.note == "scan.pdf has no text to send. Send the PDF itself, or leave it out."


def test_the_documents_of_a_conversation_are_found_in_all_its_turns_and_each_once() -> None:
    one, other = text("a.txt", "A").text, text("b.txt", "B").text
    before = Turn(Role.USER, (one, Part(PartKind.TEXT, "First?")))
    request = Request("m", "Second?", turns=(before, Turn(Role.MODEL, (Part(PartKind.TEXT, "Yes."),))))
    request = replace(request, attachments=(one, other))
    assert document_parts(request) == (one, other)
    bare = without_documents(request)
    assert document_parts(bare) == ()
    assert [part.text for turn in bare.turns for part in turn.parts] == ["First?", "Yes."]


def test_uploaded_files_take_the_place_of_what_was_at_hand_in_every_turn() -> None:
    one = text("a.txt", "A").text
    request = Request("m", "Second?", turns=(Turn(Role.USER, (one,)),), attachments=(one,))
    uploaded = replace(one, kind=PartKind.FILE, uri="files/1", data=b"")
    sent = with_parts(request, [(one, uploaded)])
    assert sent.turns[0].parts == (uploaded,)
    assert sent.attachments == (uploaded,)


def test_a_record_keeps_the_name_and_the_digest_of_a_document_and_none_of_its_megabytes() -> None:
    large = text("large.txt", "word " * 500_000).text
    record = json.dumps(request_record(Request("m", "What?", attachments=(large,))))
    assert len(record) < 500
    (restored,) = request_of(json.loads(record)).attachments
    assert (restored.name, digest_of(restored), restored.data) == ("large.txt", large.digest, b"")


def replace_claims(model):  # type: ignore[no-untyped-def]
    kept = {path: claims for path, claims in model.claims.items() if path != "capabilities.pdf_input"}
    return model.model_copy(update={"claims": kept})
