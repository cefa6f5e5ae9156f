"""A workload in an address: its numbers as parameters, read and written without a screen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from catalog.decision import Decision, Use
from catalog.words import day, number
from catalog.workload import Workload, workload_of

FIRST_DAY = date(2023, 1, 1)
_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?")
_QUOTED = 80


@dataclass(frozen=True, slots=True)
class Input:
    """One number of a workload as it is asked for: its parameter in the address and the `attribute` that it sets.

    `low`, `high` and `step` are in the unit in which it is typed, which is percent where `percent` is set. `whole`
    numbers have nothing after the point.
    """

    name: str
    attribute: str
    label: str
    high: Decimal
    step: Decimal
    help: str
    low: Decimal = Decimal(0)
    whole: bool = True
    percent: bool = False

    def typed(self, workload: Workload) -> Decimal:
        """The number as it is typed: shares in percent, all without idle zeros."""
        value = Decimal(getattr(workload, self.attribute))
        return plain(value * 100 if self.percent else value)

    def text(self, workload: Workload) -> str:
        """The number as it stands in an address."""
        return f"{self.typed(workload):f}"

    def put(self, workload: Workload, typed: Decimal) -> Workload:
        """The workload with this number in it; `typed` is in the unit in which it is typed."""
        value = typed / 100 if self.percent else typed
        whole_attribute = isinstance(getattr(workload, self.attribute), int)
        changed: dict[str, Decimal | int] = {self.attribute: int(value) if whole_attribute else plain(value)}
        return replace(workload, **changed)  # type: ignore[arg-type]

    def read(self, text: str) -> Decimal | None:
        """The number that a text of an address gives, or None where it gives none within the limits."""
        if not _NUMBER.fullmatch(text):
            return None
        value = plain(Decimal(text))
        fits = self.low <= value <= self.high and not (self.whole and value % 1)
        return value if fits else None


def plain(value: Decimal) -> Decimal:
    """The same number without idle zeros and without an exponent."""
    return Decimal(f"{value.normalize():f}")


_TOKENS = Decimal(10_000_000)

FIRST = (
    Input(
        "requests", "requests_per_day", "Requests a day", Decimal(10**9), Decimal(100), "How often a model is called."
    ),
    Input(
        "input",
        "input_tokens",
        "Input tokens",
        _TOKENS,
        Decimal(100),
        "Tokens of text in one request: instructions, question, documents and what was said before.",
    ),
    Input(
        "output",
        "output_tokens",
        "Output tokens",
        _TOKENS,
        Decimal(50),
        "Tokens of the answer to read. What a model thinks before it comes on top, below.",
    ),
)
FURTHER = (
    Input(
        "thinking",
        "thinking_tokens",
        "Thinking tokens",
        _TOKENS,
        Decimal(100),
        "Tokens that a model spends on thinking before it answers. They are charged as output; a model that cannot "
        "think spends none.",
    ),
    Input(
        "cached",
        "cached_tokens",
        "Cached tokens",
        _TOKENS,
        Decimal(100),
        "How many of the input tokens the service still has from an earlier request. They are a part of the input.",
    ),
    Input(
        "batch",
        "batch_share",
        "In batch, %",
        Decimal(100),
        Decimal(5),
        "The share of all requests that can wait up to a day and go through batch at a lower price.",
        whole=False,
        percent=True,
    ),
    Input(
        "long",
        "long_share",
        "Long requests, %",
        Decimal(100),
        Decimal(1),
        "The share of the requests that have a much longer input, which may be charged at a higher rate.",
        whole=False,
        percent=True,
    ),
    Input(
        "long_input",
        "long_input_tokens",
        "Input of a long one",
        _TOKENS,
        Decimal(1000),
        "Tokens of text in a long request, instead of the input tokens above.",
    ),
    Input(
        "images",
        "images",
        "Images",
        Decimal(10_000),
        Decimal(1),
        "Images in one request, on average.",
        whole=False,
    ),
    Input(
        "audio",
        "audio_minutes",
        "Audio, minutes",
        Decimal(1_440),
        Decimal(1),
        "Minutes of audio in one request, on average.",
        whole=False,
    ),
    Input(
        "video",
        "video_minutes",
        "Video, minutes",
        Decimal(1_440),
        Decimal(1),
        "Minutes of video in one request, on average.",
        whole=False,
    ),
    Input(
        "stored",
        "stored_tokens",
        "Tokens kept in caches",
        Decimal(10**12),
        Decimal(1000),
        "Tokens that lie in caches of the service and are charged by the hour.",
    ),
    Input(
        "hours",
        "storage_hours",
        "Hours a day",
        Decimal(24),
        Decimal(1),
        "How many hours of each day they lie there.",
        whole=False,
    ),
    Input(
        "growth",
        "growth",
        "Growth a month, %",
        Decimal(1_000),
        Decimal(1),
        "By how much the requests grow from one month to the next.",
        low=Decimal(-90),
        whole=False,
        percent=True,
    ),
)
INPUTS = FIRST + FURTHER


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the use it starts from, the workload, and a sentence for each value it gets wrong."""

    use: Use
    workload: Workload
    problems: tuple[str, ...] = ()


def parse(params: Mapping[str, str], decision: Decision) -> Asked:
    """Reads a workload from the parameters of an address: `use`, and the numbers that differ from it.

    What is not to be had falls back to the first use and to the use's own numbers, and is named in a sentence.
    """
    uses = {use.id: use for use in decision.uses}
    named = params.get("use", "")
    use = uses.get(named, decision.uses[0])
    problems = [] if named in ("", use.id) else [no_use(named, use)]
    workload = workload_of(use.workload)
    for each in INPUTS:
        text = params.get(each.name, "")
        value = each.read(text) if text else None
        if value is not None:
            workload = each.put(workload, value)
        elif text:
            problems.append(no_number(each, text, workload))
    return Asked(use, workload, tuple(problems))


def params_of(workload: Workload, use: Use, decision: Decision) -> dict[str, str]:
    """The parameters that bring `parse` to this use and workload: only what differs from the defaults."""
    start = workload_of(use.workload)
    named = {} if use == decision.uses[0] else {"use": use.id}
    return named | {each.name: each.text(workload) for each in INPUTS if each.typed(workload) != each.typed(start)}


def no_use(text: str, use: Use) -> str:
    """Says that an address names a use that there is not."""
    return f"The address asks for `use={quoted(text)}`, which is no use known here; {use.label} is taken instead."


def no_number(each: Input, text: str, workload: Workload) -> str:
    """Says that an address gives a number that cannot be, and which is taken instead."""
    kind = "whole number" if each.whole else "number"
    return (
        f"The address asks for `{each.name}={quoted(text)}`, which is no {kind} from {number(float(each.low))} to "
        f"{number(float(each.high))}; {number(float(each.typed(workload)))} is taken instead."
    )


def day_asked(text: str, today: date) -> tuple[date, str]:
    """The day that `on=` names, else today, and a sentence where it names none that can be had."""
    if not text:
        return today, ""
    try:
        asked = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        asked = None
    if asked is not None and FIRST_DAY <= asked <= last_day(today):
        return asked, ""
    return today, (
        f"The address asks for `on={quoted(text)}`, which is no day from {day(FIRST_DAY)} to {day(last_day(today))} "
        f"as YYYY-MM-DD; {day(today)} is taken instead."
    )


def last_day(today: date) -> date:
    """The last day for which prices can be asked: the end of the year after next."""
    return date(today.year + 2, 12, 31)


def quoted(text: str) -> str:
    """What an address says as it can be quoted between backticks: one line of at most 80 characters."""
    return " ".join(text[:_QUOTED].replace("`", "").split())
