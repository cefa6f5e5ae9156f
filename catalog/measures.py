"""What can stand in a column of the leaderboard: fields, computed measures, and scores of one source and edition."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from catalog.derived import derive
from catalog.evidence import rule
from catalog.fields import FIELDS, Field, Group, Holds
from catalog.lifecycle import life
from catalog.loading import Catalog
from catalog.schema import Basis, Benchmark, Claim, Measured, Model, Result, Scoring
from catalog.shared import MEASUREMENTS, grounds, usable
from catalog.tables import Cell, cell, derived_cell, plain
from catalog.words import NOT_FOUND, capital, day, number, short_count, usd, value

IDENTITY = "Identity"
_LEFT_OUT = ("api_ids", "platforms", "access", "tags", "links")
_LABELS = {
    "release_date": "Release date",
    "prices.input": "Input price",
    "prices.output": "Output price",
    "prices.cached_input": "Cached input price",
    "prices.audio_input": "Audio input price",
    "prices.batch_input": "Batch input price",
    "prices.batch_output": "Batch output price",
    "prices.batch_cached_input": "Batch cached input price",
    "prices.cache_storage": "Cache storage price",
}
_UNITS = {
    "USD per 1M tokens": "per 1M tokens",
    "USD per 1M tokens per hour": "per 1M tokens an hour",
    "billion parameters": "billion",
    "billion tokens": "billion",
    "x of Gemini 2.0 Pro": "×",
    "x": "×",
    "sqrt(billion parameters x billion tokens) / 300": "index",
    "date": "",
    "status": "",
    "model id": "",
}
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_TEXT = ("A to Z", "Z to A")
_DATE = ("oldest first", "newest first")
_PRICE = ("cheapest first", "dearest first")
_TIME = ("fastest first", "slowest first")
_SPEED = ("slowest first", "fastest first")
_SIZE = ("smallest first", "largest first")
_FLAG = ("no first", "yes first")


class Value(NamedTuple):
    """One value of one model in a column.

    `cell` is what is shown, `key` what it is sorted by (None where there is no value), `plain` what an export writes.
    `source` is an id of the catalog's sources, "computed", or empty; `note` is what else a reader has to know.
    """

    cell: Cell
    key: float | str | None
    plain: str
    source: str = ""
    as_of: str = ""
    note: str = ""
    small: str = ""
    measured_by: Measured | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A column that can be chosen and sorted by.

    `about` is the unit or the edition, `explained` a sentence on where its values come from. `orders` says in words
    what sorting upwards and downwards means; `descends` is the direction that a reader wants first. `models` is the
    number of models with a score, 0 for anything but benchmark scores.
    """

    id: str
    label: str
    about: str
    group: str
    orders: tuple[str, str]
    descends: bool
    right: bool
    read: Callable[[Model], Value] = field(compare=False, repr=False)
    term: str = ""
    explained: str = ""
    benchmark: str = ""
    models: int = 0
    rating: bool = False

    @property
    def full_label(self) -> str:
        """The label with what tells it from its namesakes, for lists to choose from."""
        return f"{self.label}: {self.explained}" if self.benchmark else self.label


def slug(text: str) -> str:
    """A text as an address writes it: small letters, digits, points and underscores, everything else one hyphen."""
    return re.sub(r"[^\w.]+", "-", text.casefold()).strip("-") or "-"


def measures(catalog: Catalog, on: date) -> dict[str, Measure]:
    """Every measure by its id: identity, fields in their order, computed ones, then benchmark scores.

    A benchmark's scores are a measure a group that may be compared (`shared.grounds`) with at least two models: one
    source and edition, one page from which collections have them, or several sources under the same stated
    conditions. The largest group comes first, and benchmarks by their largest group.
    """
    plain_ones = [*_identity(catalog, on), *_fields(on), *_derived(on)]
    groups = [list(_score_groups(catalog, benchmark)) for benchmark in catalog.benchmarks.values()]
    largest_first = sorted((each for each in groups if each), key=lambda each: (-each[0].models, each[0].label))
    return {each.id: each for each in (*plain_ones, *(measure for group in largest_first for measure in group))}


def _identity(catalog: Catalog, on: date) -> Iterator[Measure]:
    readers: dict[str, Callable[[Model], str]] = {
        "Lab": lambda model: catalog.labs[model.lab].name,
        "Family": lambda model: model.family,
        "Tier": lambda model: model.tier,
        "Service today": lambda model: life(model, on).service.value,
    }
    for label, words in readers.items():
        yield Measure(slug(label), label, "", IDENTITY, _TEXT, False, False, _named(words), explained="by its sources")


def _named(words: Callable[[Model], str]) -> Callable[[Model], Value]:
    def read(model: Model) -> Value:
        text = words(model)
        return Value(Cell(text, None, False), text.casefold(), text, model.identity[0] if model.identity else "")

    return read


def _fields(on: date) -> Iterator[Measure]:
    for each in FIELDS.values():
        if each.path not in _LEFT_OUT and each.group is not Group.SETTINGS:
            orders, descends = _orders(each)
            unit = each.units[0] if each.units else ""
            yield Measure(
                each.path,
                _LABELS.get(each.path, each.label),
                _UNITS.get(unit, unit),
                each.group.value,
                orders,
                descends,
                each.holds in (Holds.COUNT, Holds.AMOUNT, Holds.DATE),
                _field_reader(each, on),
                term=each.term,
            )


def _orders(each: Field) -> tuple[tuple[str, str], bool]:
    if each.group is Group.PRICES:
        return _PRICE, False
    if each.path in ("relative_latency", "time_to_first_token"):
        return _TIME, False
    if each.group is Group.SPEED:
        return _SPEED, True
    if each.holds is Holds.DATE:
        return _DATE, True
    if each.holds is Holds.FLAG:
        return _FLAG, True
    return (_SIZE, True) if each.holds in (Holds.COUNT, Holds.AMOUNT) else (_TEXT, False)


MISSING = Value(Cell(NOT_FOUND, None, False), None, NOT_FOUND)


def _field_reader(each: Field, on: date) -> Callable[[Model], Value]:
    def read(model: Model) -> Value:
        claims = model.claims.get(each.path)
        if not claims:
            return MISSING
        full = cell(each, rule(claims, each, on))
        assert full.ruling is not None
        standing = full.ruling.standing
        shown = standing.value
        key: float | str | None
        if standing.absent is not None or (each.group is Group.PRICES and standing.basis is Basis.FREE):
            key, text, written = None, full.text, full.text
        elif isinstance(shown, int | float):
            key, text, written = float(shown), _figure(each, shown), plain(shown)
        else:
            key, text, written = value(each, shown).casefold() if each.holds is not Holds.DATE else str(shown), "", ""
        kept = Cell(text or full.text, full.kind, full.conflict, full.ruling)
        also = (line for line in full.also if line not in standing.full_scope)
        note = "; ".join(part for part in (standing.full_scope, *also, standing.note) if part)
        return Value(kept, key, written or plain(shown), standing.source, standing.as_of, note, _limit(standing))

    return read


def _figure(each: Field, shown: float) -> str:
    """A number without the unit that stands in the head of its column."""
    if isinstance(shown, bool) or each.group is Group.PRICES:
        return value(each, shown)
    return f"{number(shown)}:1" if each.units == ("tokens per parameter",) else number(shown)


def _limit(claim: Claim) -> str:
    """The prompt size for which a price holds, in few words."""
    if claim.prompt_up_to:
        return f"prompts to {short_count(claim.prompt_up_to)}"
    return f"prompts over {short_count(claim.prompt_above)}" if claim.prompt_above else ""


def _derived(on: date) -> Iterator[Measure]:
    for label, about in (("Token:parameter ratio", "computed"), ("ALScore", "computed")):
        yield Measure(
            f"computed.{slug(label)}",
            label,
            about,
            Group.ARCHITECTURE.value,
            _SIZE,
            True,
            True,
            _derived_reader(label, on),
            term=label.lower(),
        )


def _derived_reader(label: str, on: date) -> Callable[[Model], Value]:
    def read(model: Model) -> Value:
        item = next((each for each in derive(model, on) if each.label == label), None)
        if item is None:
            return MISSING
        sources = " and ".join(dict.fromkeys(claim.source for claim in item.inputs))
        newest = max(claim.as_of for claim in item.inputs)
        return Value(derived_cell(item), item.value, f"{item.value:.4g}", sources, newest, f"computed: {item.formula}")

    return read


def _score_groups(catalog: Catalog, benchmark: Benchmark) -> Iterator[Measure]:
    """The groups of a benchmark in which at least two models can be compared, largest first, then the newest."""
    found: dict[str, dict[str, list[Result]]] = {}
    words: dict[str, str] = {}
    for result in usable(benchmark.results):
        for group, why in grounds(catalog, result):
            words.setdefault(group, why)
            found.setdefault(group, {}).setdefault(result.model, []).append(result)
    wide = {group: by_model for group, by_model in found.items() if len(by_model) > 1 and _adds(group, by_model)}
    newest = {group: max(each.date for results in wide[group].values() for each in results) for group in wide}
    taken: set[str] = set()
    for group in sorted(sorted(wide, key=newest.__getitem__, reverse=True), key=lambda each: -len(wide[each])):
        name = _group_id(benchmark, group, taken)
        taken.add(name)
        yield _score_measure(catalog, benchmark, name, group, wide[group])


def _adds(group: str, by_model: Mapping[str, Sequence[Result]]) -> bool:
    """Whether a group says more than that of a source: equal conditions within one source are a part of its group."""
    sources = {result.source for results in by_model.values() for result in results}
    return not group.startswith("conditions\0") or len(sources) > 1


def _group_id(benchmark: Benchmark, group: str, taken: set[str]) -> str:
    name = f"{benchmark.id}~{slug(group.removeprefix('source'))}"
    if len(name) > 90 or name in taken:
        name = f"{name[:80]}-{hashlib.sha256(group.encode()).hexdigest()[:8]}"
    return name


def _score_measure(
    catalog: Catalog, benchmark: Benchmark, name: str, group: str, by_model: Mapping[str, Sequence[Result]]
) -> Measure:
    kind, which, edition, *_ = group.split("\0")
    edition = _DAY.sub(lambda found: day(found[0]), edition)
    if kind == "source":
        origin, short = catalog.sources[which].title, _short(catalog.sources[which].title)
    elif kind == "origin":
        origin, short = f"from {urlsplit(which).netloc}{urlsplit(which).path}".rstrip("/"), urlsplit(which).netloc
    else:
        origin, short = f"several sources, same stated conditions ({which})", f"{which}, several sources"
    plainly = benchmark.unit == "percent" or benchmark.scoring is Scoring.RATING
    unit = "" if plainly else _UNITS.get(benchmark.unit, benchmark.unit)
    better = ("worst first", "best first") if benchmark.higher_is_better else ("best first", "worst first")
    if benchmark.area in MEASUREMENTS:
        better = _SIZE
    return Measure(
        name,
        benchmark.name,
        ", ".join(part for part in (unit, edition or short) if part),
        Group.BENCHMARKS.value,
        better,
        benchmark.higher_is_better,
        True,
        _score_reader(benchmark, {model: _ranked(benchmark, results) for model, results in by_model.items()}),
        explained=", ".join(part for part in (edition, origin) if part) + f" ({len(by_model)} models)",
        benchmark=benchmark.id,
        models=len(by_model),
        rating=kind == "source" and benchmark.scoring is Scoring.RATING,
    )


def _short(origin: str) -> str:
    """The name of a source as it fits the head of a column."""
    name = origin.split(":")[0].split(" (")[0]
    return name if len(name) <= 40 else f"{name[:39]}…"


def _ranked(benchmark: Benchmark, results: Sequence[Result]) -> list[Result]:
    """The newest first; of one day, the best."""
    sign = 1 if benchmark.higher_is_better else -1
    return sorted(results, key=lambda each: (each.date, sign * float(each.score)), reverse=True)


def _which(ranked: Sequence[Result]) -> str:
    """What the first of several ranked results is among them."""
    return "best" if ranked[0].date == ranked[-1].date else "newest"


def _score_reader(benchmark: Benchmark, by_model: Mapping[str, Sequence[Result]]) -> Callable[[Model], Value]:
    # As many digits for every score of the column, so that the points stand below each other.
    decimals = max(len(number(float(results[0].score), 2).partition(".")[2]) for results in by_model.values())

    def read(model: Model) -> Value:
        results = by_model.get(model.id)
        if not results:
            return MISSING
        best = results[0]
        score = float(best.score)
        # No call takes no time and costs nothing: such a zero is a gap in the source's table.
        recorded = score != 0 or benchmark.scoring is not Scoring.AMOUNT
        notes = [_interval(best), best.snapshot or "", "" if best.conditions == "not stated" else best.conditions]
        if len(results) > 1:
            scores = sorted(float(each.score) for each in results)
            which = _which(results)
            notes.append(f"the {which} of {len(results)} scores from {number(scores[0])} to {number(scores[-1])}")
        return Value(
            Cell(_score(benchmark, score, decimals) if recorded else "not recorded", best.kind, False),
            score if recorded else None,
            plain(score) if recorded else "not recorded",
            best.source,
            best.date,
            "; ".join(part for part in notes if part),
            f"{_which(results)} of {len(results)}" if len(results) > 1 else "",
            best.measured_by,
        )

    return read


def _score(benchmark: Benchmark, score: float, decimals: int) -> str:
    if benchmark.unit.startswith("USD"):
        return usd(score)
    return f"{score:,.{decimals}f}{'%' if benchmark.unit == 'percent' else ''}"


def _interval(result: Result) -> str:
    if result.low is None or result.high is None:
        return ""
    return f"95% interval {number(result.low, 2)} to {number(result.high, 2)}"


def source_words(catalog: Catalog, shown: Value) -> str:
    """Where a value comes from, in one line: kind, source, date, and what else a reader has to know."""
    kind = shown.cell.kind.value.replace("_", " ") if shown.cell.kind else ""
    titles = [catalog.sources[name].title for name in shown.source.split(" and ") if name in catalog.sources]
    who = {Measured.MAKER: "reported by the maker", Measured.INDEPENDENT: "measured independently"}.get(
        shown.measured_by or Measured.UNKNOWN, ""
    )
    when = day(shown.as_of) if shown.as_of else ""
    parts = [kind, " and ".join(titles), when, who, "sources conflict" if shown.cell.conflict else "", shown.note]
    return capital("; ".join(part for part in parts if part))
