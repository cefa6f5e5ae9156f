"""The catalog from its compiled copy: what `loading.load` gives, read back from one JSON file instead of the YAML.

The copy is named after the catalog's version, the code in this folder and the version of pydantic, and begins with a
checksum. It is read by the same strict schema as the YAML, and nothing in it is ever run. Other small tables that take
long to work out can be kept beside it with `read` and `write`.
"""

import hashlib
import os
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import VERSION, TypeAdapter, ValidationError

from catalog import loading
from catalog.decision import Decision
from catalog.loading import DATA, Catalog
from catalog.schema import Benchmark, Entry, Lab, Model, PartialDate, Source, Term

FOLDER = Path(__file__).parent / ".compiled"
MAX_BYTES = 300_000_000
_CHECKSUM_BYTES = 65
_LIMITS: TypeAdapter[list[tuple[float, int, float, float]]] = TypeAdapter(list[tuple[float, int, float, float]])


class _Content(Entry):
    """Everything in a catalog but its version."""

    models: tuple[Model, ...]
    benchmarks: tuple[Benchmark, ...]
    sources: dict[str, Source]
    labs: dict[str, Lab]
    glossary: dict[str, Term]
    decision: Decision
    as_of: PartialDate


def load(root: Path = DATA, folder: Path = FOLDER) -> Catalog:
    """The catalog that `loading.load(root)` gives, from its compiled copy in `folder` where that is sound and current.

    Whatever else is found there is passed over, and a copy is written for the next time; a folder that cannot be
    written is no error. Raises CatalogError as `loading.load` does; a catalog with problems is never kept.
    """
    try:
        version = loading.version_of(root)
    except OSError:
        return loading.load(root)
    body = read("catalog", version, folder)
    if body is not None:
        with suppress(ValidationError), loading.without_collecting():
            return _with_limits(_catalog(_Content.model_validate_json(body), version), folder)
    catalog = loading.load(root)
    # Files that changed while they were read would be kept under the version from before.
    if catalog.version == version:
        write("catalog", version, _body(catalog), folder)
    return catalog


def keep_limits(catalog: Catalog, folder: Path = FOLDER) -> None:
    """Keeps the limits of a catalog for the next start, where they have been worked out and are not kept already."""
    known = vars(catalog).get("limits")
    if known is not None and read("limits", catalog.version, folder) is None:
        rows = [(share, questions, low, high) for (share, questions), (low, high) in known.items()]
        write("limits", catalog.version, _LIMITS.dump_json(rows), folder)


def _with_limits(catalog: Catalog, folder: Path) -> Catalog:
    """`catalog` with the limits that were kept for it, so that nobody has to wait for statsmodels."""
    body = read("limits", catalog.version, folder)
    if body is not None:
        with suppress(ValidationError):
            rows = _LIMITS.validate_json(body)
            # A cached property finds its value here.
            vars(catalog)["limits"] = MappingProxyType({(share, n): (low, high) for share, n, low, high in rows})
    return catalog


def _catalog(content: _Content, version: str) -> Catalog:
    return Catalog(
        models=MappingProxyType({model.id: _frozen(model) for model in content.models}),
        benchmarks=MappingProxyType({benchmark.id: benchmark for benchmark in content.benchmarks}),
        sources=MappingProxyType(content.sources),
        labs=MappingProxyType(content.labs),
        glossary=MappingProxyType(content.glossary),
        decision=content.decision,
        version=version,
        as_of=content.as_of,
    )


def _frozen(model: Model) -> Model:
    frozen = {"claims": MappingProxyType(model.claims), "remarks": MappingProxyType(model.remarks)}
    return model.model_copy(update=frozen)


def _body(catalog: Catalog) -> bytes:
    # Pydantic reads a read-only mapping but does not write one.
    plain = (
        model.model_copy(update={"claims": dict(model.claims), "remarks": dict(model.remarks)})
        for model in catalog.models.values()
    )
    content = _Content.model_construct(
        models=tuple(plain),
        benchmarks=tuple(catalog.benchmarks.values()),
        sources=dict(catalog.sources),
        labs=dict(catalog.labs),
        glossary=dict(catalog.glossary),
        decision=catalog.decision,
        as_of=catalog.as_of,
    )
    return content.model_dump_json(exclude_unset=True).encode()


def read(name: str, version: str, folder: Path = FOLDER) -> bytes | None:
    """What `write` kept under a name for a version of the catalog; None where there is nothing or it is damaged.

    Only a plain file in a plain folder is read, never through a link. The checksum shows damage, not intent: the
    reader still has to validate what the bytes say.
    """
    try:
        path = _path(name, version, folder)
        if not stat.S_ISDIR(folder.lstat().st_mode):
            return None
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            return None
        with path.open("rb") as file:
            checksum, body = file.read(_CHECKSUM_BYTES), file.read()
    except OSError:
        return None
    return body if checksum == _checksum(path, body) else None


def write(name: str, version: str, body: bytes, folder: Path = FOLDER) -> None:
    """Keeps `body` under a name (letters alone) for a version of the catalog, and removes what was kept for others.

    Whoever reads meanwhile finds the old file or the new one, whole. Where the folder cannot be written or is a link,
    nothing happens.
    """
    with suppress(OSError):
        path = _path(name, version, folder)
        folder.mkdir(exist_ok=True)
        if not stat.S_ISDIR(folder.lstat().st_mode):
            return
        draft = folder / f"{path.stem}-{os.urandom(8).hex()}.draft"
        try:
            with draft.open("xb") as file:
                file.write(_checksum(path, body))
                file.write(body)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        # Drafts of a process that was killed go too; one that is being written this moment is written again next time.
        for old in folder.glob(f"{name}-*"):
            if old != path:
                old.unlink(missing_ok=True)


def _path(name: str, version: str, folder: Path) -> Path:
    """Where something is kept; raises OSError where the code cannot be read, so that nobody could tell its age."""
    key = hashlib.sha256(f"{version} {code_hash()} {VERSION}".encode()).hexdigest()[:24]
    return folder / f"{name}-{key}.json"


def _checksum(path: Path, body: bytes) -> bytes:
    """Covers the name too, so that a file under the name of another is not taken for it."""
    digest = hashlib.sha256(path.name.encode() + b"\n")
    digest.update(body)
    return digest.hexdigest().encode() + b"\n"


@cache
def code_hash() -> str:
    """The SHA-256 of every module in this folder, as they were when this one was imported.

    Raises OSError where they cannot be read, as in an installation without source files.
    """
    digest = hashlib.sha256()
    paths = sorted(Path(__file__).parent.glob("*.py"))
    if not paths:
        raise OSError("no source files")
    for path in paths:
        digest.update(path.name.encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


# Code that is edited while the process runs must not sign for what the older code made.
with suppress(OSError):
    code_hash()
