"""The comparison as an HTML table. No Streamlit."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from catalog.loading import Catalog
from catalog.schema import Model
from catalog.tables import CompareRow
from components.frame.markup import model_name, term, value_cell
from components.frame.palette import colours


def comparison_table(catalog: Catalog, models: Sequence[Model], rows: Sequence[CompareRow]) -> str:
    """A table a group of rows, a column a model and the difference in words; on a phone each row stands as a block.

    Rows that are no differences have the class `same`, and so have groups without any difference, so that a page can
    hide them without sending them again. Groups out of sight cost the browser nothing until they are scrolled to.
    """
    accents = colours(models)
    heads = "".join(f'<th scope="col">{model_name(model, accents[model.id], short=True)}</th>' for model in models)
    grouped = groupby(rows, key=lambda row: row.field.group)
    return "".join(_group(catalog, models, group.value, heads, list(members)) for group, members in grouped)


def _group(catalog: Catalog, models: Sequence[Model], name: str, heads: str, rows: Sequence[CompareRow]) -> str:
    kind = "part" if any(telling(row) for row in rows) else "part same"
    columns = f'<col class="field">{"<col>" * len(models)}<col class="diff">'
    head = (
        f'<tr><th scope="col" class="field">{escape(name)}</th>{heads}<th scope="col" class="diff">Difference</th></tr>'
    )
    body = "".join(_row(catalog, models, row) for row in rows)
    return (
        f'<div class="{kind}" style="--rows:{len(rows)}"><table class="facts"><colgroup>{columns}</colgroup>'
        f"<thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def telling(row: CompareRow) -> bool:
    """Whether a row belongs to the differences: the models differ in it, or its sources conflict."""
    return row.differs or row.conflict


def _row(catalog: Catalog, models: Sequence[Model], row: CompareRow) -> str:
    cells = "".join(_cell(catalog, model, row, at) for at, model in enumerate(models))
    label = term(row.field.label, row.field.term, catalog)
    start = "<tr>" if telling(row) else '<tr class="same">'
    apart = row.difference or ("the same, though sources conflict" if row.conflict and not row.differs else "")
    return f'{start}<th scope="row" class="field">{label}</th>{cells}<td class="diff">{escape(apart)}</td></tr>'


def _cell(catalog: Catalog, model: Model, row: CompareRow, at: int) -> str:
    shown = value_cell(catalog, row.field, row.cells[at], model.remarks.get(row.field.path))
    return f'<td data-model="{escape(model.short_name)}">{shown}</td>'
