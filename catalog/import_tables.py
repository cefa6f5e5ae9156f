"""Tables of results: CSV with a row a score, or a row a model and a column a benchmark."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError

from catalog.checks import benchmark_faults, schema_faults, shown
from catalog.import_reading import (
    LONGEST,
    Match,
    Names,
    NotUnderstood,
    Reading,
    Terms,
    Unusable,
    name_key,
    not_understood,
)
from catalog.loading import Catalog
from catalog.schema import Absent, Benchmark, Measured, Result, check_partial_date
from catalog.words import listing

_T = TypeVar("_T")
_LONGEST_NUMBER = 40
_SNIFFED = 8_000
_DELIMITERS = ",;\t|"
_EMPTY = frozenset(("", "-", "–", "—", "n/a", "na", "nan", "none", "null", "?", "tbd"))
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


def read_table(text: str, catalog: Catalog, names: Names, terms: Terms) -> Reading:
    """What a table of results says. Raises Unusable where it is no table, or its columns cannot be told apart."""
    return _Table(text, catalog, names, terms).reading()


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
        """The parsed cell of a role, None where it is empty. Raises NotUnderstood with the column."""
        for place in self.columns.get(role, ())[:1]:
            if self.at(place).casefold() not in _EMPTY:
                return self.parsed(place, parse)
        return None

    def parsed(self, place: int, parse: Callable[[str], _T]) -> _T:
        try:
            return parse(_short(self.at(place)))
        except ValueError as problem:
            raise NotUnderstood(f"column {shown(self.header[place])}: {problem}") from None

    def names(self, role: str) -> list[str]:
        """What its columns call the model or the benchmark, the id first. Raises NotUnderstood where none does."""
        given = [self.parsed(place, _short) for place in self.columns[role] if self.at(place)]
        if not given:
            raise NotUnderstood(f"column {shown(self.header[self.columns[role][0]])} names no {role}")
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
            except NotUnderstood as problem:
                self._read.missed(draft.place, problem)
        if scaled:
            self._read.remarks.append(f"Scores taken for fractions and multiplied by 100: {scaled:,}.")
        return self._read

    def _drafts(self, number: int, cells: Sequence[str]) -> Iterator[_Draft]:
        row = _Row(number, cells, self._header, self._columns)
        place = f"row {number:,}"
        try:
            if any(cell.strip() for cell in cells[len(self._header) :]):
                raise NotUnderstood(f"it has {len(cells)} cells under {len(self._header)} headings")
            match = self._model(row)
            tests = self._tests or self._test(row) if match else {}
        except NotUnderstood as problem:
            self._read.missed(place, problem)
            return
        for at, benchmark in tests.items():
            try:
                if match and row.at(at).casefold() not in _EMPTY:
                    yield self._draft(row, at, benchmark, match)
            except NotUnderstood as problem:
                self._read.missed(place, problem)

    def _model(self, row: _Row) -> Match | None:
        given = row.names("model")
        match = self._names.model(given[0])
        key = match.model if match else name_key(given[0])
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
            raise NotUnderstood(f"{found}; say with --source whose table this is")
        if named is None:
            return {"source": self._terms.source}
        if origin is None and re.fullmatch(r"https?://\S+", named):
            return {"source": self._terms.source, "origin": named}
        return {"source": self._terms.source, "locator": f"there from {named}"[:LONGEST]}

    def _keep(self, draft: _Draft, factor: int) -> None:
        """Adds the result. Raises NotUnderstood where the schema or the benchmark's limits do not allow it."""
        values = {key: value for key, value in draft.values.items() if value is not None}
        ends = {"low": draft.low, "high": draft.high}
        values |= {key: float(end * factor) for key, end in ends.items() if end is not None}
        values["score"] = draft.score if isinstance(draft.score, Absent) else float(draft.score.number * factor)
        values |= {"unit": draft.benchmark.unit, "kind": self._terms.sources[values["source"]].kind}
        try:
            result = Result.model_validate(values)
        except ValidationError as error:
            raise not_understood(next(schema_faults(list(error.errors(include_url=False)), ()))) from None
        alone = draft.benchmark.model_copy(update={"results": (result,), "questions": None})
        for fault in benchmark_faults(alone, f"{alone.id}.yaml", self._terms.sources, {result.model}):
            raise not_understood(fault)
        self._read.results.append((draft.benchmark.id, result))


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
    if len(text) > LONGEST:
        raise ValueError(f"{len(text):,} characters, where at most {LONGEST} fit")
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
    """Raises NotUnderstood with the question whether a score is a fraction; 0 is the same either way."""
    figure = draft.score.number if isinstance(draft.score, _Figure) else Decimal(0)
    if figure == 0:
        return
    test, unit = draft.benchmark.name, draft.benchmark.unit
    asked = (
        f"{test} goes from 0 to 100; is {figure} a fraction, so {(figure * 100).normalize():f} {unit}, or is it low?"
    )
    if fractions:
        raise NotUnderstood(f"{asked} Other scores of {test} in this file are above 1, so --fractions cannot settle it")
    raise NotUnderstood(f"{asked} Give --fractions for the first, or the unit {unit} in a column unit for the second")
