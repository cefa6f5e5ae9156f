"""A report as one HTML file that asks for nothing: with charts that answer the mouse, or light with drawings alone."""

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from catalog.evidence import Verdict
from catalog.schema import Kind
from catalog.words import day
from components.charts.colours import GRID, INK, PAPER, SERIES, Paint
from components.charts.static import svg
from components.frame.verdicts import MARKS
from components.report.citing import folded_in
from components.report.inert import cut, inert
from components.report.painting import FONTS, painted
from components.report.state import (
    Chart,
    Part,
    Report,
    Section,
    SourceLine,
    Table,
    TermLine,
    Value,
    record,
)

# What is shown of a text of people or models; the bundle has it whole.
QUOTE_LIMIT = 12_000
_HERE = Path(__file__).parent
_WIDE_PX, _NARROW_PX = 700, 356
# Above this height a drawing fills most of a page, so that its words stay legible.
_TALL_PX = 700
_SIGNS = {"circle": "●", "square": "■", "triangle-up": "▲", "diamond": "◆"}
_CONJECTURES = (Kind.ESTIMATE, Kind.ILLUSTRATIVE, Kind.INFERENCE)
_COLOURS = {
    "--ink": INK,
    "--paper": PAPER,
    "--grid": GRID,
    "--line": Paint("#d5dbe3", "#364252"),
    "--soft": Paint("#f1f4f8", "#1a212b"),
    "--quiet": Paint("#535f6e", "#a9b5c4"),
    "--good": Paint("#1b6e3c", "#7ed69f"),
    "--warn": Paint("#8a5200", "#ffc46b"),
    "--bad": Paint("#b3261e", "#ff9d94"),
    "--link": Paint("#1d56b8", "#8db8ff"),
} | {f"--series-{place}": paint for place, paint in enumerate(SERIES, 1)}
_DRAWN = {"--ink", "--grid"} | {f"--series-{place}" for place in range(1, len(SERIES) + 1)}
_VARIABLES = {_COLOURS[name].light: f"var({name})" for name in _DRAWN}
# Keeps a citation with the word before it.
_JOINER = Markup("\u2060")
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="5" cy="8" r="4.5" fill="#1d56b8"/>'
    '<rect x="8" y="4" width="7.5" height="7.5" fill="#b4530a"/></svg>'
)


def interactive(report: Report) -> str:
    """The report with charts that answer the mouse: one file of about 5 MB that opens offline.

    Without scripts, and on paper, it shows the drawings of `light`.
    """
    return _document(report, live=True)


def light(report: Report) -> str:
    """The report with charts as drawings: below 500 kB, whole without any script, made for paper."""
    return _document(report, live=False)


def _document(report: Report, live: bool) -> str:
    script = _file("html_script.js")
    library = _plotly() if live else ""
    figures = _embedded(_figures(report)) if live else ""
    # The digest reads the whole state, so it is taken once.
    digest = report.digest
    page = _environment().get_template("html_page.jinja")
    return page.render(
        report=report,
        digest=digest,
        sections=_sections(report),
        policy=_policy([script, library] if library else [script]),
        style=Markup(_style(report, digest)),
        script=Markup(script),
        plotly=Markup(library),
        figures=Markup(figures),
        state=Markup(_embedded(_state(report) | {"digest": digest})) if live else "",
        icon=f"data:image/svg+xml;base64,{base64.b64encode(_ICON.encode()).decode()}",
        **_functions(report),
    )


def _functions(report: Report) -> dict[str, Any]:
    """What the template calls, each with what it needs of the report."""
    listed = _has(report, Part.GLOSSARY)
    return {
        "cited": partial(_cited, {source.id: source for source in report.sources}),
        "linked": partial(_linked, _pattern(report.terms), _explained(report.terms, listed), listed),
        "fresh": set,
        "unlike": partial(_unlike, Counter()),
        "marked": _marked,
        "shown": _shown,
        "conjectured": _is_conjecture,
        "sorted_by": _sorted_by,
        "web": _web,
        "grouped": _grouped,
        "key": _key,
        "coloured": partial(_coloured, [model.id for model in report.models]),
        "drawings": _drawings,
        "folded_in": folded_in,
        "quoted": _quoted,
        "joiner": _JOINER,
        "kind": lambda block: type(block).__name__.lower(),
        "day": day,
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, finalize=_finalized, trim_blocks=True, lstrip_blocks=True
    )


def _finalized(value: Any) -> Any:
    """Whatever a template shows is inert, unless it is markup that was made here."""
    return inert(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    # An end tag in the library's own texts would end its element.
    library: str = get_plotlyjs()
    return library.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _policy(scripts: Sequence[str]) -> str:
    """What the file may do: run these scripts, be styled by itself and show pictures that it holds."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _style(report: Report, digest: str) -> str:
    """The style sheet with the colours, and with the running heads of printed pages."""
    texts = {
        "head": _css_text(_brief(report.title, 90)),
        "foot": _css_text(" · ".join(filter(None, (_brief(report.author, 60), day(report.on, long=True))))),
        "catalog": _css_text(f"catalog {report.catalog_version} · state {digest}"),
    }
    sheet = Environment(autoescape=False).from_string(_file("html_style.css"))
    return sheet.render(colours=_variables, fonts=FONTS, **texts) + "".join(_model_rules(report))


def _brief(text: str, limit: int) -> str:
    """A line of at most so many characters, for the margin of a page."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _css_text(text: str) -> str:
    """Any text as a string of CSS: all but plain letters and digits by their numbers."""
    return (
        '"' + "".join(each if each.isascii() and each.isalnum() else f"\\{ord(each):x} " for each in inert(text)) + '"'
    )


def _variables(dark: bool) -> str:
    return " ".join(f"{name}: {paint.on(dark)};" for name, paint in _COLOURS.items())


def _model_rules(report: Report) -> Iterator[str]:
    for place, model in enumerate(report.models):
        variable = _VARIABLES.get(model.colour, "var(--ink)")
        yield f'[data-model="{place}"] {{ --accent: {variable}; --sign: "{_SIGNS.get(model.symbol, "●")}"; }}\n'


def _coloured(models: Sequence[str], model: str) -> Markup:
    """The attribute that gives an element the colour and the sign of a model; nothing where it is about none."""
    return Markup(f' data-model="{models.index(model)}"' if model in models else "")


def _sections(report: Report) -> tuple[Section, ...]:
    """The sections, with the sources at the end even where nobody chose them, for the citations lead there."""
    if _has(report, Part.SOURCES) or not report.sources:
        return report.sections
    return (*report.sections, Section(Part.SOURCES, "Sources", ()))


def _has(report: Report, part: Part) -> bool:
    return report.section(part) is not None


def _cited(sources: Mapping[str, SourceLine], names: Sequence[str]) -> list[SourceLine]:
    """The sources with these ids by their numbers, each once."""
    found = {sources[name].number: sources[name] for name in names if name in sources}
    return [found[number] for number in sorted(found)]


def _pattern(terms: Sequence[TermLine]) -> re.Pattern[str] | None:
    names = sorted((re.escape(term.name) for term in terms), key=len, reverse=True)
    return re.compile(rf"(?<!\w)({'|'.join(names)})(?!\w)", re.IGNORECASE) if names else None


def _linked(
    pattern: re.Pattern[str] | None, terms: Mapping[str, Markup], listed: bool, text: str, seen: set[str]
) -> Markup:
    """A sentence in which the terms of the glossary say what they mean, and lead there where it is in the report.

    Only the first of a section does so: `seen` has the names of those that came before, and takes further ones.
    """
    pieces = pattern.split(inert(text)) if pattern else [inert(text)]
    return Markup("").join(_term(terms, listed, piece, seen) if at % 2 else piece for at, piece in enumerate(pieces))


def _term(terms: Mapping[str, Markup], listed: bool, piece: str, seen: set[str]) -> Markup | str:
    name = piece.lower()
    if name in seen or name not in terms:
        return piece
    seen.add(name)
    return Markup("<{1} {0}>{2}</{1}>").format(terms[name], Markup("a" if listed else "abbr"), piece)


def _explained(terms: Sequence[TermLine], listed: bool) -> dict[str, Markup]:
    """The attributes of each term by its name in small letters: what it means, and where it stands."""
    where = 'href="#term-{}" ' if listed else "{:.0}"
    attributes = Markup(f'class="term" {where}title="{{}}"')
    return {term.name.lower(): attributes.format(str(at), inert(term.plain)) for at, term in enumerate(terms, 1)}


def _unlike(given: Counter[str], name: str) -> str:
    """A name that no other has been given, for those who hear the names alone; `given` counts them."""
    given[name] += 1
    return name if given[name] == 1 else f"{name} ({given[name]})"


def _marked(certainty: str) -> str:
    """Words of certainty behind the mark that stands for them everywhere."""
    mark = next((MARKS[verdict] for verdict in Verdict if certainty.startswith(verdict.value)), "")
    mark = mark or ("≠" if "conflict" in certainty else "")
    return f"{mark} {certainty}".strip()


def _is_conjecture(value: Value) -> bool:
    return value.kind in _CONJECTURES


def _shown(value: Value) -> str:
    sign = "≈ " if value.kind is Kind.ESTIMATE and not value.shown.startswith("≈") else ""
    return sign + cut(value.shown, QUOTE_LIMIT)


def _sorted_by(value: Value) -> str:
    """The number by which a value is sorted; nothing for words."""
    if value.number is not None:
        # More digits order nothing that a reader could tell apart.
        return f"{value.number:.8g}"
    return str(value.day.toordinal()) if value.day is not None else ""


def _web(address: str) -> str:
    """An address of the web; nothing for any other, such as a script."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def _grouped(table: Table) -> list[tuple[str, list[tuple[Value, ...]]]]:
    """The rows under the name of their group, in their order."""
    names = table.groups or ("",) * len(table.rows)
    pairs = zip(names, table.rows, strict=True)
    return [(name, [row for _, row in rows]) for name, rows in groupby(pairs, key=lambda pair: pair[0])]


def _key(table: Table) -> list[str]:
    """What the marks in a table mean, as far as it has them."""
    values = [value for row in table.rows for value in row]
    meanings = {
        "bold: the best": any(value.best for value in values),
        "○ self-reported": any(value.hollow for value in values),
        "≠ sources conflict": any(value.conflict for value in values),
        "italic: not a published fact": any(map(_is_conjecture, values)),
    }
    return [words for words, there in meanings.items() if there]


def _quoted(text: str) -> str:
    return cut(text, QUOTE_LIMIT)


def _drawings(chart: Chart) -> Markup:
    """The chart drawn for paper and desks, and for phones, in colours that follow the scheme of the page."""
    return Markup("".join(_drawing(chart, width, name) for width, name in ((_WIDE_PX, "wide"), (_NARROW_PX, "narrow"))))


def _drawing(chart: Chart, width: int, name: str) -> str:
    text = svg(chart.figure, width)
    size = re.match(r'<svg xmlns="[^"]*" width="([\d.]+)" height="([\d.]+)"', text)
    height = size[2] if size else ""
    tall = " tall" if float(height or 0) > _TALL_PX else ""
    place = f'style="--high: {height}" aria-hidden="true" data-width="{width}" data-height="{height}"'
    # Within a page an element needs no namespace.
    drawn = text.replace('<svg xmlns="http://www.w3.org/2000/svg"', f'<svg class="{name}{tall}" {place}', 1)
    return re.sub(r'(fill|stroke)="(#[0-9a-f]{6})"', _variable, drawn)


def _variable(found: re.Match[str]) -> str:
    return f'{found[1]}="{_VARIABLES.get(found[2], found[2])}"'


def _figures(report: Report) -> dict[str, dict[str, Any]]:
    """Each chart for Plotly on light and on dark paper, by its id."""
    charts = [block for section in report.sections for block in section.blocks if isinstance(block, Chart)]
    return {
        each.id: {"light": painted(each.figure, dark=False), "dark": painted(each.figure, dark=True)} for each in charts
    }


def _state(report: Report) -> dict[str, Any]:
    """The state for scripts: what is empty is left out, long texts are cut, charts have their plots alone."""
    plain = record(report)
    for section in plain["sections"]:
        for block in section["blocks"]:
            block.pop("figure", None)
            if "text" in block:
                block["text"] = cut(block["text"], QUOTE_LIMIT)
    kept: dict[str, Any] = _filled(plain)
    return kept


def _filled(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value) for name, value in part.items() if value not in ("", None, False, [], {})}
    return [_filled(each) for each in part] if isinstance(part, list) else part


def _embedded(content: dict[str, Any]) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(content, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
