"""The comparison as an HTML table. No Streamlit."""

from collections.abc import Sequence
from html import escape

from catalog.loading import Catalog
from catalog.schema import Model
from catalog.tables import CompareRow
from components.frame.markup import model_name, term, value_cell
from components.frame.palette import colours


def comparison_table(catalog: Catalog, models: Sequence[Model], rows: Sequence[CompareRow]) -> str:
    """Rows in their groups, a column a model and the difference in words; on a phone each row stands as a block."""
    accents = colours(models)
    heads = "".join(f'<th scope="col">{model_name(model, accents[model.id], short=True)}</th>' for model in models)
    body = []
    group = None
    for row in rows:
        if row.field.group is not group:
            group = row.field.group
            span = len(models) + 2
            body.append(f'<tr class="group"><th scope="colgroup" colspan="{span}">{escape(group.value)}</th></tr>')
        body.append(_row(catalog, models, row))
    return (
        '<table class="facts"><thead><tr><th scope="col" class="field">What</th>'
        f'{heads}<th scope="col" class="diff">Difference</th></tr></thead><tbody>{"".join(body)}</tbody></table>'
    )


def _row(catalog: Catalog, models: Sequence[Model], row: CompareRow) -> str:
    cells = "".join(_cell(catalog, model, row, at) for at, model in enumerate(models))
    label = term(row.field.label, row.field.term, catalog)
    return f'<tr><th scope="row" class="field">{label}</th>{cells}<td class="diff">{escape(row.difference)}</td></tr>'


def _cell(catalog: Catalog, model: Model, row: CompareRow, at: int) -> str:
    label = f"{row.field.label}, {model.name}"
    shown = value_cell(catalog, row.field, row.cells[at], label, model.remarks.get(row.field.path))
    return f'<td data-model="{escape(model.short_name)}">{shown}</td>'
