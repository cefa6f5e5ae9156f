"""Runs in words: excerpts that are safe to show, moments in the reader's zone, votes, presets and tags."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from catalog.words import capital, day
from components.history.query import State
from components.playground.presets import find
from components.playground.ratings import Vote

LONGEST_TAG = 60
MOST_TAGS = 30
NO_TEXT = "(no text)"
# Control characters, halves of characters, and marks that turn the direction of all that follows.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Runs that no preset of the playground started, by what stands in its place.
_OTHER_PAGES = MappingProxyType({"documents": "Documents", "documents_parts": "Documents, part by part"})
_SIDES = (Vote.ONE.value, Vote.OTHER.value, "third", "fourth")


@dataclass(frozen=True, slots=True)
class Chip:
    """A mark in shape and words, and the class that gives it its colour."""

    style: str
    mark: str
    words: str


STATES: Mapping[State, Chip] = MappingProxyType(
    {
        State.COMPLETE: Chip("live", "✓", "complete"),
        State.RUNNING: Chip("unknown", "◔", "running"),
        State.FAILED: Chip("gone", "✕", "failed"),
        State.STOPPED: Chip("unknown", "■", "stopped"),
        State.INTERRUPTED: Chip("ending", "▲", "interrupted"),
    }
)


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone that times are shown in, and a sentence that says which."""

    info: tzinfo
    sentence: str


def zone_of(name: str | None) -> Zone:
    """The zone with this IANA name; UTC where there is none or nobody knows it."""
    try:
        return Zone(ZoneInfo(name or ""), f"Times are in the zone {(name or '').replace('_', ' ')}.")
    except (ValueError, OSError, KeyError):
        return Zone(UTC, "Times are in UTC, since your browser has not said where you are.")


def moment(when: datetime, zone: Zone) -> str:
    """A moment for reading, to the minute: 26 Nov 2026, 14:03."""
    try:
        local = when.astimezone(zone.info)
    except OverflowError:
        # At both ends of the calendar not every zone has a date.
        local = when.astimezone(UTC)
    return f"{day(local.date())}, {local:%H:%M}"


def start_of(date_: date, zone: Zone) -> datetime:
    """The moment at which a date begins in a zone, in UTC."""
    try:
        return datetime.combine(date_, time(), zone.info).astimezone(UTC)
    except OverflowError:
        return datetime.combine(date_, time(), UTC)


def end_of(date_: date, zone: Zone) -> datetime:
    """The moment at which a date is over in a zone, in UTC."""
    return datetime.max.replace(tzinfo=UTC) if date_ == date.max else start_of(date_ + timedelta(days=1), zone)


def readable(text: str) -> str:
    """Text without control characters but line ends and tabs, and without marks that turn other text around."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n"))


def one_line(text: str, most: int) -> str:
    """Text as one line of at most `most` characters, without anything unseen."""
    # Far more than is shown is looked at, so that white space does not eat the line, but never megabytes.
    line = " ".join(_UNSEEN.sub(" ", text[: most * 20]).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def first_line(text: str, most: int = 120) -> str:
    """The first line with something in it, of at most `most` characters; "(no text)" where there is none."""
    lines = (one_line(line, most) for line in text[: most * 20].splitlines())
    return next(filter(None, lines), NO_TEXT)


def for_attribute(text: str) -> str:
    """Text for an attribute of HTML: the browser's sanitiser drops an attribute that has a tag or a comment in it."""
    return text.replace("<", "‹").replace(">", "›")


def clipped(text: str, most: int) -> str:
    """The beginning of a long text, and how many characters more there are."""
    shown = readable(text[:most])
    left = len(text) - most
    return shown if left <= 0 else f"{shown}… ({left:,} more character{'' if left == 1 else 's'})"


def vote_words(vote: str, names: Sequence[str]) -> str:
    """What a vote says, the names being those of the models by side."""
    if vote in _SIDES[: len(names)]:
        return f"{names[_SIDES.index(vote)]} preferred"
    every = "both" if len(names) == 2 else "all"
    return {Vote.BOTH_GOOD.value: f"{every} good", Vote.BOTH_BAD.value: f"{every} bad"}.get(vote, "not readable")


def preset_words(key: str) -> str:
    """The title of a preset; its key where it is none of this version's, and what it means to have none."""
    preset = find(key)
    return preset.title if preset else _OTHER_PAGES.get(key) or one_line(key, 40) or "No preset"


def home_of(preset: str) -> str:
    """The page that shows a run, by the preset it was started from."""
    return "documents" if preset in _OTHER_PAGES else "playground"


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: one line each without commas, at most 60 characters, each once, at most 30."""
    cleaned = (one_line(tag.replace(",", " "), LONGEST_TAG) for tag in tags)
    return tuple(dict.fromkeys(filter(None, cleaned)))[:MOST_TAGS]


def count_words(count: int, what: str = "run") -> str:
    """A count with its noun: 1 run, 1,204 runs."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def place_words(url: str) -> str:
    """Where the history is: the name of its file without the folder, or the host without user and password."""
    if url.startswith("sqlite"):
        return f"the file {url.rpartition('/')[2] or 'in memory'} on this server"
    host = urlsplit(url).hostname
    return f"the database server {host}" if host else "the database that this server names"


def sentence_of(state: State) -> str:
    """A state as an option of a filter."""
    return capital(STATES[state].words)
