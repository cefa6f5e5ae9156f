"""A chart as plain shapes in pixels from the top left corner, whatever draws them in the end."""

from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; `dash` has the lengths of its strokes and gaps in turn, `clipped` keeps it in the plot."""

    points: tuple[Point, ...]
    colour: str
    width: float
    dash: tuple[float, ...] = ()
    opacity: float = 1.0
    clipped: bool = True


@dataclass(frozen=True, slots=True)
class Area:
    """A polygon, filled, or hatched with lines of its colour where `hatch` has the pixels from one to the next."""

    points: tuple[Point, ...]
    colour: str
    opacity: float = 1.0
    outline: str = ""
    outline_width: float = 0.0
    dash: tuple[float, ...] = ()
    hatch: float = 0.0
    hatch_width: float = 1.0
    clipped: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker at a point: Plotly's name of its symbol, its size, and the width of its outline."""

    at: Point
    symbol: str
    colour: str
    size: float
    line: float = 0.0
    opacity: float = 1.0
    clipped: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text whose baseline begins, has its middle or ends at a point, turned by degrees to the left."""

    at: Point
    runs: tuple[Run, ...]
    colour: str
    size: float
    anchor: Anchor = "start"
    turned: int = 0

    @property
    def text(self) -> str:
        """The words without their styles."""
        return "".join(run.text for run in self.runs)


Shape = Line | Area | Mark | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """All shapes in the order in which they cover one another; `plot` bounds those that are clipped."""

    width: float
    height: float
    plot: Box
    shapes: tuple[Shape, ...] = field(default=())


# The outlines of Plotly's markers for a size of 2, drawn after its documentation of symbols; y grows downwards.
OUTLINES: dict[str, tuple[Point, ...]] = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "triangle-up": ((0, -1), (1.155, 0.5), (-1.155, 0.5)),
    "triangle-down": ((0, 1), (-1.155, -0.5), (1.155, -0.5)),
    "hourglass": ((-1, -1), (1, -1), (-1, 1), (1, 1)),
    "x": tuple(
        (across * 0.566, up * 0.566)
        for across, up in (
            (0, -1), (1, -2), (2, -1), (1, 0), (2, 1), (1, 2), (0, 1), (-1, 2), (-2, 1), (-1, 0), (-2, -1), (-1, -2),
        )
    ),
    "line-ns": ((0, -1.4), (0, 1.4)),
}  # fmt: skip


def outline(mark: Mark) -> tuple[Point, ...]:
    """The corners of a marker in pixels; none for a circle, which is also drawn for what is not known here."""
    shape = OUTLINES.get(base(mark.symbol), ())
    across, down = mark.at
    return tuple((across + x * mark.size / 2, down + y * mark.size / 2) for x, y in shape)


def base(symbol: str) -> str:
    """The name of a symbol without what says that it is hollow."""
    return symbol.removesuffix("-dot").removesuffix("-open")


def is_open(symbol: str) -> bool:
    """Whether a symbol is hollow."""
    return symbol.endswith(("-open", "-open-dot"))


def has_dot(symbol: str) -> bool:
    """Whether a symbol has a dot in its middle."""
    return symbol.endswith("-dot")
