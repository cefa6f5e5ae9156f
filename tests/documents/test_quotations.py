"""Quotations are found on their page however they are set, and what was changed in them is never marked as found."""

import random
import time
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from components.documents.document import Document, DocumentKind, Page, document
from components.documents.passages import Found, How, Index, NotFound, Place, Similar, Verdict
from components.documents.quotations import check, quotations, verdict_words

TEXT = (
    "the tenant landlord shall pay rent deposit within days after lease ends notice three months party breach office "
    "final official waffle affluent first of each month written consent not unless agreed repair premises re-enter "
    "well-known liability 30 14 1,200 5% insurance damages costs reasonable period, clause; section: however"
)
WORDS = TEXT.split()


def text_of(*pages: str, name: str = "lease.pdf") -> Document:
    numbered = [Page(at, f"Section {at}", text) for at, text in enumerate(pages, 1)]
    return document(name, DocumentKind.PDF, numbered, "digest", ())


LEASE = text_of(
    "The tenant shall pay the rent of $1,200 on the first of each month. Payment is final.",
    "The tenant’s deposit is returned within 30 days after the lease ends, less the cost of re-\npairs that are "
    "reason-\nable. It is non-refundable only if “agreed in writing” before.",
    "The landlord is not liable for damages unless he is at fault; interest is 5% a year,\nand the temperature is "
    "-5 degrees in the well-\nknown office.",
)


@cache
def index() -> Index:
    return Index([LEASE])


def verdict(passage: str) -> Verdict:
    return index().find(passage)


def page_of(passage: str) -> int | None:
    found = verdict(passage)
    assert isinstance(found, Found), found
    return found.place.page


@pytest.mark.parametrize(
    ("answer", "quoted"),
    [
        ('It says "the tenant shall pay the rent" (p. 1).', ["the tenant shall pay the rent"]),
        ("It says “the tenant shall pay the rent”.", ["the tenant shall pay the rent"]),
        ("„Der Mieter zahlt die Miete“ in bar", ["Der Mieter zahlt die Miete"]),
        ("und »der Vermieter erhält sie«.", ["der Vermieter erhält sie"]),
        ("« Le locataire paie le loyer »", ["Le locataire paie le loyer"]),
        ("”Hyresgästen betalar hyran”", ["Hyresgästen betalar hyran"]),
        ("「賃借人は毎月一日に家賃を支払うものとする、以上」", ["賃借人は毎月一日に家賃を支払うものとする、以上"]),
        ("‘The landlord’s duty is to keep it’ applies", ["The landlord’s duty is to keep it"]),
        ("“He called it “final” in the official letter”", []),
        ('"**The tenant** shall _pay_ the rent"', ["The tenant shall pay the rent"]),
        (
            "> The deposit is returned\n> within 30 days.\n>\n> — Section 2",
            ["The deposit is returned\nwithin 30 days."],
        ),
        ('> "The deposit is returned in time."', ["The deposit is returned in time."]),
        ('A 5" pipe and a 6" pipe, see "term" here', []),
        ('```\nx = "this is code and no quotation"\n```', []),
        ('It opens "here and never closes\n\nanother paragraph" ends', []),
        ("The landlord's lawyers' letters aren't quotations at all", []),
    ],
)
def test_what_stands_in_marks_or_block_quotes_is_a_quotation(answer: str, quoted: list[str]) -> None:
    found = quotations(answer)
    assert [each.text for each in found if "“" not in each.text] == quoted
    for each in found:
        assert each.text.split()[0].strip("*_") in answer[each.start : each.end]


@pytest.mark.parametrize(
    ("passage", "page", "how"),
    [
        ("The tenant shall pay the rent of $1,200", 1, How.EXACT),
        ("the tenant shall pay the rent of $1,200", 1, How.TYPOGRAPHIC),
        ("The  tenant\nshall\u00a0pay the rent", 1, How.EXACT),
        ("Payment is ﬁnal.", 1, How.TYPOGRAPHIC),
        ("The tenant's deposit is returned within 30 days,", 2, How.TYPOGRAPHIC),
        ("less the cost of repairs that are reasonable", 2, How.TYPOGRAPHIC),
        ("only if 'agreed in writing' before", 2, How.TYPOGRAPHIC),
        ("in the well-known office", 3, How.TYPOGRAPHIC),
        ("is -5 degrees in the", 3, How.EXACT),
        ("is \u22125 degrees in the", 3, How.TYPOGRAPHIC),
        ("unless he is at fault; interest is 5% a year", 3, How.EXACT),
    ],
)
def test_typography_does_not_hide_a_passage(passage: str, page: int, how: How) -> None:
    found = verdict(passage)
    assert isinstance(found, Found)
    assert (found.place.page, found.how) == (page, how)


@pytest.mark.parametrize(
    ("passage", "quoted", "written"),
    [
        ("The tenant shall pay the rent of $1,300 on the first", "1,300", "1,200"),
        ("deposit is returned within 14 days after the lease ends", "14", "30"),
        ("The landlord is liable for damages unless he is at fault", "", "not"),
        ("The tenant shall not pay the rent of $1,200", "not", ""),
        ("The tenant must pay the rent of $1,200 on the first", "must", "shall"),
        ("refundable only if “agreed in writing” before", "refundable", "non-refundable"),
        ("and the temperature is 5 degrees in the", "5", "-5"),
        ("5 degrees in the well-known office", "5", "-5"),
        ("unless he is at fault; interest is 5", "5", "5%"),
        ("The tenant shall pay the rent of $1", "1", "1,200"),
        ("Tenant shall pay the Rent of $1,200 on the first", "Rent", "rent"),
    ],
)
def test_a_changed_word_number_or_sign_is_never_found_but_shown(passage: str, quoted: str, written: str) -> None:
    found = verdict(passage)
    assert isinstance(found, Similar), found
    assert [(each.quoted, each.written) for each in found.differences] == [(quoted, written)]


@pytest.mark.parametrize(
    "passage",
    [
        "Rent is due at the beginning of every month",
        "The moon is made of green cheese and honey",
        "thetenantshallpaytherentofthehouseandgarden",
        "賃借人は毎月一日に家賃を支払うものとする",
        "....................",
        "",
    ],
)
def test_a_paraphrase_or_an_invention_is_not_found(passage: str) -> None:
    assert verdict(passage) == NotFound()


def test_words_run_together_or_apart_are_not_found_but_similar() -> None:
    for passage in ("The ten ant shall pay the rent of $1,200", "The tenantshall pay the rent of $1,200"):
        assert isinstance(verdict(passage), Similar)


def test_a_passage_in_pieces_says_what_was_left_out() -> None:
    found = verdict("The landlord is [...] liable for damages … at fault")
    assert isinstance(found, Found)
    assert (found.how, found.left_out) == (How.SHORTENED, ("not", "unless he is"))
    assert verdict_words(found) == 'found on page 3, with words left out: "not"; "unless he is"'
    assert not isinstance(verdict("at fault ... The landlord is not liable for damages"), Found)


def test_a_passage_over_two_pages_and_one_that_stands_twice_say_so() -> None:
    two = Index([text_of("It begins here and", "ends there. Said twice in all.", "Said twice in all.")])
    over = two.find("It begins here and ends there")
    assert isinstance(over, Found)
    assert verdict_words(over) == "found on pages 1 and 2"
    twice = two.find("Said twice in all")
    assert isinstance(twice, Found)
    assert twice.elsewhere
    assert verdict_words(twice, several=True) == "found on page 2 of lease.pdf, and elsewhere"


def test_a_place_without_pages_is_a_section_or_a_line() -> None:
    plain = document("a.txt", DocumentKind.TEXT, [Page(None, "", "one\ntwo\nthe third line of it")], "d", ())
    section = document("b.md", DocumentKind.MARKDOWN, [Page(None, "Rent", "what stands under it")], "d", ())
    both = Index([plain, section])
    words = [verdict_words(both.find(each)) for each in ("the third line of it", "what stands under it")]
    assert words == ["found in line 3", "found under “Rent”"]
    place = both.find("the third line of it")
    assert isinstance(place, Found)
    assert isinstance(place.place, Place)
    assert plain.text[place.place.start : place.place.end] == "the third line of it"


def test_a_script_without_spaces_is_searched_across_line_ends() -> None:
    made = Index([text_of("契約書。賃借人は毎月一日に家賃を支払う\nものとし、遅れてはならない。")])
    found = made.find("毎月一日に家賃を支払うものとし")
    assert isinstance(found, Found)
    assert found.how is How.TYPOGRAPHIC


def test_nothing_is_found_across_two_documents() -> None:
    both = Index([text_of("this ends with", name="a"), text_of("that begins so", name="b")])
    assert not isinstance(both.find("this ends with that begins so"), Found)


def test_the_verdict_reads_as_a_sentence() -> None:
    (changed,) = check('It says "deposit is returned within 14 days after the lease ends".', index())
    assert verdict_words(changed.verdict) == (
        'not found as quoted; similar on page 2, differs in: "14" where the text has "30"'
    )
    (lost,) = check('It says "nothing of the kind is anywhere".', index())
    assert verdict_words(lost.verdict) == "not found in the text"


@st.composite
def books(draw: st.DrawFn) -> tuple[list[str], int, str]:
    """Pages of words, the number of one of them, and a passage of whole words on it."""
    seed = draw(st.integers(0, 2**32))
    chance = random.Random(seed)
    pages = [" ".join([f"p{number}", *chance.choices(WORDS, k=80)]) for number in range(1, draw(st.integers(2, 6)))]
    at = draw(st.integers(0, len(pages) - 1))
    words = pages[at].split()
    start = draw(st.integers(0, len(words) - 14))
    return pages, at + 1, " ".join(words[start : start + draw(st.integers(8, 14))])


def typeset(text: str, chance: random.Random) -> str:
    """The text with what typography may change."""
    for plain, set_ in (("ffi", "ﬃ"), ("ffl", "ﬄ"), ("ff", "ﬀ"), ("fi", "ﬁ"), ("fl", "ﬂ"), ("'", "’")):
        if chance.random() < 0.7:
            text = text.replace(plain, set_)
    out = []
    for at, letter in enumerate(text):
        inside = 0 < at < len(text) - 1 and text[at - 1].isalpha() and letter.isalpha() and text[at - 1].islower()
        if letter == " ":
            out.append(chance.choice([" ", "  ", "\n", "\u00a0", " \n "]))
        elif inside and chance.random() < 0.1:
            out.append(chance.choice(["-\n", "\u00ad", "\u2010\n", "\u200b"]) + letter)
        else:
            out.append(chance.choice("-\u2010\u2011") if letter == "-" else letter)
    return "".join(out)


@settings(max_examples=80, deadline=None)
@given(books(), st.randoms(use_true_random=False), st.booleans())
def test_every_true_passage_is_found_on_its_page_however_it_is_set(
    book: tuple[list[str], int, str], chance: random.Random, set_quote: bool
) -> None:
    pages, number, passage = book
    quoted = typeset(passage, chance) if set_quote else passage
    printed = pages if set_quote else [typeset(page, chance) for page in pages]
    found = Index([text_of(*printed)]).find(quoted)
    assert isinstance(found, Found), (quoted, found)
    assume(sum(passage in page for page in pages) == 1)
    assert found.place.page == number


EDITS = {"30": "31", "14": "41", "1,200": "1,300", "5%": "6%", "not": "", "shall": "shall not", "three": "four"}


@settings(max_examples=80, deadline=None)
@given(books(), st.randoms(use_true_random=False))
def test_no_passage_with_a_changed_number_or_negation_is_marked_as_found(
    book: tuple[list[str], int, str], chance: random.Random
) -> None:
    pages, _, passage = book
    words = passage.split()
    places = [at for at, word in enumerate(words) if word in EDITS]
    assume(places)
    at = chance.choice(places)
    assume(EDITS[words[at]] or 0 < at < len(words) - 1)
    words[at] = EDITS[words[at]]
    edited = " ".join(word for word in words if word)
    assume(not any(edited in page for page in pages))
    found = Index([text_of(*pages)]).find(edited)
    assert not isinstance(found, Found), edited
    if isinstance(found, Similar):
        assert found.differences


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=0x30FF), min_size=20, max_size=200))
def test_random_text_is_not_found_and_never_breaks_the_search(text: str) -> None:
    assert not isinstance(verdict(text), Found)
    quotations(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.data())
def test_any_stretch_of_any_text_is_found_or_cut_inside_a_word(text: str, data: st.DataObject) -> None:
    from components.documents.cleaning import cleaned

    clean, _ = cleaned(text)
    assume(clean.strip())
    start = data.draw(st.integers(0, len(clean) - 1))
    end = data.draw(st.integers(start + 1, len(clean)))
    book = document("a.txt", DocumentKind.TEXT, [Page(None, "", clean)], "d", ())
    found = Index([book]).find(clean[start:end])
    if isinstance(found, Found | Similar):
        assert 0 <= found.place.start < found.place.end <= len(clean)


@cache
def library() -> tuple[Document, tuple[str, ...]]:
    chance = random.Random(7)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 10))) for _ in range(20_000)]
    pages = [" ".join(chance.choices(words, k=450)) for _ in range(1_900)]
    quotes = []
    for at in range(50):
        page = chance.choice(pages).split()
        quote = page[100:130]
        if at % 2:
            quote[15] = "otherwise"
        quotes.append(" ".join(quote if at % 5 else chance.choices(words, k=30)))
    return text_of(*pages), tuple(quotes)


@pytest.mark.timed
def test_fifty_quotations_against_six_megabytes_take_under_two_seconds() -> None:
    book, quotes = library()
    assert len(book.text) > 5_900_000
    answer = "\n\n".join(f'It says "{quote}".' for quote in quotes)
    started = time.process_time()
    found = check(answer, Index([book]))
    assert time.process_time() - started < 2
    # Of 50, each fifth is made up, and of the rest the odd ones have a changed word.
    counts = [sum(isinstance(each.verdict, kind) for each in found) for kind in (Found, Similar, NotFound)]
    assert counts == [20, 20, 10]


@pytest.mark.timed
def test_a_text_that_repeats_itself_is_searched_as_fast() -> None:
    book = document("a.txt", DocumentKind.TEXT, [Page(None, "", "The tenant shall pay the rent. " * 100_000)], "d", ())
    made = Index([book])
    started = time.process_time()
    near = made.find("tenant shall pay the rent. The tenant shall not pay the rent")
    assert time.process_time() - started < 1.5
    assert isinstance(near, Similar)
