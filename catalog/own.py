"""A visitor's own results and models beside the catalog: read like its files, and marked as own throughout."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from types import MappingProxyType

from pydantic import TypeAdapter, ValidationError

from catalog import yaml_file
from catalog.importing import Refusal, Request, Standing, apply, plan, report
from catalog.loading import DATA, Catalog, CatalogError, load
from catalog.schema import Benchmark, Kind, Model, Name

SOURCE = "own"
LAB = "own"
MAX_BYTES = 1_000_000
MAX_FILES = 10

_OWN = {"kind": Kind.OWN}
_NAME: TypeAdapter[str] = TypeAdapter(Name)


class OwnDataError(Exception):
    """The files cannot be shown; `sentences` say what is wrong, each with the file and the place in it."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = tuple(sentences)


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file as it came: its name, without a folder, and its content."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OwnData:
    """The catalog with a visitor's files in it, how many results and models they added, and what was left out."""

    catalog: Catalog
    results: int
    models: tuple[str, ...]
    reports: tuple[str, ...]


def with_own(base: Catalog, files: Sequence[OwnFile], on: date, root: Path = DATA) -> OwnData:
    """Reads CSV tables of results and YAML files of models into a copy of the catalog in `root`.

    A row without a source of its own gets the source "own", and everything has the kind "own", whatever the files say.
    The copy is thrown away; nothing is written into `root`. Raises OwnDataError with every reason why the files cannot
    be used.
    """
    _check_files(files)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(root, data)
        _add_source_and_lab(data, base)
        models = tuple(_add_model(data, base, each) for each in files if _is_yaml(each))
        known = _load(data, files) if models else load(data)
        reports, results = [], 0
        for table in (each for each in files if not _is_yaml(each)):
            words, added = _add_results(data, known, table, on)
            reports.append(words)
            results += added
            known = _load(data, files)
        return OwnData(_marked(known, base, models), results, models, tuple(reports))


def _marked(known: Catalog, base: Catalog, models: Sequence[str]) -> Catalog:
    """`known` with the kind "own" on everything that `base` does not have."""
    benchmarks = {
        name: _own_results(each, len(base.benchmarks[name].results)) for name, each in known.benchmarks.items()
    }
    marked = {name: _own_model(known.models[name]) for name in models}
    return replace(known, benchmarks=MappingProxyType(benchmarks), models=MappingProxyType({**known.models, **marked}))


def _own_results(benchmark: Benchmark, before: int) -> Benchmark:
    """The benchmark with all results after the first `before` marked; an import only ever adds at the end."""
    results = (*benchmark.results[:before], *(result.model_copy(update=_OWN) for result in benchmark.results[before:]))
    return benchmark.model_copy(update={"results": results})


def _own_model(model: Model) -> Model:
    claims = {path: tuple(claim.model_copy(update=_OWN) for claim in each) for path, each in model.claims.items()}
    lifecycle = tuple(event.model_copy(update=_OWN) for event in model.lifecycle)
    statements = tuple(statement.model_copy(update=_OWN) for statement in model.statements)
    own = {"claims": MappingProxyType(claims), "lifecycle": lifecycle, "statements": statements}
    return model.model_copy(update=own)


def _check_files(files: Sequence[OwnFile]) -> None:
    wrong = [f"{each.name} is neither a .csv nor a .yaml file." for each in files if not _is_known(each)]
    wrong += [
        f"{each.name} has {len(each.content):,} bytes; at most {MAX_BYTES:,} can be read."
        for each in files
        if len(each.content) > MAX_BYTES
    ]
    if len(files) > MAX_FILES:
        wrong.append(f"There are {len(files)} files; at most {MAX_FILES} can be shown at once.")
    if wrong:
        raise OwnDataError(wrong)


def _is_yaml(file: OwnFile) -> bool:
    return PurePath(file.name).suffix.lower() in (".yaml", ".yml")


def _is_known(file: OwnFile) -> bool:
    return _is_yaml(file) or PurePath(file.name).suffix.lower() == ".csv"


def _add_source_and_lab(data: Path, base: Catalog) -> None:
    source = f"title: Your own data in this session, kind: {Kind.OWN.value}, date: {base.as_of}, licence: your own"
    _append(data / "sources.yaml", f"{SOURCE}: {{{source}}}\n")
    _append(data / "labs.yaml", f"{LAB}: {{name: Your own, country: not stated}}\n")


def _append(path: Path, text: str) -> None:
    # A last line without an end would run into the added one.
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n{text}", encoding="utf-8")


def _add_model(data: Path, base: Catalog, file: OwnFile) -> str:
    """Puts a model's file where its id and lab want it, once both are plain names; returns the id."""
    own = data / "own.yaml"
    own.write_bytes(file.content)
    try:
        document = yaml_file.read(own, file.name)
    except yaml_file.Refused as refused:
        raise OwnDataError([str(refused.problem)]) from None
    finally:
        own.unlink()
    head = document.data if isinstance(document.data, dict) else {}
    name, lab = (_plain_name(file, head, key) for key in ("id", "lab"))
    if base.find(name) is not None:
        raise OwnDataError([f"{file.name}: the catalog has a model called {name}; give yours an id of its own."])
    names = {str(word).casefold() for each in base.models.values() for word in (each.name, each.short_name)}
    taken = next((head[key] for key in ("name", "short_name") if str(head.get(key)).casefold() in names), None)
    place = data / "models" / lab / f"{name}.yaml"
    if taken is not None:
        raise OwnDataError([f"{file.name}: the catalog has a model named {taken}; give yours a name of its own."])
    if place.exists():
        raise OwnDataError([f"{file.name}: another of your files has a model called {name}."])
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(file.content)
    return name


def _plain_name(file: OwnFile, head: dict[str, object], key: str) -> str:
    try:
        return _NAME.validate_python(head.get(key))
    except ValidationError:
        raise OwnDataError(
            [f"{file.name}: {key}: expected a plain name of letters, digits, dots and dashes."]
        ) from None


def _add_results(data: Path, known: Catalog, file: OwnFile, on: date) -> tuple[str, int]:
    """Adds the rows of a table; returns what was made of it in words, and how many results it added."""
    table = data.parent / "own.csv"
    table.write_bytes(file.content)
    request = Request(file=table, data=data, form="results-csv", as_of=on.isoformat(), source=SOURCE)
    try:
        change = plan(known, request, on)
        apply(change)
    except Refusal as refusal:
        raise OwnDataError([str(refusal).replace(table.name, file.name)]) from None
    if not change.usable:
        raise OwnDataError([report(change, everything=True).replace(table.name, file.name)])
    added = sum(finding.standing is not Standing.KNOWN for finding in change.findings)
    return report(change, everything=True).replace(table.name, file.name), added


def _load(data: Path, files: Sequence[OwnFile]) -> Catalog:
    try:
        return load(data)
    except CatalogError as error:
        raise OwnDataError([*_told(error, files)]) from None


def _told(error: CatalogError, files: Sequence[OwnFile]) -> Iterator[str]:
    """The problems under the visitor's own file names where those can be told."""
    names = [each.name for each in files if _is_yaml(each)]
    for problem in error.problems:
        own = names[0] if len(names) == 1 and problem.file.startswith("models/") else problem.file
        yield str(problem).replace(problem.file, own, 1)
