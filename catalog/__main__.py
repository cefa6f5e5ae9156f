"""python -m catalog check | export: the catalog from the command line."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from catalog import tables
from catalog.lifecycle import today
from catalog.loading import DATA, Catalog, CatalogError, load
from catalog.sanity import doubts

_EXPORTS: dict[str, tuple[type, Callable[[Catalog, date], Sequence[Any]]]] = {
    "models": (tables.ModelRow, tables.model_rows),
    "claims": (tables.ClaimRow, tables.claim_rows),
    "results": (tables.ResultRow, lambda catalog, _: tables.result_rows(catalog)),
    "sources": (tables.SourceRow, tables.source_rows),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns 0, or 1 where the catalog or the output file cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        catalog = load(options.data)
    except CatalogError as error:
        print(error, file=sys.stderr)
        count = len(error.problems)
        print(f"{count} problem{'' if count == 1 else 's'} found; nothing was changed.", file=sys.stderr)
        return 1
    return _check(catalog, options.data, options.strict) if options.command == "check" else _export(catalog, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m catalog", description="Check or export the catalog of models.")
    parser.add_argument("--data", type=Path, default=DATA, help="the data folder, by default the one of the product")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="read every file and name every problem by file, line and field")
    check.add_argument("--strict", action="store_true", help="fail on results that are possible but look wrong as well")
    export = commands.add_parser("export", help="write models, claims, results or sources")
    export.add_argument("--what", choices=_EXPORTS, required=True)
    export.add_argument("--format", choices=("csv", "json"), default="csv")
    export.add_argument("--out", type=Path, help="a file to write, by default the terminal")
    return parser


def _check(catalog: Catalog, root: Path, strict: bool) -> int:
    claims = sum(len(each) for model in catalog.models.values() for each in model.claims.values())
    results = sum(len(benchmark.results) for benchmark in catalog.benchmarks.values())
    lines = [
        f"The catalog is sound: {len(catalog.models)} models, {claims:,} claims, {len(catalog.benchmarks)} benchmarks, "
        f"{results:,} results, {len(catalog.sources)} sources; version {catalog.version}, as of {catalog.as_of}."
    ]
    found = doubts(catalog, root)
    if found:
        lines.append(f"{len(found)} result{'' if len(found) == 1 else 's'} to look at once more:")
    _print("".join(f"{line}\n" for line in [*lines, *map(str, found)]))
    return 1 if found and strict else 0


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
