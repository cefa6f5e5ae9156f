"""A view of the leaderboard as the parameters of an address, and back. No Streamlit.

An address says what to show with these parameters, every one of them optional:

- `q`: words that must all occur in a model's name, ids or lab
- `lab`, `family`, `tier`: ids or names, joined by commas; any of them passes
- `status`: in-service, ending, shut-down, unknown; any of them passes
- `architecture`: value of the standing claim, such as mixture-of-experts or dense; any of them passes
- `open`: yes or no, whether the weights are open
- `input`: text, image, audio, video, pdf; the model must take in all of them
- `can`: names of capabilities such as thinking or function_calling; the model must support all of them
- `max_price`: US dollars for a million output tokens at most, or any for models with a list price
- `min_context`: tokens at least
- `columns`: ids of measures (`catalog.measures`), or none; a benchmark's id stands for its largest group
- `sort`: id of a measure, or name; with a leading hyphen downwards
- `page`: from 1
- `pick`: up to four ids or aliases of models to compare

So `/models?lab=openai` is every model of a lab, `/models?architecture=mixture-of-experts` every one of an architecture,
and `/models?family=Gemini%202.0` or `?family=gemini-2.0` every one of a family.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf, isfinite

from catalog.leaderboard import FACETS, MOST_COLUMNS, MOST_PICKS, NAME, Board, View
from catalog.measures import slug
from catalog.words import listing

_LONGEST = 200
_NONE = "none"
_ANY = "any"


@dataclass
class _Reader:
    """Collects what an address asks for that the catalog does not have."""

    board: Board
    asked: Mapping[str, str]
    complaints: list[str] = field(default_factory=list)

    def refuse(self, parameter: str, found: str, why: str) -> None:
        shown = " ".join(found.replace("`", "").split())[:80]
        self.complaints.append(f"The address asks for {parameter} `{shown}`, {why}")

    def names(self, parameter: str) -> list[str]:
        return [part.strip() for part in self.asked.get(parameter, "").split(",") if part.strip()]

    def options(self, facet: str) -> tuple[str, ...]:
        known = self.board.facets[facet]
        whole = slug(self.asked.get(facet, ""))
        if whole in known:
            return (whole,)
        wanted = {slug(name): name for name in self.names(facet)}
        unknown = [name for key, name in wanted.items() if key not in known]
        if unknown:
            near = listing([f"`{key}`" for key in list(known)[:4]], "or")
            why = f"which no model has, so it is left out.{f' There are, for example, {near}.' if near else ''}"
            self.refuse(FACETS[facet].label.lower(), ", ".join(unknown), why)
        return tuple(key for key in wanted if key in known)

    def number(self, parameter: str, words: str) -> float | None:
        text = self.asked.get(parameter, "").strip()
        if not text:
            return None
        try:
            found = float(text)
        except ValueError:
            found = -1
        if not isfinite(found) or not 0 <= found <= 10**12:
            self.refuse(words, text, "which is no number that it could be, so it is left out.")
            return None
        return found

    def measure(self, name: str) -> str | None:
        if not name:
            return None
        if name in self.board.measures:
            return name
        return next((each.id for each in self.board.measures.values() if each.benchmark == name), None)

    def columns(self) -> tuple[str, ...]:
        if "columns" not in self.asked:
            return self.board.default.columns
        names = self.names("columns")
        if names == [_NONE]:
            return ()
        found = {name: self.measure(name) for name in names}
        if unknown := [name for name, known in found.items() if known is None]:
            self.refuse("the column", ", ".join(unknown), "which the catalog does not have, so it is left out.")
        return (
            tuple(dict.fromkeys(each for each in found.values() if each))[:MOST_COLUMNS] or self.board.default.columns
        )

    def sort(self) -> tuple[str, bool]:
        text = self.asked.get("sort", "").strip()
        name = text.removeprefix("-")
        known = NAME if name == NAME else self.measure(name)
        if known is None:
            if text:
                self.refuse("an order by", name, "which the catalog does not have, so the newest come first.")
            return self.board.default.sort, self.board.default.descending
        return known, text.startswith("-")

    def pick(self) -> tuple[str, ...]:
        found = {name: model.id for name in self.names("pick") if (model := self.board.catalog.find(name))}
        if unknown := [name for name in self.names("pick") if name not in found]:
            self.refuse("the model", ", ".join(unknown), "which the catalog does not have.")
        kept = tuple(dict.fromkeys(found.values()))
        if len(kept) > MOST_PICKS:
            self.refuse("more models to compare:", ", ".join(kept[MOST_PICKS:]), f"but {MOST_PICKS} are the most.")
        return kept[:MOST_PICKS]


def read(board: Board, asked: Mapping[str, str]) -> tuple[View, tuple[str, ...]]:
    """The view that an address asks for, and a sentence for each thing in it that cannot be had. Never raises."""
    reader = _Reader(board, asked)
    any_price = asked.get("max_price", "").strip().lower() == _ANY
    context = reader.number("min_context", "a context window of at least")
    page = reader.number("page", "the page")
    sort, descending = reader.sort()
    view = View(
        q=asked.get("q", "")[:_LONGEST] if asked.get("q", "").strip() else "",
        max_price=inf if any_price else reader.number("max_price", "a price of at most"),
        min_context=int(context) if context else None,
        columns=reader.columns(),
        sort=sort,
        descending=descending,
        page=max(1, int(page or 1)),
        pick=reader.pick(),
    )
    for facet in FACETS:
        view = view.choosing(facet, reader.options(facet))
    return replace(view, page=max(1, int(page or 1))), tuple(reader.complaints)


def write(board: Board, view: View) -> dict[str, str]:
    """The parameters that say a view; what is as in an address without parameters is left out."""
    default = board.default
    said = {"q": view.q} if view.q.strip() else {}
    said |= {name: ",".join(view.chosen[name]) for name in FACETS if view.chosen.get(name)}
    if view.max_price is not None:
        said["max_price"] = _ANY if view.max_price == inf else _shortest(view.max_price)
    if view.min_context is not None:
        said["min_context"] = str(view.min_context)
    if view.columns != default.columns:
        said["columns"] = ",".join(view.columns) or _NONE
    if (view.sort, view.descending) != (default.sort, default.descending):
        said["sort"] = f"{'-' if view.descending else ''}{view.sort}"
    if view.page > 1:
        said["page"] = str(view.page)
    if view.pick:
        said["pick"] = ",".join(view.pick)
    return said


def _shortest(amount: float) -> str:
    return str(int(amount)) if amount.is_integer() else repr(amount)
