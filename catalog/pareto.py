"""Which of several offers no other one beats at once on quality and on price."""

from collections.abc import Sequence


def front(points: Sequence[tuple[float, float]]) -> tuple[int, ...]:
    """The indices of the points on the Pareto line, cheapest first.

    A point is (cost, quality), of which less cost and more quality is better. It is off the line if another one costs
    no more and is no worse, and is better in one of the two; equal points stand on it together.
    """
    on_line = [at for at, point in enumerate(points) if not any(_beats(other, point) for other in points)]
    return tuple(sorted(on_line, key=lambda at: points[at]))


def _beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one != other and one[0] <= other[0] and one[1] >= other[1]
