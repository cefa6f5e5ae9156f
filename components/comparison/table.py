"""The comparison as an HTML table. No Streamlit."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from catalog.fields import Group
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.tables import CompareRow
from components.frame.markup import model_name, term, value_cell
from components.frame.palette import colours


def comparison_table(catalog: Catalog, models: Sequence[Model], rows: Sequence[CompareRow]) -> str:
    """Rows in their groups, a column a model and the difference in words; on a phone each row stands as a block.

    Rows that are no differences have the class `same`, so that a page can hide them without sending the table again.
    """
    accents = colours(models)
    heads = "".join(f'<th scope="col">{model_name(model, accents[model.id], short=True)}</th>' for model in models)
    body = [
        _group(group.value, len(models) + 2, list(members)) + "".join(_row(catalog, models, row) for row in members)
        for group, members in _by_group(rows)
    ]
    return (
        '<table class="facts"><thead><tr><th scope="col" class="field">What</th>'
        f'{heads}<th scope="col" class="diff">Difference</th></tr></thead><tbody>{"".join(body)}</tbody></table>'
    )


def _by_group(rows: Sequence[CompareRow]) -> list[tuple[Group, list[CompareRow]]]:
    return [(group, list(members)) for group, members in groupby(rows, key=lambda row: row.field.group)]


def _group(name: str, span: int, rows: Sequence[CompareRow]) -> str:
    kind = "group" if any(telling(row) for row in rows) else "group same"
    return f'<tr class="{kind}"><th scope="colgroup" colspan="{span}">{escape(name)}</th></tr>'


def telling(row: CompareRow) -> bool:
    """Whether a row belongs to the differences: the models differ in it, or its sources conflict."""
    return row.differs or row.conflict


def _row(catalog: Catalog, models: Sequence[Model], row: CompareRow) -> str:
    cells = "".join(_cell(catalog, model, row, at) for at, model in enumerate(models))
    label = term(row.field.label, row.field.term, catalog)
    start = "<tr>" if telling(row) else '<tr class="same">'
    return (
        f'{start}<th scope="row" class="field">{label}</th>{cells}<td class="diff">{escape(row.difference)}</td></tr>'
    )


def _cell(catalog: Catalog, model: Model, row: CompareRow, at: int) -> str:
    shown = value_cell(catalog, row.field, row.cells[at], model.remarks.get(row.field.path))
    return f'<td data-model="{escape(model.short_name)}">{shown}</td>'
