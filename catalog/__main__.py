"""python -m catalog check | keep | export | import: the catalog from the command line."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from catalog import importing, tables, versions
from catalog.import_formats import FORMATS
from catalog.lifecycle import today
from catalog.loading import DATA, Catalog, CatalogError, load
from catalog.sanity import doubts
from catalog.schema import Kind
from catalog.words import day

_EXPORTS: dict[str, tuple[type, Callable[[Catalog, date], Sequence[Any]]]] = {
    "models": (tables.ModelRow, tables.model_rows),
    "claims": (tables.ClaimRow, tables.claim_rows),
    "results": (tables.ResultRow, lambda catalog, _: tables.result_rows(catalog)),
    "sources": (tables.SourceRow, tables.source_rows),
}
# What a visitor adds for a session is no source of the catalog.
_KINDS = [kind for kind in Kind if kind != "own"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns 0, or 1 where the catalog or a file that it is given cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        catalog = load(options.data)
    except CatalogError as error:
        print(error, file=sys.stderr)
        count = len(error.problems)
        print(f"{count} problem{'' if count == 1 else 's'} found; nothing was changed.", file=sys.stderr)
        return 1
    if options.command == "import":
        return _import(catalog, options)
    if options.command == "keep":
        return _keep(options.data)
    return _check(catalog, options.data, options.strict) if options.command == "check" else _export(catalog, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m catalog", description="Check, export or add to the catalog of models."
    )
    parser.add_argument("--data", type=Path, default=DATA, help="the data folder, by default the one of the product")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="read every file and name every problem by file, line and field")
    check.add_argument("--strict", action="store_true", help="fail on whatever is pointed out as well")
    commands.add_parser("keep", help="keep this version, so that links made with it can say later what has changed")
    export = commands.add_parser("export", help="write models, claims, results or sources")
    export.add_argument("--what", choices=_EXPORTS, required=True)
    export.add_argument("--format", choices=("csv", "json"), default="csv")
    export.add_argument("--out", type=Path, help="a file to write, by default the terminal")
    _add_import(commands.add_parser("import", help="show what a table or price file would add, and add it"))
    return parser


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="add it; without this nothing is written")
    parser.add_argument("--format", choices=FORMATS, help="by default guessed from the file")
    parser.add_argument("--source", metavar="ID", help="whose figures these are: an id of sources.yaml or a new one")
    parser.add_argument("--as-of", metavar="DATE", help="by default the day the file was last changed")
    parser.add_argument("--source-title", metavar="TEXT", help="for a new source, as the next three")
    parser.add_argument("--source-url", metavar="ADDRESS")
    parser.add_argument("--source-licence", metavar="TEXT", help="by default: not stated")
    parser.add_argument("--source-kind", type=Kind, choices=_KINDS, help="by default: third_party")
    parser.add_argument("--benchmark", metavar="ID", help="the benchmark of a table that has no column for it")
    parser.add_argument(
        "--fractions", action="store_true", help="scores of 0 to 1 are fractions: 0.791 is 79.1 percent"
    )
    parser.add_argument(
        "--name", action="append", type=_pair, default=[], metavar="THEIRS=OURS", help="a name and the id"
    )
    parser.add_argument("--only", action="append", default=[], metavar="MODEL", help="leave all other models out")
    parser.add_argument("--skip", action="append", default=[], metavar="MODEL", help="leave this model out")
    parser.add_argument("--new-models", action="store_true", help="make a file for each model that the catalog lacks")
    parser.add_argument("--lab", metavar="ID", help="the lab of new models where the file does not say it")
    parser.add_argument("--all", action="store_true", help="cut no list of the report")
    parser.add_argument("--data", type=Path, default=argparse.SUPPRESS, metavar="FOLDER", help="the data folder")


def _pair(text: str) -> tuple[str, str]:
    theirs, equals, ours = text.rpartition("=")
    if not (theirs and equals and ours):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form THEIRS=OURS")
    return theirs, ours


def _check(catalog: Catalog, root: Path, strict: bool) -> int:
    claims = sum(len(each) for model in catalog.models.values() for each in model.claims.values())
    results = sum(len(benchmark.results) for benchmark in catalog.benchmarks.values())
    lines = [
        f"The catalog is sound: {len(catalog.models)} models, {claims:,} claims, {len(catalog.benchmarks)} benchmarks, "
        f"{results:,} results, {len(catalog.sources)} sources; version {catalog.version}, as of {catalog.as_of}."
    ]
    unkept = list(_unkept(catalog, root))
    found = doubts(catalog, root)
    lines += unkept
    if found:
        lines.append(f"{len(found)} result{'' if len(found) == 1 else 's'} to look at once more:")
    _print("".join(f"{line}\n" for line in [*lines, *map(str, found)]))
    return 1 if (found or unkept) and strict else 0


def _unkept(catalog: Catalog, root: Path) -> Iterator[str]:
    """What is wrong with how this version is kept, where the versions of the folder are kept at all."""
    folder = versions.folder_of(root)
    try:
        if versions.kept(folder) and versions.find(catalog.version, folder) is None:
            yield (
                f"Version {catalog.version} is not kept yet, so links made with it could not say later what has "
                "changed; once your change is complete, run: python -m catalog keep"
            )
    except versions.VersionError as error:
        yield str(error)


def _keep(data: Path) -> int:
    try:
        kept = versions.keep(data, versions.folder_of(data))
    except (versions.VersionError, CatalogError) as error:
        print(error, file=sys.stderr)
        return 1
    size = kept.file.stat().st_size / 1000
    return _print(
        f"Version {kept.version} of the catalog, as of {day(kept.as_of, long=True)}, is kept since "
        f"{day(kept.kept_on, long=True)} in {kept.file.name} ({size:.1f} kB).\n"
    )


def _export(catalog: Catalog, options: argparse.Namespace) -> int:
    kind, rows = _EXPORTS[options.what]
    dicts = tables.records(rows(catalog, today()))
    text = tables.to_csv(dicts, tables.columns(kind)) if options.format == "csv" else tables.to_json(dicts)
    if options.out is None:
        return _print(text)
    try:
        options.out.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"{options.out} could not be written ({error.strerror}); nothing was exported.", file=sys.stderr)
        return 1
    print(f"{len(dicts):,} rows written to {options.out}.")
    return 0


def _import(catalog: Catalog, options: argparse.Namespace) -> int:
    request = importing.Request(
        file=options.file,
        data=options.data,
        form=options.format,
        as_of=options.as_of,
        source=options.source,
        title=options.source_title,
        url=options.source_url,
        licence=options.source_licence,
        kind=options.source_kind,
        names=dict(options.name),
        only=frozenset(options.only),
        skip=frozenset(options.skip),
        benchmark=options.benchmark,
        fractions=options.fractions,
        new_models=options.new_models,
        lab=options.lab,
    )
    try:
        change = importing.plan(catalog, request, today())
        if options.write:
            importing.apply(change)
    except importing.Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    parts = (importing.report(change, options.all), importing.diff(change), importing.summary(change, options.write))
    _print("\n".join(part for part in parts if part) + "\n")
    return 0 if change.usable else 1


def _print(text: str) -> int:
    """Writes UTF-8 whatever the terminal believes; a reader that leaves early, such as head, is no error."""
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
