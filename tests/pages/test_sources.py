"""Sources, conflicts and glossary as a visitor meets them: the numbers against the catalog."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from catalog.conflicts import conflicts
from catalog.evidence import Verdict
from catalog.fields import FIELDS
from catalog.loading import load
from catalog.schema import Kind, Scoring, Stage
from catalog.usage import uses

Open = Callable[..., AppTest]
Read = Callable[[AppTest], list[str]]


@pytest.fixture(scope="module")
def known():
    return load()


def today():
    return datetime.now(UTC).date()


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def titles(html_of: Read, app: AppTest) -> list[str]:
    (table,) = [each for each in html_of(app) if 'class="facts sources"' in each]
    return [words(row) for row in re.findall(r'<th scope="row" class="field">(.*?)</th>', table)]


def values(html_of: Read, app: AppTest) -> list[int]:
    (table,) = [each for each in html_of(app) if 'class="facts sources"' in each]
    return [
        0 if "none" in cell else int(words(cell).replace(",", ""))
        for cell in re.findall(r'<td class="num"[^>]*>(.*?)</td>', table)
    ]


def test_the_most_used_sources_stand_first_and_all_are_one_click_away(open_page: Open, known, html_of: Read) -> None:
    app = open_page("sources")
    assert len(titles(html_of, app)) == 25
    app.toggle(key="sources_all").set_value(True).run()
    assert app.query_params["all"] == "yes"
    assert len(titles(html_of, app)) == len(known.sources)
    assert values(html_of, app) == sorted(values(html_of, app), reverse=True)
    assert sum(values(html_of, app)) == sum(map(len, uses(known, today()).values()))


def test_every_claim_event_statement_and_result_counts_for_its_source(known) -> None:
    counted = uses(known, today())
    name = "seed_article"
    claims = sum(claim.source == name for model in known.models.values() for c in model.claims.values() for claim in c)
    told = sum(each.source == name for model in known.models.values() for each in (*model.lifecycle, *model.statements))
    results = sum(each.source == name for test in known.benchmarks.values() for each in test.results)
    assert len(counted[name]) == claims + told + results
    assert claims > 0
    assert results > 0


def test_search_kind_and_order_narrow_the_list_and_stay_in_the_address(open_page: Open, known, html_of: Read) -> None:
    app = open_page("sources", q="litellm", kind="third_party", sort="date")
    assert app.text_input(key="sources_search").value == "litellm"
    shown = titles(html_of, app)
    assert 0 < len(shown) < 20
    app.selectbox(key="sources_sort").set_value("name").run()
    assert app.query_params["sort"] == "name"
    assert titles(html_of, app) == sorted(shown, key=str.casefold)


def test_a_search_without_a_hit_says_what_to_do(open_page: Open) -> None:
    app = open_page("sources", q="no such words")
    assert "empty the search box" in app.info[0].value


@pytest.mark.parametrize("parameter", ["show", "kind", "sort", "source"])
def test_an_unknown_choice_in_the_address_is_named(open_page: Open, parameter: str, html_of: Read) -> None:
    app = open_page("sources", **{parameter: "<b>nonsense"})
    assert f"`{parameter}=<b>nonsense`" in app.warning[0].value
    assert "<b>nonsense" not in " ".join(html_of(app))


def test_opening_a_source_lists_what_rests_on_it(open_page: Open, known, html_of: Read) -> None:
    app = open_page("sources", source="seed_card")
    (opened,) = [each for each in html_of(app) if "card opened" in each]
    rests = uses(known, today())["seed_card"]
    assert f"{len(rests)} values rest on it." in words(opened)
    assert opened.count("<li>") == len(rests) + len({use.model for use in rests if use.model})
    assert "Gemini 2.0 Flash Experimental: 87%" in words(opened)
    assert 'href="model?id=gemini-2.0-flash-exp"' in opened


def test_no_source_is_opened_unasked(open_page: Open, html_of: Read) -> None:
    assert "card opened" not in " ".join(html_of(open_page("sources")))


def test_all_conflicts_of_the_catalog_are_listed(open_page: Open, known, html_of: Read) -> None:
    app = open_page("sources", show="conflicts")
    found = conflicts(known, today())
    (table,) = [each for each in html_of(app) if "against-table" in each]
    assert table.count('<th scope="row"') == len(found)
    assert f"{len(found)} of {len(found)} conflicts" in app.caption[0].value
    assert "Numbers come first, by how many times the largest is the smallest" in app.caption[0].value
    row = words(table[table.index("Gemini 2.0 Flash</a>") :])[:400]
    assert "Output limit 8× 8,192 tokens 65,536 tokens" in row


def test_conflicts_are_filtered_by_lab_and_model(open_page: Open, known, html_of: Read) -> None:
    app = open_page("sources", show="conflicts", lab="deepseek")
    labs = {known.models[name].lab for name in re.findall(r'href="model\?id=([^"]+)"', " ".join(html_of(app)))}
    assert labs == {"deepseek"}
    assert app.selectbox(key="sources_model").options == [
        "All models",
        *sorted(
            {known.models[e.model].name for e in conflicts(known, today()) if known.models[e.model].lab == "deepseek"}
        ),
    ]
    app.selectbox(key="sources_model").set_value("deepseek-v3").run()
    assert app.query_params["model"] == "deepseek-v3"
    assert set(re.findall(r'href="model\?id=([^"]+)"', " ".join(html_of(app)))) == {"deepseek-v3"}


def test_the_glossary_is_in_the_order_of_the_alphabet_and_can_be_searched(
    open_page: Open, known, html_of: Read
) -> None:
    app = open_page("sources", show="glossary")
    labels = [unescape(each) for each in re.findall(r"<dt>(.*?)</dt>", " ".join(html_of(app)))]
    assert labels == sorted((term.label for term in known.glossary.values()), key=str.casefold)
    app.text_input(key="sources_term").set_value("interval").run()
    assert app.query_params["term"] == "interval"
    found = re.findall(r"<dt>(.*?)</dt>", " ".join(html_of(app)))
    assert "Wilson interval" in found
    assert len(found) < len(labels)


def test_every_term_that_the_code_explains_is_in_the_glossary(known) -> None:
    terms = {field.term for field in FIELDS.values() if field.term}
    terms |= {benchmark.metric.lower() for benchmark in known.benchmarks.values()}
    terms |= {each.value for kind in (Kind, Stage, Scoring, Verdict) for each in kind}
    terms |= {
        "lab",
        "family",
        "tier",
        "platform",
        "collection",
        "claim",
        "standing claim",
        "conflict",
        "scope",
        "dense",
    }
    terms |= {"edition", "snapshot", "conditions", "self-reported", "independent", "catalog version", "pareto line"}
    assert terms - known.glossary.keys() == set()


def test_every_term_is_one_short_plain_sentence(known) -> None:
    for key, term in known.glossary.items():
        assert key == key.lower()
        assert len(term.plain) < 200
        assert term.plain.endswith(".")
        assert "—" not in term.plain
        assert not re.search(r"\.\s+[A-Z]", term.plain), key


def test_a_source_of_the_rules_for_bills_says_what_rests_on_it(open_page: Open, html_of: Read) -> None:
    (opened,) = [each for each in html_of(open_page("sources", source="gapi_tokens")) if "card opened" in each]
    shown = words(opened)
    assert "Rules for bills 6" in shown
    assert "Tokens of an image: 258 tokens an image" in shown
    assert "Tokens of one page: 750" in shown
