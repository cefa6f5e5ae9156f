"""What a question will take at each model, and how documents that do not fit are cut."""

from datetime import date
from decimal import Decimal

from catalog.loading import load
from catalog.schema import Model
from components.documents.document import Document
from components.documents.markup import outlook_card, percent, split_words
from components.documents.outlook import Asked, Outlook, Workings, most_usd, outlook
from components.documents.sending import Brought, Choice
from components.documents.splitting import Plan, SplitCost, split, split_cost
from components.frame.palette import colours
from components.gemini.content import Part
from components.gemini.request import Request
from tests.documents.bringing import paper, text

ON = date(2026, 11, 26)
CATALOG = load()
PRO, FLASH = (CATALOG.find(name) for name in ("gemini-2.0-pro", "gemini-2.0-flash"))
SENTENCE = "The tenant pays the rent on the first day of each month.\n\n"


def look(model: Model | None, found: Brought, counted: int | None = None, prompt: str = "Who pays?") -> Outlook:
    assert model is not None

    def tokens(part: Part, model_id: str) -> tuple[int, bool]:
        return (len(part.data) // 4, False) if counted is None else (counted, True)

    def cut(documents: tuple[Document, ...], limit: int) -> Plan:
        return split(documents, limit, 100)

    def cost(each: Model, plan: Plan, question: str, output: int) -> SplitCost:
        return split_cost(each, plan, question, output, ON, False)

    asked = Asked(Request("", prompt, max_output_tokens=4_096), 5, Decimal(1))
    question = None if counted is None else 3
    return outlook(CATALOG, model, [Choice(found)], asked, Workings(tokens, cut, cost), question, ON, False)


def test_a_million_and_a_half_tokens_are_refused_for_flash_with_the_reason_and_fit_pro() -> None:
    # 58 letters a sentence: 103,449 of them are 1.5 million tokens.
    large = text("large.txt", SENTENCE * 103_449)
    pro, flash = look(PRO, large, 1_500_000), look(FLASH, large, 1_500_000)
    assert not pro.refused
    assert pro.plan is None
    assert "2.0 Flash takes in 1,048,576 tokens at once, and these documents have 1,500,003 tokens" in flash.refused
    assert flash.plan is not None
    assert [piece.tokens < 1_048_576 for piece in flash.plan.pieces] == [True, True]
    assert flash.split is not None
    assert flash.split.calls == 3
    assert most_usd(flash, is_split=True) == flash.split.split_usd


def test_pieces_are_smaller_where_the_service_counts_more_than_was_estimated() -> None:
    large = text("large.txt", SENTENCE * 50_000)
    dense = look(FLASH, large, 3_000_000)
    assert dense.plan is not None
    # 725,000 by estimate and 3,000,000 counted: a piece may hold a quarter of the window by estimate.
    assert all(piece.tokens * 3_000_000 / 725_000 < 1_048_576 for piece in dense.plan.pieces)


def test_counts_are_exact_only_when_all_of_them_are() -> None:
    assert look(FLASH, text("a.txt", "A few words."), 3).fit.ahead.exact
    assert not look(FLASH, text("a.txt", "A few words.")).fit.ahead.exact


def test_a_scan_without_text_is_a_reason_not_to_ask() -> None:
    assert look(FLASH, paper("scan.pdf", "")).refused == (
        "scan.pdf has no text to send. Send the PDF itself, or leave it out."
    )


def test_the_card_says_in_words_what_the_bar_shows() -> None:
    assert FLASH is not None
    found = look(FLASH, text("<b>large</b>.txt", SENTENCE * 103_449), 1_500_000)
    card = outlook_card(CATALOG, found, colours([FLASH])[FLASH.id], "1 hour", 5)
    assert 'role="img" aria-label="143% of the context window of 2.0 Flash"' in card
    assert "does not fit" in card
    assert "1,500,003 of 1,048,576 tokens, 143% of the context window, as the service counts them" in card
    assert "&lt;b&gt;large" in card
    assert "<b>large" not in card


def test_a_split_says_its_calls_and_what_it_costs_more() -> None:
    cost = SplitCost(3, 1_520_000, 20_000, Decimal("0.155"), Decimal("0.15"))
    assert split_words(cost) == (
        "2 parts and one call that joins the answers, ≈ 20,000 tokens more than in one call; at most ≈ $0.16 in all, "
        "≈ $0.0050 more than one"
    )


def test_shares_are_read_easily() -> None:
    assert [percent(each) for each in (0, 0.0002, 0.0123, 0.5, 1.43)] == ["0%", "under 0.1%", "1.2%", "50%", "143%"]
