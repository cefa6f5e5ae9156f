"""The leaderboard over the whole catalog: which models pass which filters, how many, and in which order.

What a reader asks for is a `View`; `components/leaderboard/address.py` reads and writes it as an address.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from math import inf

from catalog.evidence import rule
from catalog.fields import FIELDS, Holds
from catalog.lifecycle import Life, Service, life
from catalog.loading import Catalog
from catalog.measures import Measure, Value, measures, slug
from catalog.schema import Basis, Model
from catalog.words import number, usd

NAME = "name"
PAGE_ROWS = 50
MOST_PICKS = 4
MOST_COLUMNS = 12
PRICE_STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
CONTEXT_STEPS = (32_000, 128_000, 200_000, 400_000, 1_000_000, 2_000_000, 10_000_000)
_PDF = "capabilities.pdf_input"


@dataclass(frozen=True, slots=True)
class FacetKind:
    """A filter with options: its parameter, its label, and whether a model must have all chosen options or any."""

    name: str
    label: str
    all_of: bool = False


FACETS = {
    each.name: each
    for each in (
        FacetKind("lab", "Lab"),
        FacetKind("status", "Status"),
        FacetKind("family", "Family"),
        FacetKind("tier", "Tier"),
        FacetKind("input", "Takes in", all_of=True),
        FacetKind("can", "Supports", all_of=True),
        FacetKind("architecture", "Architecture"),
        FacetKind("open", "Open weights"),
    )
}


@dataclass(frozen=True, slots=True)
class View:
    """What a reader wants to see.

    `chosen` has the keys of the chosen options of each facet that filters. `max_price` is in US dollars per million
    output tokens, infinite for any list price; `min_context` is in tokens. `columns` and `sort` are ids of measures.
    """

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_price: float | None = None
    min_context: int | None = None
    columns: tuple[str, ...] = ()
    sort: str = NAME
    descending: bool = False
    page: int = 1
    pick: tuple[str, ...] = ()

    def choosing(self, facet: str, options: Iterable[str]) -> "View":
        """The same view with these options of a facet, from its first page."""
        kept = {name: keys for name, keys in self.chosen.items() if name != facet}
        wanted = tuple(dict.fromkeys(options))
        return replace(self, chosen=kept | ({facet: wanted} if wanted else {}), page=1)

    def without(self, name: str) -> "View":
        """The same view without one filter: a facet, q, max_price or min_context."""
        if name == "q":
            return replace(self, q="", page=1)
        if name == "max_price":
            return replace(self, max_price=None, page=1)
        if name == "min_context":
            return replace(self, min_context=None, page=1)
        return self.choosing(name, ())

    def unfiltered(self) -> "View":
        """The same view without any filter."""
        return replace(self, q="", chosen={}, max_price=None, min_context=None, page=1)


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a facet. Bit i of `members` says whether the model at place i has it."""

    key: str
    label: str
    members: int


@dataclass(frozen=True, slots=True)
class Page:
    """The models that a view shows: all that pass its filters in order, and the part of them on its page.

    `without_value` counts those that stand last because they have no value to sort by.
    """

    order: tuple[int, ...]
    number: int
    pages: int
    without_value: int

    @property
    def rows(self) -> tuple[int, ...]:
        """The places of the models on this page."""
        return self.order[(self.number - 1) * PAGE_ROWS : self.number * PAGE_ROWS]


class Board:
    """A catalog on a day, prepared for filtering and sorting. It never changes, but remembers the columns it read."""

    def __init__(self, catalog: Catalog, on: date) -> None:
        self.catalog = catalog
        self.on = on
        # By name, so that a stable sort by anything else leaves ties in this order.
        self.models = tuple(sorted(catalog.models.values(), key=lambda model: (model.name.casefold(), model.id)))
        self.everyone = (1 << len(self.models)) - 1
        self._read: dict[str, tuple[Value, ...]] = {}
        self._orders: dict[tuple[str, bool], tuple[int, ...]] = {}

    @cached_property
    def measures(self) -> Mapping[str, Measure]:
        """Every measure by its id."""
        return measures(self.catalog, self.on)

    @cached_property
    def facets(self) -> Mapping[str, Mapping[str, Option]]:
        """The options of each facet by their keys, those with most models first."""
        return _facets(self)

    @cached_property
    def default(self) -> View:
        """The view of an address without parameters: the newest models first."""
        ratings = [each for each in self.measures.values() if each.rating] or [
            each for each in self.measures.values() if each.benchmark
        ]
        best = max(ratings, key=lambda each: each.models, default=None)
        columns = ("context_window", "prices.input", "prices.output", *([best.id] if best else []), "release_date")
        return View(columns=columns, sort="release_date", descending=True)

    def state(self, at: int) -> Life:
        """Where the model at a place stands in its life."""
        return life(self.models[at], self.on)

    def value(self, at: int, measure: str) -> Value:
        """The value of the model at a place in a column."""
        column = self._read.get(measure)
        return column[at] if column else self.measures[measure].read(self.models[at])

    def column(self, measure: str) -> tuple[Value, ...]:
        """The values of all models in a column, read once."""
        if measure not in self._read:
            read = self.measures[measure].read
            self._read[measure] = tuple(read(model) for model in self.models)
        return self._read[measure]

    @cached_property
    def prices(self) -> tuple[float | None, ...]:
        """The list price of a million output tokens of each model in US dollars, None where there is none."""
        return tuple(_list_price(model, self.on) for model in self.models)

    @cached_property
    def contexts(self) -> tuple[float | None, ...]:
        """The context window of each model in tokens, None where it is not known."""
        return tuple(_number(value.key) for value in self.column("context_window"))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What the search looks through, in small letters: names, ids and lab of each model."""
        return tuple(_searched(self.catalog, model) for model in self.models)

    def members(self, name: str, view: View) -> int:
        """The models that pass one filter of a view, as bits."""
        if name == "q":
            return self._search(view.q)
        if name == "max_price":
            most = inf if view.max_price is None else view.max_price
            return _bits(price is not None and price <= most for price in self.prices)
        if name == "min_context":
            least = view.min_context or 0
            return _bits(size is not None and size >= least for size in self.contexts)
        options = [self.facets[name][key].members for key in view.chosen[name] if key in self.facets[name]]
        return _all_of(options, self.everyone) if FACETS[name].all_of else _any_of(options)

    def _search(self, text: str) -> int:
        words = text.casefold().split()
        return _bits(all(word in each for word in words) for each in self.texts)

    def passing(self, view: View, leaving_out: str = "") -> int:
        """The models that pass every filter of a view but one, as bits."""
        return _all_of((self.members(name, view) for name in active(view) if name != leaving_out), self.everyone)

    def page(self, view: View) -> Page:
        """The models of a view in its order; a page past the last one is the last one."""
        passing = self.passing(view)
        places = _places(passing, len(self.models))
        order = tuple(at for at in self.sorted(view.sort, view.descending) if places[at])
        missing = 0 if view.sort == NAME else sum(self.column(view.sort)[at].key is None for at in order)
        pages = max(1, -(-len(order) // PAGE_ROWS))
        return Page(order, min(max(view.page, 1), pages), pages, missing)

    def sorted(self, measure: str, descending: bool) -> tuple[int, ...]:
        """The places of all models in order: by value, ties by name, those without a value last in both directions."""
        known = self._orders.get((measure, descending))
        if known is None:
            places = range(len(self.models))
            if measure == NAME:
                known = tuple(reversed(places)) if descending else tuple(places)
            else:
                keys = [value.key for value in self.column(measure)]
                there = [at for at in places if keys[at] is not None]
                there.sort(key=lambda at: _sortable(keys[at]), reverse=descending)
                known = (*there, *(at for at in places if keys[at] is None))
            self._orders[measure, descending] = known
        return known

    def counts(self, view: View) -> Mapping[str, Mapping[str, int]]:
        """How many models each option of each facet would leave, the other filters kept.

        Of a facet that asks for any of its options: those with this one; of one that asks for all: those that have
        this one besides the chosen ones.
        """
        masks = {name: self.members(name, view) for name in active(view)}
        left: dict[str, dict[str, int]] = {}
        for name, kind in FACETS.items():
            others = _all_of((mask for other, mask in masks.items() if other != name or kind.all_of), self.everyone)
            left[name] = {key: (others & option.members).bit_count() for key, option in self.facets[name].items()}
        return left

    def price_counts(self, view: View) -> Mapping[float, int]:
        """How many models each step of the price would leave; infinity is any list price."""
        others = _places(self.passing(view, "max_price"), len(self.models))
        prices = [price for at, price in enumerate(self.prices) if price is not None and others[at]]
        return {step: sum(price <= step for price in prices) for step in (inf, *PRICE_STEPS)}

    def context_counts(self, view: View) -> Mapping[int, int]:
        """How many models each step of the context window would leave."""
        others = _places(self.passing(view, "min_context"), len(self.models))
        sizes = [size for at, size in enumerate(self.contexts) if size is not None and others[at]]
        return {step: sum(size >= step for size in sizes) for step in CONTEXT_STEPS}

    def services(self, order: Sequence[int]) -> Mapping[Service, int]:
        """How many of these models are in service, ending, shut down or unknown; states without a model left out."""
        shown = _bits_of(order)
        by_key = self.facets["status"]
        counted = {each: (by_key[slug(each)].members & shown).bit_count() for each in Service if slug(each) in by_key}
        return {each: count for each, count in counted.items() if count}


def active(view: View) -> list[str]:
    """The names of the filters that a view sets, in the order in which pages offer them."""
    names = ["q"] if view.q.strip() else []
    names += [name for name in FACETS if view.chosen.get(name)]
    names += ["max_price"] if view.max_price is not None else []
    return names + (["min_context"] if view.min_context is not None else [])


def filter_words(board: Board, view: View, name: str) -> str:
    """One filter of a view in words, such as "Lab: OpenAI"."""
    if name == "q":
        return f"Search: {view.q.strip()}"
    if name == "max_price":
        return price_words(view.max_price or 0)
    if name == "min_context":
        return context_words(view.min_context or 0)
    labels = [board.facets[name][key].label for key in view.chosen[name] if key in board.facets[name]]
    return f"{FACETS[name].label}: {(' and ' if FACETS[name].all_of else ' or ').join(labels)}"


def sort_words(board: Board, measure: str, descending: bool) -> str:
    """An order in words, such as "Context window, largest first"."""
    if measure == NAME:
        return f"Name, {'Z to A' if descending else 'A to Z'}"
    each = board.measures[measure]
    return f"{each.label}, {each.orders[descending]}"


def price_words(most: float) -> str:
    """The filter by price in words."""
    return "Has a list price" if most == inf else f"At most {usd(most)} per million output tokens"


def context_words(least: int) -> str:
    """The filter by context window in words."""
    return f"At least {number(least)} tokens of context"


def _list_price(model: Model, on: date) -> float | None:
    claims = model.claims.get("prices.output")
    if not claims:
        return None
    standing = rule(claims, FIELDS["prices.output"], on).standing
    return _number(standing.value) if standing.basis is Basis.LIST and standing.absent is None else None


def _number(shown: object) -> float | None:
    return float(shown) if isinstance(shown, int | float) and not isinstance(shown, bool) else None


def _searched(catalog: Catalog, model: Model) -> str:
    ids = [str(claim.value) for claim in model.claims.get("api_ids", ()) if claim.absent is None]
    return "\n".join((model.name, model.short_name, model.id, *ids, model.lab, catalog.labs[model.lab].name)).casefold()


def _facets(board: Board) -> dict[str, dict[str, Option]]:
    capabilities = {each.path: each for each in FIELDS.values() if each.holds is Holds.SUPPORT}
    labels = {path.split(".")[-1]: each.label for path, each in capabilities.items()}
    supported = [
        {path.split(".")[-1] for path in capabilities if _supports(model, path, board.on)} for model in board.models
    ]
    readers: dict[str, Callable[[int, Model], Iterable[str]]] = {
        "lab": lambda _, model: (model.lab,),
        "status": lambda _, model: (life(model, board.on).service.value,),
        "family": lambda _, model: (model.family,),
        "tier": lambda _, model: (model.tier,),
        "input": lambda at, model: _inputs(model, board.on, "pdf_input" in supported[at]),
        "can": lambda at, _: supported[at],
        "architecture": lambda at, model: _standing_words(model, "architecture.type", board.on),
        "open": lambda at, model: _standing_words(model, "open_weights", board.on),
    }
    labels |= {lab: each.name for lab, each in board.catalog.labs.items()} | {"pdf": "PDF"}
    found = {name: _options(board.models, read, labels) for name, read in readers.items()}
    # A state that no model is in today is still one that an address may ask for.
    return found | {"status": {slug(each): Option(slug(each), each.value, 0) for each in Service} | found["status"]}


def _options(
    models: Sequence[Model], read: Callable[[int, Model], Iterable[str]], labels: Mapping[str, str]
) -> dict[str, Option]:
    members: dict[str, list[int]] = {}
    words: dict[str, str] = {}
    for at, model in enumerate(models):
        for text in read(at, model):
            key = slug(text)
            words.setdefault(key, labels.get(text, text))
            members.setdefault(key, []).append(at)
    largest_first = sorted(members, key=lambda key: (-len(members[key]), words[key].casefold()))
    return {key: Option(key, words[key], _bits_of(members[key])) for key in largest_first}


def _supports(model: Model, path: str, on: date) -> bool:
    claims = model.claims.get(path)
    return rule(claims, FIELDS[path], on).standing.value == "supported" if claims else False


def _inputs(model: Model, on: date, pdf: bool) -> list[str]:
    claims = model.claims.get("input_modalities")
    shown = rule(claims, FIELDS["input_modalities"], on).standing.value if claims else ()
    return list(dict.fromkeys((*(shown if isinstance(shown, tuple) else ()), *(["pdf"] if pdf else []))))


def _standing_words(model: Model, path: str, on: date) -> list[str]:
    claims = model.claims.get(path)
    standing = rule(claims, FIELDS[path], on).standing if claims else None
    if standing is None or standing.absent is not None:
        return []
    return [{True: "yes", False: "no"}[standing.value] if isinstance(standing.value, bool) else str(standing.value)]


def _sortable(key: float | str | None) -> tuple[bool, float | str]:
    """Words after numbers, since a column may hold both and Python compares neither with the other."""
    return isinstance(key, str), key if key is not None else 0.0


def _bits(flags: Iterable[bool]) -> int:
    return int("".join("1" if flag else "0" for flag in flags)[::-1] or "0", 2)


def _bits_of(places: Sequence[int]) -> int:
    there = set(places)
    return _bits(at in there for at in range(max(there, default=-1) + 1))


def _places(bits: int, count: int) -> list[bool]:
    return [digit == "1" for digit in f"{bits:0{count}b}"[::-1]] if count else []


def _all_of(masks: Iterable[int], everyone: int) -> int:
    for mask in masks:
        everyone &= mask
    return everyone


def _any_of(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
