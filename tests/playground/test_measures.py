import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts, Usage
from components.playground.lanes import LaneSnapshot, LaneStatus
from components.playground.measures import Measures, Speed, measures, output_speed


def chunks(*marks: tuple[float, int | None]) -> list[Chunk]:
    return [Chunk(at=at, text="x", output_tokens=tokens) for at, tokens in marks]


def lane(got: list[Chunk], facts: Facts, total_s: float | None = None) -> LaneSnapshot:
    return LaneSnapshot(
        index=0,
        request=Request("m", "p"),
        status=LaneStatus.DONE,
        text="x" * len(got),
        thoughts="",
        chunks=tuple(got),
        facts=facts,
        failure=None,
        stop_reason=None,
        first_token_s=got[0].at if got else None,
        first_visible_s=got[0].at if got else None,
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
    facts = Facts(usage=Usage(9, 150, 40, 3, 199), server_ms=430)
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
    )


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
