"""What the server has read: in the background, found again by what was sent, never without bounds."""

from concurrent.futures import wait

from components.documents.library import Library
from components.documents.passages import Found, NotFound
from components.documents.sending import text_part
from tests.documents.bringing import text
from tests.documents.making import archive, pdf


def test_a_pdf_is_read_with_its_pages_and_found_by_its_text_and_by_its_own_bytes() -> None:
    library = Library()
    content = pdf(["The rent is due on Monday.", "It ends in May."])
    taken = library.take("1", "lease.pdf", content).result(20)
    (found,) = taken.documents
    assert not taken.refusals
    assert found.file is not None
    assert found.file.data == content
    assert library.find(found.text) is found.document
    assert library.find(found.file) is found.document


def test_files_of_an_archive_are_documents_of_their_own_and_what_is_refused_is_named() -> None:
    library = Library()
    content = archive([("a/one.txt", b"One."), ("two.bin", bytes(range(256)) * 20)])
    taken = library.take("1", "both.zip", content).result(20)
    assert [each.document.name for each in taken.documents] == ["both.zip/a/one.txt"]
    assert [refused.name for refused in taken.refusals] == ["both.zip/two.bin"]


def test_quotations_are_checked_with_their_place() -> None:
    library = Library()
    found = text("lease.txt", "One.\nThe tenant pays the rent on the first day of each month.\nThree.")
    answer = (
        'It says "The tenant pays the rent on the first day of each month" and "The landlord may enter at any time".'
    )
    good, bad = library.checked(answer, [found.document]).result(20)
    assert isinstance(good.verdict, Found)
    assert good.verdict.place.line == 2
    assert isinstance(bad.verdict, NotFound)


def test_the_same_answer_is_looked_at_once() -> None:
    library = Library()
    found = text("lease.txt", "One.").document
    assert library.checked("An answer.", [found]) is library.checked("An answer.", [found])


def test_the_documents_that_nobody_asked_for_in_the_longest_time_go_first() -> None:
    library = Library(most_characters=25)
    one, two, three = (text(f"{at}.txt", "ten letter") for at in (1, 2, 3))
    for each in (one, two):
        library.keep(each)
    assert library.find(one.text) is one.document
    library.keep(three)
    assert library.find(one.text) is one.document
    bare = text_part("2.txt", "[2.txt]\nten letter")
    assert library.find(bare) is not two.document


def test_a_text_that_comes_out_of_the_history_with_its_bytes_is_read_again() -> None:
    library = Library()
    found = library.find(text_part("lease.txt", "[lease.txt]\nThe tenant pays."))
    assert found is not None
    assert "The tenant pays." in found.text


def test_a_library_that_is_closed_drops_what_waits() -> None:
    library = Library()
    library.close()
    assert not wait([], 0).not_done
