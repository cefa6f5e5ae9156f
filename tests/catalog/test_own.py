"""A visitor's own files beside the catalog: marked, checked like the catalog's own, and gone with the session."""

from datetime import date

import pytest

from catalog.evidence import Verdict, rule
from catalog.fields import FIELDS
from catalog.loading import DATA, load
from catalog.own import MAX_BYTES, OwnDataError, OwnFile, with_own
from catalog.schema import Kind
from catalog.shared import shared_tests

ON = date(2026, 11, 22)
PRO, FLASH = "gemini-2.0-pro-exp-02-05", "gemini-2.0-flash"
_MODEL = """id: house-model
name: House model
short_name: House
lab: own
family: House
tier: pro
identity: [own]
context_window:
  - {value: 4096, unit: tokens, source: own, as_of: 2026-11}
"""


def table(*rows, header="model,benchmark,score,n,conditions"):
    return OwnFile("mine.csv", "\n".join([header, *rows, ""]).encode())


def refused(catalog, *files):
    with pytest.raises(OwnDataError) as caught:
        with_own(catalog, files, ON)
    return " ".join(caught.value.sentences)


def test_own_results_are_added_and_marked_and_the_catalog_itself_stays_as_it_was(catalog):
    version = load().version
    own = with_own(catalog, [table("gemini-2.0-flash,GPQA Diamond,62.5,198,our harness")], ON)
    added = [each for each in own.catalog.results[FLASH]["gpqa_diamond"] if each.source == "own"]
    assert [(each.score, each.kind, each.conditions) for each in added] == [(62.5, Kind.OWN, "our harness")]
    assert own.results == 1
    assert own.catalog.version != catalog.version
    assert own.catalog.as_of == catalog.as_of
    assert load().version == version
    assert not list(DATA.rglob("*own*"))


def test_two_own_results_of_one_table_get_a_verdict(catalog):
    rows = [f"{name},MMLU-Pro,{score},12032,our harness" for name, score in ((PRO, 90), (FLASH, 70))]
    own = with_own(catalog, [table(*rows)], ON).catalog
    tests = {each.benchmark.id: each for each in shared_tests(own, own.models[PRO], own.models[FLASH])}
    # The maker's own comparison stays first; the visitor's is listed behind it.
    assert tests["mmlu_pro"].judgement.verdict is Verdict.SMALL
    assert [result.score for result in tests["mmlu_pro"].others[-1].results] == [90, 70]


def test_an_own_model_stands_beside_the_others_with_its_own_claims(catalog):
    own = with_own(catalog, [OwnFile("house.yaml", _MODEL.encode()), table("house-model,MMLU,70,14042,ours")], ON)
    assert own.models == ("house-model",)
    model = own.catalog.models["house-model"]
    assert {claim.kind for claim in model.claims["context_window"]} == {Kind.OWN}
    assert own.catalog.results["house-model"]["mmlu"][0].score == 70


def test_an_own_claim_never_stands_where_a_source_says_something(catalog):
    claims = (*catalog.models[FLASH].claims["context_window"],)
    own = claims[0].model_copy(update={"value": 5, "kind": Kind.OWN, "as_of": "2027"})
    assert rule((own, *claims), FIELDS["context_window"], ON).standing.value != 5


def test_an_own_model_may_not_take_the_name_of_another(catalog):
    taken = _MODEL.replace("house-model", "gemini-2.0-flash")
    assert "the catalog has a model called gemini-2.0-flash" in refused(catalog, OwnFile("m.yaml", taken.encode()))


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "[x]", "{a: 1}"])
def test_a_file_is_never_written_where_its_name_points(catalog, name):
    text = _MODEL.replace("id: house-model", f"id: '{name}'")
    assert "id: expected a plain name" in refused(catalog, OwnFile("m.yaml", text.encode()))


def test_what_is_wrong_is_named_by_file_line_and_field(catalog):
    broken = _MODEL.replace("4096", "-1")
    assert "house.yaml:9: context_window[1].value: found -1" in refused(catalog, OwnFile("house.yaml", broken.encode()))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (OwnFile("notes.txt", b"x"), "notes.txt is neither a .csv nor a .yaml file."),
        (OwnFile("big.csv", b"x" * (MAX_BYTES + 1)), "at most 1,000,000 can be read"),
        (OwnFile("empty.csv", b""), "empty.csv"),
        (OwnFile("noise.csv", bytes(range(256))), "noise.csv"),
        (table("nobody,GPQA Diamond,62,198,x"), "nobody"),
        (table("gemini-2.0-flash,GPQA Diamond,620,198,x"), "620"),
        (OwnFile("m.yaml", b"a: &x 1\nb: *x\n"), "m.yaml"),
        (OwnFile("m.yaml", b"- 1\n"), "m.yaml"),
    ],
    ids=lambda value: value.name if isinstance(value, OwnFile) else "",
)
def test_files_that_cannot_be_read_are_refused_with_a_sentence(catalog, file, said):
    assert said in refused(catalog, file)


def test_many_files_are_refused_before_they_are_read(catalog):
    assert "at most 10" in refused(catalog, *[table("gemini-2.0-flash,MMLU,1,1,x")] * 11)
