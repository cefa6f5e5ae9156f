"""How answers grow: output tokens over the seconds since the request left, all answers on one axis."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape
from typing import Any

import plotly.graph_objects as go

from catalog.words import listing, number
from components.charts.style import GREY, MARKER_SIZE, PAIRED_LEGEND, Look, figure, legend_only, legend_room, title

CHARACTERS_PER_TOKEN = 4
MOST_ROWS = 100
# Short gaps, so that small steps stay whole.
_DASHES = ("solid", "9px,3px", "12px,3px,2px,3px", "4px,2px")
_STARTED = "line-ns-open"
_THINKING = "thinking"


class Ending(StrEnum):
    """How far an answer has come."""

    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    RUNNING = "still coming"


_SHAPES = {Ending.STOPPED: "hourglass", Ending.FAILED: "x"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One chunk of an answer: seconds since the request left, and the service's running totals, None where it has none.

    `characters` and `thought_characters` are those of this chunk alone.
    """

    at: float
    output_tokens: int | None
    thinking_tokens: int | None
    characters: int
    thought_characters: int


@dataclass(frozen=True, slots=True)
class Series:
    """One answer: whose it is, which of the repeats from 0, its chunks in order, and how and when it ended."""

    look: Look
    repeat: int
    pieces: tuple[Piece, ...]
    ending: Ending
    end_s: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """Tokens of an answer up to a moment; `estimated` where the service had not counted them."""

    at: float
    thinking: int
    written: int
    estimated: bool

    @property
    def tokens(self) -> int:
        """All output tokens, thinking included."""
        return self.thinking + self.written


def steps(series: Series) -> tuple[Step, ...]:
    """The running totals of an answer after each chunk; they never fall.

    Where the service has no count, each four characters since its last one are a token, up to what it counts later.
    Thinking that is counted only after the text has begun is put where the text begins, for it came before.
    """
    begins = next((index for index, piece in enumerate(series.pieces) if piece.characters), len(series.pieces))
    pieces = _with_late_thinking(series.pieces, begins)
    written = _totals([piece.output_tokens for piece in pieces], [piece.characters for piece in pieces])
    thinking = _totals([piece.thinking_tokens for piece in pieces], [piece.thought_characters for piece in pieces])
    return tuple(
        Step(piece.at, thought, shown, guessed_one or guessed_other)
        for piece, (shown, guessed_one), (thought, guessed_other) in zip(pieces, written, thinking, strict=True)
    )


def _with_late_thinking(pieces: Sequence[Piece], begins: int) -> list[Piece]:
    counts = [piece.thinking_tokens for piece in pieces]
    late = next((count for count in counts[begins:] if count is not None), None)
    if late is None or any(count is not None for count in counts[: begins + 1]):
        return list(pieces)
    return [*pieces[:begins], replace(pieces[begins], thinking_tokens=late), *pieces[begins + 1 :]]


def _totals(counts: Sequence[int | None], characters: Sequence[int]) -> list[tuple[int, bool]]:
    """Each running total, and whether it is an estimate."""
    found: list[tuple[int, bool]] = []
    counted, since = 0, 0
    for count, later, new in zip(counts, _next_counts(counts), characters, strict=True):
        since += new
        if count is not None:
            counted, since = max(counted, count), 0
            found.append((counted, False))
            continue
        guess = counted + -(-since // CHARACTERS_PER_TOKEN)
        found.append((max(counted, guess if later is None else min(guess, later)), since > 0))
    return found


def _next_counts(counts: Sequence[int | None]) -> list[int | None]:
    """For each place the first count from there on."""
    found: list[int | None] = []
    for count in reversed(counts):
        found.append(found[-1] if count is None and found else count)
    return found[::-1]


def tokens_over_time(series: Sequence[Series]) -> go.Figure:
    """Cumulative output tokens, thinking included, as steps over seconds.

    Thinking is dotted and paler, the text drawn in the model's colour and dash; the first answer of a model is thick
    and named at its end, its repeats are thin. A tick marks the first token; a finished answer ends in its model's
    marker, a stopped one in an hourglass, a failed one in an x, and one that is still coming in nothing.
    Raises ValueError for no answers.
    """
    if not series:
        raise ValueError("a chart of tokens needs at least one answer")
    names = list(dict.fromkeys(each.look.name for each in series))
    reach = max((_end(each) for each in series), default=0.0) or 1.0
    drawn = [each for one in series for each in _answer(one, _DASHES[names.index(one.look.name) % len(_DASHES)], reach)]
    key = _legend(series)
    return figure(
        [*drawn, *key],
        400,
        margin={"l": 4, "r": 16, "t": legend_room(len(key)), "b": 4},
        legend=PAIRED_LEGEND,
        xaxis={"title": title("Seconds since the request left"), "range": [0, reach * 1.04]},
        yaxis={"title": title("Output tokens, thinking included"), "rangemode": "tozero"},
    )


def _end(series: Series) -> float:
    last = series.pieces[-1].at if series.pieces else 0.0
    return max(last, series.end_s or 0.0)


def _answer(series: Series, dash: str, reach: float) -> Iterator[go.Scatter]:
    found = steps(series)
    split = next((index for index, step in enumerate(found) if step.written), len(found))
    thought, text = found[:split], found[split:]
    # Thinking that first shows together with the text rises in one dotted step before it.
    base = text[0].thinking if text else thought[-1].thinking if thought else 0
    early = [(step.at, step.thinking) for step in thought] + ([(text[0].at, base)] if text else [])
    if base:
        yield _line(series, [(early[0][0], 0), *early], "dot", 0.55)
    if text:
        start = (text[0].at, base)
        rest = [(step.at, step.tokens) for step in text]
        yield _line(series, [start, *rest, (_end(series), rest[-1][1])], dash, 1.0)
    if found:
        yield _mark(series, found[0].at, 0, _STARTED, "first token")
    last = found[-1].tokens if found else 0
    if series.ending is not Ending.RUNNING:
        yield _mark(series, _end(series), last, _SHAPES.get(series.ending, series.look.symbol), series.ending.value)
    if not series.repeat:
        yield _name(series, last, reach)


def _line(series: Series, points: Sequence[tuple[float, int]], dash: str, opacity: float) -> go.Scatter:
    part = _THINKING if dash == "dot" else "output"
    return go.Scatter(
        x=[at for at, _ in points],
        y=[tokens for _, tokens in points],
        mode="lines",
        line={"shape": "hv", "dash": dash, "color": series.look.colour, "width": 1 if series.repeat else 2.5},
        opacity=opacity * (0.6 if series.repeat else 1),
        hovertext=[f"{_label(series)}, {part}<br>{number(tokens)} tokens at {_seconds(at)}" for at, tokens in points],
        hoverinfo="text",
        showlegend=False,
    )


def _mark(series: Series, at: float, tokens: int, symbol: str, words: str) -> go.Scatter:
    size = MARKER_SIZE - 4 if series.repeat else MARKER_SIZE
    line = {"width": 2 if "open" in symbol else 0, "color": series.look.colour}
    return go.Scatter(
        x=[at],
        y=[tokens],
        mode="markers",
        marker={"symbol": symbol, "color": series.look.colour, "size": size, "line": line},
        hovertext=[f"{_label(series)}, {words}<br>{number(tokens)} tokens at {_seconds(at)}"],
        hoverinfo="text",
        cliponaxis=False,
        showlegend=False,
    )


def _name(series: Series, tokens: int, reach: float) -> go.Scatter:
    """The model's name at the end of its line, above it, on the side where there is room; spaces keep it off."""
    words = "" if series.ending in (Ending.FINISHED, Ending.RUNNING) else f" ({series.ending.value})"
    return go.Scatter(
        x=[_end(series)],
        y=[tokens],
        mode="text",
        text=[f"\u00a0\u00a0{escape(series.look.name + words, quote=False)}\u00a0\u00a0"],
        textposition="top left" if _end(series) > reach / 2 else "top right",
        textfont={"size": 12},
        hoverinfo="skip",
        cliponaxis=False,
        showlegend=False,
    )


def _legend(series: Sequence[Series]) -> list[go.Scatter]:
    looks = {each.look.name: each.look for each in series}
    key = [legend_only(look.name, look.symbol, look.colour) for look in looks.values()]
    key.append(legend_only("first token", _STARTED))
    if any(step.thinking for each in series for step in steps(each)):
        line: dict[str, Any] = {"dash": "dot", "color": GREY, "width": 2}
        key.append(go.Scatter(x=[None], y=[None], name=_THINKING, mode="lines", line=line))
    endings = {each.ending for each in series}
    return key + [legend_only(ending.value, shape) for ending, shape in _SHAPES.items() if ending in endings]


def _label(series: Series) -> str:
    name = escape(series.look.name, quote=False)
    return f"{name}, answer {series.repeat + 1}" if series.repeat else name


def _seconds(at: float) -> str:
    return f"{number(at, 2)} s"


def tokens_summary(series: Sequence[Series]) -> str:
    """The chart in words: what each first answer came to and when, what thin lines are, and what is an estimate."""
    first = [each for each in series if not each.repeat]
    words = [f"Output tokens over time: {listing([_came_to(each) for each in first])}."]
    if len(first) < len(series):
        words.append("The thin lines are repeats.")
    every = [step for each in series for step in steps(each)]
    guessed = sum(step.estimated for step in every)
    if guessed:
        words.append(
            f"At {guessed} of {len(every)} points the service had no count; there the tokens are an estimate, "
            f"{CHARACTERS_PER_TOKEN} characters each."
        )
    return " ".join(words)


def _came_to(series: Series) -> str:
    found = steps(series)
    if not found:
        return f"nothing from {series.look.name} ({series.ending.value})"
    sign = "≈ " if found[-1].estimated else ""
    thought = f" ({number(found[-1].thinking)} of them thinking)" if found[-1].thinking else ""
    ending = "" if series.ending is Ending.FINISHED else f" ({series.ending.value})"
    return f"{series.look.name} {sign}{number(found[-1].tokens)}{thought} in {_seconds(_end(series))}{ending}"


def tokens_records(series: Sequence[Series], most: int = MOST_ROWS) -> list[dict[str, str]]:
    """The points of the chart as rows of a table; of an answer with more than `most` points every so manyth is kept.

    The first and the last point of an answer are always there. Raises ValueError for fewer than two.
    """
    if most < 2:
        raise ValueError("an answer needs room for its first and its last point")
    return [_record(each, step) for each in series for step in _thinned(steps(each), most)]


def _thinned(found: Sequence[Step], most: int) -> list[Step]:
    if len(found) <= most:
        return list(found)
    return [found[index * (len(found) - 1) // (most - 1)] for index in range(most)]


def _record(series: Series, step: Step) -> dict[str, str]:
    return {
        "Model": series.look.name,
        "Answer": str(series.repeat + 1),
        "Seconds": number(step.at, 3),
        "Output tokens": number(step.tokens),
        "Of them thinking": number(step.thinking),
        "Counted by": f"estimate ({CHARACTERS_PER_TOKEN} characters a token)" if step.estimated else "the service",
        "Ending": series.ending.value,
    }
