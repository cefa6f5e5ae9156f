"""A run becomes the series of its chart, side by side and repeat by repeat."""

from datetime import UTC, datetime

from components.charts.style import Look
from components.charts.tokens import Ending, Piece
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts
from components.playground.growth import growth
from components.playground.lanes import Run, Setup

LOOKS = [Look("One", "#111111", "circle"), Look("Other", "#222222", "square")]


def test_each_answer_of_a_run_is_a_series_of_its_side_and_repeat() -> None:
    run = Run(
        [Request(model, "p") for model in ("a", "b") * 2],
        created=datetime(2026, 11, 22, tzinfo=UTC),
        setup=Setup(sides=2, repeats=2),
    )
    run.begin(3)
    run.receive(3, Chunk(at=0.5, text="abc", thought="hm", output_tokens=7, thinking_tokens=3), Facts())
    run.stop("Stopped.")
    found = growth(run.snapshot(), LOOKS)
    assert [(each.look.name, each.repeat) for each in found] == [("One", 0), ("Other", 0), ("One", 1), ("Other", 1)]
    assert found[3].pieces == (Piece(0.5, 7, 3, 3, 2),)
    assert {each.ending for each in found} == {Ending.STOPPED}
    assert found[3].end_s is not None
