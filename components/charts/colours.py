"""The colours of models and of paper, light and dark: the one place in which they are written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour on light and on dark paper."""

    light: str
    dark: str

    def on(self, dark: bool) -> str:
        """The colour on this paper."""
        return self.dark if dark else self.light


INK = Paint("#17202b", "#e6ebf2")
PAPER = Paint("#ffffff", "#11161d")
GRID = Paint("#dde3ea", "#2d3846")
# The chart colours of the theme in their order; the first four are those of the models.
SERIES = (
    Paint("#1d56b8", "#8db8ff"),
    Paint("#b4530a", "#ffb066"),
    Paint("#0b7468", "#5fd3c2"),
    Paint("#7a3aa8", "#d3a4ff"),
    Paint("#4b5563", "#b6c0cd"),
    Paint("#8a6a00", "#e0c25a"),
    Paint("#a3275d", "#ff9ac1"),
    Paint("#2f6f2f", "#8fd08f"),
    Paint("#5b4bb5", "#b5a8ff"),
    Paint("#6b4f3a", "#d1b59f"),
)
