"""The leaderboard's filters, counts and order against brute force and against what the files say."""

import random
from dataclasses import replace
from datetime import date
from math import inf
from types import MappingProxyType

import pytest

from catalog.leaderboard import FACETS, NAME, PRICE_STEPS, Board, View, active, filter_words, sort_words
from catalog.lifecycle import Service, life
from catalog.loading import Catalog
from catalog.measures import slug, source_words
from catalog.schema import Absent
from tests.catalog.conftest import Folder

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def board(catalog: Catalog) -> Board:
    return Board(catalog, DAY)


def names(board: Board, view: View) -> set[str]:
    return {board.models[at].id for at in board.page(view).order}


def some_views(board: Board, count: int = 60) -> list[View]:
    """Views with up to three filters each, the same on every run."""
    dice = random.Random(7)
    views = []
    for _ in range(count):
        view = replace(board.default, q=dice.choice(["", "", "gemini", "flash 2", "no such model"]))
        for facet in dice.sample(sorted(FACETS), dice.randint(0, 2)):
            options = sorted(board.facets[facet])
            view = view.choosing(facet, dice.sample(options, min(len(options), dice.randint(1, 2))))
        view = replace(view, max_price=dice.choice([None, None, inf, 2.0]), min_context=dice.choice([None, 1_000_000]))
        views.append(view)
    return views


def test_missing_values_come_last_in_both_directions_and_ties_stand_by_name(board: Board) -> None:
    for measure in board.measures:
        for descending in (False, True):
            order = board.sorted(measure, descending)
            assert sorted(order) == list(range(len(board.models)))
            keys = [board.value(at, measure).key for at in order]
            there = [key for key in keys if key is not None]
            assert keys == there + [None] * (len(keys) - len(there))
            assert there == sorted(there, reverse=descending), measure
            for (at, key), (after, next_key) in zip(
                list(zip(order, keys, strict=True)), list(zip(order, keys, strict=True))[1:], strict=False
            ):
                if key == next_key:
                    assert board.models[at].name.casefold() <= board.models[after].name.casefold()


def test_the_order_by_name_reads_like_a_register(board: Board) -> None:
    register = [board.models[at].name.casefold() for at in board.sorted(NAME, False)]
    assert register == sorted(register)
    assert [board.models[at].name.casefold() for at in board.sorted(NAME, True)] == register[::-1]


def test_a_filter_only_ever_removes(board: Board) -> None:
    for view in some_views(board):
        for name in active(view):
            assert names(board, view) <= names(board, view.without(name))


def test_every_count_is_what_choosing_the_option_leaves(board: Board) -> None:
    for view in some_views(board, 25):
        counts = board.counts(view)
        for facet, kind in FACETS.items():
            chosen = view.chosen.get(facet, ())
            for key in board.facets[facet]:
                wanted = (*chosen, key) if kind.all_of else (key,)
                assert counts[facet][key] == len(names(board, view.choosing(facet, wanted))), (view, facet, key)
        for step, count in board.price_counts(view).items():
            assert count == len(names(board, replace(view, max_price=step)))
        for least, count in board.context_counts(view).items():
            assert count == len(names(board, replace(view, min_context=least)))


def test_filters_say_what_the_claims_say(board: Board, catalog: Catalog) -> None:
    assert names(board, board.default.choosing("lab", ["openai"])) == {
        model.id for model in catalog.models.values() if model.lab == "openai"
    }
    dying = names(board, board.default.choosing("status", ["ending", "shut-down"]))
    assert dying == {
        model.id for model in catalog.models.values() if life(model, DAY).service in (Service.ENDING, Service.SHUT_DOWN)
    }
    both = names(board, board.default.choosing("input", ["image", "audio"]))
    assert "gemini-2.0-flash" in both
    assert "deepseek-r1" not in both


def test_a_free_rate_is_no_list_price_whatever_the_limit(board: Board) -> None:
    for most in (inf, *PRICE_STEPS):
        assert "gemini-2.0-pro-exp-02-05" not in names(board, replace(board.default, max_price=most))
    cheap = names(board, replace(board.default, max_price=0.4))
    # Its list price was $0.40 for a million output tokens: exactly the limit.
    assert "gemini-2.0-flash" in cheap
    assert "gemini-2.5-flash" not in cheap


def test_a_missing_price_is_words_and_stands_last(board: Board) -> None:
    at = next(at for at, model in enumerate(board.models) if model.id == "gemini-2.0-pro-exp-02-05")
    shown = board.value(at, "prices.input")
    assert (shown.cell.text, shown.key, shown.plain) == ("no list price", None, "no list price")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2.0 flash-lite", "gemini-2.0-flash-lite"),
        ("OPENAI gpt-5.5", "gpt-5.5"),
        ("gemini-2.0-flash-001", "gemini-2.0-flash"),
        ("  anthropic   sonnet 5 ", "claude-sonnet-5"),
    ],
)
def test_the_search_finds_names_ids_aliases_and_labs(board: Board, typed: str, found: str) -> None:
    assert found in names(board, replace(board.default, q=typed))


def test_every_word_of_the_search_must_match(board: Board) -> None:
    assert not names(board, replace(board.default, q="openai gemini"))


def test_a_score_column_never_mixes_sources_or_editions(board: Board, catalog: Catalog) -> None:
    for measure in board.measures.values():
        if measure.benchmark and "several sources" not in measure.explained and "from " not in measure.explained:
            values = [value for value in board.column(measure.id) if value.key is not None]
            assert len({value.source for value in values}) == 1, measure.id
            results = [
                each for each in catalog.benchmarks[measure.benchmark].results if each.source == values[0].source
            ]
            scores = {(each.date, float(each.score)) for each in results if not isinstance(each.score, Absent)}
            assert all((value.as_of, value.key) in scores for value in values)


def test_the_largest_group_of_a_benchmark_is_offered_first(board: Board) -> None:
    for name in {each.benchmark for each in board.measures.values() if each.benchmark}:
        sizes = [each.models for each in board.measures.values() if each.benchmark == name]
        assert sizes == sorted(sizes, reverse=True)


def test_figures_of_a_collection_alone_are_never_a_column(board: Board, catalog: Catalog) -> None:
    alone = {
        benchmark.id
        for benchmark in catalog.benchmarks.values()
        if benchmark.results
        and all(catalog.sources[each.source].collection and not each.origin for each in benchmark.results)
        and all("not stated" in each.conditions or "unknown" in each.conditions for each in benchmark.results)
    }
    assert not alone & {each.benchmark for each in board.measures.values()}


def test_of_several_scores_of_a_model_the_newest_is_shown_and_the_range_named(folder: Folder) -> None:
    folder.model(name="m")
    folder.model(name="n")
    folder.benchmark(
        "model: m, score: 40, unit: percent, conditions: plain, source: broker, date: 2026-01-01",
        "model: m, score: 60, unit: percent, conditions: plain, source: broker, date: 2026-02-01",
        "model: m, score: 55, unit: percent, conditions: plain, source: broker, date: 2026-02-01",
        "model: n, score: 50.5, unit: percent, conditions: plain, source: broker, date: 2026-01-01",
    )
    board = Board(folder.load(), DAY)
    shown = board.column("quiz~broker")
    assert [value.cell.text for value in shown] == ["60.0%", "50.5%"]
    assert shown[0].small == "newest of 3"
    assert "the newest of 3 scores from 40 to 60" in source_words(board.catalog, shown[0])


def test_an_amount_of_zero_is_a_gap_and_not_the_best(folder: Folder) -> None:
    folder.model(name="m")
    folder.model(name="n")
    folder.benchmark(
        "model: m, score: 0, unit: percent, conditions: plain, source: broker, date: 2026-01-01",
        "model: n, score: 7, unit: percent, conditions: plain, source: broker, date: 2026-01-01",
    )
    quiz = folder.root / "benchmarks" / "quiz.yaml"
    quiz.write_text(quiz.read_text().replace("scoring: proportion", "scoring: amount"))
    board = Board(folder.load(), DAY)
    for descending in (False, True):
        assert [board.models[at].id for at in board.sorted("quiz~broker", descending)] == ["n", "m"]
    assert board.value(0, "quiz~broker").cell.text == "not recorded"


def test_the_default_rating_is_the_one_with_the_most_models(board: Board) -> None:
    ratings = [each for each in board.measures.values() if each.rating]
    best = next(each for each in ratings if each.id in board.default.columns)
    assert best.models == max(each.models for each in ratings)


def test_pages_cut_the_order_without_loss(catalog: Catalog) -> None:
    board = Board(multiplied(catalog, 120), DAY)
    pages = [board.page(replace(board.default, page=number)) for number in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [50, 50, 20]
    assert [at for page in pages for at in page.rows] == list(pages[0].order)
    assert board.page(replace(board.default, page=99)).number == 3


def multiplied(catalog: Catalog, count: int) -> Catalog:
    """The catalog with its models repeated under other ids and names until there are `count`."""
    known = list(catalog.models.values())
    models = {}
    for at in range(count):
        model = known[at % len(known)]
        name = f"{model.id}-{at}"
        models[name] = model.model_copy(update={"id": name, "name": f"{model.name} {at}"})
    return replace(catalog, models=MappingProxyType(models))


def test_an_empty_board_neither_filters_nor_sorts_wrongly(catalog: Catalog) -> None:
    board = Board(replace(catalog, models=MappingProxyType({})), DAY)
    assert board.page(board.default).order == ()
    assert board.page(replace(board.default, q="x", max_price=1.0)).pages == 1


def test_orders_and_filters_are_said_in_words(board: Board) -> None:
    assert sort_words(board, "context_window", True) == "Context window, largest first"
    assert sort_words(board, "prices.output", False) == "Output price, cheapest first"
    view = replace(board.default.choosing("lab", ["openai", "meta"]), max_price=0.5)
    assert filter_words(board, view, "lab") == "Lab: OpenAI or Meta"
    assert filter_words(board, view, "max_price") == "At most $0.50 per million output tokens"


def test_a_slug_has_no_comma_and_nothing_that_an_address_would_escape() -> None:
    assert slug("Gemini 3 (specialised)") == "gemini-3-specialised"
    assert slug("A, B") == "a-b"
    assert slug("!?") == "-"
