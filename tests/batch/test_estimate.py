"""What a batch will take, worked out by hand: tokens, tiers, dollars at once and in batch, and what is not known."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalog.loading import load
from components.batch.estimate import Estimate, estimates
from components.batch.prompts import pasted, read
from components.gemini.counting import estimate_tokens
from components.gemini.request import Request
from components.playground.controls import Controls

ON = date(2026, 11, 26)
CATALOG = load()
FLASH, PRO = "gemini-2.5-flash", "gemini-2.5-pro"


def look(text: str, controls: Controls | None = None, models: tuple[str, ...] = (FLASH,), **more: Any) -> Estimate:
    return estimates(CATALOG, pasted(text), "{prompt}", controls or Controls(), models, ON, **more)[0]


def test_tokens_are_those_of_the_offline_estimate_row_by_row() -> None:
    rows = ["a", "abcd", "abcde", "x" * 401]
    controls = Controls(system_instruction="Be brief.", functions='[{"name": "f"}]')
    found = look("\n".join(rows), controls)
    each = [estimate_tokens(Request("m", row, "Be brief.", functions=controls.functions)).tokens for row in rows]
    assert found.input_tokens == sum(each)
    assert (found.longest, found.longest_row) == (each[3], 4)


def test_dollars_at_once_and_in_batch_by_hand() -> None:
    # 1,000 rows of 4,000 characters are 1,000,000 tokens; 200 tokens each come back, 3 times over.
    found = look("\n".join(["x" * 4_000] * 1_000), Controls(max_output_tokens=200), repeats=3)
    assert (found.calls, found.input_tokens, found.output_tokens, found.at_most) == (3_000, 3_000_000, 600_000, True)
    assert found.at_once is not None
    assert found.in_batch is not None
    # $0.30 and $2.50 for a million at once, $0.15 and $1.25 in batch.
    assert (found.at_once.input_usd, found.at_once.output_usd) == (Decimal("0.9"), Decimal("1.5"))
    assert found.in_batch.total_usd == Decimal("1.2")
    assert "at most 200 tokens each" in found.reasons[-1]


def test_each_row_is_priced_in_the_tier_of_its_own_prompt() -> None:
    # 200,000 tokens at $1.25 and 200,001 at $2.50 for a million; 1,000 out at $10 and at $15.
    table = read("a.csv", b"prompt\n" + b"x" * 800_000 + b"\n" + b"x" * 800_001)
    found = estimates(CATALOG, table, "{prompt}", Controls(), [PRO], ON, mean_output_tokens=1_000)[0]
    assert found.at_once is not None
    assert found.at_once.input_usd == Decimal("0.25") + Decimal("0.5000025")
    assert found.at_once.output_usd == Decimal("0.01") + Decimal("0.015")
    assert not found.at_most


def test_without_a_limit_or_a_mean_the_whole_cost_is_not_known() -> None:
    found = look("x" * 4_000)
    assert found.output_tokens is None
    assert found.at_once is not None
    assert found.at_once.total_usd is None
    assert found.at_once.input_usd == Decimal("0.0003")
    assert "not known: set max output tokens" in found.reasons[-1]


def test_no_list_price_is_said_and_is_not_nothing() -> None:
    found = look("Why?", Controls(max_output_tokens=5), models=("my-own-model", "gemini-2.0-pro-exp-02-05"))
    assert (found.at_once, found.in_batch, found.window) == (None, None, None)
    assert found.no_price == "the catalog does not have this model"


def test_rows_beyond_the_context_window_are_counted() -> None:
    table = read("a.csv", b"prompt\nshort\n" + b"x" * 4_194_304 + b"\n" + b"x" * 4_194_305)
    found = estimates(CATALOG, table, "{prompt}", Controls(), [FLASH], ON)[0]
    assert (found.window, found.too_long, found.longest_row) == (1_048_576, 1, 3)


def test_a_script_with_few_letters_to_a_token_makes_it_at_least_so_much() -> None:
    assert look("请告诉我关于船的事情。").at_least
    assert not look("Tell me about ships.").at_least


def test_a_negative_mean_is_refused() -> None:
    with pytest.raises(ValueError, match="no fewer than 0"):
        look("x", mean_output_tokens=-1)
