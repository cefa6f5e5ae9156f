"""Batches in words: their states, amounts and paces."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from catalog.words import number, usd
from components.gemini.errors import spoken_wait

SIMULATED = "Simulated: no model wrote any of these answers, nothing was charged, and they are no evidence."


@dataclass(frozen=True, slots=True)
class Chip:
    """A mark in shape and words, and the class that gives it its colour."""

    style: str
    mark: str
    words: str

    @property
    def html(self) -> str:
        """The chip as HTML."""
        return f'<span class="chip chip-{self.style}"><span aria-hidden="true">{self.mark}</span> {self.words}</span>'


STATES: Mapping[str, Chip] = MappingProxyType(
    {
        "waiting": Chip("unknown", "○", "not begun"),
        "running": Chip("unknown", "◔", "running"),
        "paused": Chip("unknown", "‖", "paused"),
        "stopping": Chip("unknown", "◔", "stopping"),
        "interrupted": Chip("ending", "▲", "interrupted"),
        "stopped": Chip("ending", "■", "stopped"),
        "done": Chip("live", "✓", "complete"),
        "remote": Chip("unknown", "⇪", "at the Batch API"),
    }
)


def state_chip(state: str) -> str:
    """The state of a batch in shape, colour and words."""
    return STATES.get(state, Chip("unknown", "○", state)).html


def money(amount: Decimal | float | None, simulated: bool = False) -> str:
    """An amount at list price, to three digits below a dollar; with "≈" where it was not charged."""
    if amount is None:
        return "not known"
    value = float(amount)
    rounded = round(value, 2) if abs(value) >= 1 else float(f"{value:.3g}")
    return f"{'≈ ' if simulated else ''}{usd(rounded)}"


def count_of(count: int, what: str) -> str:
    """A count with its noun: 1 row, 1,204 rows."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def pace(per_s: float | None) -> str:
    """A rate as it is read: 41 a second, 3.2 a minute."""
    if not per_s:
        return "not known yet"
    if per_s < 0.5:
        return f"{number(per_s * 60, 1)} a minute"
    return f"{number(per_s, 0 if per_s >= 10 else 1)} a second"


def left(seconds: float | None) -> str:
    """How long something will still take, roughly."""
    return "not known yet" if seconds is None else f"≈ {spoken_wait(seconds)}"


def seconds(value: float | None) -> str:
    """A time as it is read: 40 ms, 1.24 s."""
    if value is None:
        return "none yet"
    if value < 0.9995:
        return f"{value * 1000:,.0f} ms"
    return f"{number(value, 2 if value < 10 else 1)} s"


def kind_words(kind: str) -> str:
    """A kind of failure as a reader may know it: rate limited, server error."""
    return kind.replace("_", " ") or "unknown"
