"""Documents in pieces: nothing is lost, no piece is too large, and what it costs more is worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.loading import load
from components.documents.document import Document, DocumentKind, Page, document
from components.documents.splitting import Plan, map_prompt, reduce_prompt, split, split_cost
from components.gemini.counting import estimate_tokens
from components.gemini.request import Request

ON = date(2026, 11, 26)
CATALOG = load()


def pages(*texts: str, name: str = "a.pdf") -> Document:
    return document(name, DocumentKind.PDF, [Page(at, "", text) for at, text in enumerate(texts, 1)], "d", ())


def estimated(text: str) -> int:
    return estimate_tokens(Request("", text)).tokens


def restored(plan: Plan, made: Document) -> str:
    """The text of a document put together from its parts, without what overlaps."""
    parts = [part for piece in plan.pieces for part in piece.parts if part.document is made]
    return "".join(part.text[part.repeated :] for part in parts)


def test_what_fits_stays_one_piece_without_repetition() -> None:
    plan = split([pages("One.", "Two."), pages("Three.", name="b.pdf")], 1_000)
    (piece,) = plan.pieces
    assert piece.documents == ("a.pdf", "b.pdf")
    assert piece.text == "[a.pdf, pages 1 and 2]\nOne.\n\nTwo.\n\n[b.pdf, page 1]\nThree."


def test_a_document_is_cut_between_pages_where_pages_fit() -> None:
    sentence = "The tenant shall pay the rent. "
    made = pages(*[sentence * 40] * 5)
    plan = split([made], 800, 0)
    # A page has 1,240 characters, 310 tokens, so that two go into a piece with its label.
    assert [[made.page_at(part.start).number for part in piece.parts] for piece in plan.pieces] == [[1], [3], [5]]
    assert "[a.pdf, pages 1 and 2]" in plan.pieces[0].text


def test_a_page_that_is_too_long_is_cut_at_a_sentence_and_the_next_piece_repeats_its_end() -> None:
    made = pages("The tenant shall pay the rent. " * 400)
    plan = split([made], 1_000, 50)
    first, second = plan.pieces[0].parts[0], plan.pieces[1].parts[0]
    assert first.text.rstrip().endswith("rent.")
    assert second.text.startswith("The tenant")
    assert 0 < second.repeated <= 200
    assert first.end - second.start == second.repeated


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.text("ab .\n字", min_size=1, max_size=3_000), min_size=1, max_size=4), min_size=1, max_size=3),
    st.integers(500, 1_500),
    st.integers(0, 250),
)
def test_nothing_is_lost_and_no_piece_is_larger_than_the_limit(
    texts: list[list[str]], limit: int, overlap: int
) -> None:
    documents = [pages(*each, name=f"{at}.pdf") for at, each in enumerate(texts)]
    plan = split(documents, limit, overlap)
    for made in documents:
        if made.has_text:
            assert restored(plan, made) == made.text
    for piece in plan.pieces:
        assert piece.tokens <= limit
        assert estimated(piece.text) <= piece.tokens + 1
    order = [part.document.name for piece in plan.pieces for part in piece.parts]
    assert order == sorted(order)


@pytest.mark.parametrize(("limit", "overlap"), [(499, 0), (1_000, 501), (1_000, -1)])
def test_limits_that_leave_no_room_are_refused(limit: int, overlap: int) -> None:
    with pytest.raises(ValueError, match=r"piece|overlap"):
        split([pages("x")], limit, overlap)


def test_the_prompts_say_which_part_it_is_and_keep_every_answer() -> None:
    plan = split([pages("The tenant pays. " * 500)], 1_000)
    first = map_prompt(plan, 0, "Who pays?")
    assert f"part 1 of {len(plan.pieces)}" in first
    assert "Who pays?" in first
    assert plan.pieces[0].text in first
    joined = reduce_prompt("Who pays?", ["The tenant.", "Nobody."])
    assert joined.index("[Answer from part 1]\nThe tenant.") < joined.index("[Answer from part 2]\nNobody.")


def test_pieces_below_a_price_tier_can_cost_less_than_one_call_above_it() -> None:
    plan = split([pages(*["x" * 3_998] * 400)], 150_000, 0)
    # 400 pages with two line ends between each: 1,599,998 characters, 400,000 tokens by the rule of four.
    assert plan.whole_tokens == 400_000
    assert len(plan.pieces) == 3
    cost = split_cost(CATALOG.models["gemini-2.5-pro"], plan, "Who?", 1_000, ON, vertexai=False)
    # One call above 200,000 tokens: 400,001 x 2.50 / 1M + 1,000 x 15 / 1M.
    assert cost.whole_usd == Decimal("1.0150025")
    asked = [estimated(map_prompt(plan, at, "Who?")) for at in range(3)]
    joining = estimated(reduce_prompt("Who?", ["", "", ""])) + 3_000
    assert cost.calls == 4
    assert cost.input_tokens == sum(asked) + joining
    # Four calls below it: input x 1.25 / 1M, and 4 x 1,000 x 10 / 1M.
    assert cost.split_usd == Decimal(cost.input_tokens) * Decimal("1.25") / 1_000_000 + Decimal("0.04")
    assert cost.extra_usd is not None
    assert cost.extra_usd < 0
    assert cost.extra_tokens == cost.input_tokens - 400_001


def test_without_a_price_the_tokens_are_said_and_the_reason() -> None:
    plan = split([pages("The tenant pays. " * 500)], 1_000)
    cost = split_cost(CATALOG.models["gemini-2.0-pro-exp-02-05"], plan, "Who?", 100, ON, vertexai=False)
    assert (cost.split_usd, cost.whole_usd, cost.extra_usd) == (None, None, None)
    assert cost.no_price.startswith("free while on trial")
    assert cost.extra_tokens > 0
    assert split_cost(None, plan, "Who?", 100, ON, vertexai=False).no_price == "the catalog does not have this model"
