"""On which side of its point each label of a chart stands, so that labels cover neither points nor each other."""

from collections.abc import Sequence
from dataclasses import dataclass

_POINT = 7.0
"""Half the width of a mark with some air, in points."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label of some width and height at a point of a plot, all in points; y grows downwards."""

    x: float
    y: float
    width: float
    height: float


_Rectangle = tuple[float, float, float, float]


def sides(labels: Sequence[Label], right_end: float) -> tuple[str, ...]:
    """The side of each label: "r", "l", "t" or "b", the first free one; "" where none is, so that it is left out.

    Earlier labels choose first. No label reaches beyond `right_end` or below zero across.
    """
    marks = [(each.x - _POINT, each.y - _POINT, each.x + _POINT, each.y + _POINT) for each in labels]
    taken: list[_Rectangle] = []
    found = []
    for at, label in enumerate(labels):
        others = [*taken, *marks[:at], *marks[at + 1 :]]
        places = {side: _place(label, side) for side in "rltb"}
        free = [
            side
            for side, place in places.items()
            if place[0] >= 0 and place[2] <= right_end and not any(_meet(place, other) for other in others)
        ]
        found.append(free[0] if free else "")
        taken += [places[side] for side in free[:1]]
    return tuple(found)


def _place(label: Label, side: str) -> _Rectangle:
    left = {"r": label.x + _POINT, "l": label.x - _POINT - label.width}.get(side, label.x - label.width / 2)
    top = {"t": label.y - _POINT - label.height, "b": label.y + _POINT}.get(side, label.y - label.height / 2)
    return left, top, left + label.width, top + label.height


def _meet(one: _Rectangle, other: _Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
