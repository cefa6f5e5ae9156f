import pytest

from tests.catalog.import_run import IMPORTS, RESULT, Importer, results, table


@pytest.fixture
def quiz(folder):
    folder.benchmark(RESULT)
    return folder


@pytest.fixture
def run(quiz, tmp_path, capsys):
    return Importer(quiz, tmp_path / "table.csv", capsys)


def test_a_wide_table_has_a_benchmark_a_column(run, quiz):
    done = run(IMPORTS / "wide.csv", "--write", "--as-of", "2026-05")
    assert [(each.model, each.score, each.conditions) for each in results(quiz)] == [
        ("m", 71.5, "5-shot"),
        ("m", 72.5, "not stated"),
    ]
    assert '"Riddles"' in done.out
    assert '"other"' in done.out


@pytest.mark.parametrize(
    "header",
    [
        "MODEL,BENCHMARK,SCORE",
        " model_name , Eval , accuracy",
        "Model ID,Benchmark Name,Value",
        "llm,dataset,acc",
        "\ufeffmodel,benchmark,score",
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_headings_and_delimiters_are_taken_as_they_come(run, quiz, header, delimiter):
    run(table("m,quiz,71.5", header=header).replace(",", delimiter), "--write")
    assert [each.score for each in results(quiz)] == [71.5]


@pytest.mark.parametrize("name", ["m", "M", "Model m", "model_M", " models/m ", "lab/m", "lab/Model m"])
def test_names_differ_in_case_separators_and_maker_alone(run, quiz, name):
    run(table(f"{name},QUIZ,71.5"), "--write")
    assert [each.model for each in results(quiz)] == ["m"]


@pytest.mark.parametrize("name", ["mm", "m-2", "other/m", "m (thinking)", "Model"])
def test_a_similar_name_is_never_taken(run, quiz, name):
    done = run(table(f"{name},quiz,71.5"), "--write")
    assert done.code == 1
    assert done.added == {}
    assert done.out.endswith("Nothing in table.csv could be used; nothing was written.\n")


def test_a_short_name_is_a_hint_and_no_more(run, quiz):
    quiz.write("models/lab/m.yaml", quiz.model().read_text().replace("short_name: m", "short_name: Emma"))
    assert '"emma", similar: m\n' in run(table("emma,quiz,71.5"), "--write").out
    assert results(quiz) == []


def test_a_name_can_be_said_to_mean_an_id(run, quiz):
    run(table("Em (thinking),The quiz,71.5"), "--name", "Em (thinking)=m", "--name", "the quiz=quiz", "--write")
    assert [each.score for each in results(quiz)] == [71.5]


def test_an_id_decides_before_a_name_and_an_api_id_says_which_version_it_is(run, quiz):
    ids = "".join(f"  - {{value: {each}, unit: model id, source: maker, as_of: 2026-01}}\n" for each in ("m-1", "m-2"))
    quiz.model(f"api_ids:\n{ids}")
    done = run(
        table("m-2,x,quiz,1.5", "m-1,x,quiz,2.5", "m-3,Model m,quiz,3.5", header="model id,model,eval,score"), "--write"
    )
    assert [(each.score, each.snapshot) for each in results(quiz)] == [(1.5, "m-2"), (2.5, None)]
    assert 'Models that the catalog does not have: 1\n  "m-3"\n' in done.out


def test_models_can_be_chosen_and_left_out(run, quiz):
    quiz.model(name="n")
    rows = table("m,quiz,1.5", "Model n,quiz,2.5", "o,quiz,3.5")
    assert "that the catalog does not have" not in run(rows, "--only", "Model n", "--write").out
    assert [each.model for each in results(quiz)] == ["n"]
    run(rows, "--skip", "n", "--write")
    assert [each.model for each in results(quiz)] == ["n", "m"]


def test_a_table_of_one_benchmark_needs_to_be_told_which(run, quiz):
    rows = table("m,71.5,+5/-4", header="model,rating,95_pct_ci")
    done = run(rows)
    assert done.code == 1
    assert done.err == (
        "table.csv cannot be used: it has no column for benchmark, and none is named like a benchmark of the catalog; "
        "add it, or say with --benchmark which one the scores are of; nothing was written.\n"
    )
    run(rows, "--benchmark", "quiz", "--write")
    assert [(each.low, each.high) for each in results(quiz)] == [(67.5, 76.5)]


MISFITS = {
    'm,quiz,"79,1"': 'row 2: column "score": the comma in "79,1" may stand for a point or for thousands; write it with',
    'm,quiz,"1,470"': 'row 2: column "score": the comma in "1,470" may stand',
    "m,quiz,79.1±2": 'row 2: column "score": "79.1±2" does not say what the spread is',
    "m,quiz,many": 'row 2: column "score": "many" is not a number',
    "m,quiz,1e999": 'row 2: column "score": "1e999" is not a number',
    "m,quiz,0.791": 'row 2, column "score": Quiz goes from 0 to 100; is 0.791 a fraction, so 79.1 percent, or is it '
    "low? Give --fractions for the first, or the unit percent in a column unit for the second.",
    "m,quiz,1": 'row 2, column "score": Quiz goes from 0 to 100; is 1 a fraction, so 100 percent, or is it low?',
    "m,quiz,101": 'row 2, column "score": score is 101.0, expected a score from 0 to 100.',
    "m,quiz,-3": 'row 2, column "score": score is -3.0, expected a score from 0 to 100.',
    ",quiz,5": 'row 2: column "model" names no model.',
    "m,,5": 'row 2: column "benchmark" names no benchmark.',
    "m,quiz,5,,,,,,,,,extra": "row 2: it has 12 cells under 11 headings.",
    "m,quiz,5,points": 'row 2: column "score": it is in "points", and Quiz is in percent.',
    "m,quiz,5,,many": 'row 2: column "n": "many" is not a whole number.',
    "m,quiz,5,,0": 'row 2, column "score": questions is 0, expected ',
    "m,quiz,5,,,6": 'row 2, column "score": low is 6.0, expected a lower end not above the score, 5.',
    "m,quiz,5,,,,4": 'row 2, column "score": high is 4.0, expected an upper end not below the score, 5.',
    "m,quiz,5,,,,,Scale": 'row 2: column "measured by": "Scale" is neither maker, independent nor unknown.',
    "m,quiz,5,,,,,,nobody,": 'row 2: "nobody" is no id in sources.yaml; say with --source whose table this is.',
    "m,quiz,5,,,,,,maker,05/06/2026": 'row 2: column "date": "05/06/2026" is not a date as YYYY, YYYY-MM or YYYY-M',
    "m,quiz,5,,,,,,maker,2026-02-30": 'row 2: column "date": "2026-02-30" is not a date that exists.',
    f"m,quiz,5,,,,,,maker,,{'x' * 501}": 'row 2: column "note": 501 characters, where at most 500 fit.',
    f"{'m' * 200_000},quiz,5": 'row 2: column "model": 200,000 characters, where at most 500 fit.',
}
FULL = "model,benchmark,score,unit,n,low,high,measured by,source,date,note"


@pytest.mark.parametrize("row", MISFITS, ids=lambda row: row[:40])
def test_what_is_not_understood_is_named_by_row_and_column(run, row):
    source = None if "nobody" in row else "table"
    done = run(table(row, header=FULL), "--write", source=source)
    assert done.code == 1
    assert f"Not understood: 1\n  {MISFITS[row]}" in done.out
    assert done.added == {}


def test_empty_cells_and_short_rows_are_no_fault(run, quiz):
    done = run(table("m,quiz,", "m,quiz", "m,quiz,N/A", ",,", "m,quiz,71.5"), "--write")
    assert "Not understood" not in done.out
    assert [each.score for each in results(quiz)] == [71.5]


def test_a_score_that_was_not_found_is_a_value_of_its_own(run, quiz):
    run(table("m,quiz,not found"), "--write")
    assert [each.score for each in results(quiz)] == ["not found"]


def test_fractions_are_multiplied_only_when_asked_for(run, quiz):
    rows = table(
        "m,quiz,0.7914,0.77,0.81,", "m,quiz,1,,,5-shot", "m,quiz,0,,,0-shot", header="model,eval,acc,low,high,setup"
    )
    done = run(rows, "--fractions", "--write")
    assert "Scores taken for fractions and multiplied by 100: 3." in done.out
    assert [(each.score, each.low, each.high) for each in results(quiz)] == [
        (79.14, 77.0, 81.0),
        (100.0, None, None),
        (0.0, None, None),
    ]


def test_a_column_of_fractions_and_percent_is_not_settled_by_a_flag(run, quiz):
    done = run(table("m,quiz,0.8", "m,quiz,45"), "--fractions", "--write")
    assert "Other scores of Quiz in this file are above 1, so --fractions cannot settle it." in done.out
    assert [each.score for each in results(quiz)] == [45.0]


@pytest.mark.parametrize("row", ["m,quiz,0.8%,", "m,quiz,0.8,percent", "m,quiz,0.8,%"])
def test_a_stated_unit_leaves_no_question(run, quiz, row):
    run(table(row, header="model,eval,score,unit"), "--write")
    assert [each.score for each in results(quiz)] == [0.8]


@pytest.mark.parametrize("ends", ["+5/-4", "+5 / −4", "[67.5, 76.5]", "(67.5%; 76.5%)"])
def test_an_interval_may_stand_in_one_column(run, quiz, ends):
    run(table(f'm,quiz,71.5,"{ends}"', header="model,eval,score,95% CI"), "--write")
    assert [(each.low, each.high) for each in results(quiz)] == [(67.5, 76.5)]


def test_a_row_may_name_its_source_by_id_by_address_or_in_words(run, quiz):
    rows = ("m,quiz,71.5,broker", "m,quiz,72.5,https://x.example/page", "m,quiz,73.5,Table 6")
    run(table(*rows, header="model,eval,score,source"), "--write", "--as-of", "2026-05")
    assert [(each.source, each.origin, each.locator) for each in results(quiz)] == [
        ("broker", None, "row 2"),
        ("table", "https://x.example/page", "row 3"),
        ("table", None, "there from Table 6"),
    ]


def test_a_table_that_names_known_sources_needs_no_other(run, quiz):
    done = run(table("m,quiz,71.5,broker", header="model,eval,score,source"), "--write", source=None)
    assert list(done.added) == ["benchmarks/quiz.yaml"]
    assert "each row names its source" in done.out


def test_a_new_model_of_a_table_needs_its_lab(run, quiz):
    rows = table("New One,quiz,71.5", "new one,quiz,72.5", "../up,quiz,5", "a/b,quiz,5")
    assert 'no lab of labs.yaml is known to make "New One"; name it with --lab' in run(rows, "--new-models").out
    done = run(rows, "--new-models", "--lab", "lab", "--write")
    assert '"../up" cannot be the name of a file, so it cannot be the id of a new model.' in done.out
    assert set(done.added) == {"benchmarks/quiz.yaml", "models/lab/new-one.yaml", "sources.yaml"}
    assert done.added["models/lab/new-one.yaml"] == [
        "id: new-one",
        "name: New One",
        "short_name: New One",
        "lab: lab",
        "family: not stated",
        "tier: not stated",
        "identity: [table]",
    ]
