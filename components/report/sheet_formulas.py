"""The quantities of a bill's lines as formulas of the workload's numbers, so that a changed number moves the bill.

A formula is only made where it gives the line's own quantity exactly, from numbers that every line can follow: a share
of 0% has no lines that could grow, so it stays a constant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

_LONG = ", long prompts"
_BATCH = ", in batch"
_MEDIA = {"Image tokens": "images", "Audio tokens": "audio_minutes", "Video tokens": "video_minutes"}
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression of named cells, what it comes to, and the names in it."""

    text: str
    result: Decimal
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Load:
    """The workload's numbers as typed (shares in percent) by attribute of `Workload`, and which of them are `live`."""

    numbers: Mapping[str, Decimal]
    live: frozenset[str]

    def cell(self, name: str) -> Formula:
        """A number by its name where it is live, else as it is."""
        number = self.numbers[name]
        return Formula(name, number, frozenset({name})) if name in self.live else constant(number)


def constant(number: Decimal) -> Formula:
    """A number that no cell changes."""
    return Formula(f"{number:f}", number)


def live(numbers: Mapping[str, Decimal]) -> frozenset[str]:
    """The numbers of a workload that may change without the bill needing lines that it has not.

    A number of 0 has no line. Nor may a prompt lie in the cache as a whole, which leaves no line for what is not in it.
    """
    long = numbers["long_share"]
    asked = {"input_tokens": long < _HUNDRED, "long_input_tokens": long > 0}
    found = {name for name, number in numbers.items() if number > 0 and asked.get(name, True)} - {"growth"}
    found -= {name for name in ("long_share", "batch_share") if numbers[name] >= _HUNDRED}
    whole = {name for name, is_asked in asked.items() if is_asked and numbers[name] <= numbers["cached_tokens"]}
    if whole:
        found -= {*whole, "cached_tokens"}
    if not {"stored_tokens", "storage_hours"} <= found:
        found -= {"stored_tokens", "storage_hours"}
    return frozenset(found)


def a_request(item: str, quantity: Decimal, load: Load) -> Formula | None:
    """What a line charges for a request, such as of "Output tokens, in batch"; None where it cannot be expressed."""
    long, batch = _LONG in item, item.endswith(_BATCH)
    name = item.removesuffix(_BATCH).removesuffix(_LONG)
    shares = [_share(load, "long_share", long), _share(load, "batch_share", batch)]
    tokens = _media(name, quantity, load, shares) if name in _MEDIA else _tokens(name, load, long)
    if tokens is None:
        return None
    found = _product([tokens, *shares])
    return found if found.result == quantity else None


def stored(quantity: Decimal, load: Load) -> Formula | None:
    """The token-hours in caches a day; None where they are not tokens by hours."""
    found = _product([load.cell("stored_tokens"), load.cell("storage_hours")])
    return found if found.result == quantity else None


def _tokens(name: str, load: Load, long: bool) -> Formula | None:
    text = load.cell("long_input_tokens" if long else "input_tokens")
    cached = load.cell("cached_tokens")
    least = min(cached.result, text.result)
    both = text.names | cached.names
    match name:
        case "Input tokens" if not cached.result:
            return text
        case "Input tokens":
            return Formula(f"({text.text}-MIN({cached.text},{text.text}))", text.result - least, both)
        case "Cached tokens":
            return Formula(f"MIN({cached.text},{text.text})", least, both)
        case "Output tokens":
            return load.cell("output_tokens")
        case "Output and thinking tokens":
            parts = load.cell("output_tokens"), load.cell("thinking_tokens")
            return Formula(
                f"({parts[0].text}+{parts[1].text})",
                parts[0].result + parts[1].result,
                parts[0].names | parts[1].names,
            )
    return None


def _media(name: str, quantity: Decimal, load: Load, shares: Sequence[Formula]) -> Formula | None:
    """Images, minutes of audio or of video by the tokens that each comes to for the model."""
    count = load.cell(_MEDIA[name])
    whole = _product([count, *shares]).result
    return _product([count, constant(quantity / whole)]) if whole else None


def _share(load: Load, name: str, inside: bool) -> Formula:
    """The share of the requests that a line is about, where there are others beside them."""
    cell = load.cell(name)
    if not cell.names:
        return constant(Decimal(1))
    share = cell.result / _HUNDRED
    if inside:
        return Formula(f"{name}/100", share, cell.names)
    return Formula(f"(1-{name}/100)", 1 - share, cell.names)


def _product(factors: Sequence[Formula]) -> Formula:
    wanted = [each for each in factors if each.names or each.result != 1] or [constant(Decimal(1))]
    result = Decimal(1)
    for each in wanted:
        result *= each.result
    return Formula("*".join(each.text for each in wanted), result, frozenset().union(*(each.names for each in wanted)))
