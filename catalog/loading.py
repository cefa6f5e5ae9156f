"""Files -> one immutable Catalog. Every error names file, line, field, what was found and what was expected."""

import difflib
import gc
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from catalog import yaml_file
from catalog.checks import Fault, benchmark_faults, decision_faults, model_faults, schema_faults, shown
from catalog.decision import Decision
from catalog.fields import FIELDS, SECTIONS
from catalog.intervals import Limits, share_of, wilson_limits
from catalog.schema import Benchmark, Claim, Entry, Lab, Model, Result, Source, Term
from catalog.yaml_file import Document, Location, Problem, dotted

DATA = Path(__file__).parent / "data"

_IDS = "api_ids"
_HEAD = ("id", "name", "short_name", "lab", "family", "tier", "identity", "remarks", "lifecycle", "statements")
_PLACES = ("sources.yaml", "labs.yaml", "glossary.yaml", "decision.yaml", "models/*/*.yaml", "benchmarks/*.yaml")
_E = TypeVar("_E", bound=Entry)


class CatalogError(Exception):
    """The data folder cannot be used; `problems` lists everything wrong in it, sorted by file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.field)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Catalog:
    """All that is known, immutable. `version` is a hash of the content, `as_of` the newest date of any source."""

    models: Mapping[str, Model]
    benchmarks: Mapping[str, Benchmark]
    sources: Mapping[str, Source]
    labs: Mapping[str, Lab]
    glossary: Mapping[str, Term]
    decision: Decision
    version: str
    as_of: str

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Model id by every API id that is claimed for it, in small letters."""
        names = {name.lower(): model.id for model in self.models.values() for name, _ in _api_ids(model)}
        return MappingProxyType(names | {name.lower(): name for name in self.models})

    @cached_property
    def results(self) -> Mapping[str, Mapping[str, tuple[Result, ...]]]:
        """Every result, by model id and then by benchmark id, each list in file order."""
        found: dict[str, dict[str, list[Result]]] = {}
        for benchmark in self.benchmarks.values():
            for result in benchmark.results:
                found.setdefault(result.model, {}).setdefault(benchmark.id, []).append(result)
        frozen = {
            model: MappingProxyType({name: tuple(results) for name, results in by_name.items()})
            for model, by_name in found.items()
        }
        return MappingProxyType(frozen)

    @cached_property
    def limits(self) -> Limits:
        """The 95% limits of every share among the results, as `evidence.judge` needs them."""
        pairs = (share_of(each, result) for each in self.benchmarks.values() for result in each.results)
        return wilson_limits(pair for pair in pairs if pair is not None)

    def find(self, name: str) -> Model | None:
        """The model with this id or alias (any case, with or without `models/`), or None."""
        wanted = name.strip().lower().removeprefix("models/")
        return self.models.get(self.aliases.get(wanted, ""))

    def similar(self, name: str) -> tuple[str, ...]:
        """Up to three ids that look like `name` (its first 100 characters), best first."""
        return tuple(difflib.get_close_matches(name.strip().lower()[:100], self.models, n=3, cutoff=0.5))


def _api_ids(model: Model) -> Iterator[tuple[str, int]]:
    """Every API id that is claimed for the model, with the index of its claim."""
    for index, claim in enumerate(model.claims.get(_IDS, ())):
        if claim.absent is None:
            yield str(claim.value), index


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
            self.add(document, (), shown(document.data), "keys with values")
            return None
        return document

    def add(self, document: Document, at: Location, found: str, expected: str) -> None:
        self.problems.append(Problem(document.file, document.line(at), dotted(at), found, expected))

    def add_all(self, document: Document, faults: Iterable[Fault]) -> bool:
        """Adds every fault; returns whether there was none."""
        before = len(self.problems)
        for fault in faults:
            self.add(document, *fault)
        return len(self.problems) == before

    def build(self, kind: type[_E], data: Any, document: Document, at: Location = ()) -> _E | None:
        """Validates through JSON, where strict still reads lists as tuples and words as enumerations."""
        try:
            return kind.model_validate_json(json.dumps(data))
        except ValidationError as error:
            self.add_all(document, schema_faults(list(error.errors(include_url=False)), at))
            return None

    def keyed(self, name: str, kind: type[_E]) -> dict[str, _E]:
        """One file that maps ids to entries; a missing file is a problem of its own."""
        document = self.read(self.root / name)
        if document is None:
            return {}
        built = {key: self.build(kind, data, document, (key,)) for key, data in document.data.items()}
        return {key: entry for key, entry in built.items() if entry is not None}

    def with_kinds(self, data: Any) -> Any:
        """`data` itself, in which each entry that names a source and no kind now carries the kind of that source."""
        for item in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
            if isinstance(item, dict | list):
                self.with_kinds(item)
        if isinstance(data, dict) and "source" in data and "kind" not in data:
            source = self.sources.get(data["source"]) if isinstance(data["source"], str) else None
            # An unknown source is reported as such; some kind keeps the same mistake from showing up twice.
            data["kind"] = source.kind.value if source else "official"
        return data

    def model(self, document: Document) -> Model | None:
        head = {key: document.data[key] for key in _HEAD if key in document.data}
        before = len(self.problems)
        claims = dict(self.claims(document))
        model = self.build(Model, self.with_kinds(head | {"claims": claims}), document)
        if model is None or not self.add_all(document, model_faults(model, document.file, self.sources)):
            return None
        return self.with_every_source(model) if len(self.problems) == before else None

    def claims(self, document: Document) -> Iterator[tuple[str, Any]]:
        """Field paths with their raw claims; sections are flattened, unknown fields are problems."""
        for key, value in document.data.items():
            if key in _HEAD:
                continue
            if key in SECTIONS and isinstance(value, dict):
                for name, claims in value.items():
                    yield from self.known_field(document, (key, name), claims)
            else:
                yield from self.known_field(document, (key,), value)

    def known_field(self, document: Document, at: Location, claims: Any) -> Iterator[tuple[str, Any]]:
        path = ".".join(str(step) for step in at)
        if path in FIELDS and path.count(".") == len(at) - 1:
            yield path, claims
            return
        near = difflib.get_close_matches(path, FIELDS, n=1)
        hint = f"a known field such as {near[0]}" if near else "a known field"
        self.add(
            document, at, "an unknown field", f"{hint}, each section as a key of its own" if path in FIELDS else hint
        )

    def with_every_source(self, model: Model) -> Model:
        """`model` with one claim a source: each source of `also_stated_by` states the value as of its own date."""
        claims = {path: tuple(self.each_source(claims)) for path, claims in model.claims.items()}
        frozen = {"claims": MappingProxyType(claims), "remarks": MappingProxyType(dict(model.remarks))}
        return model.model_copy(update=frozen)

    def each_source(self, claims: tuple[Claim, ...]) -> Iterator[Claim]:
        for claim in claims:
            yield claim.model_copy(update={"also_stated_by": ()}) if claim.also_stated_by else claim
            for name in claim.also_stated_by:
                source = self.sources[name]
                own = {"source": name, "kind": source.kind, "as_of": source.date, "locator": None, "note": None}
                yield claim.model_copy(update=own | {"also_stated_by": ()})


@contextmanager
def without_collecting() -> Iterator[None]:
    """Collects no garbage within: all of a catalog is kept, and searching it over and over can double the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def load(root: Path = DATA) -> Catalog:
    """Reads the data folder. Raises CatalogError with every problem in every file, not the first alone."""
    loader = _Loader(root)
    with without_collecting():
        loader.sources = loader.keyed("sources.yaml", Source)
        labs = loader.keyed("labs.yaml", Lab)
        glossary = loader.keyed("glossary.yaml", Term)
        models = _models(loader, labs)
        benchmarks = _benchmarks(loader)
        decision = _decision(loader, benchmarks, {model.family for model in models.values()})
        _check_places(loader)
    if not loader.sources and not any(problem.file == "sources.yaml" for problem in loader.problems):
        loader.problems.append(Problem("sources.yaml", 1, "file", "no sources", "at least one source"))
    if loader.problems or decision is None:
        raise CatalogError(loader.problems)
    return Catalog(
        models=MappingProxyType(models),
        benchmarks=MappingProxyType(benchmarks),
        sources=MappingProxyType(loader.sources),
        labs=MappingProxyType(labs),
        glossary=MappingProxyType(glossary),
        decision=decision,
        version=version_of(root),
        as_of=max(source.date for source in loader.sources.values()),
    )


def _models(loader: _Loader, labs: Mapping[str, Lab]) -> dict[str, Model]:
    models: dict[str, Model] = {}
    documents: dict[str, Document] = {}
    for path in sorted((loader.root / "models").glob("*/*.yaml")):
        document = loader.read(path)
        if document is None or (model := loader.model(document)) is None:
            continue
        if model.lab not in labs:
            loader.add(document, ("lab",), shown(model.lab), "an id in labs.yaml")
        if model.id in models:
            loader.add(document, ("id",), shown(model.id), "an id that no other file has")
        models[model.id] = model
        # The whole of each file would stay in memory until the last is read.
        lines: dict[Location, int] = {(_IDS, at): document.line((_IDS, at)) for _, at in _api_ids(model)}
        documents[model.id] = Document(document.file, None, lines)
    if not models and not loader.problems:
        loader.problems.append(Problem("models", 1, "folder", "no model files", "at least one model"))
    _check_api_ids(loader, models, documents)
    return models


def _benchmarks(loader: _Loader) -> dict[str, Benchmark]:
    benchmarks: dict[str, Benchmark] = {}
    models = {path.stem for path in (loader.root / "models").glob("*/*.yaml")}
    for path in sorted((loader.root / "benchmarks").glob("*.yaml")):
        document = loader.read(path)
        benchmark = loader.build(Benchmark, loader.with_kinds(document.data), document) if document else None
        if document is None or benchmark is None:
            continue
        loader.add_all(document, benchmark_faults(benchmark, document.file, loader.sources, models))
        benchmarks[benchmark.id] = benchmark
    return benchmarks


def _decision(loader: _Loader, benchmarks: Mapping[str, Benchmark], families: Collection[str]) -> Decision | None:
    document = loader.read(loader.root / "decision.yaml")
    decision = loader.build(Decision, loader.with_kinds(document.data), document) if document else None
    if document is not None and decision is not None:
        loader.add_all(document, decision_faults(decision, loader.sources, benchmarks, families))
    return decision


def _check_api_ids(loader: _Loader, models: Mapping[str, Model], documents: Mapping[str, Document]) -> None:
    """No API id may lead to two models, or an address would mean two things."""
    owners = {name.lower(): name for name in models}
    for model in models.values():
        for name, index in _api_ids(model):
            owner = owners.setdefault(name.lower(), model.id)
            if owner != model.id:
                loader.add(documents[model.id], (_IDS, index), shown(name), f"an id that {owner} does not have")


def _read_files(root: Path) -> set[Path]:
    return {path for pattern in _PLACES for path in root.glob(pattern)}


def _every_file(root: Path) -> set[Path]:
    """Every YAML file below `root`; a folder that is a link is followed where it is read."""
    return {*root.rglob("*.yaml"), *root.rglob("*.yml"), *_read_files(root)}


def _check_places(loader: _Loader) -> None:
    """A file in a place that is never read would be silently missing."""
    for path in sorted(_every_file(loader.root) - _read_files(loader.root)):
        name = path.relative_to(loader.root).as_posix()
        expected = "models/LAB/MODEL.yaml, benchmarks/BENCHMARK.yaml or one of the files beside them"
        loader.problems.append(Problem(name, 1, "file", "a file that is never read", expected))


def version_of(root: Path = DATA) -> str:
    """The first 12 hex digits of a SHA-256 over the name and content of every file that `load` reads or complains of.

    Raises OSError where one of them cannot be read.
    """
    digest = hashlib.sha256()
    for path in sorted(_every_file(root), key=lambda path: path.parts):
        # A pipe would be waited for, and a file of many GB would be read to the end.
        if not path.is_file() or path.stat().st_size > yaml_file.MAX_BYTES:
            raise OSError(f"{path} is no file that the catalog reads")
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
