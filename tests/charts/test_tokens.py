"""Answers as they grow: counts where the service gives them, estimates marked, endings that differ in shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.charts.style import Look
from components.charts.tokens import (
    Ending,
    Piece,
    Series,
    Step,
    steps,
    tokens_over_time,
    tokens_records,
    tokens_summary,
)

ONE, OTHER = Look("One", "#111111", "circle"), Look("Other", "#222222", "square")


def piece(at: float, written: int | None, thought: int | None = 0, text: str = "text", thoughts: str = "") -> Piece:
    return Piece(at, written, thought, len(text), len(thoughts))


def series(*pieces: Piece, look: Look = ONE, repeat: int = 0, ending: Ending = Ending.FINISHED) -> Series:
    return Series(look, repeat, pieces, ending, pieces[-1].at + 0.5 if pieces else 0.5)


def lines(figure) -> list:
    return [trace for trace in figure.data if trace.mode == "lines" and trace.x[0] is not None]


def marks(figure) -> list:
    return [trace for trace in figure.data if trace.mode == "markers" and trace.x[0] is not None]


def names(figure) -> list[str]:
    return [trace.text[0].strip() for trace in figure.data if trace.mode == "text"]


THINKER = series(piece(0.5, 0, 40, "", "hm"), piece(1.0, 0, 90, "", "hm"), piece(2.0, 30, 90), piece(3.0, 150, 90))


def test_the_steps_are_what_the_service_counted() -> None:
    assert steps(THINKER) == (
        Step(0.5, 40, 0, False),
        Step(1.0, 90, 0, False),
        Step(2.0, 90, 30, False),
        Step(3.0, 90, 150, False),
    )


def test_without_a_count_four_characters_are_a_token_and_that_is_an_estimate() -> None:
    # 8 characters, then 9 more: 2 tokens, then 17 / 4 rounded up.
    found = steps(series(piece(1.0, None, text="x" * 8), piece(2.0, None, text="x" * 9)))
    assert [(step.written, step.estimated) for step in found] == [(2, True), (5, True)]


def test_an_estimate_goes_on_from_the_last_count_and_not_past_the_next() -> None:
    found = steps(
        series(piece(1.0, 100), piece(2.0, None, text="x" * 40), piece(3.0, None, text="x" * 400), piece(4, 120))
    )
    assert [(step.written, step.estimated) for step in found] == [(100, False), (110, True), (120, True), (120, False)]


def test_an_empty_last_chunk_without_a_count_is_no_estimate() -> None:
    assert steps(series(piece(1.0, 100), piece(2.0, None, None, text="")))[-1] == Step(2.0, 0, 100, False)


def test_thinking_that_is_counted_at_the_end_stands_where_the_text_begins() -> None:
    late = series(piece(1.0, 30, None), piece(2.0, 60, None), piece(3.0, 90, 500))
    assert [step.thinking for step in steps(late)] == [500, 500, 500]


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 500), st.none() | st.integers(0, 500), st.integers(0, 90), st.integers(0, 90)
        ),
        max_size=12,
    )
)
def test_totals_never_fall(rows: list[tuple[int | None, int | None, int, int]]) -> None:
    found = steps(series(*(Piece(float(at), *row) for at, row in enumerate(rows))))
    for totals in ([step.thinking for step in found], [step.written for step in found]):
        assert totals == sorted(totals)
    for row, step in zip(rows, found, strict=True):
        assert step.written >= (row[0] or 0)


def test_thinking_is_dotted_and_paler_and_the_text_goes_on_from_it() -> None:
    thinking, text = lines(tokens_over_time([THINKER]))
    assert (thinking.line.dash, text.line.dash) == ("dot", "solid")
    assert thinking.opacity < text.opacity
    assert list(thinking.x) == [0.5, 0.5, 1.0, 2.0]
    assert list(thinking.y) == [0, 40, 90, 90]
    assert list(text.x) == [2.0, 2.0, 3.0, 3.5]
    assert list(text.y) == [90, 120, 240, 240]


def test_hidden_thinking_rises_in_a_dotted_step_of_its_own() -> None:
    thinking, text = lines(tokens_over_time([series(piece(2.0, 30, 500), piece(3.0, 60, 500))]))
    assert (list(thinking.x), list(thinking.y)) == ([2.0, 2.0], [0, 500])
    assert list(text.y)[:2] == [500, 530]


def test_sides_differ_in_more_than_colour() -> None:
    figure = tokens_over_time([series(piece(1.0, 30)), series(piece(1.0, 30), look=OTHER)])
    one, other = lines(figure)
    assert one.line.dash != other.line.dash
    ends = [trace.marker.symbol for trace in marks(figure) if trace.marker.symbol != "line-ns-open"]
    assert ends == ["circle", "square"]
    assert names(figure) == ["One", "Other"]


def test_finished_stopped_and_failed_end_in_shapes_of_their_own() -> None:
    endings = [series(piece(1.0, 30), ending=ending) for ending in Ending]
    ends = [trace.marker.symbol for trace in marks(tokens_over_time(endings)) if trace.marker.symbol != "line-ns-open"]
    assert len(ends) == len(set(ends)) == 3
    assert not {"hourglass", "x"} & {"circle", "square", "triangle-up", "diamond"}


def test_an_answer_that_failed_before_anything_came_is_marked_at_its_end() -> None:
    figure = tokens_over_time([series(ending=Ending.FAILED)])
    assert lines(figure) == []
    (end,) = marks(figure)
    assert (list(end.x), list(end.y), end.marker.symbol) == ([0.5], [0], "x")
    assert names(figure) == ["One (failed)"]


def test_the_first_of_repeats_is_thick_and_alone_has_a_name() -> None:
    figure = tokens_over_time([series(piece(1.0, 30)), series(piece(1.2, 30), repeat=1)])
    first, again = lines(figure)
    assert first.line.width > again.line.width
    assert names(figure) == ["One"]


def test_a_name_is_shown_as_text_and_never_as_markup() -> None:
    hostile = Look("<b>One</b>", "#111111", "circle")
    figure = tokens_over_time([series(piece(1.0, 30), look=hostile)])
    texts = [str(part) for trace in figure.data for part in (trace.name, *(trace.text or ()), *(trace.hovertext or ()))]
    assert not [text for text in texts if "<b>" in text]


def test_no_answers_make_no_chart() -> None:
    with pytest.raises(ValueError, match="at least one"):
        tokens_over_time([])


def test_the_summary_tells_what_each_came_to_and_what_is_estimated() -> None:
    guessed = series(piece(1.0, None, text="x" * 8), look=OTHER, ending=Ending.STOPPED)
    assert tokens_summary([THINKER, guessed, series(piece(1.0, 5), repeat=1)]) == (
        "Output tokens over time: One 240 (90 of them thinking) in 3.5 s and Other ≈ 2 in 1.5 s (stopped). "
        "The thin lines are repeats. At 1 of 6 points the service had no count; there the tokens are an estimate, "
        "4 characters each."
    )
    assert tokens_summary([series(ending=Ending.FAILED)]) == "Output tokens over time: nothing from One (failed)."


def test_the_table_has_every_point_and_says_who_counted() -> None:
    rows = tokens_records([THINKER, series(piece(1.0, None, text="x" * 8), look=OTHER, repeat=1)])
    assert len(rows) == 5
    assert rows[3] == {
        "Model": "One",
        "Answer": "1",
        "Seconds": "3",
        "Output tokens": "240",
        "Of them thinking": "90",
        "Counted by": "the service",
        "Ending": "finished",
    }
    assert (rows[4]["Answer"], rows[4]["Counted by"]) == ("2", "estimate (4 characters a token)")


def test_a_long_answer_keeps_its_first_and_last_row_in_a_short_table() -> None:
    long = series(*(piece(float(at), at) for at in range(1000)))
    rows = tokens_records([long], most=5)
    assert [row["Seconds"] for row in rows] == ["0", "249", "499", "749", "999"]
