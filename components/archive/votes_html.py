"""Votes as HTML: win rates and ratings, each as a dot with its interval beside the figures. All text is escaped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from catalog.words import number
from components.archive.tally import JudgeRow
from components.archive.wording import one_line, preset_words
from components.frame.verdicts import signed
from components.playground.ratings import SCALE_NOTE, Rating, Ratings, Step, WinRate


@dataclass(frozen=True, slots=True)
class Named:
    """A model's name as text and as HTML with its marker, and its colour as CSS."""

    text: str
    html: str
    colour: str


def rate_table(overall: WinRate, presets: Sequence[tuple[str, WinRate]], one: Named, other: Named) -> str:
    """The win rate of the first model, over all and under each preset, on a scale from no vote to every vote."""
    rows = [("All votes", overall), *((preset_words(key), rate) for key, rate in presets if len(presets) > 1)]
    body = "".join(_rate_row(label, rate, one, other) for label, rate in rows)
    heads = (
        '<th scope="col">Prompt</th><th scope="col" class="scale">'
        f'<span class="ends"><span>{other.html}</span><span>{one.html}</span></span></th>'
        '<th scope="col">Share</th><th scope="col">Votes</th><th scope="col">Still needed</th>'
    )
    caption = f"Decided votes for {one.html}, with the 95% Wilson interval; the line is one half."
    return _boxed("Win rates", caption, heads, body)


def _boxed(label: str, caption: str, heads: str, body: str) -> str:
    """A table in a box that scrolls by itself, below its caption, which does not scroll with it."""
    return (
        f'<p class="part-label">{caption}</p><div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="votes"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _rate_row(label: str, rate: WinRate, one: Named, other: Named) -> str:
    drawn = share = '<span class="none">nothing decided yet</span>'
    if rate.share is not None and rate.low is not None and rate.high is not None:
        colour = one.colour if rate.share >= 0.5 else other.colour
        drawn = whisker(100 * rate.low, 100 * rate.share, 100 * rate.high, colour, middle=50)
        share = f"{100 * rate.share:.0f}%, {100 * rate.low:.0f}% to {100 * rate.high:.0f}%"
    ties = f" · {number(rate.ties)} tie{'' if rate.ties == 1 else 's'}" if rate.ties else ""
    return (
        f'<tr><th scope="row">{escape(label)}</th><td class="scale">{drawn}</td><td class="nowrap">{share}</td>'
        f'<td class="nowrap">{number(rate.one_wins)} to {number(rate.other_wins)}{ties}</td>'
        f"<td>{needed_words(rate)}</td></tr>"
    )


def needed_words(rate: WinRate) -> str:
    """How many more decided votes would tell the two apart, if the share stayed as it is."""
    if rate.votes_needed == 0:
        return "none, told apart"
    if rate.votes_needed is None:
        return "not known at an even share" if rate.share is not None else "not known yet"
    return f"about {number(rate.votes_needed)}"


def whisker(low: float, at: float, high: float, colour: str, middle: float) -> str:
    """A dot with its interval on a scale from 0 to 100 and a line at `middle`; the figures must stand beside it."""
    bar = f"left:{low:.2f}%;width:{high - low:.2f}%"
    return (
        f'<span class="whisker" aria-hidden="true" style="--accent:{colour}">'
        f'<span class="middle" style="left:{middle:.2f}%"></span><span class="bar" style="{bar}"></span>'
        f'<span class="dot" style="left:{at:.2f}%"></span></span>'
    )


def ratings_table(ratings: Ratings, names: Mapping[str, Named]) -> str:
    """Every rated model with points, interval and votes, and whether it is told apart from the one below it."""
    low = min(each.low for each in ratings.rated)
    span = max(each.high for each in ratings.rated) - low or 1.0
    below = {step.higher: step for step in ratings.steps}
    mean = sum(each.points for each in ratings.rated) / len(ratings.rated)
    body = "".join(
        _rating_row(each, below.get(each.model), names, lambda points: 100 * (points - low) / span, mean)
        for each in ratings.rated
    )
    heads = (
        '<th scope="col">Model</th><th scope="col" class="scale">Interval</th>'
        f'<th scope="col"><abbr title="{escape(SCALE_NOTE)}">Rating</abbr></th><th scope="col">Votes</th>'
        '<th scope="col">Against the next</th>'
    )
    caption = "Ratings by the model of Bradley and Terry over all votes, with 95% intervals; the line is the mean."
    return _boxed("Ratings", caption, heads, body)


def _rating_row(
    each: Rating, step: Step | None, names: Mapping[str, Named], place: Callable[[float], float], mean: float
) -> str:
    name = names[each.model]
    drawn = whisker(place(each.low), place(each.points), place(each.high), name.colour, place(mean))
    return (
        f'<tr><th scope="row" class="nowrap">{name.html}</th><td class="scale">{drawn}</td><td class="nowrap">'
        f"{number(each.points, 0)}, {number(each.low, 0)} to {number(each.high, 0)}</td>"
        f"<td>{number(each.votes)}</td><td>{_step_words(step, names) if step else ''}</td></tr>"
    )


def _step_words(step: Step, names: Mapping[str, Named]) -> str:
    lower = escape(names[step.lower].text)
    gap = f"{signed(step.points, 0)} points ({signed(step.low, 0)} to {signed(step.high, 0)})"
    if step.told_apart:
        return f"ahead of {lower}, {gap}"
    return f"cannot be told apart from {lower}, {gap}"


def judges_table(rows: Sequence[JudgeRow]) -> str:
    """How often each judge kept its opinion when the answers changed places."""
    body = "".join(
        f'<tr><th scope="row">{escape(one_line(each.judge, 80))}</th><td class="nowrap">{number(each.agreed)} of '
        f"{number(each.opinions)}</td><td>{100 * each.agreed / each.opinions:.0f}%</td></tr>"
        for each in rows
    )
    heads = '<th scope="col">Judge</th><th scope="col">Same opinion</th><th scope="col">Agreement</th>'
    return _boxed("Judges", "How often a judge had the same opinion in both orders of the answers.", heads, body)
