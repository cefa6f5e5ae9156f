"""What has changed between two catalogs is told value by value, and nothing is told that has not."""

import time
from collections import Counter
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.changed import NOT_IN, Changed, changed_sentence, changes
from catalog.fields import FIELDS, Group, Holds
from catalog.loading import Catalog
from catalog.schema import Claim, Kind, Lab, Model, Source, Term
from catalog.tables import score_rows
from catalog.versions import load_version

ON = date(2026, 3, 1)
TODAY = date(2026, 11, 26)
SCORE = "unit: percent, conditions: c, date: 2026-01"


@pytest.fixture
def told(folder):
    """Loads the folder, lets a test change it, and says what has changed in its model m."""

    def between(body, other, **options):
        folder.model(body)
        before = folder.load()
        folder.model(other)
        return changes(before, folder.load(), ["m"], ON, **options)

    return between


def claim(path, *claims):
    """A model file's lines for one field."""
    section, _, name = path.rpartition(".")
    head, indent = (f"{section}:\n  {name}:\n", "    ") if section else (f"{name}:\n", "  ")
    return head + "".join(f"{indent}- {{{each}, source: maker, as_of: 2026-01}}\n" for each in claims)


def price(value, limits=""):
    return claim("prices.input", f"value: {value}, unit: USD per 1M tokens{limits}")


def words(found):
    return [(each.label, each.before, each.after) for each in found]


@pytest.mark.parametrize(
    ("path", "unit", "before", "after", "told_before", "told_after"),
    [
        ("context_window", ", unit: tokens", "1000", "2000000", "1,000 tokens", "2,000,000 tokens"),
        ("knowledge_cutoff", ", unit: date", "2025-01", "not disclosed", "Jan 2025", "not disclosed"),
        ("knowledge_cutoff", ", unit: date", "'2025'", "2025-04", "2025", "Apr 2025"),
        ("capabilities.thinking", "", "supported", "not supported", "supported", "not supported"),
        ("input_modalities", "", "[text]", "[text, image]", "text", "text, image"),
        ("open_weights", "", "true", "false", "yes", "no"),
        ("prices.output", ", unit: USD per 1M tokens", "2.5", "no list price", "$2.50", "no list price"),
        ("successor", ", unit: model id", "n", "o", "n", "o"),
    ],
)
def test_a_changed_value_is_told_in_the_words_of_the_pages(
    path, unit, before, after, told_before, told_after, told, folder
):
    found = told(claim(path, f"value: {before}{unit}"), claim(path, f"value: {after}{unit}"))
    assert found == (Changed("m", FIELDS[path].label, path, told_before, told_after),)


def test_a_value_that_was_not_there_is_told_as_not_in_the_catalog(told):
    body = claim("context_window", "value: 1000, unit: tokens")
    assert words(told(body, body + price(2.5))) == [("Input tokens, per million", NOT_IN, "$2.50")]
    assert words(told(body + price(2.5), body)) == [("Input tokens, per million", "$2.50", NOT_IN)]


def test_that_nothing_was_found_is_no_change_from_nothing(told):
    body = claim("context_window", "value: 1000, unit: tokens")
    assert told(body, body + claim("output_limit", "value: not found, unit: tokens")) == ()


def test_dates_sources_notes_and_weaker_claims_are_no_changes(told):
    old = "context_window:\n  - {value: 1000, unit: tokens, source: maker, as_of: 2026-01}\n"
    new = (
        "context_window:\n"
        "  - {value: 2000, unit: tokens, source: broker, as_of: 2026-03}\n"
        "  - {value: 1000, unit: tokens, source: maker, as_of: 2026-02, note: Seen again., also_stated_by: [guess]}\n"
    )
    assert told(old, new) == ()


def test_another_order_of_a_list_is_no_change(told):
    lists = [claim("input_modalities", f"value: [{each}]") for each in ("text, image", "image, text")]
    assert told(*lists) == ()
    many = [claim("platforms", *(f"value: {each}" for each in order)) for order in ("AB", "BA")]
    assert told(*many) == ()


def test_values_that_add_up_are_told_together(told):
    found = told(claim("platforms", "value: One"), claim("platforms", "value: One", "value: Two"))
    assert words(found) == [("Offered on", "One", "One, Two")]


def test_a_price_that_changes_on_a_later_day_has_not_changed_yet(told, folder):
    new = claim(
        "prices.input",
        "value: 2.5, unit: USD per 1M tokens, valid_to: 2026-03-31",
        "value: 9, unit: USD per 1M tokens, valid_from: 2026-04-01",
    )
    assert told(price(2.5), new) == ()
    folder.model(price(2.5))
    before = folder.load()
    folder.model(new)
    found = changes(before, folder.load(), ["m"], date(2026, 4, 1))
    assert words(found) == [("Input tokens, per million", "$2.50", "$9.00")]


def test_each_platform_and_size_has_a_price_of_its_own(told):
    usual, large = ", platform: Gemini API (AI Studio)", ", prompt_above: 200000"
    unit = ", unit: USD per 1M tokens"
    before = [f"value: 2{unit}{usual}", f"value: 4{unit}{usual}{large}", f"value: 2{unit}, platform: Vertex AI"]
    after = [f"value: 2{unit}{usual}", f"value: 5{unit}{usual}{large}", f"value: 3{unit}, platform: Vertex AI"]
    assert words(told(claim("prices.input", *before), claim("prices.input", *after))) == [
        ("Input tokens, per million (prompts above 200,000 tokens)", "$4.00", "$5.00"),
        ("Input tokens, per million (Vertex AI)", "$2.00", "$3.00"),
    ]


def test_another_price_that_takes_the_first_place_is_told_though_none_has_changed(told):
    one, other = (f"value: {value}, unit: USD per 1M tokens, platform: {name}" for value, name in ((2, "A"), (3, "B")))
    found = told(claim("prices.input", one, other), claim("prices.input", other, one))
    assert words(found) == [("Input tokens, per million", "$2.00", "$3.00")]


def test_computed_measures_change_with_what_they_are_computed_from(told):
    def sized(parameters, tokens):
        return claim("architecture.parameters_total", f"value: {parameters}, unit: billion parameters") + (
            f"  training_tokens:\n    - {{value: {tokens}, unit: billion tokens, source: maker, as_of: 2026-01}}\n"
        )

    # sqrt(100 x 900) / 300 = 1, and sqrt(400 x 900) / 300 = 2.
    assert words(told(sized(100, 900), sized(400, 900))) == [
        ("Parameters", "100 billion", "400 billion"),
        ("Token:parameter ratio, computed", "9:1", "2:1"),
        ("ALScore, computed", "1", "2"),
    ]


def test_days_of_the_history_are_told(told):
    def history(*events):
        return "lifecycle:\n" + "".join(f"  - {{{each}, source: maker}}\n" for each in events)

    body = claim("context_window", "value: 1000, unit: tokens")
    before = body + history("stage: preview, date: 2025-02-05", "stage: deprecated, date: 2026-01")
    after = body + history("stage: preview, date: 2025-02-05, note: New words.", "stage: deprecated, date: 2026-02")
    found = told(before, after)
    assert words(found) == [("History: deprecated", "Jan 2026", "Feb 2026")]
    assert found[0].path == "lifecycle.deprecated"


def test_a_new_and_a_gone_model_are_told_once(folder):
    before = folder.load()
    folder.model(name="n")
    after = folder.load()
    assert changes(before, after, ["m", "n"], ON) == (Changed("n", "Model", "model", NOT_IN, "Model n"),)
    assert changes(after, before, ["n", "m"], ON, [Group.PRICES]) == (
        Changed("n", "Model", "model", "Model n", NOT_IN),
    )


def test_a_renamed_model_is_followed_by_its_alias(folder):
    before = folder.load()
    (folder.root / "models/lab/m.yaml").unlink()
    folder.model(
        "api_ids:\n  - {value: m, unit: model id, source: maker, as_of: 2026-01}\n"
        "context_window:\n  - {value: 5000, unit: tokens, source: maker, as_of: 2026-01}\n",
        name="m-2",
    )
    assert words(changes(before, folder.load(), ["m"], ON)) == [
        ("Model id", "m", "m-2"),
        ("Name", "Model m", "Model m-2"),
        ("Context window", "1,000 tokens", "5,000 tokens"),
        ("API model ids", NOT_IN, "m"),
    ]


def test_an_alias_that_moved_to_another_model_says_that_alone(folder):
    alias = "api_ids:\n  - {value: latest, unit: model id, source: maker, as_of: 2026-01}\n"
    other = claim("context_window", "value: 7, unit: tokens")
    folder.model(claim("context_window", "value: 1000, unit: tokens") + alias)
    folder.model(other, name="n")
    before = folder.load()
    folder.model()
    folder.model(other + alias, name="n")
    assert words(changes(before, folder.load(), ["latest"], ON)) == [
        ("Model id", "m", "n"),
        ("Name", "Model m", "Model n"),
    ]


def test_a_name_that_no_catalog_knows_and_a_model_named_twice_are_passed_over(folder):
    before = folder.load()
    folder.model(claim("context_window", "value: 5, unit: tokens"))
    assert len(changes(before, folder.load(), ["x", "m", "models/M", "m"], ON)) == 1


def test_groups_leave_all_others_out(told):
    bodies = [claim("context_window", f"value: {each}, unit: tokens") + price(each) for each in (1, 2)]
    assert [each.path for each in told(*bodies)] == ["context_window", "prices.input"]
    assert [each.path for each in told(*bodies, groups={Group.PRICES})] == ["prices.input"]
    assert told(*bodies, groups=()) == ()
    with pytest.raises(ValueError, match="life"):
        told(*bodies, groups=["life"])


def test_a_changed_score_is_told_and_one_of_a_weaker_source_is_not(folder):
    folder.benchmark(f"model: m, score: 50, {SCORE}, source: maker")
    before = folder.load()
    folder.benchmark(f"model: m, score: 51.5, {SCORE}, source: maker", f"model: m, score: 9, {SCORE}, source: broker")
    assert changes(before, folder.load(), ["m"], ON) == (Changed("m", "Quiz", "benchmarks.quiz", "50%", "51.5%"),)
    assert changes(before, folder.load(), ["m"], ON, [Group.PRICES]) == ()


def test_of_several_scores_the_one_that_the_comparison_shows_counts(folder):
    folder.model(name="n")
    apart = [f"model: m, score: 50, {SCORE}, source: maker", f"model: n, score: 40, {SCORE}, source: broker"]
    folder.benchmark(*apart)
    before = folder.load()
    folder.benchmark(*apart, f"model: m, score: 48, {SCORE}, source: broker")
    after = folder.load()
    assert words(changes(before, after, ["m", "n"], ON)) == [("Quiz", "50%", "48%")]
    assert changes(before, after, ["m"], ON) == ()


def test_scores_are_those_of_the_compare_page(catalog):
    for names in (["gemini-2.0-pro", "gemini-2.0-flash"], ["gemini-3.8-flash"], ["gpt-5", "gemini-2.5-pro", "gpt-4o"]):
        models = [catalog.find(name) for name in names]
        empty = replace(catalog, benchmarks=MappingProxyType({}))
        found = changes(empty, catalog, names, TODAY, [Group.BENCHMARKS])
        shown = {
            (model.id, row.field.label, cell.text)
            for row in score_rows(catalog, models, TODAY)
            for model, cell in zip(models, row.cells, strict=True)
            if cell.ruling
        }
        assert {(each.model, each.label, each.after) for each in found} == shown
        assert {each.before for each in found} == {NOT_IN}


def test_the_first_kept_version_differs_by_what_was_found_out_since(catalog):
    found = changes(load_version("421f09dc3e4a"), catalog, ["gemini-3.8-flash"], TODAY)
    assert Changed("gemini-3.8-flash", "Top-k (request parameter)", "parameters.top_k", NOT_IN, "ignored") in found
    assert not [each for each in found if each.path.startswith(("benchmarks.", "context_window", "prices.input"))]


@pytest.mark.timed
def test_two_models_are_held_against_each_other_in_less_than_50_ms(catalog):
    other = replace(catalog)
    names = ["gemini-2.5-pro", "gemini-2.5-flash"]
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        assert changes(other, catalog, names, TODAY) == ()
        taken.append(time.perf_counter() - started)
    assert min(taken) < 0.05


@pytest.mark.parametrize(
    ("count", "made", "now", "sentence"),
    [
        (
            0,
            "2026-11-17",
            "2026-11-26",
            "Nothing shown here has changed since this link was made: its catalog was published on 17 November 2026, "
            "today's on 26 November 2026.",
        ),
        (
            1,
            date(2026, 11, 17),
            date(2026, 11, 17),
            "1 value changed since this link was made: both catalogs were published on 17 November 2026.",
        ),
        (
            3,
            "2026-10",
            "2026-11-26",
            "3 values changed since this link was made: its catalog was published in October 2026, today's on 26 "
            "November 2026.",
        ),
    ],
)
def test_the_sentence_counts_the_values_and_names_both_days(count, made, now, sentence):
    found = [Changed("m", "Context window", "context_window", "1", "2")] * count
    assert changed_sentence(found, made, now) == sentence


VALUES = {
    Holds.COUNT: st.integers(1, 10**9),
    Holds.AMOUNT: st.integers(0, 1000).map(lambda cents: cents / 4),
    Holds.DATE: st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(str),
    Holds.TEXT: st.sampled_from(["one", "two", "three"]),
    Holds.LIST: st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True).map(
        lambda each: tuple(sorted(each))
    ),
    Holds.FLAG: st.booleans(),
    Holds.SUPPORT: st.sampled_from(["supported", "not supported"]),
    Holds.PARAMETER: st.sampled_from(["supported", "ignored"]),
    Holds.STATUS: st.sampled_from(["preview", "available"]),
    Holds.LINK: st.sampled_from(["https://one.example", "https://two.example"]),
}
# Computed measures follow these two, and are tested above.
PATHS = [path for path in FIELDS if path not in ("architecture.parameters_total", "architecture.training_tokens")]
FILLED = st.fixed_dictionaries({}, optional={path: VALUES[FIELDS[path].holds] for path in PATHS})
SOURCES = MappingProxyType({"maker": Source(title="Maker", kind=Kind.OFFICIAL, date="2026", licence="none")})


def catalog_of(values, as_of="2026"):
    """A catalog of the one model m with one claim a field."""
    claims = {
        path: (
            Claim(
                value=value,
                unit=next(iter(FIELDS[path].units), None),
                kind=Kind.OFFICIAL,
                source="maker",
                as_of=as_of,
            ),
        )
        for path, value in values.items()
    }
    model = Model(
        id="m", name="M", short_name="M", lab="lab", family="F", tier="pro", identity=("maker",), claims=claims
    )
    return Catalog(
        models=MappingProxyType({"m": model}),
        benchmarks=MappingProxyType({}),
        sources=SOURCES,
        labs=MappingProxyType({"lab": Lab(name="Lab", country="Nowhere")}),
        glossary=MappingProxyType({"token": Term(label="Token", plain="A piece of text.")}),
        decision=None,
        version="0" * 12,
        as_of="2026",
    )


@given(FILLED)
def test_a_catalog_has_not_changed_against_itself_or_a_newer_date(values):
    assert changes(catalog_of(values), catalog_of(values, "2026-02"), ["m"], ON) == ()


@given(FILLED, FILLED)
@settings(max_examples=50)
def test_exactly_the_edited_values_are_told_in_the_order_of_the_fields(values, edited):
    found = changes(catalog_of(values), catalog_of(edited), ["m"], ON)
    differing = [path for path in FIELDS if values.get(path) != edited.get(path)]
    assert [each.path for each in found] == differing
    assert [each.before == NOT_IN for each in found] == [path not in values for path in differing]
    assert [each.after == NOT_IN for each in found] == [path not in edited for path in differing]


@given(FILLED, FILLED)
@settings(max_examples=50)
def test_seen_from_the_other_side_before_and_after_change_places(values, edited):
    one, other = catalog_of(values), catalog_of(edited)
    swapped = [replace(each, before=each.after, after=each.before) for each in changes(other, one, ["m"], ON)]
    assert Counter(changes(one, other, ["m"], ON)) == Counter(swapped)
