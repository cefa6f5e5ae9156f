"""The table and the export against the claims in the files."""

import re
from dataclasses import replace
from datetime import date

import pytest

from catalog.leaderboard import Board
from catalog.loading import load
from components.leaderboard.export import records
from components.leaderboard.table import column_sources, leaderboard_table

FLASH = "gemini-2.0-flash"


@pytest.fixture(scope="module")
def board() -> Board:
    return Board(load(), date(2026, 11, 22))


def place(board: Board, name: str) -> int:
    return next(at for at, model in enumerate(board.models) if model.id == name)


def cells(board: Board, name: str, *columns: str) -> list[str]:
    row = leaderboard_table(board, replace(board.default, columns=columns), [place(board, name)]).split("<tbody>")[1]
    return re.findall(r"<td(?! class=\"pick\").*?</td>", row)


def test_a_row_has_a_box_to_pick_it_a_link_to_its_page_and_the_chosen_columns(board: Board) -> None:
    table = leaderboard_table(board, board.default, [place(board, FLASH)])
    assert 'href="model?id=gemini-2.0-flash" target="_self">Gemini 2.0 Flash</a>' in table
    assert 'data-pick="gemini-2.0-flash" aria-label="Pick Gemini 2.0 Flash to compare"' in table
    assert "Shut down 1 Jun 2026" in table
    assert ">1,048,576</td>" in table
    assert table.count('<th scope="col"') == 2 + len(board.default.columns)


def test_only_the_head_that_sorts_says_so(board: Board) -> None:
    table = leaderboard_table(board, replace(board.default, sort="context_window", descending=True), [])
    assert re.findall(r'aria-sort="(\w+)"><button type="button" data-sort="([\w.]+)"', table) == [
        ("descending", "context_window")
    ]


def test_an_estimate_leans_and_a_missing_value_is_a_word(board: Board) -> None:
    (size,) = cells(board, "gpt-4o", "architecture.parameters_total")
    assert '<em class="value">≈ ' in size
    (price,) = cells(board, "gemini-2.0-pro-exp-02-05", "prices.input")
    assert ">no list price</td>" in price
    assert 'class="right none"' in price
    (speed,) = cells(board, "gpt-4o", "output_speed")
    assert ">not found</td>" in speed


def test_a_conflict_is_marked_and_the_source_one_hover_away(board: Board) -> None:
    (cutoff,) = cells(board, FLASH, "knowledge_cutoff")
    assert 'title="sources conflict"' in cutoff
    assert re.search(r'<td class="right" title="Official; .+; sources conflict', cutoff)


def test_every_column_names_its_sources(board: Board) -> None:
    order = board.page(board.default).rows
    listed = column_sources(board, board.default, order)
    assert listed.count("<li>") == len(board.default.columns)
    for name in board.default.columns:
        values = [board.value(at, name) for at in order]
        for source in {value.source for value in values if value.key is not None}:
            assert board.catalog.sources[source].title.split("&")[0][:30] in listed


def test_the_export_has_what_is_shown_with_kind_source_and_date(board: Board) -> None:
    view = replace(board.default, columns=("context_window", "prices.output", "computed.alscore"))
    record = records(board, view, [place(board, FLASH)])[0]
    claim = board.catalog.models[FLASH].claims["context_window"][0]
    assert record["model"] == FLASH
    assert record["service"] == "shut down"
    assert record["context_window"] == "1048576"
    assert record["context_window.kind"] == "official"
    assert record["prices.output"] == "0.4"
    assert record["context_window.source"] in {
        each.source for each in board.catalog.models[FLASH].claims["context_window"]
    }
    assert record["context_window.as_of"] >= claim.as_of[:4]
    assert list(record)[4:9] == [f"context_window{part}" for part in ("", ".kind", ".conflict", ".source", ".as_of")]


def test_a_name_that_is_markup_stays_text(board: Board) -> None:
    model = board.models[0].model_copy(update={"id": "x", "name": "<img src=x onerror=alert(1)>"})
    hostile = Board(replace(board.catalog, models={"x": model}), board.on)
    table = leaderboard_table(hostile, hostile.default, [0])
    assert "<img" not in table
    assert "&lt;img" in table
