"""The names of columns, as a template can use them."""

import re
from collections.abc import Sequence
from unicodedata import normalize

from components.batch.entries import MOST_COLUMNS, PROMPT, Refused, shown

_LONGEST_HEADING = 60


def named(headings: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The variable of each column, and sentences on those that are not called as their heading is.

    A variable has letters, digits and underscores and begins with no digit. A heading that stands twice gets a number,
    one that is empty is called by its place; empty ones at the end are no columns. Raises Refused for no headings or
    more than 1,000.
    """
    kept = list(headings)
    while kept and not kept[-1].strip():
        kept.pop()
    if not kept:
        raise Refused("The first row is empty; it has to name the columns, such as prompt.")
    if len(kept) > MOST_COLUMNS:
        raise Refused(f"There are {len(kept):,} columns, and at most {MOST_COLUMNS:,} are read; take some out.")
    names: list[str] = []
    notes: list[str] = []
    for place, heading in enumerate(kept, 1):
        plain = _variable(heading) or f"column_{place}"
        name = _free(plain, names)
        names.append(name)
        if name != heading.strip():
            notes.append(_renamed(heading, name, plain, place))
    return tuple(names), (*notes, *_unlikely(kept))


def numbered(count: int) -> tuple[str, ...]:
    """The variables of a file without headings. Raises Refused for more than 1,000 columns."""
    if count > MOST_COLUMNS:
        raise Refused(f"There are {count:,} columns, and at most {MOST_COLUMNS:,} are read; take some out.")
    return (PROMPT,) if count == 1 else tuple(f"column_{place}" for place in range(1, count + 1))


def _variable(heading: str) -> str:
    # Composed, for the separate accents of the other form are no part of a word.
    text = normalize("NFC", heading.strip())
    if re.fullmatch(r"[^\W\d]\w*", text):
        return text
    joined = re.sub(r"\W+", "_", text).strip("_")
    return f"_{joined}" if joined[:1].isdecimal() else joined


def _free(name: str, taken: Sequence[str]) -> str:
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _renamed(heading: str, name: str, plain: str, place: int) -> str:
    if not heading.strip():
        return f"Column {place} has no heading; it is {{{name}}} in the template."
    again = "stands there again" if name != plain else "is no word for a template"
    return f"The heading {shown(heading)} {again}; column {place} is {{{name}}}."


def _unlikely(headings: Sequence[str]) -> tuple[str, ...]:
    """A question where the first row looks more like a prompt than like a heading."""
    odd = next((each for each in headings if len(each) > _LONGEST_HEADING or each.rstrip()[-1:] in ".?!"), None)
    if not odd or not odd.strip():
        return ()
    return (f"The first row was taken for the headings, with {shown(odd)} in it; if that is a prompt, say so.",)
