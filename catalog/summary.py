"""The comparison in plain sentences. Each is put together from claims; none is written by hand for a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.fields import Group
from catalog.lifecycle import Life, Service, life, stand_in
from catalog.loading import Catalog
from catalog.prices import GEMINI_API, NoListPrice, Price, price
from catalog.schema import Claim, Kind, Model
from catalog.tables import Cell, CompareRow
from catalog.words import NOT_FOUND, capital, day, listing, number, pages, usd, when

_IMPORTANCE = (
    "context_window",
    "prices.input",
    "relative_speed",
    "relative_latency",
    "output_limit",
    "time_to_first_token",
    "output_speed",
    "input_modalities",
    "output_modalities",
    "knowledge_cutoff",
    "capabilities.thinking",
    "capabilities.caching",
    "capabilities.batch",
    "capabilities.live_api",
    "capabilities.function_calling",
    "capabilities.structured_output",
    "release_date",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: the sentence, how far it can be trusted in words, and the claims that it rests on."""

    sentence: str
    certainty: str
    conflict: bool
    path: str
    claims: tuple[Claim, ...]


def life_sentence(catalog: Catalog, model: Model, on: date) -> str:
    """Where the model stands and what takes its place, in one or two sentences."""
    state = life(model, on)
    heir = stand_in(catalog, model, on)
    named = catalog.find(state.successor) if state.successor else None
    words = f"{model.name} {_state_words(state)}."
    if named is not None and state.service is not Service.IN_SERVICE:
        words += f" Its named successor is {named.name}"
        if heir is not None and heir.id != named.id:
            words += f", which is {life(named, on).service.value} as well; {heir.name} is in service"
        words += "."
    elif state.successor and state.service is not Service.IN_SERVICE:
        words += f" Its named successor is {state.successor}."
    return words


def _state_words(state: Life) -> str:
    if state.service is Service.SHUT_DOWN:
        if state.ends:
            return f"was shut down {when(state.ends)}"
        seen = f"; it was seen gone {when(state.last_seen_gone)}" if state.last_seen_gone else ""
        return f"is shut down, though no dated notice was found{seen}"
    if state.service is Service.ENDING:
        if state.rerouted:
            return f"is deprecated, and requests for it are answered by {state.successor}"
        stage = "is deprecated" if state.stage == "deprecated" else f"is in service ({state.stage})"
        return f"{stage} and ends {when(state.ends)}" if state.ends else f"{stage} without a date for its end"
    if state.service is Service.IN_SERVICE:
        end = f"; it is to end {when(state.ends)}" if state.ends else ""
        return f"is in service ({state.stage}){end}"
    return "has no known status"


def findings(rows: Sequence[CompareRow], models: Sequence[Model], on: date, most: int = 5) -> tuple[Finding, ...]:
    """The differences that matter most between two to four models, at most `most`, most important first.

    `rows` are those of `tables.compare` for the same models in the same order.
    """
    by_path = {row.field.path: row for row in rows if row.differs and _comparable(row)}
    ranked = [by_path[path] for path in _IMPORTANCE if path in by_path]
    return tuple(_finding(row, models, on) for row in ranked[:most])


def _comparable(row: CompareRow) -> bool:
    """Prices say something even where one is missing; elsewhere one value alone is no difference."""
    return row.field.group is Group.PRICES or sum(cell.text != NOT_FOUND for cell in row.cells) > 1


def _finding(row: CompareRow, models: Sequence[Model], on: date) -> Finding:
    template = _TEMPLATES.get(row.field.path) if len(models) == 2 else None
    sentence = template(row, models, on) if template else _plain(row, models)
    claims = tuple(cell.ruling.standing for cell in row.cells if cell.ruling)
    return Finding(capital(sentence), certainty(row), row.conflict, row.field.path, claims)


def certainty(row: CompareRow) -> str:
    """How far a row's values can be trusted, in words, by the weakest of them."""
    if row.conflict:
        return "sources conflict"
    kinds = [cell.kind for cell in row.cells if cell.kind is not None]
    weakest = max(kinds, key=list(Kind).index, default=None)
    return {
        Kind.OFFICIAL: "official on every side",
        Kind.THIRD_PARTY: "from third parties",
        Kind.ESTIMATE: "rests on an estimate",
        Kind.ILLUSTRATIVE: "rests on an illustration",
        Kind.INFERENCE: "rests on an inference",
        None: "no source",
    }[weakest]


def _plain(row: CompareRow, models: Sequence[Model]) -> str:
    values = [f"{model.short_name} {cell.text}" for model, cell in zip(models, row.cells, strict=True)]
    extra = f" ({row.difference})" if len(models) == 2 and row.difference else ""
    return f"{row.field.label}: {', '.join(values)}{extra}."


def _context(row: CompareRow, models: Sequence[Model], on: date) -> str:
    sizes = [cell.ruling.standing.value if cell.ruling else None for cell in row.cells]
    one, other = sizes
    if not isinstance(one, int) or not isinstance(other, int):
        return _plain(row, models)
    big, small = (0, 1) if one > other else (1, 0)
    times = row.difference.split(": ")[-1].split(" ")[0]
    return (
        f"{models[big].short_name} takes in {row.cells[big].text} at once (about {pages(max(one, other))}), "
        f"{times} as many as {models[small].short_name} with {row.cells[small].text}."
    )


def _prices(row: CompareRow, models: Sequence[Model], on: date) -> str:
    parts = []
    for model in models:
        fresh, written = (price(model, item, GEMINI_API, 0, on) for item in ("input", "output"))
        if isinstance(fresh, Price) and isinstance(written, Price):
            parts.append(
                f"{model.short_name} costs {usd(float(fresh.usd_per_million))} for a million input tokens and "
                f"{usd(float(written.usd_per_million))} for a million output tokens"
            )
        else:
            reason = fresh.reason if isinstance(fresh, NoListPrice) else "its list is incomplete"
            parts.append(f"{model.short_name} has no list price ({reason})")
    return f"{'; '.join(parts)}."


def _speed(row: CompareRow, models: Sequence[Model], on: date) -> str:
    return _against(row, models, "writes", "times as fast as 2.0 Pro exp")


def _wait(row: CompareRow, models: Sequence[Model], on: date) -> str:
    return _against(row, models, "answers in", "of the waiting time of 2.0 Pro exp")


def _against(row: CompareRow, models: Sequence[Model], verb: str, rest: str) -> str:
    parts = []
    for model, cell in zip(models, row.cells, strict=True):
        if cell.ruling is None or cell.ruling.standing.value == 1:
            continue
        values = dict.fromkeys(_figure(claim) for claim in (cell.ruling.standing, *cell.ruling.conflicts))
        kinds = dict.fromkeys(claim.kind.value.replace("_", " ") for claim in cell.ruling.claims)
        parts.append(
            f"{model.short_name} {verb} {listing(list(values), 'or')} {rest}, by {listing(list(kinds))} sources"
        )
    return f"{'; '.join(parts)}." if parts else _plain(row, models)


def _figure(claim: Claim) -> str:
    return number(claim.value) if isinstance(claim.value, int | float) else str(claim.value)


_TEMPLATES: dict[str, Callable[[CompareRow, Sequence[Model], date], str]] = {
    "context_window": _context,
    "prices.input": _prices,
    "relative_speed": _speed,
    "relative_latency": _wait,
}


def lost_with_cheaper(rows: Sequence[CompareRow], models: Sequence[Model], on: date) -> str:
    """What a reader gives up by taking the cheaper of two models, in one sentence, or why that cannot be said.

    `rows` are those of `tables.compare` for the same two models in the same order.
    """
    one, other = models[0], models[1]
    cheaper = _cheaper(one, other, on)
    if isinstance(cheaper, str):
        return cheaper
    dearer = other if cheaper is one else one
    at = 0 if cheaper is one else 1
    losses = [words for row in rows if (words := _loss(row, row.cells[at], row.cells[1 - at]))]
    if not losses:
        known = f"the catalog shows nothing that it lacks beside {dearer.short_name}"
        return f"{cheaper.short_name} is the cheaper one, and {known}."
    return f"With {cheaper.short_name}, the cheaper one, you lose {listing(losses[:6])}."


def _cheaper(one: Model, other: Model, on: date) -> Model | str:
    quotes = [[price(model, item, GEMINI_API, 0, on) for item in ("input", "output")] for model in (one, other)]
    unknown = [
        model.short_name
        for model, pair in zip((one, other), quotes, strict=True)
        if not all(isinstance(q, Price) for q in pair)
    ]
    if unknown:
        return f"Which one is cheaper cannot be said: {listing(unknown)} had no list price."
    first, second = ([q.usd_per_million for q in pair if isinstance(q, Price)] for pair in quotes)
    if first == second:
        return f"Neither is cheaper: {one.short_name} and {other.short_name} have the same list price."
    if all(a <= b for a, b in zip(first, second, strict=True)):
        return one
    if all(a >= b for a, b in zip(first, second, strict=True)):
        return other
    return "Which one is cheaper depends on your mix of input and output tokens."


def _loss(row: CompareRow, own: Cell, other: Cell) -> str:
    """What the model of the cell `own` lacks in this row beside the other, in words, or an empty text."""
    mine, theirs = (cell.ruling.standing if cell.ruling else None for cell in (own, other))
    if mine is None or theirs is None or not row.differs:
        return ""
    if (
        row.field.path in ("context_window", "output_limit")
        and isinstance(mine.value, int)
        and isinstance(theirs.value, int)
    ):
        name = row.field.label.lower()
        return f"{name} ({own.text} instead of {other.text})" if mine.value < theirs.value else ""
    if row.field.group is Group.CAPABILITIES and mine.value == "not supported" and theirs.value != "not supported":
        return (
            row.field.label[0].lower() + row.field.label[1:]
            if not row.field.label.startswith(("Google", "PDF", "Live"))
            else row.field.label
        )
    if row.field.path.endswith("_modalities") and isinstance(mine.value, tuple) and isinstance(theirs.value, tuple):
        gone = [word for word in theirs.value if word not in mine.value]
        return f"{listing(gone)} as {row.field.label.lower()[:-10].strip()}" if gone else ""
    return ""


def as_of_sentence(catalog: Catalog) -> str:
    """The catalog's version and date in one sentence."""
    return f"Catalog {catalog.version}, as of {day(catalog.as_of)}."
