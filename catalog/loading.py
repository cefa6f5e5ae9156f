"""Files -> one immutable Catalog. Every error names file, line, field, what was found and what was expected."""

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from catalog import yaml_file
from catalog.fields import FIELDS, SECTIONS, STATUS_WORDS, SUPPORT_WORDS, Field, Holds
from catalog.schema import Absent, Benchmark, Claim, Entry, Lab, Model, Source, Term, check_partial_date
from catalog.yaml_file import Document, Location, Problem, dotted

DATA = Path(__file__).parent / "data"

_HEAD = ("id", "name", "short_name", "lab", "family", "tier", "identity", "remarks", "lifecycle", "statements")
_E = TypeVar("_E", bound=Entry)


class CatalogError(Exception):
    """The data folder cannot be used; `problems` lists everything wrong in it, sorted by file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.field)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Catalog:
    """All that is known, immutable. `version` is a hash of the content, `as_of` the newest date in it."""

    models: Mapping[str, Model]
    benchmarks: Mapping[str, Benchmark]
    sources: Mapping[str, Source]
    labs: Mapping[str, Lab]
    glossary: Mapping[str, Term]
    version: str
    as_of: str

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Model id by every API id that is claimed for it; a model's own id always means that model."""
        names = {
            str(claim.value): model.id for model in self.models.values() for claim in model.claims.get("api_ids", ())
        }
        return MappingProxyType(names | {name: name for name in self.models})

    def find(self, name: str) -> Model | None:
        """The model with this id or alias (any case, with or without `models/`), or None."""
        wanted = name.strip().lower().removeprefix("models/")
        return self.models.get(self.aliases.get(wanted, ""))

    def similar(self, name: str) -> tuple[str, ...]:
        """Up to three ids that look like `name`, best first."""
        return tuple(difflib.get_close_matches(name.strip().lower(), self.models, n=3, cutoff=0.5))


@dataclass
class _Loader:
    """Collects entries and problems while the files are read."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)

    def read(self, path: Path) -> Document | None:
        try:
            document = yaml_file.read(path, path.relative_to(self.root).as_posix())
        except yaml_file.Refused as refused:
            self.problems.append(refused.problem)
            return None
        if not isinstance(document.data, dict):
            self.add(document, (), _shown(document.data), "keys with values")
            return None
        return document

    def add(self, document: Document, at: Location, found: str, expected: str) -> None:
        self.problems.append(Problem(document.file, document.line(at), dotted(at), found, expected))

    def build(self, kind: type[_E], data: Any, document: Document, at: Location = ()) -> _E | None:
        """Validates through JSON, where strict still reads lists as tuples and words as enumerations."""
        try:
            return kind.model_validate_json(json.dumps(data))
        except ValidationError as error:
            for entry in error.errors(include_url=False):
                self._add_validation(dict(entry), document, at)
            return None

    def _add_validation(self, error: dict[str, Any], document: Document, at: Location) -> None:
        steps = [step for step in error["loc"] if not _is_branch(step)]
        if steps and steps[0] == "claims":
            steps = [*str(steps[1]).split("."), *steps[2:]] if len(steps) > 1 else []
        where = (*at, *steps)
        if error["type"] == "missing":
            self.add(document, where, "nothing", f"the key {where[-1]}")
        elif error["type"] == "extra_forbidden":
            self.add(document, where, "an unknown key", "one of the keys of the schema")
        else:
            self.add(document, where, _shown(error["input"]), _expected(error))

    def keyed(self, name: str, kind: type[_E]) -> dict[str, _E]:
        """One file that maps ids to entries; a missing file is a problem of its own."""
        path = self.root / name
        if not path.is_file():
            self.problems.append(Problem(name, 1, "file", "no such file", "a file with entries"))
            return {}
        document = self.read(path)
        if document is None:
            return {}
        built = {key: self.build(kind, data, document, (key,)) for key, data in document.data.items()}
        return {key: entry for key, entry in built.items() if entry is not None}

    def with_kinds(self, data: Any) -> Any:
        """A copy in which each entry that names a known source carries the kind of that source."""
        if isinstance(data, list):
            return [self.with_kinds(item) for item in data]
        if not isinstance(data, dict):
            return data
        copy = {key: self.with_kinds(value) for key, value in data.items()}
        source = self.sources.get(copy["source"]) if isinstance(copy.get("source"), str) else None
        if source is not None and "kind" not in copy:
            copy["kind"] = source.kind.value
        elif "source" in copy and "kind" not in copy:
            # The unknown source is reported by check_source; a kind keeps the same mistake from showing up twice.
            copy["kind"] = "official"
        return copy

    def model(self, document: Document) -> Model | None:
        head = {key: document.data[key] for key in _HEAD if key in document.data}
        claims = dict(self.claims(document))
        before = len(self.problems)
        model = self.build(Model, self.with_kinds(head | {"claims": claims}), document)
        if model is None:
            return None
        self.check_model(model, document)
        return self.with_every_source(model) if len(self.problems) == before else None

    def with_every_source(self, model: Model) -> Model:
        """`model` with one claim a source: each source of `also_stated_by` states the value as of its own date."""
        claims = {path: tuple(self.each_source(claims)) for path, claims in model.claims.items()}
        return model.model_copy(update={"claims": MappingProxyType(claims)})

    def each_source(self, claims: tuple[Claim, ...]) -> Iterator[Claim]:
        for claim in claims:
            yield claim.model_copy(update={"also_stated_by": ()})
            for name in claim.also_stated_by:
                source = self.sources[name]
                own = {"source": name, "kind": source.kind, "as_of": source.date, "locator": None, "note": None}
                yield claim.model_copy(update=own | {"also_stated_by": ()})

    def claims(self, document: Document) -> Iterator[tuple[str, Any]]:
        """Field paths with their raw claims; sections are flattened, unknown fields are problems."""
        for key, value in document.data.items():
            if key in _HEAD:
                continue
            nested = value if key in SECTIONS and isinstance(value, dict) else None
            paths = {f"{key}.{name}": claims for name, claims in nested.items()} if nested is not None else {key: value}
            for path, claims in paths.items():
                if path in FIELDS:
                    yield path, claims
                else:
                    near = difflib.get_close_matches(path, FIELDS, n=1)
                    hint = f"a known field such as {near[0]}" if near else "a known field"
                    self.add(document, tuple(path.split(".")), "an unknown field", hint)

    def check_model(self, model: Model, document: Document) -> None:
        if Path(document.file).stem != model.id:
            self.add(document, ("id",), _shown(model.id), f"the name of the file, {Path(document.file).stem}")
        if Path(document.file).parent.name != model.lab:
            self.add(
                document, ("lab",), _shown(model.lab), f"the name of the folder, {Path(document.file).parent.name}"
            )
        for index, name in enumerate(model.identity):
            self.check_source(name, document, ("identity", index))
        for index, event in enumerate(model.lifecycle):
            self.check_source(event.source, document, ("lifecycle", index, "source"))
        for index, statement in enumerate(model.statements):
            at: Location = ("statements", index)
            self.check_source(statement.source, document, (*at, "source"))
            if statement.field is not None and statement.field not in FIELDS:
                self.add(document, (*at, "field"), _shown(statement.field), "the path of a known field")
        for path in model.remarks:
            if path not in model.claims:
                self.add(document, ("remarks", path), _shown(path), "a field that this file makes claims about")
        for path, claims in model.claims.items():
            if not claims:
                self.add(document, tuple(path.split(".")), "no claims", "at least one claim")
            for index, claim in enumerate(claims):
                self.check_claim(FIELDS[path], claim, document, (*path.split("."), index))

    def check_source(self, name: str, document: Document, at: Location) -> None:
        if name not in self.sources:
            near = difflib.get_close_matches(name, self.sources, n=1)
            self.add(document, at, _shown(name), f"an id in sources.yaml{f', such as {near[0]}' if near else ''}")

    def check_claim(self, entry: Field, claim: Claim, document: Document, at: Location) -> None:
        for name, where in ((claim.source, "source"), *((also, "also_stated_by") for also in claim.also_stated_by)):
            self.check_source(name, document, (*at, where))
        if claim.absent is None and not _holds(entry.holds, claim.value):
            self.add(document, (*at, "value"), _shown(claim.value), entry.holds.value)
        if claim.unit not in (entry.units or (None,)):
            self.add(document, (*at, "unit"), _shown(claim.unit), " or ".join(entry.units) or "no unit")
        if claim.valid_from and claim.valid_to and claim.valid_from > claim.valid_to:
            self.add(document, (*at, "valid_to"), str(claim.valid_to), f"a day not before {claim.valid_from}")

    def benchmark(self, document: Document) -> Benchmark | None:
        benchmark = self.build(Benchmark, self.with_kinds(document.data), document)
        if benchmark is None:
            return None
        if Path(document.file).stem != benchmark.id:
            self.add(document, ("id",), _shown(benchmark.id), f"the name of the file, {Path(document.file).stem}")
        for index, result in enumerate(benchmark.results):
            at: Location = ("results", index)
            self.check_source(result.source, document, (*at, "source"))
            if not isinstance(result.score, Absent) and not benchmark.lowest <= result.score <= benchmark.highest:
                expected = f"a score from {benchmark.lowest:g} to {benchmark.highest:g}"
                self.add(document, (*at, "score"), _shown(result.score), expected)
            if result.unit != benchmark.unit:
                self.add(document, (*at, "unit"), _shown(result.unit), f"the unit of the benchmark, {benchmark.unit}")
        return benchmark


def load(root: Path = DATA) -> Catalog:
    """Reads the data folder. Raises CatalogError with every problem in every file, not the first alone."""
    loader = _Loader(root)
    loader.sources = loader.keyed("sources.yaml", Source)
    labs = loader.keyed("labs.yaml", Lab)
    glossary = loader.keyed("glossary.yaml", Term)
    models, documents = _models(loader, labs)
    benchmarks = _benchmarks(loader, models)
    _check_names(loader, models, documents)
    if loader.problems:
        raise CatalogError(loader.problems)
    return Catalog(
        models=MappingProxyType(models),
        benchmarks=MappingProxyType(benchmarks),
        sources=MappingProxyType(loader.sources),
        labs=MappingProxyType(labs),
        glossary=MappingProxyType(glossary),
        version=_version(root),
        as_of=max(source.date for source in loader.sources.values()),
    )


def _models(loader: _Loader, labs: Mapping[str, Lab]) -> tuple[dict[str, Model], dict[str, Document]]:
    models: dict[str, Model] = {}
    documents: dict[str, Document] = {}
    for path in sorted((loader.root / "models").glob("*/*.yaml")):
        document = loader.read(path)
        if document is None or (model := loader.model(document)) is None:
            continue
        if model.lab not in labs:
            loader.add(document, ("lab",), _shown(model.lab), "an id in labs.yaml")
        if model.id in models:
            loader.add(document, ("id",), _shown(model.id), "an id that no other file has")
        models[model.id] = model
        documents[model.id] = document
    if not models and not loader.problems:
        loader.problems.append(Problem("models", 1, "folder", "no model files", "at least one model"))
    return models, documents


def _benchmarks(loader: _Loader, models: Mapping[str, Model]) -> dict[str, Benchmark]:
    benchmarks: dict[str, Benchmark] = {}
    whole = not loader.problems
    for path in sorted((loader.root / "benchmarks").glob("*.yaml")):
        document = loader.read(path)
        if document is None or (benchmark := loader.benchmark(document)) is None:
            continue
        benchmarks[benchmark.id] = benchmark
        for index, result in enumerate(benchmark.results):
            if whole and result.model not in models:
                loader.add(document, ("results", index, "model"), _shown(result.model), "the id of a model file")
    return benchmarks


def _check_names(loader: _Loader, models: Mapping[str, Model], documents: Mapping[str, Document]) -> None:
    """No API id may lead to two models, or an address would mean two things."""
    owners: dict[str, str] = {}
    for model in models.values():
        for index, claim in enumerate(model.claims.get("api_ids", ())):
            name = str(claim.value)
            owner = owners.setdefault(name, model.id)
            if owner != model.id:
                loader.add(documents[model.id], ("api_ids", index), _shown(name), f"an id that {owner} does not have")


def _version(root: Path) -> str:
    """The first 12 hex digits of a SHA-256 over every file's name and content."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.yaml")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _holds(holds: Holds, value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match holds:
        case Holds.COUNT:
            return number and isinstance(value, int) and value > 0
        case Holds.AMOUNT:
            return number and isinstance(value, int | float) and value >= 0
        case Holds.DATE:
            return isinstance(value, str) and _is_date(value)
        case Holds.LIST:
            return isinstance(value, tuple) and len(value) > 0
        case Holds.FLAG:
            return isinstance(value, bool)
        case Holds.SUPPORT:
            return value in SUPPORT_WORDS
        case Holds.STATUS:
            return value in STATUS_WORDS
        case Holds.LINK:
            return isinstance(value, str) and value.startswith(("https://", "http://"))
        case Holds.TEXT:
            return isinstance(value, str)


def _is_date(text: str) -> bool:
    try:
        check_partial_date(text)
    except ValueError:
        return False
    return True


def _is_branch(step: object) -> bool:
    """Whether a step of an error's place names a branch of a union and not a key of the file."""
    return isinstance(step, str) and (step in {"bool", "int", "float", "str"} or "[" in step)


def _expected(error: Mapping[str, Any]) -> str:
    message = str(error["msg"])
    for lead in ("Value error, ", "Input should be ", "Value should "):
        message = message.removeprefix(lead)
    return message.replace("String should match pattern", "a word that fits")


def _shown(value: object) -> str:
    """The value as a reader of the file would recognise it, at most 60 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
