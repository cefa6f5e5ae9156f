"""The figures under an answer, worked out by hand."""

from datetime import date
from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.loading import Catalog, load
from components.gemini.content import Part, PartKind
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts, Usage
from components.playground.lanes import LaneSnapshot, LaneStatus
from components.playground.measures import measures
from components.playground.readings import Group, Reading, cost_usd, cost_words, progress, readings, seconds

ON = date(2026, 11, 22)
CATALOG = load()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return CATALOG


def lane(model: str = "gemini-2.0-flash", usage: Usage | None = None, **changes: object) -> LaneSnapshot:
    chunks = (Chunk(at=0.1, text="a", output_tokens=10), Chunk(at=1.1, text="b", output_tokens=210))
    values: dict[str, object] = {
        "index": 0,
        "request": Request(model=model, prompt="p"),
        "status": LaneStatus.DONE,
        "text": "ab",
        "thoughts": "",
        "chunks": chunks,
        "parts": (Part(PartKind.TEXT, "ab"),),
        "facts": Facts(usage=usage or Usage(1_000, 210, 90, 400, 1_300), finish_reason="STOP", server_ms=80.0),
        "failure": None,
        "stop_reason": None,
        "first_token_s": 0.1,
        "first_visible_s": 0.1,
        "last_chunk_s": 1.1,
        "total_s": 1.2,
    }
    return LaneSnapshot(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "text"), [(0.1234, "123 ms"), (0.9, "900 ms"), (1.26, "1.3 s"), (None, "not yet")])
def test_times_are_in_ms_below_a_second_and_in_s_above(value: float | None, text: str) -> None:
    assert seconds(value) == text


def test_the_progress_line_names_state_first_token_speed_and_total() -> None:
    assert progress(lane()) == "Done, first token 100 ms, 200 tokens/s, total 1.2 s"


def test_a_lane_that_waits_says_so() -> None:
    waiting = lane(status=LaneStatus.WAITING, chunks=(), first_token_s=None, total_s=None, facts=Facts())
    assert progress(waiting) == "Waiting for the first token"


def test_the_cost_counts_thinking_as_output_and_cached_tokens_at_their_own_price(catalog: Catalog) -> None:
    # 600 new at $0.10, 400 cached at $0.025 and 210 + 90 written at $0.40, each for a million.
    expected = (600 * 0.10 + 400 * 0.025 + 300 * 0.40) / 1_000_000
    words = cost_words(catalog.models["gemini-2.0-flash"], measures(lane()), ON, vertexai=False, simulated=False)
    assert words == (
        f"${expected:.6f}".rstrip("0")
        + " at the list price of 22 Aug 2026; Gemini API (AI Studio), standard tier, prompts of any size"
    )
    assert cost_usd(catalog, lane(), ON, vertexai=False) == Decimal("0.00019")


def test_on_vertex_ai_its_own_price_counts(catalog: Catalog) -> None:
    flash = catalog.models["gemini-2.0-flash"]
    plain = measures(lane(usage=Usage(1_000_000, 1_000_000, None, None, None)))
    assert cost_words(flash, plain, ON, vertexai=True, simulated=False).startswith("$0.75 at")
    assert "Vertex AI, standard tier" in cost_words(flash, plain, ON, vertexai=True, simulated=False)
    assert cost_words(flash, plain, ON, vertexai=False, simulated=False).startswith("$0.50 at")


@pytest.mark.parametrize(
    ("read", "cost", "tier"),
    [
        # 2.5 Pro: $1.25 in and $10 out up to 200,000 tokens, $2.50 and $15 above, each for a million.
        (200_000, "0.25", "prompts up to 200,000 tokens"),
        (200_001, "0.5000025", "prompts above 200,000 tokens"),
    ],
)
def test_the_size_of_the_prompt_chooses_the_price_and_the_words_name_the_tier(
    catalog: Catalog, read: int, cost: str, tier: str
) -> None:
    asked = lane("gemini-2.5-pro", Usage(read, 0, 0, None, None))
    assert cost_usd(catalog, asked, ON, vertexai=False) == Decimal(cost)
    words = cost_words(catalog.models["gemini-2.5-pro"], measures(asked), ON, vertexai=False, simulated=True)
    assert words.endswith(f"simulated, nothing is charged; Gemini API (AI Studio), standard tier, {tier}")


def test_what_tools_put_into_the_prompt_is_billed_as_input(catalog: Catalog) -> None:
    searched = lane(usage=Usage(1_000, 0, None, None, None, 9_000))
    assert cost_usd(catalog, searched, ON, vertexai=False) == Decimal("0.001")
    assert by_label(catalog, searched)["Tool tokens"].text == "9,000 (billed as input)"


def test_thinking_that_took_all_of_the_output_is_paid_for(catalog: Catalog) -> None:
    nothing = Usage(1_000_000, None, 1_000_000, None, None)
    eaten = lane(usage=nothing, text="", first_visible_s=None)
    assert cost_usd(catalog, eaten, ON, vertexai=False) == Decimal("0.5")
    assert cost_usd(catalog, lane(usage=nothing), ON, vertexai=False) is None


@given(st.integers(0, 10**7), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**7), st.booleans())
def test_the_cost_is_exact_to_the_last_digit(read: int, written: int, thought: int, tools: int, vertexai: bool) -> None:
    asked = lane("gemini-2.0-flash", Usage(read, written, thought, 0, None, tools))
    rate_in, rate_out = (Decimal("0.15"), Decimal("0.6")) if vertexai else (Decimal("0.1"), Decimal("0.4"))
    expected = ((read + tools) * rate_in + (written + thought) * rate_out) / 1_000_000
    assert cost_usd(CATALOG, asked, ON, vertexai) == expected


def by_label(catalog: Catalog, shown: LaneSnapshot, vertexai: bool = False) -> dict[str, Reading]:
    return {each.label: each for each in readings(catalog, shown, ON, vertexai, simulated=False)}


def test_each_measure_stands_beside_the_published_figure_of_its_platform(catalog: Catalog) -> None:
    here, there = (by_label(catalog, lane("gemini-1.5-flash"), vertexai) for vertexai in (False, True))
    assert here["Time to first token"].published.startswith("published: 0.41 s (artificialanalysis.ai")
    assert here["Time to first token"].published.endswith("2024, AI Studio)")
    assert there["Time to first token"].published.startswith("published: 0.23 s (")
    assert here["Output speed"].published.startswith("published: 192 tokens/s (")
    assert here["Output speed"].claims[0].value == 192


def test_limits_and_prices_are_published_figures_too(catalog: Catalog) -> None:
    flash = by_label(catalog, lane())
    assert flash["Input tokens"].published.startswith("published: context window of 1,048,576 tokens (")
    assert flash["Output tokens"].published.startswith("published: output limit of 8,192 tokens (")
    assert flash["Cost"].published == "published: $0.10 in and $0.40 out for a million tokens"


def test_where_nothing_is_published_that_is_said(catalog: Catalog) -> None:
    flash = by_label(catalog, lane())
    assert flash["Time to first token"].published == flash["Output speed"].published == "none published"
    unknown = by_label(catalog, lane("somebody-elses-model"))
    assert {unknown[label].published for label in ("Input tokens", "Output tokens", "Cost")} == {"none published"}
    assert flash["Total time"].published == ""


def test_readings_stand_in_their_order_and_in_groups(catalog: Catalog) -> None:
    shown = readings(catalog, lane(), ON, vertexai=False, simulated=False)
    assert [each.label for each in shown] == [
        "Requested model",
        "Served model",
        "Finish reason",
        "Time to first token",
        "Time to first visible text",
        "Of that, at the service",
        "Network share",
        "Thinking time",
        "Writing time",
        "Total time",
        "Output speed",
        "Input tokens",
        "Output tokens",
        "Thinking tokens",
        "Cached tokens",
        "Tool tokens",
        "Price source",
        "Cost",
    ]
    assert [(group, len(list(members))) for group, members in groupby(each.group for each in shown)] == [
        (Group.ANSWER, 3),
        (Group.TIME, 8),
        (Group.TOKENS, 5),
        (Group.COST, 2),
    ]


@pytest.mark.parametrize(
    ("served", "words"),
    [
        ("gemini-2.0-flash", "gemini-2.0-flash"),
        ("models/gemini-2.0-flash", "models/gemini-2.0-flash"),
        ("gemini-2.0-flash-001", "gemini-2.0-flash-001 (another id of the model that was asked)"),
        (
            "gemini-3.8-flash",
            "gemini-3.8-flash (not the model that was asked: Gemini 3.8 Flash answered for Gemini 2.0 Flash)",
        ),
        ("of-a-stranger", "of-a-stranger (not the id that was asked)"),
    ],
)
def test_a_model_that_was_not_asked_is_marked_in_words(catalog: Catalog, served: str, words: str) -> None:
    shown = by_label(catalog, lane(facts=Facts(served_model=served)))["Served model"]
    assert (shown.text, shown.marked) == (words, "(" in words)


def test_thinking_writing_and_network_are_said_as_surely_as_they_are_known(catalog: Catalog) -> None:
    plain = by_label(catalog, lane())
    # The first chunk came after 100 ms, of which 80 at the service; thinking was counted but not shown.
    assert plain["Network share"].text == "≈ 20 ms"
    assert plain["Thinking time"].text == "at most 100 ms"
    assert plain["Writing time"].text == "1.0 s"
    one = by_label(catalog, lane(chunks=(Chunk(at=0.1, text="ab"),), facts=Facts(Usage(thinking_tokens=0))))
    assert one["Thinking time"].text == "none"
    assert one["Writing time"].text == "not measurable (the text came in one piece)"
    assert one["Network share"].text == "not known"


def test_an_interrupted_lane_has_its_progress_too() -> None:
    assert progress(lane(status=LaneStatus.INTERRUPTED, total_s=None)).startswith("Interrupted, first token 100 ms")


def test_without_a_list_price_the_cost_is_no_number(catalog: Catalog) -> None:
    pro = catalog.models["gemini-2.0-pro-exp-02-05"]
    words = cost_words(pro, measures(lane()), ON, vertexai=False, simulated=False)
    assert words == "no list price (free while on trial; no paid price was found)"
    assert (
        cost_words(None, measures(lane()), ON, False, False) == "no list price (the catalog does not have this model)"
    )


def test_without_token_counts_the_cost_is_not_known(catalog: Catalog) -> None:
    silent = measures(lane(usage=Usage()))
    assert cost_words(catalog.models["gemini-2.0-flash"], silent, ON, False, False) == "not known (no token counts)"


def test_what_the_service_does_not_say_is_never_zero(catalog: Catalog) -> None:
    silent = lane(facts=Facts(), chunks=(), first_token_s=None, first_visible_s=None, total_s=0.4)
    texts = {each.label: each.text for each in readings(catalog, silent, ON, vertexai=False, simulated=False)}
    assert texts["Served model"] == "not said"
    assert texts["Finish reason"] == "none given"
    assert texts["Time to first token"] == "none arrived"
    assert texts["Input tokens"] == texts["Output tokens"] == texts["Thinking tokens"] == "not said"
    assert "0" not in texts["Output speed"]
