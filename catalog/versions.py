"""Every published version of the catalog, kept small, so that an old link can be held against the catalog of today."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from catalog import packs
from catalog.loading import DATA, Catalog, CatalogError, load, version_of
from catalog.packs import Content, Damaged, Pack

KEPT = DATA.parent / "versions"


class VersionError(Exception):
    """A version cannot be kept, or one that was kept cannot be read; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A version that is kept: when it was (with its time zone), the newest date of its sources, and its file."""

    version: str
    as_of: str
    kept_at: datetime
    file: Path

    @property
    def kept_on(self) -> date:
        """The day on which it was kept, in UTC."""
        return self.kept_at.astimezone(UTC).date()


def folder_of(data: Path) -> Path:
    """Where the versions of a data folder are kept: in `versions`, beside it."""
    return data.resolve().parent / "versions"


def kept(folder: Path = KEPT) -> tuple[Kept, ...]:
    """Every version that is kept, in the order of time. Raises VersionError where a file is damaged."""
    found = [_kept(_read(file), file) for file in packs.files(folder)]
    return tuple(sorted(found, key=lambda each: (each.kept_at, each.version)))


def find(version: str, folder: Path = KEPT) -> Kept | None:
    """The kept version of this name, None where there is none. Raises VersionError where its file is damaged."""
    file = _file(version, folder)
    return _kept(_read(file), file) if file else None


def load_version(version: str, folder: Path = KEPT) -> Catalog | None:
    """The whole catalog as it was in a version, validated and immutable; None where that version is not kept.

    It takes as long as `loading.load`, and is for the caller to cache. Raises VersionError where what was kept is
    damaged, or is not a catalog any more by the schema of today.
    """
    file = _file(version, folder)
    if file is None:
        return None
    try:
        pack = packs.read(file)
        content = packs.content(pack, packs.readable(folder, leaving=version))
        with _unfolded(content.files) as root:
            if pack.version != version or version_of(root) != version:
                raise Damaged("its files are not those of that version")
            _write(content.filled, root)
            return replace(load(root), version=version)
    except Damaged as damage:
        raise VersionError(_damaged(file, str(damage))) from None
    except CatalogError as error:
        raise VersionError(_outgrown(version, error)) from None
    except OSError as error:
        raise VersionError(_damaged(file, f"this machine could not unfold it: {error.strerror or error}")) from None


def keep(data: Path = DATA, folder: Path = KEPT, at: datetime | None = None, filled: Path | None = None) -> Kept:
    """Keeps the catalog of a data folder; nothing happens where its version is kept and can be read.

    `at` is when it was published, with a time zone, by default now. `filled` is a folder of files that the schema of
    today asks for beyond or in place of those of an older catalog. Raises CatalogError with the problems of a catalog
    that has any, and VersionError where it cannot be written.
    """
    try:
        version = version_of(data)
        before = _file(version, folder)
        if before is not None and _loads(version, folder):
            return _kept(packs.read(before), before)
        content = Content(_texts(data), _texts(filled) if filled else {})
        as_of = _checked(content, version)
        others = sorted(packs.readable(folder, leaving=version), key=lambda pack: pack.kept_at)
        # Other packs may rest on the whole texts of one that is written again.
        texts, edits = packs.made(content, others, edited=before is None)
        pack = Pack(
            version=version,
            as_of=as_of,
            kept_at=(at or datetime.now(UTC)).replace(microsecond=0),
            files=_hashes(content.files),
            filled=_hashes(content.filled),
            texts=texts,
            edits=edits,
        )
        file = before or folder / f"{as_of}-{version}{packs.ENDING}"
        packs.write(pack, file)
    except Damaged as damage:
        raise VersionError(f"The catalog was not kept, and nothing was changed: {damage}.") from None
    except OSError as error:
        raise VersionError(f"The catalog was not kept, and nothing was changed: {error.strerror or error}.") from None
    return _kept(pack, file)


def _loads(version: str, folder: Path) -> bool:
    try:
        return load_version(version, folder) is not None
    except VersionError:
        return False


def _checked(content: Content, version: str) -> str:
    """The newest date of the sources of a catalog that is sound and whose texts are all of its version."""
    with _unfolded(content.files) as root:
        if version_of(root) != version:
            raise Damaged("its folder changed meanwhile, or has a file where none is read")
        _write(content.filled, root)
        return load(root).as_of


def _texts(data: Path) -> dict[str, str]:
    """Every text of a data folder by its path, in the order of the paths."""
    try:
        return {path.relative_to(data).as_posix(): path.read_bytes().decode() for path in sorted(data.rglob("*.yaml"))}
    except UnicodeDecodeError:
        raise Damaged("a file is not UTF-8 text") from None


def _hashes(texts: Mapping[str, str]) -> dict[str, str]:
    return {path: packs.hash_of(text) for path, text in texts.items()}


@contextmanager
def _unfolded(texts: Mapping[str, str]) -> Iterator[Path]:
    """A folder with these texts, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        _write(texts, Path(folder))
        yield Path(folder)


def _write(texts: Mapping[str, str], root: Path) -> None:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())


def _file(version: str, folder: Path) -> Path | None:
    # A version comes out of an address that anybody can write.
    if not re.fullmatch(r"[0-9a-f]{12}", version):
        return None
    return next(iter(sorted(folder.glob(f"*-{version}{packs.ENDING}"))), None)


def _read(file: Path) -> Pack:
    try:
        return packs.read(file)
    except Damaged as damage:
        raise VersionError(_damaged(file, str(damage))) from None


def _kept(pack: Pack, file: Path) -> Kept:
    return Kept(pack.version, pack.as_of, pack.kept_at, file)


def _damaged(file: Path, why: str) -> str:
    return (
        f"The kept version of the catalog in {file.name} cannot be used ({why}), so what has changed since then cannot "
        "be shown. Today's values are not affected; the file can be restored from the repository."
    )


def _outgrown(version: str, error: CatalogError) -> str:
    return (
        f"Version {version} of the catalog is kept, but not in a form that is read today ({error.problems[0]}), so "
        "what has changed since then cannot be shown. Today's values are not affected."
    )
