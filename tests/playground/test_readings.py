"""The figures under an answer, worked out by hand."""

from datetime import date

import pytest

from catalog.loading import Catalog, load
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts, Usage
from components.playground.lanes import LaneSnapshot, LaneStatus
from components.playground.measures import measures
from components.playground.readings import cost_words, progress, readings, seconds

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def lane(model: str = "gemini-2.0-flash", usage: Usage | None = None, **changes: object) -> LaneSnapshot:
    chunks = (Chunk(at=0.1, text="a", output_tokens=10), Chunk(at=1.1, text="b", output_tokens=210))
    values: dict[str, object] = {
        "index": 0,
        "request": Request(model=model, prompt="p"),
        "status": LaneStatus.DONE,
        "text": "ab",
        "thoughts": "",
        "chunks": chunks,
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
    assert words == f"${expected:.6f}".rstrip("0") + " at the list price of 22 Aug 2026"


def test_on_vertex_ai_its_own_price_counts(catalog: Catalog) -> None:
    flash = catalog.models["gemini-2.0-flash"]
    plain = lane(usage=Usage(1_000_000, 1_000_000, None, None, None))
    assert cost_words(flash, measures(plain), ON, vertexai=True, simulated=False).startswith("$0.75 at")
    assert cost_words(flash, measures(plain), ON, vertexai=False, simulated=False).startswith("$0.5 at") or cost_words(
        flash, measures(plain), ON, vertexai=False, simulated=False
    ).startswith("$0.50 at")


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
