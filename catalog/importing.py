"""Imports a table or a price file of others: what it would change and why. Lines are added, none is changed."""

import difflib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path

from pydantic import ValidationError

from catalog.checks import schema_faults, shown
from catalog.evidence import agree, rule, standing_claim
from catalog.fields import FIELDS, Field
from catalog.import_formats import decode, guess, read
from catalog.import_reading import Names, NewModel, Options, Reading, Terms, Unusable
from catalog.loading import Catalog, CatalogError, load
from catalog.sanity import doubts
from catalog.schema import Absent, Claim, Kind, Result, Source, check_partial_date
from catalog.words import claimed, number
from catalog.yaml_writer import NoRoom, add_items, add_lines, block, entry, write_all

MAX_BYTES = 20_000_000
_SHOWN = 20
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_HEAD = ("id", "name", "short_name", "lab", "family", "tier", "identity", "remarks", "lifecycle")
_ORDER = (*_HEAD, "api_ids", *dict.fromkeys(path.split(".")[0] for path in FIELDS if path != "api_ids"))
_KINDS = {kind: rank for rank, kind in enumerate(Kind)}
_PAGES = {
    "models.dev": ("modelsdev", "models.dev: api.json", "https://models.dev/api.json"),
    "litellm": (
        "litellm",
        "LiteLLM: model_prices_and_context_window.json",
        "https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Request(Options):
    """What to import into which folder; `title` and what follows describe the source where it is a new one."""

    file: Path
    data: Path
    form: str | None = None
    as_of: str | None = None
    source: str | None = None
    title: str | None = None
    url: str | None = None
    licence: str | None = None
    kind: Kind | None = None


class Refusal(Exception):
    """Nothing can be imported; the text is a sentence that says why."""


class Standing(Enum):
    """How a value of the file stands to what the catalog has."""

    NEW = "New"
    AGREES = "Agree with another source"
    DIFFERS = "Differ from another source"
    KNOWN = "Already there, not added again"


@dataclass(frozen=True, slots=True)
class Finding:
    """One value of the file in words, and what the catalog has beside it."""

    standing: Standing
    words: str
    beside: str = ""


@dataclass(frozen=True)
class Plan:
    """A change that was worked out and found sound, and what there is to say about it.

    `before` and `after` have the content of each file that changes by its name in the data folder; a new file is in
    `after` alone. `shifts` are fields that show another value afterwards, `doubts` sentences about results that load
    but look wrong.
    """

    request: Request
    form: str
    terms: Terms
    reading: Reading
    names: Names
    findings: tuple[Finding, ...]
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    shifts: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether anything in the file was understood and is of a model and a benchmark of the catalog."""
        return bool(self.findings)


def plan(catalog: Catalog, request: Request, on: date) -> Plan:
    """Works out what importing adds to `catalog`, which is loaded from `request.data`, and tries it on a copy.

    Raises Refusal where the file cannot be used or the catalog with the change would not load.
    """
    try:
        text = decode(_content(request.file))
        form = request.form or guess(text)
        terms = _terms(catalog, request, form)
        names = Names(catalog, request)
        reading = read(text, form, catalog, names, terms)
    except Unusable as problem:
        raise Refusal(f"{request.file.name} cannot be used: {problem}; nothing was written.") from None
    if terms.source in catalog.sources and any((request.title, request.url, request.licence, request.kind)):
        reading.remarks.append(f"{terms.source} has an entry in sources.yaml, which stays as it is.")
    if request.source is not None and request.source not in catalog.sources and not (request.title and request.url):
        reading.remarks.append(f"Give --source-title and --source-url, so that a reader can find {request.source}.")
    change = _Change(catalog, on)
    findings = tuple(change.findings(reading))
    before, after = change.files(request.data, reading, terms)
    found = _try(catalog, request.data, after, change) if after else ()
    return Plan(request, form, terms, reading, names, findings, before, after, tuple(change.shifts()), found)


def apply(change: Plan) -> None:
    """Writes every file of a plan or none. Raises Refusal where one cannot be written or has changed meanwhile."""
    try:
        write_all(change.request.data, change.after, change.before)
    except OSError as problem:
        name = problem.filename or "a file of the catalog"
        raise Refusal(f"{name} could not be written ({problem.strerror}); nothing was written.") from None


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as problem:
        raise Unusable(f"it cannot be read ({problem.strerror})") from None
    if len(content) > MAX_BYTES:
        raise Unusable(f"it has more than {MAX_BYTES:,} bytes")
    if not content.strip():
        raise Unusable("it is empty")
    return content


def _terms(catalog: Catalog, request: Request, form: str) -> Terms:
    as_of = request.as_of or datetime.fromtimestamp(request.file.stat().st_mtime, UTC).date().isoformat()
    try:
        check_partial_date(as_of)
    except ValueError as problem:
        raise Unusable(f"--as-of {shown(as_of)} is not {problem}") from None
    base, title, url = _PAGES.get(form, (None, f"{request.file.name} (table)", None))
    source = request.source or (f"{base}_{as_of.replace('-', '_')}" if base else None)
    sources = dict(catalog.sources)
    if source is not None and source not in sources:
        stated = {
            "title": request.title or title,
            "url": request.url or url,
            "kind": request.kind or Kind.THIRD_PARTY,
            "date": as_of,
            "licence": request.licence or "not stated",
        }
        sources[source] = _source(source, stated)
    _check_names(catalog, request)
    return Terms(as_of, source, sources, request)


def _source(name: str, stated: Mapping[str, object]) -> Source:
    if not _ID.fullmatch(name):
        raise Unusable(f"{shown(name)} cannot be the id of a source: only letters, digits and . _ - can be in it")
    try:
        return Source.model_validate(stated)
    except ValidationError as error:
        where, found, expected = next(schema_faults(list(error.errors(include_url=False)), ()))
        raise Unusable(f"the {where[-1]} of the source is {found}, expected {expected}") from None


def _check_names(catalog: Catalog, request: Request) -> None:
    """Whatever the command line names must be there, or a slip of the pen would silently import nothing."""
    wrong = [name for name in request.names.values() if name not in {*catalog.models, *catalog.benchmarks}]
    wrong += [name for name in (request.benchmark,) if name and name not in catalog.benchmarks]
    wrong += [name for name in (request.lab,) if name and name not in catalog.labs]
    if wrong:
        near = difflib.get_close_matches(wrong[0], [*catalog.models, *catalog.benchmarks, *catalog.labs], n=1)
        hint = f"; {near[0]} is" if near else ""
        raise Unusable(f"{shown(wrong[0])} from the command line is no id of the catalog{hint}")


class _Change:
    """Sorts what a file says and collects what is to be added."""

    def __init__(self, catalog: Catalog, on: date) -> None:
        self._catalog = catalog
        self._on = on
        self.results: dict[str, list[Result]] = {}
        self.claims: dict[str, dict[str, list[Claim]]] = {}

    def findings(self, reading: Reading) -> Iterator[Finding]:
        for benchmark, result in reading.results:
            finding = self._result(benchmark, result)
            if finding.standing is not Standing.KNOWN:
                self.results.setdefault(benchmark, []).append(result)
            yield finding
        for model, path, claim in reading.claims:
            finding = self._claim(model, path, claim)
            if finding.standing is not Standing.KNOWN:
                self.claims.setdefault(model, {}).setdefault(path, []).append(claim)
            yield finding

    def _result(self, benchmark: str, result: Result) -> Finding:
        test = self._catalog.benchmarks[benchmark]
        known = [each for each in (*test.results, *self.results.get(benchmark, ())) if each.model == result.model]
        words = f"{result.model} on {test.name}: {_score(result)} ({result.locator})"
        if any(_same_result(each, result) for each in known):
            return Finding(Standing.KNOWN, words)
        rivals = [each for each in known if _comparable(each, result)]
        if not rivals:
            return Finding(Standing.NEW, words)
        # The newest of the strongest kind stands, as for claims; one that agrees says more than that.
        rivals.sort(key=lambda each: each.date, reverse=True)
        rival = min(rivals, key=lambda each: (each.score != result.score, _KINDS[each.kind]))
        beside = f"{_score(rival)} by {rival.source} ({rival.kind}, {rival.date}; {rival.conditions})"
        return Finding(Standing.AGREES if rival.score == result.score else Standing.DIFFERS, words, beside)

    def _claim(self, model: str, path: str, claim: Claim) -> Finding:
        about = FIELDS[path]
        old = self._catalog.models[model].claims.get(path, ()) if model in self._catalog.models else ()
        known = [
            each
            for each in (*old, *self.claims.get(model, {}).get(path, ()))
            if (each.full_scope, each.basis) == (claim.full_scope, claim.basis)
            and (not about.many or each.value == claim.value)
        ]
        limits = f" ({claim.full_scope})" if claim.full_scope else ""
        words = f"{model}, {about.label}: {claimed(about, claim)}{limits}"
        if any(_same_claim(each, claim) for each in known):
            return Finding(Standing.KNOWN, words)
        if not known:
            return Finding(Standing.NEW, words)
        rival = standing_claim(known, self._on)
        agrees = agree(rival.value, claim.value)
        return Finding(Standing.AGREES if agrees else Standing.DIFFERS, words, _stated(about, rival))

    def shifts(self) -> Iterator[str]:
        """Fields of models for which a reader is shown another value afterwards."""
        for model, fields in self.claims.items():
            old = self._catalog.models[model].claims if model in self._catalog.models else {}
            for path, added in fields.items():
                about, known = FIELDS[path], old.get(path, ())
                if not known or about.many:
                    continue
                was, now = rule(known, about, self._on).standing, rule((*known, *added), about, self._on).standing
                if not agree(was.value, now.value):
                    yield f"{model}, {about.label}: {_stated(about, now)} instead of {_stated(about, was)}"

    def files(self, data: Path, reading: Reading, terms: Terms) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """The files that change, before and after. Raises Refusal where a line has no place in one."""
        before: dict[str, bytes] = {}
        after: dict[str, bytes] = {}
        for name, edit in self._edits(reading, terms).items():
            path = data / name
            try:
                if path.exists():
                    before[name] = path.read_bytes()
                after[name] = edit(before.get(name, b"").decode()).encode()
            except NoRoom as problem:
                place = f"{name}, line {problem.line}"
                raise Refusal(
                    f"{place}: a line cannot be added to {problem}; put each entry on a line of its own, as in "
                    f"the other files, and import again; nothing was written."
                ) from None
            except OSError as problem:
                raise Refusal(f"{name} cannot be read ({problem.strerror}); nothing was written.") from None
        return before, after

    def _edits(self, reading: Reading, terms: Terms) -> dict[str, Callable[[str], str]]:
        edits: dict[str, Callable[[str], str]] = {}
        for benchmark, results in self.results.items():
            edits[f"benchmarks/{benchmark}.yaml"] = _adding({"results": [_result_line(each) for each in results]})
        for model in dict.fromkeys((*self.claims, *(each.model for found in self.results.values() for each in found))):
            claims = self.claims.get(model, {})
            lines = {path: [_claim_line(each) for each in found] for path, found in claims.items()}
            new = reading.models.get(model)
            if new is not None:
                edits[f"models/{new.lab}/{new.id}.yaml"] = _starting(new, self._sources(model)[0], lines)
            elif claims:
                edits[f"models/{self._catalog.models[model].lab}/{model}.yaml"] = _adding(lines)
        used = {source for model in {*self.claims} for source in self._sources(model)}
        used |= {each.source for found in self.results.values() for each in found}
        for name in sorted(used - self._catalog.sources.keys()):
            edits["sources.yaml"] = _citing(name, terms.sources[name])
        return edits

    def _sources(self, model: str) -> list[str]:
        claims = [each.source for found in self.claims.get(model, {}).values() for each in found]
        return claims + [each.source for found in self.results.values() for each in found if each.model == model]

    def is_in(self, changed: Catalog) -> bool:
        """Whether `changed` is the catalog with exactly these additions."""
        for name, model in changed.models.items():
            old = self._catalog.models[name].claims if name in self._catalog.models else {}
            added = self.claims.get(name, {})
            claims = {path: [*old.get(path, ()), *added.get(path, ())] for path in {*old, *added}}
            if claims != {path: list(found) for path, found in model.claims.items()}:
                return False
        return all(
            [*test.results, *self.results.get(name, ())] == list(changed.benchmarks[name].results)
            for name, test in self._catalog.benchmarks.items()
        )


def _same_result(old: Result, new: Result) -> bool:
    """Whether a result is the one that stands; what the file does not say about it may stand all the same."""
    circumstances = ("; ".join(filter(None, (old.conditions, old.snapshot))), old.conditions)
    return (
        (old.source, old.date, old.score) == (new.source, new.date, new.score)
        and (new.conditions == "not stated" or new.conditions in circumstances)
        and _fits(old.edition, new.edition)
        and _fits(old.snapshot, new.snapshot)
    )


def _fits(old: str | None, new: str | None) -> bool:
    return new is None or _fold(old) == _fold(new)


def _comparable(old: Result, new: Result) -> bool:
    """Whether two scores should be the same; what one source tells apart is not, what another leaves out may be."""
    unknown = (None,) if old.source != new.source else ()
    pairs = ((old.edition, new.edition), (old.snapshot, new.snapshot))
    return all(one in unknown or other in unknown or _fold(one) == _fold(other) for one, other in pairs)


def _fold(text: str | None) -> str:
    return (text or "").casefold()


def _same_claim(old: Claim, new: Claim) -> bool:
    same = old.value == new.value or (isinstance(old.value, tuple) and agree(old.value, new.value))
    return same and (old.source, old.as_of) == (new.source, new.as_of)


def _score(result: Result) -> str:
    return str(result.score.value) if isinstance(result.score, Absent) else f"{number(result.score)} {result.unit}"


def _stated(about: Field, claim: Claim) -> str:
    limits = f"; {claim.full_scope}" if claim.full_scope else ""
    return f"{claimed(about, claim)} by {claim.source} ({claim.kind}, {claim.as_of}{limits})"


def _result_line(result: Result) -> str:
    values = result.model_dump(exclude_defaults=True, exclude={"kind"})
    whole = {key: int(each) for key, each in values.items() if isinstance(each, float) and each.is_integer()}
    return entry(values | whole)


def _claim_line(claim: Claim) -> str:
    return entry(claim.model_dump(exclude_defaults=True, exclude={"kind"}))


def _adding(lines: Mapping[str, Sequence[str]]) -> Callable[[str], str]:
    def edit(text: str) -> str:
        for path, items in lines.items():
            text = add_items(text, path.split("."), items, _ORDER)
        return text

    return edit


def _starting(new: NewModel, source: str, lines: Mapping[str, Sequence[str]]) -> Callable[[str], str]:
    head = {"id": new.id, "name": new.name, "short_name": new.name, "lab": new.lab, "family": new.family}
    text = "".join(f"{line}\n" for line in block(head | {"tier": new.tier, "identity": [source]}))

    def edit(there: str) -> str:
        if there:
            raise NoRoom(1, "a file that is there already")
        return _adding(lines)(text)

    return edit


def _citing(name: str, source: Source) -> Callable[[str], str]:
    values = source.model_dump(exclude_defaults=True)
    return lambda text: add_lines(text, [f"{name}:", *(f"  {line}" for line in block(values))])


def _try(catalog: Catalog, data: Path, after: Mapping[str, bytes], change: _Change) -> tuple[str, ...]:
    """Loads a copy of the folder with the change in it; returns new doubts. Raises Refusal where it is not sound."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "data"
        try:
            shutil.copytree(data, copy)
            write_all(copy, after, {name: (copy / name).read_bytes() for name in after if (copy / name).exists()})
            changed = load(copy)
        except CatalogError as error:
            raise Refusal(f"The catalog with this change would not load; nothing was written.\n{error}") from None
        except OSError as problem:
            raise Refusal(f"The change could not be tried on a copy ({problem}); nothing was written.") from None
        if not change.is_in(changed):
            raise Refusal("The change would not read back as it was meant; nothing was written.")
        if not change.results:
            return ()
        old = {(doubt.file, doubt.sentence) for doubt in doubts(catalog, data)}
        return tuple(str(doubt) for doubt in doubts(changed, copy) if (doubt.file, doubt.sentence) not in old)


def report(change: Plan, everything: bool = False) -> str:
    """What the file says beside what the catalog has; long lists are cut unless `everything` is asked for."""
    limit = None if everything else _SHOWN
    parts = [_opening(change), *change.reading.remarks]
    for standing in Standing:
        found = [each for each in change.findings if each.standing is standing]
        lines = [f"{each.words}; there {each.beside}" if each.beside else each.words for each in found]
        full = None if standing is Standing.DIFFERS else limit
        parts += _part(standing.value, lines, len(lines), 0 if standing is Standing.KNOWN and not everything else full)
    new = [name for name in change.after if name not in change.before]
    parts += _part("New files", new, len(new), limit)
    parts += _part("Shown instead of what stands today", list(change.shifts), len(change.shifts), None)
    misfits = [f"{each.place}: {each.why}." for each in change.reading.misfits]
    parts += _part("Not understood", misfits, len(misfits), limit)
    for title, counts, benchmarks in (
        ("Models that the catalog does not have", change.reading.unknown_models, False),
        ("Benchmarks that the catalog does not have", change.reading.unknown_benchmarks, True),
    ):
        lines = [_unknown(change.names, *each, benchmarks) for each in counts.most_common(limit)]
        parts += _part(title, lines, len(counts), limit)
    parts += _part("Worth a second look", list(change.doubts), len(change.doubts), limit)
    return "\n".join(_printable(line) for line in parts) + "\n"


def _opening(change: Plan) -> str:
    name, terms = change.request.file.name, change.terms
    as_of = "" if change.request.as_of else ", the day the file was last changed"
    if terms.source is None:
        return f"{name}, read as {change.form}, as of {terms.as_of}{as_of}; each row names its source."
    new = " (new)" if "sources.yaml" in change.after else ""
    return f"{name}, read as {change.form}, as of {terms.as_of}{as_of}; source {terms.source}{new}."


def _part(title: str, lines: Sequence[str], count: int, limit: int | None) -> Iterator[str]:
    if not count:
        return
    yield f"\n{title}: {count:,}"
    cut = lines[:limit]
    yield from (f"  {line}" for line in cut)
    if cut and count > len(cut):
        yield f"  ... and {count - len(cut):,} more; --all shows them"


def _unknown(names: Names, name: str, count: int, benchmarks: bool) -> str:
    near = names.similar(name, benchmarks)
    times = f" ({count:,} times)" if count > 1 else ""
    return f"{shown(name)}{times}{', similar: ' if near else ''}{', '.join(near)}"


def _printable(line: str) -> str:
    """The line without signs that a terminal would act on."""
    return "".join(sign if sign.isprintable() or sign == "\n" else f"\\x{ord(sign):02x}" for sign in line)


def diff(change: Plan) -> str:
    """The change as a unified diff, to review or to apply with patch in the data folder."""
    return "".join(line for name in change.after for line in _file_diff(change, name))


def _file_diff(change: Plan, name: str) -> Iterator[str]:
    old, new = (texts.get(name, b"").decode().split("\n") for texts in (change.before, change.after))
    source = f"a/{name}" if name in change.before else "/dev/null"
    for line in difflib.unified_diff(_lines(old), _lines(new), source, f"b/{name}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(parts: Sequence[str]) -> list[str]:
    """Lines with their ends; only a line feed ends one, whatever else Python takes for a line end."""
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def summary(change: Plan, written: bool) -> str:
    """The last sentence: what was added, or what would be and how."""
    added = sum(each.standing is not Standing.KNOWN for each in change.findings)
    if not change.usable:
        return f"Nothing in {change.request.file.name} could be used; nothing was written."
    if not change.after:
        return "Nothing in it is new; nothing was written."
    values = f"{added:,} value{'' if added == 1 else 's'}"
    files = f"{len(change.after):,} file{'' if len(change.after) == 1 else 's'}"
    if written:
        return f"{values} added to {files}."
    return f"{values} would be added to {files}; nothing was written. Give --write to add them."
