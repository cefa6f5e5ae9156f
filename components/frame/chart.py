"""A chart as every page shows it: its sentence, the chart, its table and its downloads."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from catalog.tables import to_csv

# Plotly's own export needs its button in the page; the style sheet hides it.
_CONFIG = {
    "displaylogo": False,
    "displayModeBar": True,
    "modeBarButtons": [["toImage"]],
    "doubleClick": False,
    "showTips": False,
}
_PICTURES = st.components.v2.component(
    "frame_pictures",
    html=(
        '<div class="pictures"><button type="button" value="png" title="The chart as a picture">PNG</button>'
        '<button type="button" value="svg" title="The chart as a drawing that scales">SVG</button>'
        '<span role="status"></span></div>'
    ),
    js=Path(__file__).with_name("pictures.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def chart(figure: go.Figure, key: str, summary: str, records: Sequence[dict[str, str]], file_name: str) -> None:
    """Draws a figure under its one-sentence summary, with a table of the same figures and downloads below it.

    `key` is `<page>_<thing>` and unlike any other on the page; `records` are the rows of the table and of the CSV,
    their keys the headings; `file_name` has no ending.
    """
    scheme = st.session_state.get(f"{key}_pictures", {}).get("scheme") or "first"
    with st.container(key=key, gap="small"):
        st.html(f'<p class="chart-summary">{escape(summary)}</p>')
        st.plotly_chart(figure, key=f"{key}_plot_{scheme}", config=_CONFIG, alt=summary)
        with st.container(horizontal=True, key=f"{key}_rest", vertical_alignment="top", gap="small"):
            st.html(table_twin(records, summary))
            st.download_button(
                "CSV",
                data=lambda: to_csv(records),
                file_name=f"{file_name}.csv",
                mime="text/csv",
                key=f"{key}_csv",
                on_click="ignore",
                type="tertiary",
                icon=":material/download:",
                help="The figures of this chart as a table file",
            )
            data = {"key": key, "file": file_name}
            _PICTURES(key=f"{key}_pictures", data=data, width="content", on_scheme_change=lambda: None)


def table_twin(records: Sequence[dict[str, str]], caption: str) -> str:
    """The figures of a chart as a folded table in a box that scrolls by itself."""
    if not records:
        return ""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in records[0])
    rows = "".join(f"<tr>{_cells(list(record.values()))}</tr>" for record in records)
    return (
        '<details class="twin"><summary>Show as a table</summary>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="Table: {escape(caption)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _cells(texts: Sequence[str]) -> str:
    first, *rest = texts
    return f'<th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(text)}</td>" for text in rest)
