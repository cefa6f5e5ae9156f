"""An address says a view and nothing else: what is written is read back, and what is hostile never raises."""

import random
import string
from dataclasses import replace
from datetime import date
from math import inf

import pytest

from catalog.leaderboard import FACETS, MOST_COLUMNS, MOST_PICKS, Board, View
from catalog.loading import load
from components.leaderboard.address import read, write

PARAMETERS = (*FACETS, "q", "max_price", "min_context", "columns", "sort", "page", "pick")


@pytest.fixture(scope="module")
def board() -> Board:
    return Board(load(), date(2026, 11, 22))


def random_view(board: Board, dice: random.Random) -> View:
    view = View()
    for facet in FACETS:
        options = sorted(board.facets[facet])
        view = view.choosing(facet, dice.sample(options, dice.randint(0, min(3, len(options)))))
    measures = list(board.measures)
    return replace(
        view,
        q=dice.choice(["", "gpt", " two words ", "50% & more, ünï?"]),
        max_price=dice.choice([None, inf, 2.0, 0.1, 1 / 3]),
        min_context=dice.choice([None, 1, 1_000_000]),
        columns=tuple(dice.sample(measures, dice.randint(0, MOST_COLUMNS))),
        sort=dice.choice(["name", *measures]),
        descending=dice.random() < 0.5,
        page=dice.choice([1, 2, 77]),
        pick=tuple(dice.sample(sorted(board.catalog.models), dice.randint(0, MOST_PICKS))),
    )


def test_what_is_written_is_read_back(board: Board) -> None:
    dice = random.Random(3)
    for view in [board.default, *(random_view(board, dice) for _ in range(300))]:
        assert read(board, write(board, view)) == (view, ())


def test_an_address_without_parameters_is_the_default_and_the_other_way_round(board: Board) -> None:
    assert read(board, {}) == (board.default, ())
    assert write(board, board.default) == {}


def test_hostile_values_never_raise_and_never_stay(board: Board) -> None:
    dice = random.Random(11)
    letters = string.printable + "ü☃\x00\u202e\ud800"
    for _ in range(600):
        asked = {
            name: dice.choice(["", ",", "-", "nan", "-inf", "1e999", "0x10", "<script>", "a" * 5000, "٣"])
            + "".join(dice.choices(letters, k=dice.randint(0, 12)))
            for name in dice.sample(PARAMETERS, dice.randint(1, 6))
        }
        view, complaints = read(board, asked)
        assert read(board, write(board, view)) == (view, ())
        assert all(len(each) < 400 for each in complaints)
        board.page(view)


@pytest.mark.parametrize(
    ("asked", "facet", "options"),
    [
        ({"family": "Gemini 2.0"}, "family", ("gemini-2.0",)),
        ({"family": "Gemini 3 (specialised)"}, "family", ("gemini-3-specialised",)),
        ({"architecture": "mixture-of-experts"}, "architecture", ("mixture-of-experts",)),
        ({"status": "In service,shut down"}, "status", ("in-service", "shut-down")),
        ({"lab": "openai,google-deepmind,openai"}, "lab", ("openai", "google-deepmind")),
    ],
)
def test_links_of_other_pages_name_options_by_id_or_in_their_own_words(
    board: Board, asked: dict[str, str], facet: str, options: tuple[str, ...]
) -> None:
    view, complaints = read(board, asked)
    assert view.chosen == {facet: options}
    assert not complaints


def test_what_the_catalog_does_not_have_is_named_and_the_rest_is_kept(board: Board) -> None:
    view, complaints = read(board, {"lab": "nobody,openai", "sort": "-age", "columns": "open_weights,colour"})
    assert view.chosen == {"lab": ("openai",)}
    assert view.columns == ("open_weights",)
    assert (view.sort, view.descending) == (board.default.sort, board.default.descending)
    assert sorted(each.split(",")[0] for each in complaints) == [
        "The address asks for an order by `age`",
        "The address asks for lab `nobody`",
        "The address asks for the column `colour`",
    ]


def test_a_benchmark_stands_for_its_largest_group(board: Board) -> None:
    view, complaints = read(board, {"columns": "lmarena_text", "sort": "-lmarena_text"})
    assert not complaints
    assert view.columns == (view.sort,)
    sizes = [each.models for each in board.measures.values() if each.benchmark == "lmarena_text"]
    assert board.measures[view.sort].models == max(sizes)


def test_models_to_pick_are_found_by_alias_and_stop_at_four(board: Board) -> None:
    view, complaints = read(board, {"pick": "gemini-2.0-pro,gpt-5,gpt-4o,gpt-4.1,o3-mini"})
    assert view.pick == ("gemini-2.0-pro-exp-02-05", "gpt-5", "gpt-4o", "gpt-4.1")
    assert "`o3-mini`" in complaints[0]
