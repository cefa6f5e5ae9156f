"""The leaderboard as an HTML table of one page, and the sources of its columns. No Streamlit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from catalog.leaderboard import NAME, Board, View
from catalog.measures import Measure, Value, source_words
from catalog.schema import Measured
from catalog.words import number
from components.frame.markup import KIND_WORDS, figure, life_chip, source_line, term

_WHO = {Measured.MAKER: "○", Measured.INDEPENDENT: "●"}
_CONFLICT = '<b class="clash" title="sources conflict">≠</b>'


def leaderboard_table(board: Board, view: View, rows: Sequence[int]) -> str:
    """The models at these places, a row each: a box to pick it, its name, lab and lifecycle, and the view's columns.

    Heads are buttons with the measure in `data-sort`, boxes carry the model in `data-pick`; `board.js` listens to
    both. A value's source shows on hover. The boxes are empty, so that the table stays the same while models are
    picked.
    """
    heads = "".join(_head(board, view, board.measures[name]) for name in view.columns)
    body = "".join(_row(board, view, at) for at in rows)
    return (
        '<div class="board" role="region" aria-label="Models" tabindex="0"><table><thead><tr>'
        '<th scope="col" class="pick">Pick</th>'
        f'<th scope="col" class="model"{_aria(view, NAME)}>{_button(view, NAME, "Model")}</th>{heads}'
        f"</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _head(board: Board, view: View, measure: Measure) -> str:
    entry = board.catalog.glossary.get(measure.term)
    plain = entry.plain if entry else ""
    if measure.benchmark:
        plain = f"{board.catalog.benchmarks[measure.benchmark].plain} Scores: {measure.explained}."
    title = f' title="{escape(plain)}"' if plain else ""
    about = f"<small>{escape(measure.about)}</small>" if measure.about else ""
    side = ' class="right"' if measure.right else ""
    return (
        f'<th scope="col"{side}{title}{_aria(view, measure.id)}>{_button(view, measure.id, measure.label)}{about}</th>'
    )


def _aria(view: View, measure: str) -> str:
    if view.sort != measure:
        return ""
    return f' aria-sort="{"descending" if view.descending else "ascending"}"'


def _button(view: View, measure: str, label: str) -> str:
    arrow = ("▼" if view.descending else "▲") if view.sort == measure else "↕"
    mark = f'<span class="arrow" aria-hidden="true">{arrow}</span>'
    return f'<button type="button" data-sort="{escape(measure)}">{escape(label)} {mark}</button>'


def _row(board: Board, view: View, at: int) -> str:
    model = board.models[at]
    lab = board.catalog.labs[model.lab].name
    cells = "".join(_cell(board, board.measures[name], board.value(at, name)) for name in view.columns)
    name, key = escape(model.name), escape(model.id)
    return (
        f'<tr><td class="pick"><input type="checkbox" data-pick="{key}" aria-label="Pick {name} to compare"></td>'
        f'<th scope="row"><a href="model?id={quote(model.id)}" target="_self">{name}</a>'
        f"<small>{escape(lab)} {life_chip(model, board.on)}</small></th>{cells}</tr>"
    )


def _cell(board: Board, measure: Measure, shown: Value) -> str:
    words = source_words(board.catalog, shown)
    title = f' title="{escape(words)}"' if words else ""
    who = f'<span class="who">{_WHO[shown.measured_by]}</span> ' if shown.measured_by in _WHO else ""
    small = f"<small>{escape(shown.small)}</small>" if shown.small else ""
    # Marks stand before the figure, or digits would no longer stand below each other.
    conflict = f"{_CONFLICT} " if shown.cell.conflict else ""
    missing = shown.key is None
    kind = " ".join(word for word in ("right" if measure.right else "", "none" if missing else "") if word)
    style = f' class="{kind}"' if kind else ""
    return f"<td{style}{title}>{conflict}{who}{_text(shown)}{small}</td>"


def _text(shown: Value) -> str:
    # A plain value needs no element of its own, of which a page has hundreds.
    marked = shown.cell.kind is not None and figure(shown.cell)
    return marked if marked and "<em" in marked else escape(shown.cell.text)


def column_sources(board: Board, view: View, order: Sequence[int]) -> str:
    """For each column of a view: what it is, and how many of the values shown come from which source."""
    items = "".join(f"<li>{_column(board, board.measures[name], order)}</li>" for name in view.columns)
    return f'<ul class="claims">{items}</ul>'


def _column(board: Board, measure: Measure, order: Sequence[int]) -> str:
    values = [board.value(at, measure.id) for at in order]
    there = [value for value in values if value.key is not None]
    lacking = len(values) - len(there)
    missing = f"; {number(lacking)} without a value" if lacking else ""
    label = f"<b>{term(measure.label, measure.term, board.catalog)}</b>"
    about = f" ({escape(measure.explained)})" if measure.benchmark else ""
    return f"{label}{about}: {'; '.join(_sources(board, there)) or 'no source has a value'}{missing}."


def _sources(board: Board, values: Sequence[Value]) -> Iterator[str]:
    counted = Counter((value.source, value.cell.kind) for value in values)
    for (names, kind), count in counted.most_common():
        word = f" ({KIND_WORDS[kind]})" if kind else ""
        linked = " and ".join(source_line(board.catalog, name) for name in names.split(" and ") if name)
        yield f"{number(count)} from {linked}{word}"
