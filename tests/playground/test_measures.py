from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gemini.content import Part, PartKind, merged
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts, Usage
from components.playground.lanes import LaneSnapshot, LaneStatus
from components.playground.measures import Measures, Speed, measures, output_speed


def chunks(*marks: tuple[float, int | None]) -> list[Chunk]:
    return [Chunk(at=at, text="x", output_tokens=tokens) for at, tokens in marks]


def lane(got: list[Chunk], facts: Facts, total_s: float | None = None) -> LaneSnapshot:
    visible = [chunk.at for chunk in got if chunk.text]
    return LaneSnapshot(
        index=0,
        request=Request("m", "p"),
        status=LaneStatus.DONE,
        text="".join(chunk.text for chunk in got),
        thoughts="".join(chunk.thought for chunk in got),
        chunks=tuple(got),
        parts=merged(part for chunk in got for part in chunk.pieces),
        facts=facts,
        failure=None,
        stop_reason=None,
        first_token_s=got[0].at if got else None,
        first_visible_s=visible[0] if visible else None,
        last_chunk_s=got[-1].at if got else None,
        total_s=total_s,
    )


def test_speed_by_hand() -> None:
    # 120 tokens after the first chunk's 30, in 1.5 s.
    assert output_speed(chunks((0.5, 30), (1.2, 70), (2.0, 150))) == Speed(80.0, None)


def test_chunks_without_a_count_do_not_move_the_marks() -> None:
    assert output_speed(chunks((0.1, None), (0.5, 30), (1.0, None), (2.0, 150), (9.0, None))) == Speed(80.0, None)


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ([(0.5, 300)], "not measurable (1 chunk)"),
        ([], "not measurable (no token counts)"),
        ([(0.5, None), (1.5, None)], "not measurable (no token counts)"),
        ([(0.5, None), (1.5, 90)], "not measurable (no token counts)"),
        ([(0.5, 30), (1.5, 69)], "not measurable (only 39 tokens after the first chunk)"),
        ([(0.5, 30), (1.5, 20)], "not measurable (only 0 tokens after the first chunk)"),
        ([(0.5, 30), (0.65, 300)], "not measurable (all within 150 ms)"),
    ],
)
def test_a_speed_that_cannot_be_measured_says_why(marks: list[tuple[float, int | None]], reason: str) -> None:
    assert output_speed(chunks(*marks)) == Speed(None, reason)


def test_the_limits_themselves_are_measurable() -> None:
    assert output_speed(chunks((0.0, 0), (0.2, 40))) == Speed(200.0, None)


def test_everything_that_is_known_is_measured() -> None:
    facts = Facts(usage=Usage(9, 150, 40, 3, 206, 7), server_ms=430)
    assert measures(lane(chunks((0.5, 30), (2.0, 150)), facts, total_s=2.1)) == Measures(
        time_to_first_token_s=0.5,
        time_to_first_visible_s=0.5,
        total_s=2.1,
        speed=Speed(80.0, None),
        server_ms=430,
        network_s=pytest.approx(0.07),
        input_tokens=9,
        output_tokens=150,
        thinking_tokens=40,
        cached_tokens=3,
        thinking_s=0.5,
        thinking_at_most=True,
        writing_s=1.5,
        tool_tokens=7,
    )


def thought(at: float, text: str = "hm", output_tokens: int | None = 0, thinking_tokens: int | None = None) -> Chunk:
    return Chunk(at=at, thought=text, output_tokens=output_tokens, thinking_tokens=thinking_tokens)


def test_the_time_before_the_answer_is_no_part_of_its_speed() -> None:
    # Thoughts come from 0.5 s on with a count of 0 output tokens; the text brings 30 at 5 s and 150 at 6.5 s.
    assert output_speed([thought(0.5), thought(3.0), *chunks((5.0, 30), (6.5, 150))]) == Speed(80.0, None)


def test_thinking_in_the_middle_of_an_answer_leaves_its_speed_unmeasured() -> None:
    reason = Speed(None, "not measurable (it thought in the middle of its answer)")
    first, last = chunks((0.5, 30), (6.5, 150))
    assert output_speed([first, thought(3.0, output_tokens=30), last]) == reason
    counted = [Chunk(at=each.at, text="x", output_tokens=each.output_tokens) for each in (first, last)]
    grown = [replace(counted[0], thinking_tokens=10), replace(counted[1], thinking_tokens=90)]
    assert output_speed(grown) == reason
    still = [replace(each, thinking_tokens=90) for each in counted]
    assert output_speed(still) == Speed(20.0, None)


def test_one_piece_of_text_after_thoughts_has_no_speed() -> None:
    assert output_speed([thought(0.5), *chunks((5.0, 300))]).not_measurable == "not measurable (1 chunk)"
    assert output_speed([thought(0.5), thought(9.0)]).not_measurable == "not measurable (no answer arrived)"


def test_a_called_function_counts_as_an_answer() -> None:
    call = Chunk(at=1.0, output_tokens=0, parts=(Part(PartKind.FUNCTION_CALL, "{}", "f"),))
    assert output_speed([thought(0.1), call, *chunks((2.0, 100))]) == Speed(100.0, None)


def thinking_of(got: list[Chunk], thinking_tokens: int | None) -> tuple[float | None, bool]:
    taken = measures(lane(got, Facts(usage=Usage(thinking_tokens=thinking_tokens))))
    return taken.thinking_s, taken.thinking_at_most


def test_thinking_lasts_from_the_first_thought_to_the_first_text() -> None:
    assert thinking_of([thought(0.5), thought(1.0), *chunks((2.75, 30), (4.0, 60))], 90) == (2.25, False)
    assert thinking_of([thought(0.5), *chunks((2.75, 30))], None) == (2.25, False)


def test_thinking_that_is_not_shown_lasts_at_most_from_the_request() -> None:
    assert thinking_of(chunks((2.75, 30)), 90) == (2.75, True)
    together = Chunk(at=2.75, text="x", thought="hm")
    assert thinking_of([together], 90) == (2.75, True)


def test_where_nothing_was_thought_or_nobody_says_there_is_no_thinking_time() -> None:
    assert thinking_of(chunks((2.75, 30)), 0) == (None, False)
    assert thinking_of(chunks((2.75, 30)), None) == (None, False)
    assert thinking_of([thought(0.5)], 90) == (None, False)
    assert thinking_of([*chunks((0.5, 30)), thought(1.0)], 90) == (None, False)


def test_writing_lasts_from_the_first_text_to_the_last_and_not_to_an_empty_end() -> None:
    empty = Chunk(at=9.0, output_tokens=80)
    assert measures(lane([thought(0.5), *chunks((1.0, 30), (3.5, 80)), empty], Facts())).writing_s == 2.5
    assert measures(lane([*chunks((1.0, 30)), empty], Facts())).writing_s is None


def test_a_lane_without_anything_has_no_measures() -> None:
    empty = measures(lane([], Facts()))
    assert (empty.time_to_first_token_s, empty.tokens_per_second, empty.network_s) == (None, None, None)
    assert empty.not_measurable == "not measurable (no token counts)"


def test_a_server_that_claims_more_time_than_passed_gives_no_network_estimate() -> None:
    assert measures(lane(chunks((0.4, 1)), Facts(server_ms=430))).network_s is None


@given(
    st.lists(
        st.tuples(st.floats(0, 1e4, allow_nan=False), st.none() | st.integers(0, 10**7)),
        max_size=30,
    )
)
def test_there_is_either_a_speed_or_a_reason(marks: list[tuple[float, int | None]]) -> None:
    speed = output_speed(chunks(*sorted(marks, key=lambda mark: mark[0])))
    assert (speed.tokens_per_second is None) is not (speed.not_measurable is None)
    assert speed.tokens_per_second is None or speed.tokens_per_second > 0
