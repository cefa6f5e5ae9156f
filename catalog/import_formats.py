"""Tables and price files of others -> results and claims. What is not understood is named, never guessed."""

import csv
import difflib
import io
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import Any, TypeVar

from pydantic import ValidationError

from catalog.checks import Fault, benchmark_faults, holds, schema_faults, shown
from catalog.fields import FIELDS, Holds
from catalog.loading import Catalog
from catalog.prices import GEMINI_API, VERTEX_AI
from catalog.schema import Absent, Benchmark, Claim, Measured, Model, Result, Source, check_partial_date
from catalog.words import listing

FORMATS = ("results-csv", "models.dev", "litellm")
_T = TypeVar("_T")
_LONGEST = 500
_LONGEST_NUMBER = 40
_SNIFFED = 8_000
_DELIMITERS = ",;\t|"
_EMPTY = frozenset(("", "-", "–", "—", "n/a", "na", "nan", "none", "null", "?", "tbd"))


class Unusable(Exception):
    """The file cannot be used at all; the text says why, without a full stop."""


class _NotUnderstood(Exception):
    """One row or entry cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """What was not understood: the row and column, or the entry, and why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class NewModel:
    """A model that a file knows and the catalog does not."""

    id: str
    name: str
    lab: str
    family: str
    tier: str = "not stated"


@dataclass(frozen=True, slots=True)
class Match:
    """The model that a name means; `version` is the API id where the name is that of one version of it."""

    model: str
    version: str | None = None


@dataclass
class Reading:
    """What a file says in the catalog's terms, and what of it was left out and why.

    `results` are by benchmark id, `claims` by model id and field path, in the order of the file.
    """

    results: list[tuple[str, Result]] = field(default_factory=list)
    claims: list[tuple[str, str, Claim]] = field(default_factory=list)
    models: dict[str, NewModel] = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unknown_models: Counter[str] = field(default_factory=Counter)
    unknown_benchmarks: Counter[str] = field(default_factory=Counter)

    def missed(self, place: str, why: object) -> None:
        """Notes what was not understood."""
        self.misfits.append(Misfit(place, str(why)))


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a person knows about a file and the file does not say.

    `names` has the catalog's id by a name of the file. `only` limits the import to these models, and those in `skip`
    are left out; `lab` makes the new ones. `benchmark` is what a table without such a column is about, and
    `fractions` says that 0.791 means 79.1%.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    benchmark: str | None = None
    fractions: bool = False
    new_models: bool = False
    lab: str | None = None


@dataclass(frozen=True)
class Terms:
    """How a file is to be read: `source` is the one to name where a row names none, `sources` has that one too."""

    as_of: str
    source: str | None
    sources: Mapping[str, Source]
    options: Options


class Names:
    """Finds what a foreign name means. Spelling may differ in case and separators; a similar name is never taken."""

    def __init__(self, catalog: Catalog, options: Options) -> None:
        self._catalog = catalog
        self._given = {_key(name): target for name, target in options.names.items()}
        # A short name leaves the version out, which a foreign table may be about, so it is only ever a hint.
        self._models = _by_key((model.id, model.name) for model in catalog.models.values())
        self._hints = _by_key((model.id, model.name, model.short_name) for model in catalog.models.values())
        self._benchmarks = _by_key((each.id, each.name) for each in catalog.benchmarks.values())
        self._versions = {model.id: _versions(model) for model in catalog.models.values()}
        self._only, self._skip = self._ids(options.only), self._ids(options.skip)

    def model(self, name: str) -> Match | None:
        """The model that `name` means: its id, name or an API id, with or without its maker before it."""
        key = _key(self._given.get(_key(name), name)).removeprefix("models/")
        maker, _, rest = key.rpartition("/")
        model = self._named(key)
        if model is None and (model := self._named(rest)) is not None and self.lab(maker) != model.lab:
            return None
        if model is None:
            return None
        return Match(model.id, next((each for each in (key, rest) if each in self._versions[model.id]), None))

    def _named(self, key: str) -> Model | None:
        found = self._models.get(key, ())
        return self._catalog.models[found[0]] if len(found) == 1 else self._catalog.find(key)

    def benchmark(self, name: str) -> Benchmark | None:
        """The benchmark that `name` means: its id or name, with or without a percent sign behind it."""
        key = _key(re.sub(r"\s*[(\[]?%[)\]]?$", "", self._given.get(_key(name), name)))
        found = self._benchmarks.get(key, ())
        return self._catalog.benchmarks[found[0]] if len(found) == 1 else None

    def lab(self, maker: str) -> str | None:
        """The lab of the catalog that `maker` names, such as google-deepmind for google or meta for meta-llama."""
        first = _key(maker).split("/")[-1].split("-")[0]
        found = [lab for lab in self._catalog.labs if first in lab.split("-")]
        return found[0] if len(found) == 1 else None

    def wanted(self, model: str) -> bool:
        """Whether the import is to have this model."""
        return (not self._only or model in self._only) and model not in self._skip

    def _ids(self, names: Iterable[str]) -> set[str]:
        return {match.model if (match := self.model(name)) else _key(name) for name in names}

    def similar(self, name: str, benchmarks: bool = False) -> tuple[str, ...]:
        """Ids of up to three models, or of benchmarks, whose names look like `name`."""
        known = self._benchmarks if benchmarks else self._hints
        near = difflib.get_close_matches(_key(name)[:100], known, n=5, cutoff=0.6)
        return tuple(dict.fromkeys(each for key in near for each in known[key]))[:3]

    def new_model(self, name: str, title: str, lab: str | None, family: str) -> NewModel:
        """A model for a name that the catalog lacks. Raises _NotUnderstood where it cannot be one."""
        key = _key(name)
        if lab is None or lab not in self._catalog.labs:
            raise _NotUnderstood(f"no lab of labs.yaml is known to make {shown(name)}; name it with --lab")
        if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,99}", key) is None:
            raise _NotUnderstood(f"{shown(name)} cannot be the name of a file, so it cannot be the id of a new model")
        return NewModel(key, title[:_LONGEST] or key, lab, family[:_LONGEST] or title[:_LONGEST] or key)


def _key(name: str) -> str:
    return re.sub(r"[\s_–-]+", "-", name.strip().casefold()).strip("-")


def _by_key(entries: Iterator[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The ids by each name; the first name of an entry is its id."""
    found: dict[str, tuple[str, ...]] = {}
    for names in entries:
        for key in {_key(name) for name in names}:
            found[key] = (*found.get(key, ()), names[0])
    return found


def _versions(model: Model) -> set[str]:
    """API ids of single versions: all but the model's own id and the one that its file names first."""
    ids = [str(claim.value).lower() for claim in model.claims.get("api_ids", ())]
    return set(ids) - {model.id.lower(), *ids[:1]}


def guess(text: str) -> str:
    """Which of `FORMATS` a file has. Raises Unusable for JSON of another shape."""
    if not text.lstrip().startswith(("{", "[")):
        return "results-csv"
    values = [value for value in _json(text).values() if isinstance(value, dict)]
    if any(isinstance(value.get("models"), dict) for value in values):
        return "models.dev"
    if any("litellm_provider" in value for value in values):
        return "litellm"
    raise Unusable("it is JSON, but neither the api.json of models.dev nor the price file of LiteLLM")


def decode(content: bytes) -> str:
    """The text of a file. Raises Unusable where it is not UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unusable("it is UTF-16; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unusable(f"line {line:,} has a byte that is not UTF-8; save it as UTF-8") from None


def read(text: str, form: str, catalog: Catalog, names: Names, terms: Terms) -> Reading:
    """What a file of one of `FORMATS` says. Raises Unusable where nothing of it can be read."""
    if form == "results-csv":
        return _Table(text, catalog, names, terms).reading()
    dialect = _MODELS_DEV if form == "models.dev" else _LITELLM
    return _Offers(names, terms, dialect).reading(_json(text))


# Tables of results

_TITLES = {
    "model": "model, model id, model name, llm, system",
    "benchmark": "benchmark, benchmark id, benchmark name, eval, evaluation, test, task, dataset",
    "score": "score, benchmark score, accuracy, acc, value, result, rating, elo, arena score",
    "unit": "unit, units",
    "conditions": "conditions, condition, settings, setting, setup",
    "edition": "edition, benchmark version, benchmark edition",
    "snapshot": "snapshot, model version, checkpoint",
    "questions": "n, questions, n questions, num questions, number of questions, n samples, samples",
    "votes": "votes, n votes, num votes",
    "low": "low, ci low, ci lower, lower, lower bound, 95 ci low, ci95 low",
    "high": "high, ci high, ci upper, upper, upper bound, 95 ci high, ci95 high",
    "interval": "95 pct ci, 95 ci, ci 95, ci95, ci, confidence interval, 95 confidence interval",
    "measured_by": "measured by, run by, evaluated by",
    "self_reported": "self reported",
    "source": "source, source id",
    "origin": "origin, source url, reference",
    "date": "date, as of, published, recorded date, retrieved at, retrieved at utc, evaluation date",
    "note": "note, notes, comment, comments, remark, remarks",
}
_ROLE_OF = {title: role for role, titles in _TITLES.items() for title in titles.split(", ")}
_OF_ONE_SCORE = ("score", "unit", "edition", "questions", "votes", "low", "high", "interval")
_WHO = {
    **dict.fromkeys(("maker", "vendor", "self", "self-reported"), Measured.MAKER),
    **dict.fromkeys(("independent", "third party", "third_party"), Measured.INDEPENDENT),
    "unknown": Measured.UNKNOWN,
}
_DECIMAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_NUMBER = re.compile(rf"({_DECIMAL}(?:[eE][+-]?[0-9]{{1,2}})?)\s*(%?)")
_WITH_COMMA = re.compile(r"[+-]?[0-9]+(,[0-9]+)+(\.[0-9]+)?\s*%?")
_COUNT = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0)?")
_AROUND = re.compile(rf"\+\s*({_DECIMAL})\s*/\s*-\s*({_DECIMAL})")
_ENDS = re.compile(rf"[\[(]\s*({_DECIMAL})\s*%?\s*[,;]\s*({_DECIMAL})\s*%?\s*[\])]")
_DAY_AND_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.]+(?:Z|[+-][0-9:]+)?")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number as a cell has it; `sure` is true where the table states its unit."""

    number: Decimal
    sure: bool = False


@dataclass(frozen=True, slots=True)
class _Draft:
    """One score of a table before it is known whether the table has fractions."""

    place: str
    benchmark: Benchmark
    score: _Figure | Absent
    low: Decimal | None
    high: Decimal | None
    values: Mapping[str, Any]

    @property
    def may_be_fraction(self) -> bool:
        if isinstance(self.score, Absent) or self.score.sure:
            return False
        return (self.benchmark.lowest, self.benchmark.highest) == (0, 100) and 0 <= self.score.number <= 1


@dataclass(frozen=True)
class _Row:
    """One row of a table; `columns` has the places of each role."""

    number: int
    cells: Sequence[str]
    header: Sequence[str]
    columns: Mapping[str, Sequence[int]]

    def at(self, place: int) -> str:
        return self.cells[place].strip() if place < len(self.cells) else ""

    def get(self, role: str, parse: Callable[[str], _T]) -> _T | None:
        """The parsed cell of a role, None where it is empty. Raises _NotUnderstood with the column."""
        for place in self.columns.get(role, ())[:1]:
            if self.at(place).casefold() not in _EMPTY:
                return self.parsed(place, parse)
        return None

    def parsed(self, place: int, parse: Callable[[str], _T]) -> _T:
        try:
            return parse(_short(self.at(place)))
        except ValueError as problem:
            raise _NotUnderstood(f"column {shown(self.header[place])}: {problem}") from None

    def names(self, role: str) -> list[str]:
        """What its columns call the model or the benchmark, the id first. Raises _NotUnderstood where none does."""
        given = [self.parsed(place, _short) for place in self.columns[role] if self.at(place)]
        if not given:
            raise _NotUnderstood(f"column {shown(self.header[self.columns[role][0]])} names no {role}")
        return given


class _Table:
    """Reads one CSV table, long (a row a score) or wide (a row a model, a column a benchmark)."""

    def __init__(self, text: str, catalog: Catalog, names: Names, terms: Terms) -> None:
        self._catalog = catalog
        self._names = names
        self._terms = terms
        self._read = Reading()
        rows = _rows(text)
        if not rows:
            raise Unusable("it has no rows")
        self._header = [title.strip() for title in rows[0][1]]
        self._body = rows[1:]
        self._columns = _columns(self._header)
        self._tests: dict[int, Benchmark] = {}
        if "score" not in self._columns or not ("benchmark" in self._columns or terms.options.benchmark):
            self._widen()
        if "model" not in self._columns:
            raise Unusable("no column names the model; call it model")
        used = {self._header[place] for places in self._columns.values() for place in places}
        used |= {self._header[at] for at in self._tests} | self._read.unknown_benchmarks.keys()
        rest = [shown(title) for title in self._header if title not in used and title]
        if rest:
            self._read.remarks.append(f"Columns not used: {', '.join(rest[:40])}.")

    def _widen(self) -> None:
        """Takes the table as wide: columns that are named like benchmarks hold their scores."""
        scored = "score" in self._columns
        columns = {role: places for role, places in self._columns.items() if role not in _OF_ONE_SCORE}
        columns.setdefault("model", [0])
        self._columns = {role: at for role, at in columns.items() if role == "model" or at != columns["model"]}
        taken = {place for places in self._columns.values() for place in places}
        for at, title in enumerate(self._header):
            benchmark = self._names.benchmark(title) if at not in taken else None
            if benchmark is not None and benchmark in self._tests.values():
                raise Unusable(f"column {at + 1} ({shown(title)}) is the second one for {benchmark.name}; remove one")
            if benchmark is not None:
                self._tests[at] = benchmark
            elif at not in taken and title:
                self._read.unknown_benchmarks[title] += 1
        if not self._tests:
            missing = "benchmark" if scored else "benchmark and score"
            raise Unusable(
                f"it has no column for {missing}, and none is named like a benchmark of the catalog; "
                "add it, or say with --benchmark which one the scores are of"
            )

    def reading(self) -> Reading:
        drafts = [draft for number, cells in self._body for draft in self._drafts(number, cells)]
        mixed = {each.benchmark.id for each in drafts if not each.may_be_fraction and each.score not in set(Absent)}
        scaled = 0
        for draft in drafts:
            is_fraction = self._terms.options.fractions and draft.may_be_fraction and draft.benchmark.id not in mixed
            scaled += is_fraction
            try:
                if draft.may_be_fraction and not is_fraction:
                    _ask(draft, self._terms.options.fractions)
                self._keep(draft, 100 if is_fraction else 1)
            except _NotUnderstood as problem:
                self._read.missed(draft.place, problem)
        if scaled:
            self._read.remarks.append(f"Scores taken for fractions and multiplied by 100: {scaled:,}.")
        return self._read

    def _drafts(self, number: int, cells: Sequence[str]) -> Iterator[_Draft]:
        row = _Row(number, cells, self._header, self._columns)
        place = f"row {number:,}"
        try:
            if any(cell.strip() for cell in cells[len(self._header) :]):
                raise _NotUnderstood(f"it has {len(cells)} cells under {len(self._header)} headings")
            match = self._model(row)
            tests = self._tests or self._test(row) if match else {}
        except _NotUnderstood as problem:
            self._read.missed(place, problem)
            return
        for at, benchmark in tests.items():
            try:
                if match and row.at(at).casefold() not in _EMPTY:
                    yield self._draft(row, at, benchmark, match)
            except _NotUnderstood as problem:
                self._read.missed(place, problem)

    def _model(self, row: _Row) -> Match | None:
        given = row.names("model")
        match = self._names.model(given[0])
        key = match.model if match else _key(given[0])
        if not self._names.wanted(key):
            return None
        if match or key in self._read.models:
            return match or Match(key)
        if not self._terms.options.new_models:
            self._read.unknown_models[given[0]] += 1
            return None
        self._read.models[key] = self._names.new_model(given[0], given[-1], self._terms.options.lab, "not stated")
        return Match(key)

    def _test(self, row: _Row) -> dict[int, Benchmark]:
        """The benchmark of a row in a long table, by the column of the score; none where the catalog lacks it."""
        at = self._columns["score"][0]
        if "benchmark" not in self._columns:
            return {at: self._catalog.benchmarks[str(self._terms.options.benchmark)]}
        given = row.names("benchmark")[0]
        found = self._names.benchmark(given)
        if found is None:
            self._read.unknown_benchmarks[given] += 1
        return {at: found} if found else {}

    def _draft(self, row: _Row, at: int, benchmark: Benchmark, match: Match) -> _Draft:
        unit = row.get("unit", str.casefold)
        score = row.parsed(at, lambda text: _score(text, unit, benchmark))
        low, high = row.get("low", _figure), row.get("high", _figure)
        around = row.get("interval", lambda text: _interval(text, score)) or (None, None)
        questions = row.get("questions", _count)
        if benchmark.questions and questions == benchmark.questions.count:
            questions = None
        own = row.get("self_reported", str.casefold) in ("true", "yes", "1")
        values = {
            "model": match.model,
            "edition": row.get("edition", str),
            "snapshot": row.get("snapshot", str) or match.version,
            "conditions": row.get("conditions", str) or "not stated",
            "questions": questions,
            "votes": row.get("votes", _count),
            "measured_by": row.get("measured_by", _who) or (Measured.MAKER if own else Measured.UNKNOWN),
            "origin": row.get("origin", str),
            "date": row.get("date", _date) or self._terms.as_of,
            "locator": f"row {row.number}",
            "note": row.get("note", str),
        }
        values |= self._source(row.get("source", str), values["origin"])
        place = f"row {row.number:,}, column {shown(self._header[at])}"
        return _Draft(
            place, benchmark, score, low.number if low else around[0], high.number if high else around[1], values
        )

    def _source(self, named: str | None, origin: object) -> dict[str, str]:
        """The source by its id; other words are kept as the page or the place that the table names."""
        if named in self._terms.sources:
            return {"source": str(named)}
        if self._terms.source is None:
            found = f"{shown(named)} is no id in sources.yaml" if named else "no source is named"
            raise _NotUnderstood(f"{found}; say with --source whose table this is")
        if named is None:
            return {"source": self._terms.source}
        if origin is None and re.fullmatch(r"https?://\S+", named):
            return {"source": self._terms.source, "origin": named}
        return {"source": self._terms.source, "locator": f"there from {named}"[:_LONGEST]}

    def _keep(self, draft: _Draft, factor: int) -> None:
        """Adds the result. Raises _NotUnderstood where the schema or the benchmark's limits do not allow it."""
        values = {key: value for key, value in draft.values.items() if value is not None}
        ends = {"low": draft.low, "high": draft.high}
        values |= {key: float(end * factor) for key, end in ends.items() if end is not None}
        values["score"] = draft.score if isinstance(draft.score, Absent) else float(draft.score.number * factor)
        values |= {"unit": draft.benchmark.unit, "kind": self._terms.sources[values["source"]].kind}
        try:
            result = Result.model_validate(values)
        except ValidationError as error:
            raise _refusal(next(schema_faults(list(error.errors(include_url=False)), ()))) from None
        alone = draft.benchmark.model_copy(update={"results": (result,), "questions": None})
        for fault in benchmark_faults(alone, f"{alone.id}.yaml", self._terms.sources, {result.model}):
            raise _refusal(fault)
        self._read.results.append((draft.benchmark.id, result))


def _refusal(fault: Fault) -> _NotUnderstood:
    place, found, expected = fault
    return _NotUnderstood(f"{place[-1] if place else 'it'} is {found}, expected {expected}")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with its number as a spreadsheet counts. Raises Unusable for broken quoting."""
    rows: list[tuple[int, list[str]]] = []
    limit = csv.field_size_limit(max(len(text), 1))
    number = 0
    try:
        # A line end inside quotes belongs to the cell, so the text is not split before.
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                rows.append((number, cells))
    except csv.Error as problem:
        raise Unusable(f"row {number + 1:,} is not well-formed CSV ({problem})") from None
    finally:
        csv.field_size_limit(limit)
    return rows


def _delimiter(text: str) -> str:
    first = next((line for line in io.StringIO(text) if line.strip()), "")[:_SNIFFED]
    try:
        found = csv.Sniffer().sniff(text[:_SNIFFED], delimiters=_DELIMITERS).delimiter
    except csv.Error:
        found = ""
    # The sniffer may fall for a sign inside the cells, which the header then lacks.
    return found if found and found in first else max(_DELIMITERS, key=first.count)


def _columns(header: Sequence[str]) -> dict[str, list[int]]:
    """The places of each role. Raises Unusable where two columns could be the same thing."""
    columns: dict[str, list[int]] = {}
    titles = [re.sub(r"[\W_]+", " ", title.casefold()).strip() for title in header]
    for at, title in enumerate(titles):
        if title in _ROLE_OF:
            columns.setdefault(_ROLE_OF[title], []).append(at)
    for role, places in columns.items():
        several = len({titles[at] for at in places}) if role in ("model", "benchmark") else 1
        if len(places) > several:
            found = listing([f"column {at + 1} ({shown(header[at])})" for at in places])
            raise Unusable(f"{found} look like the {role.replace('_', ' ')}; keep one of them")
        # An id says more than a name, so it decides.
        places.sort(key=lambda at: "id" not in titles[at].split())
    return columns


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise ValueError(f"{len(text):,} characters, where at most {_LONGEST} fit")
    return text


def _figure(text: str) -> _Figure:
    match = _NUMBER.fullmatch(text.replace("\N{MINUS SIGN}", "-")) if len(text) <= _LONGEST_NUMBER else None
    if match:
        return _Figure(Decimal(match[1]), bool(match[2]))
    if _WITH_COMMA.fullmatch(text):
        raise ValueError(f"the comma in {shown(text)} may stand for a point or for thousands; write it with a point")
    if "±" in text:
        raise ValueError(f"{shown(text)} does not say what the spread is; give its 95% interval as low and high")
    raise ValueError(f"{shown(text)} is not a number")


def _score(text: str, unit: str | None, benchmark: Benchmark) -> _Figure | Absent:
    """A score in the benchmark's own unit. Raises ValueError for another unit."""
    if text.casefold() in set(Absent):
        return Absent(text.casefold())
    figure = _figure(text)
    in_percent = unit in ("percent", "%", "pct") or figure.sure
    if in_percent and benchmark.unit == "percent":
        return _Figure(figure.number, sure=True)
    if not in_percent and unit in (None, benchmark.unit.casefold()):
        return _Figure(figure.number, sure=unit is not None)
    raise ValueError(
        f"it is in {'percent' if in_percent else shown(unit)}, and {benchmark.name} is in {benchmark.unit}"
    )


def _interval(text: str, score: _Figure | Absent) -> tuple[Decimal, Decimal] | None:
    """The ends of an interval such as +5/-4 or [74.1, 78.3]."""
    if isinstance(score, Absent):
        return None
    text = text.replace("\N{MINUS SIGN}", "-")
    if around := _AROUND.fullmatch(text):
        return score.number - Decimal(around[2]), score.number + Decimal(around[1])
    if ends := _ENDS.fullmatch(text):
        return Decimal(ends[1]), Decimal(ends[2])
    raise ValueError(f"{shown(text)} is no interval such as +5/-4 or [74.1, 78.3]")


def _count(text: str) -> int | Absent:
    if text.casefold() in set(Absent):
        return Absent(text.casefold())
    if len(text) > _LONGEST_NUMBER or not _COUNT.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a whole number")
    return int(text.removesuffix(".0").replace(",", ""))


def _who(text: str) -> Measured:
    if text.casefold() not in _WHO:
        raise ValueError(f"{shown(text)} is neither maker, independent nor unknown")
    return _WHO[text.casefold()]


def _date(text: str) -> str:
    moment = _DAY_AND_TIME.fullmatch(text)
    try:
        return check_partial_date(moment[1] if moment else text)
    except ValueError as problem:
        raise ValueError(f"{shown(text)} is not {problem}") from None


def _ask(draft: _Draft, fractions: bool) -> None:
    """Raises _NotUnderstood with the question whether a score is a fraction; 0 is the same either way."""
    figure = draft.score.number if isinstance(draft.score, _Figure) else Decimal(0)
    if figure == 0:
        return
    test, unit = draft.benchmark.name, draft.benchmark.unit
    asked = (
        f"{test} goes from 0 to 100; is {figure} a fraction, so {(figure * 100).normalize():f} {unit}, or is it low?"
    )
    if fractions:
        raise _NotUnderstood(
            f"{asked} Other scores of {test} in this file are above 1, so --fractions cannot settle it"
        )
    raise _NotUnderstood(f"{asked} Give --fractions for the first, or the unit {unit} in a column unit for the second")


# Price files


@dataclass(frozen=True)
class _Dialect:
    """Where a price file keeps what; keys of nested objects are dotted.

    `factor` takes its prices to a million tokens. `scopes` and `notes` are by field, `known` keys need no field.
    """

    platforms: Mapping[str, str]
    fields: Mapping[str, str]
    factor: int
    known: frozenset[str]
    scopes: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Offer:
    """One model on one platform as an entry of the file; `values` are flat."""

    entry: str
    api_id: str
    platform: str
    maker: str
    values: Mapping[str, Any]


_MODELS_DEV = _Dialect(
    # packages/core/src/schema.ts in anomalyco/models.dev; prices are for a million tokens.
    platforms={
        "google": GEMINI_API,
        "google-vertex": VERTEX_AI,
        "google-vertex-anthropic": VERTEX_AI,
        "anthropic": "Anthropic API",
        "openai": "OpenAI API",
        "deepseek": "DeepSeek API",
        "llama": "Meta Llama API",
        "mistral": "Mistral API",
        "xai": "xAI API",
    },
    fields={
        "limit.context": "context_window",
        "limit.output": "output_limit",
        "modalities.input": "input_modalities",
        "modalities.output": "output_modalities",
        "knowledge": "knowledge_cutoff",
        "release_date": "release_date",
        "open_weights": "open_weights",
        "status": "current_status",
        "tool_call": "capabilities.function_calling",
        "structured_output": "capabilities.structured_output",
        "reasoning": "capabilities.thinking",
        "cost.input": "prices.input",
        "cost.output": "prices.output",
        "cost.cache_read": "prices.cached_input",
        "cost.input_audio": "prices.audio_input",
    },
    factor=1,
    known=frozenset(("id", "name", "family", "last_updated")),
    # Without a scope these would stand before what the maker says of one stage, such as general availability.
    scopes=dict.fromkeys(("current_status", "release_date"), "as listed by models.dev"),
)
_LITELLM = _Dialect(
    platforms={
        "gemini": GEMINI_API,
        "vertex_ai": VERTEX_AI,
        "anthropic": "Anthropic API",
        "openai": "OpenAI API",
        "deepseek": "DeepSeek API",
        "meta_llama": "Meta Llama API",
        "mistral": "Mistral API",
        "xai": "xAI API",
    },
    fields={
        "max_input_tokens": "context_window",
        "max_output_tokens": "output_limit",
        "supported_modalities": "input_modalities",
        "supported_output_modalities": "output_modalities",
        "deprecation_date": "shutdown_date",
        "supports_function_calling": "capabilities.function_calling",
        "supports_response_schema": "capabilities.structured_output",
        "supports_prompt_caching": "capabilities.caching",
        "supports_reasoning": "capabilities.thinking",
        "supports_pdf_input": "capabilities.pdf_input",
        "supports_url_context": "capabilities.url_context",
        "supports_computer_use": "capabilities.computer_use",
        "input_cost_per_token": "prices.input",
        "output_cost_per_token": "prices.output",
        "cache_read_input_token_cost": "prices.cached_input",
        "input_cost_per_audio_token": "prices.audio_input",
        "input_cost_per_token_batches": "prices.batch_input",
        "output_cost_per_token_batches": "prices.batch_output",
    },
    factor=1_000_000,
    known=frozenset(("litellm_provider", "max_tokens", "mode", "source", "supported_endpoints")),
    scopes={"shutdown_date": "deprecation date listed by LiteLLM"},
    notes={
        # For some makers this is the whole window, for others the prompt alone.
        "context_window": "Stated as max_input_tokens.",
        "shutdown_date": "LiteLLM's field for the deprecation date, which may mean the earliest one.",
    },
)
_TIER = re.compile(r"(.+)_above_([0-9]{1,9})(k?)_tokens")


def _json(text: str) -> dict[str, Any]:
    try:
        entries = json.loads(text, parse_constant=_finite)
    except json.JSONDecodeError as error:
        raise Unusable(f"line {error.lineno:,} is not well-formed JSON ({error.msg})") from None
    except (ValueError, RecursionError):
        raise Unusable("it is JSON with a number or a nesting that no such file has") from None
    if not isinstance(entries, dict):
        raise Unusable("it is JSON, but not an object with a key for each entry")
    return entries


def _finite(constant: str) -> None:
    raise ValueError(constant)


def _flat(model: Mapping[str, Any]) -> dict[str, Any]:
    """A model of models.dev with dotted keys, its price tiers written as LiteLLM writes them."""
    flat: dict[str, Any] = {}
    for key, value in model.items():
        nested = value.items() if key in ("limit", "modalities", "cost") and isinstance(value, dict) else ()
        flat |= {f"{key}.{name}": each for name, each in nested} or {key: value}
    tiers, older = flat.pop("cost.tiers", None), flat.pop("cost.context_over_200k", None)
    found = [(_size(tier), tier) for tier in tiers] if isinstance(tiers, list) else [(200_000, older)]
    for size, tier in found:
        amounts = tier.items() if size and isinstance(tier, dict) else ()
        flat |= {f"cost.{key}_above_{size}_tokens": amount for key, amount in amounts if key != "tier"}
    return flat


def _size(tier: Any) -> int | None:
    size = tier["tier"].get("size") if isinstance(tier, dict) and isinstance(tier.get("tier"), dict) else None
    return size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else None


class _Offers:
    """Turns the offers of a price file into claims: one for what a model is, one a platform for what it costs."""

    def __init__(self, names: Names, terms: Terms, dialect: _Dialect) -> None:
        self._names = names
        self._terms = terms
        self._dialect = dialect
        self._read = Reading()
        self._others: Counter[str] = Counter()

    def reading(self, entries: Mapping[str, Any]) -> Reading:
        by_model: dict[str, list[tuple[bool, _Offer]]] = {}
        unused: set[str] = set()
        found = self._models_dev(entries) if self._dialect is _MODELS_DEV else self._litellm(entries)
        for offer in sorted(found, key=lambda each: each.platform == VERTEX_AI):
            if (match := self._match(offer)) is not None:
                by_model.setdefault(match.model, []).append((match.version is not None, offer))
                unused |= {_base(key) for key in offer.values} - self._dialect.fields.keys() - self._dialect.known
        for model, offers in by_model.items():
            # What its maker says of the id itself comes first; the rest is told only where it differs.
            offers.sort(key=lambda each: (each[0], each[1].platform == VERTEX_AI))
            self._claims(model, offers)
        if others := self._others:
            self._read.remarks.append(
                f"Offers on other platforms than the makers' own were left out: {others.total():,} on {len(others):,}."
            )
        if unused:
            self._read.remarks.append(f"No field holds: {', '.join(shown(key) for key in sorted(unused)[:40])}.")
        return self._read

    def _models_dev(self, entries: Mapping[str, Any]) -> Iterator[_Offer]:
        for provider, about in entries.items():
            models = about.get("models") if isinstance(about, dict) else None
            if not isinstance(models, dict):
                self._read.missed(f"entry {shown(provider)}", "it is no provider with models")
                continue
            for api_id, model in models.items():
                platform = self._dialect.platforms.get(provider)
                if platform is None:
                    self._others[provider] += 1
                elif isinstance(model, dict):
                    yield _Offer(f"{provider}/{api_id}", api_id, platform, provider, _flat(model))
                else:
                    self._read.missed(f"entry {shown(f'{provider}/{api_id}')}", "it is no model with keys")

    def _litellm(self, entries: Mapping[str, Any]) -> Iterator[_Offer]:
        for key, entry in entries.items():
            provider = entry.get("litellm_provider") if isinstance(entry, dict) else None
            if not isinstance(provider, str):
                self._read.missed(f"entry {shown(key)}", "it names no litellm_provider")
                continue
            # Vertex AI has a provider for each kind of model, such as vertex_ai-language-models.
            family = provider.split("-")[0]
            platform = self._dialect.platforms.get(family)
            if platform is not None:
                yield _Offer(f"entry {key}", key.removeprefix(f"{family}/"), platform, family, entry)
            elif key != "sample_spec":
                self._others[provider] += 1

    def _match(self, offer: _Offer) -> Match | None:
        # Vertex AI writes the version behind an @.
        name = offer.api_id.replace("@default", "").replace("@", "-")
        match = self._names.model(name)
        key = match.model if match else _key(name)
        if not self._names.wanted(key):
            return None
        if match or key in self._read.models:
            return match or Match(key)
        title = offer.values.get("name")
        # Vertex AI has models of many makers, so it cannot say whose a new one is.
        if not self._terms.options.new_models or not isinstance(title, str) or offer.platform == VERTEX_AI:
            self._read.unknown_models[offer.api_id] += 1
            return None
        try:
            lab, family = self._terms.options.lab or self._names.lab(offer.maker), str(offer.values.get("family", ""))
            self._read.models[key] = self._names.new_model(name, title, lab, family)
        except _NotUnderstood as problem:
            self._read.missed(offer.entry, problem)
            return None
        return Match(key)

    def _claims(self, model: str, offers: Sequence[tuple[bool, _Offer]]) -> None:
        main = offers[0][1]
        told: dict[tuple[str, ...], list[Any]] = {}
        if model in self._read.models:
            self._claim(model, "api_ids", main, main.api_id, {})
        for is_version, offer in offers:
            for path, value, limits in self._facts(offer):
                is_price = path.startswith("prices.")
                same = told.setdefault((path, offer.platform if is_price else "", str(limits)), [])
                if value in same:
                    continue
                if is_price or (same and offer.platform != main.platform):
                    limits["platform"] = offer.platform
                scopes = (self._dialect.scopes.get(path), f"id {offer.api_id}" if is_version else None)
                limits["scope"] = ", ".join(filter(None, scopes)) or None
                same.append(value)
                self._claim(model, path, offer, value, limits)

    def _facts(self, offer: _Offer) -> Iterator[tuple[str, Any, dict[str, Any]]]:
        """Field, value and limits of everything that an offer states, in the catalog's words."""
        for key, path in self._dialect.fields.items():
            stated = {0: offer.values[key]} if offer.values.get(key) is not None else {}
            for name, amount in offer.values.items():
                if (tier := _TIER.fullmatch(name)) and tier[1] == key:
                    stated[int(tier[2]) * (1000 if tier[3] else 1)] = amount
            sizes = sorted(stated)
            for size, above in zip_longest(sizes, sizes[1:]):
                limits = {"prompt_above": size or None, "prompt_up_to": above}
                value = self._value(path, stated[size])
                if path == "input_modalities" and "pdf" in (value if isinstance(value, tuple) else ()):
                    yield "capabilities.pdf_input", "supported", {}
                    value = tuple(word for word in value if word != "pdf")
                yield path, value, limits

    def _value(self, path: str, stated: Any) -> Any:
        if isinstance(stated, list):
            return tuple(stated)
        if isinstance(stated, bool) and FIELDS[path].holds is Holds.SUPPORT:
            return "supported" if stated else "not supported"
        if path.startswith("prices.") and type(stated) in (int, float):
            # Ten digits are more than any price has, and drop what binary fractions left behind.
            return float(f"{stated * self._dialect.factor:.10g}") if abs(stated) < 10**12 else math.inf
        return stated

    def _claim(self, model: str, path: str, offer: _Offer, value: Any, limits: Mapping[str, Any]) -> None:
        about, source = FIELDS[path], str(self._terms.source)
        stated = {
            "value": value,
            "unit": about.units[0] if about.units else None,
            "kind": self._terms.sources[source].kind,
            "source": source,
            "as_of": self._terms.as_of,
            "locator": offer.entry[:_LONGEST],
            "note": self._dialect.notes.get(path),
        }
        try:
            if about.holds is Holds.AMOUNT and value == 0:
                raise _NotUnderstood("a price of 0 does not say whether it is free or unknown")
            if not holds(about.holds, value):
                raise _NotUnderstood(f"{shown(value)} is not {about.holds.value}")
            claim = Claim.model_validate(stated | {key: each for key, each in limits.items() if each is not None})
        except ValidationError as error:
            fault = next(schema_faults(list(error.errors(include_url=False)), ()))
            self._read.missed(f"{offer.entry}, {path}", _refusal(fault))
        except _NotUnderstood as problem:
            self._read.missed(f"{offer.entry}, {path}", problem)
        else:
            self._read.claims.append((model, path, claim))


def _base(key: str) -> str:
    tier = _TIER.fullmatch(key)
    return tier[1] if tier else key
