"""The cost section: bills that can be rebuilt from their lines to the last digit, and what would change them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.bill import bill, platforms
from catalog.bill_year import Year
from catalog.break_even import with_value
from catalog.schema import Kind
from catalog.workload import Workload
from components.cost.rows import offers, standing
from components.report import cost_section
from components.report.cost_numbers import month
from components.report.cost_tables import bills_table, lines_table
from components.report.ledger import Scene
from components.report.state import Chart, Form, Paragraph, Section, Table, Value
from tests.report.made_scenes import FLASH, PRO, catalog, column, scene, sentences, table

PAIRS = (
    f"{PRO},{FLASH}",
    "gemini-2.0-pro-exp-02-05,gemini-2.0-flash",
    "gemini-3.8-flash,gemini-4-argon",
    "claude-sonnet-5,gemini-2.5-pro,o3-mini",
)
USES = ("documents", "chat", "pipeline", "code", "regulated")


def cells(section: Section, name: str, heading: str) -> list[Value]:
    found = table(section, name)
    return [row[column(found, heading)] for row in found.rows]


def ids(section: Section) -> list[str]:
    return [each.id for each in section.blocks if isinstance(each, Table | Chart)]


def test_each_line_is_worked_out_by_hand_and_the_lines_are_the_bill():
    # 200 requests a day of 300,000 tokens in and 3,000 out after 1,000 of thinking, above 200,000 tokens a prompt:
    # 2.5 Pro 60 M x $2.50 + 0.8 M x $15 = $162 a day; 2.5 Flash 60 M x $0.30 + 0.8 M x $2.50 = $20 a day.
    section = cost_section.section(scene(use="documents"))
    lines = table(section, "cost_lines")
    assert [[value.shown for value in row[2:9]] for row in lines.rows[:2]] == [
        ["Input tokens", "60,000,000", "tokens", "$2.50", "1,000,000", "30", "$4,500.00"],
        ["Output and thinking tokens", "800,000", "tokens", "$15.00", "1,000,000", "30", "$360.00"],
    ]
    assert [value.shown for value in lines.rows[0][:2]] == ["2.5 Pro", "Gemini API (AI Studio)"]
    assert [value.number for value in cells(section, "cost_lines", "USD a month")] == [4500, 360, 540, 60]
    assert [value.number for value in cells(section, "cost_bills", "A month")] == [4860, 600]
    assert [value.number for value in cells(section, "cost_bills", "1,000 requests")] == [810, 100]
    assert [value.shown for value in cells(section, "cost_bills", "Against the cheapest")] == ["8.1×", "the cheapest"]
    assert lines.rows[0][10].shown == "Prompts above 200,000 tokens"


def test_a_request_of_each_line_times_the_requests_of_the_day_is_its_quantity():
    section = cost_section.section(scene(use="code", batch="37.5"))
    requests = table(section, "cost_workload").rows[0][1].number
    quantities = cells(section, "cost_lines", "Quantity a day")
    single = cells(section, "cost_lines", "Quantity a request")
    assert [Fraction(each.number) * Fraction(requests) for each in single] == [
        Fraction(each.number) for each in quantities
    ]


def with_workload(asked: Scene, workload: Workload) -> Scene:
    """The scene with the bills of another workload; the advice is left as it was."""
    cost = replace(asked.cost, workload=workload)
    found = offers(asked.catalog, cost)
    return replace(asked, cost=cost, offers=found, chosen=standing(found, cost))


@settings(max_examples=20)
@given(
    requests=st.integers(0, 10**6),
    tokens=st.tuples(*[st.integers(0, 400_000)] * 4),
    shares=st.tuples(*[st.decimals(0, 1, places=4)] * 2),
    images=st.decimals(0, 20, places=1),
    stored=st.integers(0, 10**6),
)
def test_the_lines_add_up_to_the_bill_to_the_last_digit(requests, tokens, shares, images, stored):
    workload = Workload(
        requests_per_day=Decimal(requests),
        input_tokens=max(tokens[:2]),
        cached_tokens=min(tokens[:2]),
        output_tokens=tokens[2],
        thinking_tokens=tokens[3],
        batch_share=shares[0],
        long_share=shares[1],
        long_input_tokens=250_000,
        images=images,
        stored_tokens=stored,
        storage_hours=Decimal("12.5"),
    )
    asked = with_workload(usual(), workload)
    lines = lines_table(asked)
    for row, offer in zip(bills_table(asked).rows, asked.chosen, strict=True):
        own = [each for each in (lines.rows if lines else ()) if each[0].shown == row[0].shown]
        rebuilt = [
            Fraction(each[3].number) * Fraction(each[5].number) / each[6].number * each[7].number for each in own
        ]
        assert [Fraction(each[8].number) for each in own] == rebuilt
        assert Fraction(row[2].number) == sum(rebuilt) == Fraction(offer.usd_a_month)


@cache
def usual() -> Scene:
    return scene()


def test_a_workload_of_nothing_has_a_bill_of_nothing_and_no_lines():
    asked = with_workload(usual(), Workload(Decimal(5), 0, 0))
    section = cost_section.section(asked)
    assert [value.number for value in cells(section, "cost_bills", "A month")] == [0, 0]
    assert "cost_lines" not in ids(section)
    assert asked.ledger.problems == []


def test_a_bill_of_more_digits_than_decimals_usually_have_still_is_the_sum_of_its_lines():
    asked = scene(requests="999999999", input="9999999", batch="12.345678", long="33.333333", long_input="9999991")
    section = cost_section.section(asked)
    rows = table(section, "cost_lines").rows
    for row in table(section, "cost_bills").rows:
        own = sum(Fraction(each[8].number) for each in rows if each[0].shown == row[0].shown)
        assert Fraction(row[2].number) == own


def test_a_missing_price_is_words_with_its_reason_and_never_a_number():
    section = cost_section.section(scene("gemini-2.0-pro-exp-02-05,gemini-2.0-flash"))
    row = table(section, "cost_bills").rows[0]
    assert [(value.shown, value.number) for value in row[2:6]] == [("no list price", None)] * 4
    assert row[6].shown == "Free while on trial; no paid price was found."
    assert not any(value.best for each in table(section, "cost_bills").rows for value in each)
    chart = next(each for each in section.blocks if isinstance(each, Chart) and each.id == "cost_month")
    assert [each.values for each in chart.plot.series] == [(None,), (189.6,)]
    assert sentences(section)[0].text == (
        "Which is cheapest cannot be said, since 2.0 Pro exp has no list price; 2.0 Flash costs $189.60 a month."
    )


def test_without_any_price_there_is_neither_a_chart_nor_a_line():
    asked = scene("gemini-2.0-pro-exp-02-05,o3-mini", on="2028-01-01", platforms="vertex-ai", audience="technical")
    section = cost_section.section(asked)
    assert ids(section) == ["cost_bills", "cost_platforms", "cost_workload"]
    assert "No bill can be worked out" in sentences(section)[0].text


def test_without_requests_the_bill_is_nothing_and_no_request_is_divided_by():
    section = cost_section.section(scene(use="documents", requests="0"))
    assert [value.number for value in cells(section, "cost_bills", "A month")] == [0, 0]
    assert {value.shown for value in cells(section, "cost_lines", "Quantity a request")} == {"no requests"}
    # Of no requests it is what 1,000 of their shape would cost: 300 M x $2.50 + 4 M x $15, and $0.30 and $2.50.
    assert [value.number for value in cells(section, "cost_bills", "1,000 requests")] == [810, 100]


def test_storage_is_charged_whatever_the_requests():
    section = cost_section.section(scene(use="documents", stored="1000000", hours="12"))
    rows = [row for row in table(section, "cost_lines").rows if row[2].shown == "Cache storage"]
    assert [(row[3].number, row[4].shown, row[9].shown) for row in rows] == [
        (12_000_000, "token-hours", "whatever the requests")
    ] * 2


def test_every_number_and_every_source_of_the_workload_and_of_the_bills_is_typed():
    section = cost_section.section(scene(use="pipeline"))
    workload = table(section, "cost_workload")
    assert len(workload.rows) == 14
    assert all(row[1].number is not None for row in workload.rows)
    batch = next(row for row in workload.rows if row[0].shown == "In batch")
    assert (batch[1].number, batch[1].unit, batch[2].shown) == (80, "percent", "%")
    prices = cells(section, "cost_lines", "Price")
    assert all(isinstance(value.number, Decimal) and value.sources and value.kind for value in prices)


def test_a_price_that_a_rule_was_used_for_names_the_rule_and_its_source():
    section = cost_section.section(scene("claude-sonnet-5,gemini-2.0-flash-lite", use="pipeline", audio="1"))
    lines = table(section, "cost_lines")
    audio = next(row for row in lines.rows if row[2].shown == "Audio tokens")
    assert "no price for audio tokens is known, charged as input" in audio[10].shown
    assert "gapi_tokens" in audio[5].sources


def test_a_price_that_sources_disagree_on_is_marked_and_says_what_the_others_say():
    section = cost_section.section(scene("claude-sonnet-5,claude-3-5-sonnet-20241022", use="chat"))
    assert sentences(section)[0].certainty == "sources conflict"
    first = table(section, "cost_bills").rows[0]
    assert first[2].conflict
    price = table(section, "cost_lines").rows[0][5]
    assert price.conflict
    assert "$2.00 according to models.dev" in price.note


def test_announced_prices_stand_in_a_table_a_sentence_and_the_year():
    section = cost_section.section(scene("gemini-3.8-flash,gemini-4-argon", use="code"))
    changes = table(section, "cost_changes")
    assert [row[0].day.isoformat() for row in changes.rows] == ["2026-12-01"] * 3 + ["2027-01-01"] * 3
    assert [value.number for value in changes.rows[0][4:]] == [2, 4]
    said = [each.text for each in sentences(section)]
    assert (
        "From 1 Dec 2026, by announced prices, 4 Argon rises to $10,282 a month; 3.8 Flash stays the cheapest." in said
    )
    assert "cost_year" in ids(section)


def test_the_months_of_the_year_add_up_to_its_bill():
    asked = scene("gemini-3.8-flash,gemini-4-argon", use="code", growth="5")
    year = table(cost_section.section(asked), "cost_year_table")
    for place, offer in enumerate(asked.chosen):
        assert isinstance(offer.year, Year)
        values = [row[2 + place].number for row in year.rows]
        assert len(values) == 13
        assert abs(sum(values[:12]) - values[12]) < Decimal("1e-15")
        assert abs(values[12] - offer.year.usd) < Decimal("1e-15")


def test_at_a_break_even_both_bills_are_the_same():
    asked = scene("claude-3-5-sonnet-20241022,gemini-3-flash-preview", use="chat", audience="technical")
    row = next(
        each
        for each in table(cost_section.section(asked), "cost_even").rows
        if each[0].shown == "Thinking tokens a request"
    )
    assert (row[1].number, row[2].number) == (0, 1850)
    workload = with_value(asked.cost.workload, "thinking_tokens", Decimal(1850))
    bills = [
        bill(catalog(), model, platforms(model)[0], workload, asked.on) for model in asked.cost.models_of(catalog())
    ]
    assert bills[0].usd_a_month == bills[1].usd_a_month
    assert [value.shown for value in row[3:]] == ["3 Flash preview", "Claude 3.5 Sonnet"]


def test_double_of_the_requests_doubles_each_bill():
    section = cost_section.section(scene(use="documents", audience="technical"))
    movers = table(section, "cost_movers")
    requests = [row for row in movers.rows if row[0].shown == "Requests a day"]
    assert [[value.number for value in row[1:]] for row in requests] == [
        [200, 100, 300, 400, 1200],
        [200, 100, 2430, 400, 9720],
    ]
    assert movers.groups[0] == "2.5 Flash"


def test_an_executive_gets_less_than_a_technical_reader_and_the_same_bills():
    short, long = (cost_section.section(scene(audience=each)) for each in ("executive", "technical"))
    assert "cost_movers" in ids(long)
    assert "cost_movers" not in ids(short)
    assert set(ids(short)) < set(ids(long))
    assert table(short, "cost_bills") == table(long, "cost_bills")


def test_tokens_stand_beside_things_of_everyday_life():
    section = cost_section.section(scene(use="documents"))
    # 300,000 tokens at 750 a page and at 215 an e-mail, to two digits.
    assert any(
        "The input of one request is about 400 pages or 1,400 e-mails" in each.text for each in sentences(section)
    )
    cell = table(section, "cost_workload").rows[1][3]
    assert (cell.shown, cell.kind, cell.sources) == ("≈ 400 pages or 1,400 e-mails", Kind.ESTIMATE, ("gapi_tokens",))


def test_the_bars_are_those_of_the_bills():
    asked = scene(use="documents")
    chart = next(each for each in cost_section.section(asked).blocks if isinstance(each, Chart))
    assert (chart.id, chart.plot.form, chart.plot.unit) == ("cost_month", Form.BARS, "USD")
    assert [(each.model, each.values) for each in chart.plot.series] == [(PRO, (4860.0,)), (FLASH, (600.0,))]
    assert [value.number for value in (row[2] for row in chart.table.rows)] == [4860, 600]
    assert '"#000001"' in chart.figure
    assert month(asked.chosen[0].priced_bill) == 4860


@pytest.mark.parametrize("models", PAIRS)
def test_no_sentence_of_any_situation_states_a_number_that_cannot_be_derived(models):
    for at, use in enumerate(USES):
        audience = "technical" if (at + PAIRS.index(models)) % 2 else "executive"
        asked = scene(models, use=use, audience=audience, growth="-2.5", images="1.5")
        section = cost_section.section(asked)
        assert asked.ledger.problems == []
        assert all(not isinstance(each, Paragraph) or each.sentences for each in section.blocks)
        cited = set(asked.ledger.cited)
        values = [value for each in section.blocks if isinstance(each, Table) for row in each.rows for value in row]
        assert all(set(value.sources) <= cited for value in values)


def test_the_sources_of_a_sentence_are_those_of_the_prices():
    asked = scene(use="documents")
    first = sentences(cost_section.section(asked))[0]
    assert first.sources == ("litellm",)
    stated = {each.id: each for each in asked.ledger.figures.values()}
    assert {stated[each].shown for each in first.figures} == {"$4,260.00", "$600.00", "$4,860.00", "8.1×"}


def test_a_name_that_looks_like_markup_is_inert_in_the_figure():
    asked = scene()
    worse = replace(
        asked.chosen[0],
        platform="<b onmouseover=1>",
        model=asked.chosen[0].model.model_copy(update={"short_name": "<i>"}),
    )
    chart = next(
        each
        for each in cost_section.section(replace(asked, chosen=(worse, *asked.chosen[1:]))).blocks
        if isinstance(each, Chart)
    )
    assert "<b onmouseover" not in chart.figure
