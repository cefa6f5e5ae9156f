import json
import os
import subprocess
import sys
import time
import tracemalloc
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from catalog import yaml_file
from catalog.loading import CatalogError, load

REPOSITORY = Path(__file__).parents[2]


def claim(value="1000", unit="tokens", source="maker", as_of="2026-01", more=""):
    stated = f"unit: {unit}, " if unit else ""
    return f"{{value: {value}, {stated}source: {source}, as_of: {as_of}{more}}}"


def context(**claimed):
    return f"context_window:\n  - {claim(**claimed)}\n"


def result(**changed):
    words = {"model": "m", "score": 5, "unit": "percent", "conditions": "c", "source": "maker", "date": "2026-01"}
    return ", ".join(f"{key}: {value}" for key, value in (words | changed).items() if value is not None)


def test_a_sound_folder_loads(folder):
    assert [each.value for each in folder.load().models["m"].claims["context_window"]] == [1000]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "found the anchor &a, expected the value alone"),
        ("id: m\nname: *x\n", 2, "found the alias *x, expected the value itself"),
        ("id: m\nremarks:\n  <<: *base\n", 3, "found the alias *base"),
        ("id: m\nremarks: &r {}\n", 2, "found the anchor &r"),
        (
            "id: m\nname: !!python/object/apply:os.system [echo owned]\n",
            2,
            "found the tag tag:yaml.org,2002:python/obj",
        ),
        ("id: m\nname: !!int '5'\n", 2, "found the tag"),
        ("id: m\n!!str name: x\n", 2, "found a key that is not a plain word"),
        ("id: m\n? [a, b]\n: c\n", 2, "found a key that is not a plain word"),
        ("id: m\nname: !undefined!tag x\n", 2, "expected well-formed YAML"),
        ("id: m\nname: x\nname: y\n", 3, "found the key a second time, expected each key once"),
        ("id: m\nremarks:\n  a: x\n  a: y\n", 4, "found the key a second time, expected each key once"),
        ("id: m\n---\nid: n\n", 2, "found a second document, expected one document a file"),
        ("id: m\n\tname: x\n", 2, "expected well-formed YAML"),
        ("id: m\nname: [open\nlab: lab\n", 3, "expected well-formed YAML"),
        ("id: m\nname: 'open\n", 3, "expected well-formed YAML"),
        ("%YAML 9.9\n---\nid: m\n", 1, "expected well-formed YAML"),
        ('id: m\nname: "\\ud800"\n', 2, "expected well-formed YAML"),
        ("", 1, "found null, expected keys with values"),
        ("# only a remark\n", 1, "found null, expected keys with values"),
        ("- m\n- n\n", 1, "expected keys with values"),
        ("just words\n", 1, "expected keys with values"),
        ("id: m\nname: " + "[" * 100_000, 2, "found more than 20 levels, expected flatter data"),
        ("id: m\nname: " + "[" * 30 + "@", 2, "found more than 20 levels, expected flatter data"),
        ("id: m\nname: [*x, @]\n", 2, "found the alias *x, expected the value itself"),
        ("\n".join(f"{'  ' * depth}k:" for depth in range(60)), 22, "found more than 20 levels, expected flatter data"),
        ("id: m\nname: [" + "0," * 100_001 + "]\n", 2, "found more than 100,000 values, expected a smaller file"),
    ],
)
def test_hostile_and_broken_yaml_is_refused_by_file_line_and_reason(folder, text, line, words):
    folder.write("models/lab/m.yaml", text)
    begun = time.perf_counter()
    (problem,) = folder.problems()
    assert time.perf_counter() - begun < 2
    assert problem.startswith(f"models/lab/m.yaml:{line}: ")
    assert words in problem


def test_a_tag_never_runs_code(folder, tmp_path):
    proof = tmp_path / "ran"
    folder.model(f"remarks: !!python/object/apply:pathlib.Path.touch ['{proof}']\n")
    folder.problems()
    assert not proof.exists()


def test_text_that_is_not_utf8_is_refused_with_the_place_of_the_byte(folder):
    folder.write("models/lab/m.yaml", b"id: m\nname: Gemini \xe9t\xe9\n")
    assert folder.problems() == ["models/lab/m.yaml:1: file: found a byte that is not UTF-8 at 19, expected UTF-8 text"]


def test_utf8_with_a_byte_order_mark_or_windows_line_ends_is_read(folder):
    folder.write("models/lab/m.yaml", b"\xef\xbb\xbf" + (folder.head() + context()).encode().replace(b"\n", b"\r\n"))
    assert folder.load().models["m"].claims["context_window"][0].value == 1000


def test_a_file_of_100_mb_is_refused_without_reading_it(folder):
    with folder.write("models/lab/m.yaml", "").open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    problems = folder.problems()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problems == ["models/lab/m.yaml:1: file: found 100,000,000 bytes, expected at most 1,000,000 bytes"]
    assert peak < 5_000_000


def test_the_parsers_words_are_not_doubled(folder):
    folder.write("models/lab/m.yaml", "id: m\n\tname: x\n")
    assert "found found" not in folder.problems()[0]


def test_a_nul_character_is_named_on_its_line(folder):
    folder.write("models/lab/m.yaml", b"id: m\nname: x\nlab: \x00\n")
    assert folder.problems()[0].startswith("models/lab/m.yaml:3: ")


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")], ids=["folder", "dead link"])
def test_something_that_is_no_file_is_a_problem_and_not_a_crash(folder, make):
    make(folder.root / "models/lab/odd.yaml")
    (problem,) = folder.problems()
    assert problem.startswith("models/lab/odd.yaml:1: file: ")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_the_place_of_a_file_does_not_hang(folder):
    os.mkfifo(folder.root / "models/lab/pipe.yaml")
    command = [sys.executable, "-m", "catalog", "--data", str(folder.root), "check"]
    try:
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=2.5, check=False)
    except subprocess.TimeoutExpired:
        pytest.fail("the check waits for ever")
    assert done.returncode == 1
    assert "models/lab/pipe.yaml:1" in done.stderr


@pytest.mark.parametrize("name", ["models/stray.yaml", "models/lab/m2.yml", "models/lab/deeper/m2.yaml"])
def test_a_model_file_that_would_not_be_read_is_named(folder, name):
    folder.write(name, folder.head("stray") + context())
    assert any(problem.startswith(f"{name}:") for problem in folder.problems())


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (".nan", '".nan"'),
        (".inf", '".inf"'),
        ("0x10", '"0x10"'),
        ("1_000", '"1_000"'),
        ("1.5", "1.5"),
        ("0", "0"),
        ("-3", "-3"),
        ("true", "true"),
        ("'1000'", '"1000"'),
        ("many", '"many"'),
        ("[text]", '["text"]'),
        ("9" * 40, f'"{"9" * 40}"'),
    ],
)
def test_a_count_that_is_no_count_is_shown_as_written(folder, written, shown):
    folder.model(context(value=written))
    assert folder.problems() == [
        f"models/lab/m.yaml:{folder.body_line + 1}: context_window[1].value: "
        f"found {shown}, expected a whole number above 0"
    ]


@pytest.mark.parametrize(
    ("field", "value", "unit", "expected"),
    [
        ("prices.input", "-1", "USD per 1M tokens", "a number of 0 or more"),
        ("prices.input", "free", "USD per 1M tokens", "a number of 0 or more"),
        ("prices.input", "true", "USD per 1M tokens", "a number of 0 or more"),
        ("prices.input", ".nan", "USD per 1M tokens", "a number of 0 or more"),
        ("knowledge_cutoff", "2025-13", "date", "a date as YYYY, YYYY-MM or YYYY-MM-DD"),
        ("knowledge_cutoff", "2025-02-30", "date", "a date as YYYY, YYYY-MM or YYYY-MM-DD"),
        ("knowledge_cutoff", "2025", "date", "a date as YYYY, YYYY-MM or YYYY-MM-DD"),
        ("knowledge_cutoff", "June 2024", "date", "a date as YYYY, YYYY-MM or YYYY-MM-DD"),
        ("access", "5", "", "a text"),
        ("access", "[public]", "", "a text"),
        ("tags", "SOTA", "", "a list of words"),
        ("tags", "[]", "", "a list of words"),
        ("open_weights", "'yes'", "", "true or false"),
        ("open_weights", "1", "", "true or false"),
        ("capabilities.caching", "maybe", "", "supported, not supported, experimental, preview"),
        ("capabilities.caching", "true", "", "supported, not supported, experimental, preview"),
        ("current_status", "alive", "status", "a lifecycle status"),
        ("links", "ftp://files.example", "", "an address that begins with http"),
        ("links", "'javascript:alert(1)'", "", "an address that begins with http"),
    ],
)
def test_a_value_of_the_wrong_kind_names_what_the_field_holds(folder, field, value, unit, expected):
    section, _, name = field.rpartition(".")
    indent = "  " if section else ""
    head = f"{section}:\n" if section else ""
    folder.model(f"{head}{indent}{name}:\n{indent}  - {claim(value=value, unit=unit)}\n")
    (problem,) = folder.problems()
    line = folder.body_line + (2 if section else 1)
    assert problem.startswith(f"models/lab/m.yaml:{line}: {field}[1].value: found ")
    assert f"expected {expected}" in problem


@pytest.mark.parametrize("value", ["1e999", "-1e999", "null", "''", "[a, [b]]", "{a: b}", "9" * 5000])
def test_one_impossible_value_is_one_line_on_its_field(folder, value):
    folder.model(context(value=value))
    problems = folder.problems()
    assert all(
        problem.startswith(f"models/lab/m.yaml:{folder.body_line + 1}: context_window[1].value: ")
        for problem in problems
    )
    assert len(problems) == 1


def test_a_score_that_is_no_number_is_one_line_on_its_field(folder):
    folder.benchmark(result(score="'-'"))
    (problem,) = folder.problems()
    assert problem.startswith(f"benchmarks/quiz.yaml:{folder.first_result_line}: results[1].score: found ")


@pytest.mark.parametrize(
    ("body", "offset", "problem"),
    [
        (context(more=", colour: red"), 1, "context_window[1].colour: found an unknown key"),
        (
            "context_windw:\n  - " + claim() + "\n",
            0,
            "context_windw: found an unknown field, expected a known field such as context_window",
        ),
        ("zzz:\n  - " + claim() + "\n", 0, "zzz: found an unknown field, expected a known field"),
        (
            "prices:\n  inputs:\n    - " + claim() + "\n",
            1,
            "prices.inputs: found an unknown field, expected a known field such as prices.input",
        ),
        (context(unit="token"), 1, 'context_window[1].unit: found "token", expected tokens'),
        (context(unit=""), 1, "context_window[1].unit: found null, expected tokens"),
        (
            "access:\n  - " + claim(value="public", unit="tokens") + "\n",
            1,
            'access[1].unit: found "tokens", expected no unit',
        ),
        (
            context(source="makr"),
            1,
            'context_window[1].source: found "makr", expected an id in sources.yaml, such as maker',
        ),
        (context(source="zzzzz"), 1, 'context_window[1].source: found "zzzzz", expected an id in sources.yaml'),
        (
            context(more=", also_stated_by: [broker, brokre]"),
            1,
            'context_window[1].also_stated_by: found "brokre", expected an id in sources.yaml, such as broker',
        ),
        (context(as_of="2025-13"), 1, 'context_window[1].as_of: found "2025-13", expected a date that exists'),
        (
            context(as_of="soon"),
            1,
            'context_window[1].as_of: found "soon", expected a date as YYYY, YYYY-MM or YYYY-MM-DD',
        ),
        (
            context(more=", valid_from: 2026-02-01, valid_to: 2026-01-31"),
            1,
            "context_window[1].valid_to: found 2026-01-31, expected a day not before 2026-02-01",
        ),
        (context(more=", kind: sure"), 1, "context_window[1].kind: found \"sure\", expected 'official', 'third_party'"),
        (
            "context_window:\n  - {value: 5, unit: tokens, source: maker}\n",
            1,
            "context_window[1].as_of: found nothing, expected the key as_of",
        ),
        ("context_window: []\n", 0, "context_window: found no claims, expected at least one claim"),
        ("context_window: 5\n", 0, "context_window: found 5, expected"),
        ("context_window: [5]\n", 0, "context_window[1]: found 5, expected"),
        ("remarks: {output_limit: why}\n" + context(), 0, "remarks.output_limit: found "),
        ("lifecycle:\n  - {stage: born, date: 2026-01, source: maker}\n" + context(), 1, "lifecycle[1].stage: found "),
        (
            "lifecycle:\n  - {stage: announced, date: 2026-01, source: makr}\n" + context(),
            1,
            "lifecycle[1].source: found ",
        ),
        (
            "statements:\n  - {topic: notes, text: T, source: maker, field: contxt}\n" + context(),
            1,
            "statements[1].field: found ",
        ),
    ],
)
def test_a_mistake_in_a_claim_names_line_field_and_expectation(folder, body, offset, problem):
    folder.model(body)
    (found,) = folder.problems()
    assert found.startswith(f"models/lab/m.yaml:{folder.body_line + offset}: {problem}")


def test_the_second_claim_on_its_own_line_is_the_one_named(folder):
    folder.model(f"context_window:\n  - {claim()}\n\n  # a remark\n  - {claim(unit='token')}\n")
    assert folder.problems() == [
        f'models/lab/m.yaml:{folder.body_line + 4}: context_window[2].unit: found "token", expected tokens'
    ]


def test_an_id_other_than_the_file_name_is_named(folder):
    folder.write("models/lab/m.yaml", folder.head("n") + context())
    assert folder.problems() == ['models/lab/m.yaml:1: id: found "n", expected the name of the file, m']


def test_a_lab_other_than_the_folder_is_named(folder):
    folder.write("models/lab/m.yaml", folder.head(lab="other") + context())
    assert 'models/lab/m.yaml:4: lab: found "other", expected the name of the folder, lab' in folder.problems()


def test_a_lab_that_labs_yaml_does_not_have_is_named(folder):
    folder.model(name="n", lab="other")
    assert folder.problems() == ['models/other/n.yaml:4: lab: found "other", expected an id in labs.yaml']


def test_two_files_with_one_id_are_refused(folder):
    folder.write(
        "labs.yaml", "lab: {name: A, url: 'https://a.b', country: C}\nlob: {name: A, url: 'https://a.b', country: C}\n"
    )
    folder.model(lab="lob")
    assert folder.problems() == ['models/lob/m.yaml:1: id: found "m", expected an id that no other file has']


def test_two_models_that_claim_one_api_id_are_refused(folder):
    ids = "api_ids:\n  - {value: shared, unit: model id, source: maker, as_of: 2026-01}\n"
    folder.model(ids)
    folder.model(ids, name="n")
    assert folder.problems() == [
        f'models/lab/n.yaml:{folder.body_line + 1}: api_ids[1]: found "shared", expected an id that m does not have'
    ]


def test_an_api_id_that_is_the_id_of_another_model_is_refused(folder):
    folder.model("api_ids:\n  - {value: n, unit: model id, source: maker, as_of: 2026-01}\n")
    folder.model(name="n")
    assert any("api_ids[1]" in problem for problem in folder.problems())


def test_two_models_whose_api_ids_were_not_found_do_not_clash(folder):
    ids = "api_ids:\n  - {value: not found, unit: model id, source: maker, as_of: 2026-01}\n"
    folder.model(ids)
    folder.model(ids, name="n")
    catalog = folder.load()
    assert catalog.find("not found") is None


@pytest.mark.parametrize("name", ["sources.yaml", "labs.yaml", "glossary.yaml"])
def test_a_missing_file_is_a_problem(folder, name):
    (folder.root / name).unlink()
    assert f"{name}:1: file: found no such file, expected a file with entries" in folder.problems()


def test_a_folder_that_does_not_exist_is_a_problem(tmp_path):
    with pytest.raises(CatalogError, match="no such file"):
        load(tmp_path / "nowhere")


def test_a_folder_without_models_is_a_problem(folder):
    (folder.root / "models/lab/m.yaml").unlink()
    assert folder.problems() == ["models:1: folder: found no model files, expected at least one model"]


def test_a_folder_without_a_single_source_is_a_problem_and_not_a_crash(folder):
    folder.write("sources.yaml", "{}\n")
    folder.write("models/lab/m.yaml", folder.head().replace("[maker]", "[]"))
    assert any(problem.startswith("sources.yaml:1: ") for problem in folder.problems())


def test_a_field_named_with_a_dot_beside_its_section_does_not_replace_it_in_silence(folder):
    price = "{value: %s, unit: USD per 1M tokens, source: maker, as_of: 2026-01}"
    folder.model(f"prices:\n  input:\n    - {price % 1.0}\nprices.input:\n  - {price % 9.0}\n")
    assert any(f"models/lab/m.yaml:{folder.body_line + 3}" in problem for problem in folder.problems())


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"score": 101}, "score: found 101.0, expected a score from 0 to 100"),
        ({"score": -0.1}, "score: found -0.1, expected a score from 0 to 100"),
        ({"unit": "points"}, 'unit: found "points", expected the unit of the benchmark, percent'),
        ({"model": "n"}, 'model: found "n", expected the id of a model file'),
        ({"source": "makr"}, 'source: found "makr", expected an id in sources.yaml, such as maker'),
        ({"date": "2026-1"}, 'date: found "2026-1", expected a date as YYYY'),
        ({"conditions": None}, "conditions: found nothing, expected the key conditions"),
        ({"questions": 0}, "questions: found 0, expected"),
    ],
)
def test_a_mistake_in_a_result_names_line_field_and_expectation(folder, changed, problem):
    folder.benchmark(result(**changed))
    (found,) = folder.problems()
    assert found.startswith(f"benchmarks/quiz.yaml:{folder.first_result_line}: results[1].{problem}")


def test_an_interval_that_does_not_hold_its_score_is_refused(folder):
    folder.benchmark(result(score=50, low=60, high=40))
    assert any("results[1]" in problem for problem in folder.problems())


def test_a_score_that_was_not_found_is_a_value_of_its_own(folder):
    folder.benchmark(result(score="not found"))
    assert folder.load().benchmarks["quiz"].results[0].score == "not found"


def test_mistakes_in_several_files_come_at_once_sorted_by_file_and_line(folder):
    folder.write("labs.yaml", "lab: {name: The Lab, url: nowhere, country: Nowhere}\n")
    folder.write("sources.yaml", "maker: {title: P, kind: official, date: 2026-02-01, licence: none}\nx: {title: P}\n")
    folder.model(f"context_window:\n  - {claim(unit='token')}\n  - {claim(value='0')}\n")
    folder.model("output_limit: [\n", name="a")
    folder.benchmark(result(score=500))
    problems = folder.problems()
    places = [(name, int(line)) for name, line, *_ in (problem.split(":") for problem in problems)]
    assert places == sorted(places)
    assert {
        ("benchmarks/quiz.yaml", folder.first_result_line),
        ("labs.yaml", 1),
        ("models/lab/a.yaml", folder.body_line + 1),
        ("models/lab/m.yaml", folder.body_line + 1),
        ("models/lab/m.yaml", folder.body_line + 2),
        ("sources.yaml", 2),
    } == set(places)


def test_an_unknown_model_in_a_result_is_named_beside_a_mistake_elsewhere(folder):
    folder.write("glossary.yaml", "token: {label: Token}\n")
    folder.benchmark(result(model="n"))
    assert [problem.split(":")[0] for problem in folder.problems()] == ["benchmarks/quiz.yaml", "glossary.yaml"]


def test_each_source_of_a_claim_becomes_a_claim_with_its_own_kind_and_date(folder):
    folder.model(context(as_of="2026-01", more=", note: N, also_stated_by: [broker, guess]"))
    claims = folder.load().models["m"].claims["context_window"]
    assert [(each.value, each.source, each.kind, each.as_of, each.note) for each in claims] == [
        (1000, "maker", "official", "2026-01", "N"),
        (1000, "broker", "third_party", "2026-03-01", None),
        (1000, "guess", "estimate", "2026-04-01", None),
    ]


def test_a_claim_may_state_a_kind_of_its_own(folder):
    folder.model(context(more=", kind: inference"))
    assert folder.load().models["m"].claims["context_window"][0].kind == "inference"


_PRINTABLE = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20)
_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**28), 10**28)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _PRINTABLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_PRINTABLE, inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def any_file(tmp_path_factory):
    return tmp_path_factory.mktemp("any") / "any.yaml"


@given(data=_PLAIN)
def test_what_is_written_as_json_is_read_unchanged(any_file, data):
    any_file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    assert yaml_file.read(any_file, "any.yaml").data == data


@given(content=st.binary(max_size=200) | st.text("ab:-[]{}&*!|>?%@'\"#,\n\t \\0.~<=", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused_on_a_line_of_the_file(any_file, content):
    any_file.write_bytes(content)
    line = 1
    try:
        yaml_file.read(any_file, "any.yaml")
    except yaml_file.Refused as refused:
        line = refused.problem.line
    assert 1 <= line <= content.count(b"\n") + content.count(b"\r") + 2


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("gemini-2.0-pro", "gemini-2.0-pro-exp-02-05"),
        ("gemini-2.0-pro-exp", "gemini-2.0-pro-exp-02-05"),
        ("gemini-2.0-pro-exp-02-05", "gemini-2.0-pro-exp-02-05"),
        ("models/gemini-2.0-flash", "gemini-2.0-flash"),
        ("Models/GEMINI-2.0-Flash-001", "gemini-2.0-flash"),
        ("  gemini-2.0-flash \n", "gemini-2.0-flash"),
        ("gemini-2.0-flash-exp", "gemini-2.0-flash-exp"),
        ("gemini-2.5-pro-preview-06-05", "gemini-2.5-pro"),
    ],
)
def test_a_model_is_found_by_id_and_alias_in_any_case(catalog, name, found):
    assert catalog.find(name).id == found


@pytest.mark.parametrize("name", ["", "gemini-9", "models/", "gemini-2.0", "../gemini-2.0-flash"])
def test_an_unknown_name_finds_nothing(catalog, name):
    assert catalog.find(name) is None


def test_an_api_id_with_capitals_is_found_in_any_case(folder):
    folder.model("api_ids:\n  - {value: Large-Model-V3, unit: model id, source: maker, as_of: 2026-01}\n")
    catalog = folder.load()
    assert catalog.find("Large-Model-V3") is catalog.models["m"]
    assert catalog.find("large-model-v3") is catalog.models["m"]


def test_a_mistyped_name_is_answered_with_the_nearest_ids(catalog):
    assert catalog.similar("gemini-2.0-flsh")[0] == "gemini-2.0-flash"
    assert catalog.similar("GEMINI-2.5-PROO")[0] == "gemini-2.5-pro"
    assert len(catalog.similar("gemini")) <= 3
    assert catalog.similar("xyzzy") == ()


def test_two_loads_have_one_version(folder):
    assert folder.load().version == folder.load().version


def test_one_byte_in_any_file_changes_the_version(folder):
    folder.benchmark(result())
    versions = [folder.load().version]
    for path in sorted(folder.root.rglob("*.yaml")):
        path.write_bytes(path.read_bytes() + b"#")
        versions.append(folder.load().version)
    assert len(versions) == 7
    assert len(set(versions)) == 7


def test_the_catalog_is_as_of_its_newest_source(folder):
    assert folder.load().as_of == "2026-04-01"


def test_the_catalog_cannot_be_changed(catalog):
    model = catalog.models["gemini-2.0-flash"]
    with pytest.raises(TypeError):
        catalog.models["x"] = model
    with pytest.raises(TypeError):
        catalog.aliases["x"] = "y"
    with pytest.raises(TypeError):
        model.claims["context_window"] = ()
    with pytest.raises(FrozenInstanceError):
        catalog.version = "x"
    with pytest.raises(ValidationError):
        model.name = "x"
    with pytest.raises(ValidationError):
        model.claims["context_window"][0].value = 1
    with pytest.raises(ValidationError):
        catalog.benchmarks["mmlu"].results[0].score = 1.0


def test_the_remarks_of_a_model_cannot_be_changed(folder):
    folder.model("remarks: {context_window: why}\n" + context())
    model = folder.load().models["m"]
    with pytest.raises(TypeError):
        model.remarks["context_window"] = "x"
