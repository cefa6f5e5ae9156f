"""The report from a terminal: reads what it is to say, freezes it once, and writes it in each format."""

import argparse
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from catalog import compiled
from catalog.lifecycle import today
from catalog.loading import DATA, Catalog, CatalogError, load
from catalog.words import listing
from components.history.records import RunRecord
from components.history.run_format import run_of_line
from components.history.transfer import text_of
from components.report.address import MOST_RUNS, Choices, parse
from components.report.formats import Format, NotMade, file_name, formats, made
from components.report.freezing import freeze
from components.report.runs import OwnRuns
from components.report.state import Audience, Part, Report

_NOTHING = "Nothing was written: a page would show what is said above, but a command does not guess what was meant."


class Unusable(Exception):
    """What was asked for cannot be had; the message says what, a sentence a line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the files; returns 0, or 1 where something that was asked for cannot be had or made."""
    # Parts of the page warn when they are imported outside a server.
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    options = _parser().parse_args(arguments)
    try:
        catalog = compiled.load() if options.data == DATA else load(options.data)
        report = _report(catalog, options)
    except CatalogError as error:
        print(f"{error}\nNothing was written: the catalog has to be mended first.", file=sys.stderr)
        return 1
    except Unusable as error:
        print(error, file=sys.stderr)
        return 1
    for problem in report.problems:
        print(problem, file=sys.stderr)
    wanted = [each for each in formats() if each.name in options.format]
    return max(_write(report, each, _place(report, each, options.out, len(wanted) > 1)) for each in wanted)


def _parser() -> argparse.ArgumentParser:
    names = [each.name for each in formats()]
    parser = argparse.ArgumentParser(
        prog="python -m components.report",
        description="Make a report on two to four models, in one or several formats that all say the same.",
        epilog="An address copied from the report page says everything at once; whatever else is given counts more. "
        "Exit codes: 0 every file is written; 1 something cannot be had, made or written; 2 the command line is wrong.",
    )
    parser.add_argument("--address", default="", metavar="ADDRESS", help="of a report page, whole or from the “?” on")
    parser.add_argument("--models", metavar="A,B", help="two to four ids, by default those of the address")
    parser.add_argument("--format", action="append", choices=names, required=True, help="may be given several times")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(),
        metavar="FILE",
        help="the file; for several formats a name that gets the ending of each. A folder, by default the current "
        "one, takes files named after the title",
    )
    parser.add_argument("--title", help="by default the names of the models")
    parser.add_argument("--author")
    parser.add_argument("--note", metavar="TEXT", help="a note of your own below the title")
    parser.add_argument("--audience", choices=[each.value for each in Audience], help="by default executive")
    parser.add_argument(
        "--sections", metavar="A,B", help=f"of {listing([each.value for each in Part])}; by default all but runs"
    )
    parser.add_argument("--on", metavar="DATE", help="the day whose prices and lifecycles count, by default today")
    parser.add_argument(
        "--runs-file", type=Path, metavar="FILE", help=f"up to {MOST_RUNS} runs as the history exports them, JSON Lines"
    )
    parser.add_argument("--data", type=Path, default=DATA, metavar="FOLDER", help="the data folder of the catalog")
    return parser


def _report(catalog: Catalog, options: argparse.Namespace) -> Report:
    """The frozen state. Raises Unusable."""
    read = parse(_params(options), catalog, today())
    if read.problems:
        raise Unusable("\n".join((*read.problems, _NOTHING)))
    choices, runs = read.choices, OwnRuns()
    if options.runs_file is not None:
        runs = OwnRuns(tuple(_runs(options.runs_file)))
        choices = _with_runs(choices, options.sections is not None)
    elif choices.runs or choices.batches or choices.votes or choices.question.own:
        print(
            "The runs, votes and measurements of the address stand in somebody's history, which is not read here, so "
            "they are left out. Export the runs there and name the file by --runs-file.",
            file=sys.stderr,
        )
    choices = replace(choices, runs=(), votes=False, batches=(), question=replace(choices.question, own=()))
    return freeze(catalog, choices, today(), datetime.now(UTC).replace(second=0, microsecond=0), runs)


def _params(options: argparse.Namespace) -> dict[str, str]:
    """The parameters of the address, and over them what is given by itself."""
    address = options.address
    query = urlsplit(address).query if "?" in address else address
    given = {
        "models": options.models,
        "title": options.title,
        "author": options.author,
        "note": options.note,
        "audience": options.audience,
        "parts": options.sections,
        "on": options.on,
    }
    return dict(parse_qsl(query)) | {name: text for name, text in given.items() if text is not None}


def _with_runs(choices: Choices, chosen: bool) -> Choices:
    """The choices with the section of runs, unless the sections were chosen without it."""
    parts = choices.parts if chosen else tuple(part for part in Part if part in (*choices.parts, Part.RUNS))
    return replace(choices, parts=parts)


def _runs(file: Path) -> Iterator[RunRecord]:
    """The runs of a file, each marked as imported, since nothing but the file vouches for it. Raises Unusable."""
    count = 0
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                text = text_of(line, first=number == 1)
                run = "The line is not text in UTF-8." if text is None else run_of_line(text)
                if isinstance(run, str):
                    raise Unusable(f"{file}, line {number}: {run}")
                count += 1
                if count > MOST_RUNS:
                    raise Unusable(f"{file} has more than {MOST_RUNS} runs, which is the most that a report takes.")
                yield replace(run, owner="", imported=True)
    except OSError as error:
        raise Unusable(f"{file} cannot be read ({error.strerror}).") from error
    if not count:
        raise Unusable(f"{file} has no runs in it.")


def _place(report: Report, form: Format, out: Path, several: bool) -> Path:
    if out.is_dir():
        return out / file_name(report, form, report.digest)
    return out.parent / f"{_stem(out)}{form.ending}" if several else out


def _stem(out: Path) -> str:
    """The name without an ending that a format has; a dot elsewhere in it, as in 2.5, is part of the name."""
    endings = (each.ending for each in formats())
    found = next((ending for ending in endings if out.name.endswith(ending) and out.name != ending), "")
    return out.name.removesuffix(found)


def _write(report: Report, form: Format, file: Path) -> int:
    """Writes one file and says so; returns 1 where it cannot be made or written."""
    try:
        content = made(form, report)
        file.write_bytes(content)
    except NotMade as error:
        print(f"{file} was not written. {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{file} could not be written ({error.strerror}).", file=sys.stderr)
        return 1
    print(f"{file} written: {len(content) / 1000:,.0f} kB, state {report.digest}, catalog {report.catalog_version}.")
    return 0
