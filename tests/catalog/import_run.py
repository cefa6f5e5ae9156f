"""One import into a small data folder: what it said, and what it left there."""

import difflib
from pathlib import Path

from catalog.__main__ import main

IMPORTS = Path(__file__).parent / "imports"
RESULT = "model: m, score: 70, unit: percent, conditions: 5-shot, source: maker, date: 2026-02"


class Run:
    """What one import said, and what it left in the folder."""

    def __init__(self, folder, capsys, file, *options):
        before = content(folder)
        self.code = main(["--data", str(folder.root), "import", str(file), *options])
        self.out, self.err = capsys.readouterr()
        self.added = added(before, content(folder))


class Importer:
    """Imports a file, or a table given as text or bytes, into `folder`."""

    def __init__(self, folder, file, capsys):
        self._folder = folder
        self._file = file
        self._capsys = capsys

    def __call__(self, table, *options, source="table"):
        file = table
        if not isinstance(table, Path):
            file = self._file
            file.write_bytes(table if isinstance(table, bytes) else table.encode())
        return Run(self._folder, self._capsys, file, *(("--source", source) if source else ()), *options)


def content(folder):
    return {path.relative_to(folder.root).as_posix(): path.read_bytes() for path in folder.root.rglob("*.*")}


def added(before, after):
    """The lines that were added to each file; fails where one was changed or removed."""
    lines = {}
    for name, text in after.items():
        old, new = (each.decode().splitlines() for each in (before.get(name, b""), text))
        found = [line for line in difflib.ndiff(old, new) if line[0] != " "]
        assert not [line for line in found if line[0] == "-"]
        if found:
            lines[name] = [line[2:] for line in found if line[0] == "+"]
    assert before.keys() <= after.keys()
    return lines


def results(folder):
    return [each for each in folder.load().benchmarks["quiz"].results if each.source != "maker"]


def table(*rows, header="model,benchmark,score"):
    return "\n".join([header, *rows]) + "\n"
