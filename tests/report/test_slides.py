"""The deck tells the report in six to ten slides with native charts and tables, and nothing in it overflows or acts."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import PP_ALIGN

from catalog.schema import Kind
from components.report.slide_charts import number_format, scaled
from components.report.slide_labels import Label, sides
from components.report.slide_letters import lines as counted
from components.report.slide_letters import shortened, width
from components.report.slide_story import FEWEST, MOST, story
from components.report.slide_text import headline
from components.report.slides import deck
from components.report.state import (
    Audience,
    Chart,
    Form,
    Heading,
    Paragraph,
    Part,
    Plot,
    Report,
    Section,
    Sentence,
    Series,
    Table,
    Value,
)
from tests.report import deck_reading as reading
from tests.report.deck_reading import A, C
from tests.report.frozen_pairs import frozen
from tests.report.sample_state import HOSTILE, bars_chart, dots_chart, hostile_report, report, specs_table

WORDS = "the bill of a model that reads long documents and answers at once grows with every further page of them"


@cache
def sample() -> bytes:
    return deck(report())


def with_blocks(part: Part, *blocks: Paragraph | Table | Chart) -> Report:
    """A report of one section."""
    return replace(report(), sections=(Section(part, "The section", blocks),))


def plotted(plot: Plot) -> Report:
    return with_blocks(Part.VERDICTS, replace(bars_chart(), plot=plot))


def numbers_of(plot: Plot) -> list[dict[int, float]]:
    """The values of each series in the chart that a deck makes of a plot."""
    chart = reading.charts(reading.opened(deck(plotted(plot))).slides[1])[0]
    return [reading.points(series._element, "val") for series in chart.plots[0].series]


def test_any_choice_of_sections_makes_six_to_ten_slides() -> None:
    whole = report()
    every = (*whole.sections, Section(Part.VERDICTS, "Verdicts", (dots_chart(),)), Section(Part.CAVEATS, "Caveats", ()))
    for count in range(len(every) + 1):
        for sections in combinations(every, count):
            for sources in (whole.sources, ()):
                bare = tuple(replace(each, blocks=()) for each in sections) if not sources else sections
                pages = story(replace(whole, sections=bare, sources=sources), "catalog")
                assert FEWEST <= len(pages) + 1 <= MOST


def test_the_slides_come_in_the_order_of_the_report() -> None:
    topics = [each.kicker for each in story(frozen("gemini-2.5-pro,gemini-2.5-flash"), "catalog")]
    assert list(dict.fromkeys(topics)) == [
        "Summary",
        "Verdicts on shared tests",
        "Specifications",
        "Benchmarks",
        "What it costs",
        "What we would choose",
        "Caveats",
        "Sources",
    ]


def test_the_title_of_a_slide_is_its_first_sentence() -> None:
    slide = reading.about(reading.opened(sample()), "Cost")[0]
    assert slide.shapes.title.text == "2.5 Pro costs $9,720.00 a month and 2.5 Flash $1,200.00, 8.1 times as much"
    assert "2.5 Pro costs $9,720.00 a month and 2.5 Flash $1,200.00, 8.1 times as much." in reading.notes(slide)


def test_a_title_takes_the_first_sentence_and_leaves_the_second_to_the_text_below() -> None:
    found = headline("2.5 Pro is ahead in 4 tests. 2 are too close to call.")
    assert (found.text, found.rest) == ("2.5 Pro is ahead in 4 tests", "2 are too close to call.")


def test_a_sentence_that_is_too_long_for_a_title_is_cut_visibly_and_stands_below_in_full() -> None:
    long = f"The answer is short, {WORDS}, {WORDS}, unless the prices change."
    found = headline(long)
    assert found.lines == 2
    assert found.text.endswith("…")
    assert found.rest == long


def test_a_section_without_content_says_why() -> None:
    slide = reading.about(reading.opened(sample()), "Advice")[0]
    assert "No advice: every model fails a demand." in reading.words(slide)


def test_the_summary_has_a_column_for_each_of_its_parts() -> None:
    slide = reading.about(reading.opened(sample()), "Summary")[0]
    columns = [each.text_frame.text for each in slide.placeholders if each.name.startswith("Text")]
    assert [each.split("\n")[0] for each in columns] == ["What it costs", "What we would choose"]


def test_an_answer_stands_under_its_remark_beside_its_prompt() -> None:
    slide = reading.about(reading.opened(sample()), "Runs")[0]
    said = reading.words(slide)
    assert "Prompt: Why is the sky blue? In two lines." in said
    assert "simulated, not a model's answer\nBecause of **Rayleigh** scattering." in said


def test_every_slide_has_a_real_title_a_number_and_a_footer_with_catalog_and_date() -> None:
    found = reading.opened(sample())
    assert (found.slide_width / 914400, found.slide_height / 914400) == (pytest.approx(13.333, abs=1e-3), 7.5)
    for slide in found.slides:
        kinds = [each.placeholder_format.type for each in slide.placeholders]
        assert slide.shapes[0] == slide.shapes.title
        assert slide.shapes.title.text
        footer = next(each for each in slide.placeholders if each.placeholder_format.type == PP_PLACEHOLDER.FOOTER)
        assert footer.text == "Pro or Flash for our help desk · Catalog 72b5aadd0ded of 17 Nov 2025 · 26 Nov 2025"
        number = list(slide.placeholders)[kinds.index(PP_PLACEHOLDER.SLIDE_NUMBER)]
        assert number._element.find(f".//{A}fld").get("type") == "slidenum"
        assert not [each.name for each in slide.placeholders if each.has_text_frame and not each.text_frame.text]


def test_charts_and_tables_say_what_they_show_to_those_who_do_not_see_them() -> None:
    frames = [each for slide in reading.opened(sample()).slides for each in slide.shapes if not each.has_text_frame]
    assert len(frames) >= 5
    assert all(each._element.nvGraphicFramePr.cNvPr.get("descr") for each in frames)


def test_colours_and_fonts_of_the_library_are_gone() -> None:
    theme = reading.parts(sample())["ppt/theme/theme1.xml"].decode()
    assert "Office" not in theme
    assert 'name="Pro or Flash"' in theme
    assert "1D56B8" in theme


def test_a_bar_a_model_has_the_number_of_the_plot_and_the_colour_of_the_model() -> None:
    chart = reading.charts(reading.about(reading.opened(sample()), "Cost")[0])[0]
    assert list(chart.plots[0].categories) == ["2.5 Pro", "2.5 Flash"]
    assert list(chart.plots[0].series[0].values) == [9720.0, 1200.0]
    colours = [each.get("val") for each in chart._chartSpace.iterfind(f".//{C}dPt//{A}schemeClr")]
    assert colours == ["accent1", "accent2"]
    sheet = reading.sheet(chart)
    assert [[cell.value for cell in row[:2]] for row in sheet.iter_rows(min_row=2, max_row=3)] == [
        ["2.5 Pro", 9720],
        ["2.5 Flash", 1200],
    ]


def test_intervals_are_error_bars_with_the_distance_to_each_end() -> None:
    chart = reading.charts(reading.about(reading.opened(sample()), "Benchmarks")[0])[0]
    pro = next(each for each in chart.plots[0].series if each.name == "2.5 Pro")
    bars = pro._element.find(f"{C}errBars")
    # 86.4 with 81.4 to 90.4, and 18.8 with 17.3 to 20.3.
    assert reading.points(bars, "minus") == {0: 5.0, 1: 1.5}
    assert reading.points(bars, "plus") == {0: 4.0, 1: 1.5}
    assert bars.find(f"{C}errValType").get("val") == "cust"
    place = bars.find(f"{C}plus/{C}numRef/{C}f").text
    cells = reading.sheet(chart)[place.split("!")[1].replace("$", "")]
    assert [row[0].value for row in cells] == [4.0, 1.5]


def test_a_missing_value_is_no_point_and_not_a_zero() -> None:
    chart = reading.charts(reading.about(reading.opened(sample()), "Benchmarks")[0])[0]
    flash = next(each for each in chart.plots[0].series if each.name == "2.5 Flash")
    assert reading.points(flash._element, "yVal") == {0: 82.8}
    assert flash._element.find(f"{C}errBars") is None
    assert numbers_of(Plot(Form.LINES, ("a", "b"), (Series("x", "#1d56b8", (None, 2.0)),), "s")) == [{1: 2.0}]


def test_a_self_reported_score_is_hollow() -> None:
    chart = reading.charts(reading.about(reading.opened(sample()), "Benchmarks")[0])[0]
    hollow = {
        series.name: [
            int(point.find(f"{C}idx").get("val"))
            for point in series._element.iterfind(f"{C}dPt")
            if point.find(f".//{A}srgbClr").get("val") == "FFFFFF"
        ]
        for series in chart.plots[0].series
    }
    assert (hollow["2.5 Pro"], hollow["2.5 Flash"]) == ([1], [0])


def test_the_hole_of_a_hollow_mark_follows_its_value_in_the_workbook() -> None:
    chart = reading.charts(reading.about(reading.opened(sample()), "Benchmarks")[0])[0]
    sheet = reading.sheet(chart)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    formulas = [cell for row in rows for cell in row if isinstance(cell, str) and cell.startswith("=")]
    assert [sheet[each[1:]].value for each in formulas if each.startswith("=B")] == [18.8, 82.8]


def test_every_test_of_a_dot_plot_has_its_name_and_the_unit_stands_at_the_scale() -> None:
    chart = reading.charts(reading.about(reading.opened(sample()), "Benchmarks")[0])[0]
    said = [each.text for each in chart._chartSpace.iter(f"{A}t")]
    assert "GPQA" in " ".join(said)
    assert {"HLE", "Percent"} <= set(said)
    assert chart.value_axis.tick_labels.number_format.endswith('"%"')


def test_a_scale_of_powers_of_ten_is_one_in_the_chart() -> None:
    plot = Plot(Form.BARS, ("a", "b"), (Series("x", "#1d56b8", (0.5, 300.0)),), "tokens a second", log=True)
    chart = reading.charts(reading.opened(deck(plotted(plot))).slides[1])[0]
    assert chart.value_axis._element.find(f"{C}scaling/{C}logBase").get("val") == "10"
    assert (chart.value_axis.minimum_scale, chart.value_axis.maximum_scale) == (0.1, 1000)


def test_points_on_two_scales_have_their_names_and_places() -> None:
    series = Series("x", "#1d56b8", (1400.0, None, 1300.0), across=(0.1, 1.0, 10.0), labels=("One", "Two", "Three"))
    plot = Plot(Form.SCATTER, (), (series,), "rating", "US dollars", log=True)
    chart = reading.charts(reading.opened(deck(plotted(plot))).slides[1])[0]
    drawn = chart.plots[0].series[0]._element
    assert reading.points(drawn, "yVal") == {0: 1400.0, 2: 1300.0}
    assert reading.points(drawn, "xVal")[2] == 10.0
    said = [each.text for each in chart._chartSpace.iter(f"{A}t")]
    assert {"One", "Three", "US dollars", "Rating"} <= set(said)
    assert "Two" not in said


def test_a_model_without_a_price_stands_in_the_chart_in_words() -> None:
    series = (Series("2.5 Pro", "#1d56b8", (None,)), Series("2.5 Flash", "#b4530a", (1200.0,)))
    row = (Value("2.5 Pro"), Value("no list price"))
    table = Table("t", "The bill", "The bill.", (Heading("Model"), Heading("USD", numeric=True)), (row,))
    drawn = replace(bars_chart(), plot=Plot(Form.BARS, ("A month",), series, "USD"), table=table)
    chart = reading.charts(reading.opened(deck(with_blocks(Part.COST, drawn))).slides[1])[0]
    assert list(chart.plots[0].categories) == ["2.5 Pro (no list price)", "2.5 Flash"]
    assert list(chart.plots[0].series[0].values) == [None, 1200.0]


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=8), st.booleans(), st.booleans())
def test_a_scale_holds_all_values_in_a_few_round_steps(values: list[float], log: bool, zero: bool) -> None:
    found = scaled(values, log, zero)
    slack = abs(found.high - found.low) * 1e-6
    assert found.low - slack <= min(values)
    assert max(values) <= found.high + slack
    if not found.log:
        assert 1 <= round((found.high - found.low) / found.step) <= 8
        assert not zero or found.low <= 0 <= found.high


def test_numbers_are_formatted_by_their_unit_and_size() -> None:
    assert number_format("USD", 9720) == '"$"#,##0'
    assert number_format("USD", 189.6) == '"$"#,##0.00'
    assert number_format("%", 86.4) == '0.0"%"'
    assert number_format("tokens", 1_048_576) == "#,##0"


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 300), st.floats(10, 120)), max_size=12))
def test_labels_that_are_shown_do_not_cover_each_other(places: list[tuple[float, float, float]]) -> None:
    labels = [Label(x, y, wide, 13) for x, y, wide in places]
    boxes = []
    for label, side in zip(labels, sides(labels, 520), strict=True):
        middle = {"r": label.x + 7 + label.width / 2, "l": label.x - 7 - label.width / 2}.get(side, label.x)
        upright = {"t": label.y - 7 - 6.5, "b": label.y + 7 + 6.5}.get(side, label.y)
        boxes += [(middle, upright, label.width)] if side else []
    for one, other in combinations(boxes, 2):
        apart = abs(one[0] - other[0]) >= (one[2] + other[2]) / 2 - 1e-6
        assert apart or abs(one[1] - other[1]) >= 13 - 1e-6


def test_a_table_groups_its_rows_and_marks_its_values() -> None:
    table = reading.tables(reading.about(reading.opened(sample()), "Specifications")[0])[0]
    first = [row.cells[0].text for row in table.rows]
    assert first == ["Field", "Limits", "Context window", "Architecture", "Parameters", "Identity", "Release date"]
    assert table.cell(1, 0).is_merge_origin
    assert "≠" in table.cell(2, 2).text
    estimate = table.cell(4, 1).text_frame.paragraphs[0].runs[0]
    assert (estimate.text, estimate.font.italic) == ("≈ 400 B", True)
    assert table.first_row


def test_figures_stand_at_the_right_and_the_best_is_bold() -> None:
    slide = next(each for each in reading.about(reading.opened(sample()), "Cost") if reading.tables(each))
    table = reading.tables(slide)[0]
    best = table.cell(2, 1).text_frame.paragraphs[0]
    assert best.alignment == PP_ALIGN.RIGHT
    assert (best.runs[0].text, best.runs[0].font.bold) == ("$1,200.00", True)
    assert not table.cell(1, 1).text_frame.paragraphs[0].runs[0].font.bold
    assert table.cell(1, 1).text == "$9,720.00 [1]"
    assert "no list price" in table.cell(2, 2).text


def test_rows_that_find_no_room_are_counted_on_the_slide() -> None:
    rows = tuple((Value(f"Row {at}"), Value(f"{at}", at)) for at in range(60))
    table = Table("long", "Long", "Sixty rows.", (Heading("Row"), Heading("Number", numeric=True)), rows, slides=60)
    slide = reading.opened(deck(with_blocks(Part.SPECS, table))).slides[1]
    shown = reading.tables(slide)[0]
    assert 10 <= len(shown.rows) - 1 < 60
    assert f"{60 - (len(shown.rows) - 1)} more rows in the workbook." in reading.words(slide)
    frame = next(each for each in slide.shapes if each.has_table)
    assert frame.top + sum(row.height for row in shown.rows) <= 6.5 * 914400


def test_the_notes_name_every_source_that_a_slide_cites_and_what_it_was_made_from() -> None:
    found = reading.opened(sample())
    for slide in found.slides:
        said = reading.notes(slide)
        cited = [each for each in ("[1]", "[2]") if each in reading.words(slide)]
        assert f"catalog 72b5aadd0ded of 17 Nov 2025, report {report().digest}" in said
        if "[1]" in cited:
            address = "https://ai.google.dev/gemini-api/docs/pricing"
            assert f"[1] Gemini API pricing, 17 Nov 2025, CC BY 4.0, {address}" in said
        if "[2]" in cited:
            assert "[2] LiteLLM price file, Aug 2025, MIT" in said
    assert "[1]" in reading.words(reading.about(found, "Benchmarks")[0])


def stretched() -> Report:
    """The sample with everything longer than anybody would write it."""
    plain = report(Audience.TECHNICAL)
    long = Sentence(f"{WORDS.capitalize()}, {WORDS}: {WORDS}.", sources=("gemini_api_pricing",), certainty="clear")
    cells = tuple(tuple(replace(cell, shown=f"{cell.shown} {WORDS}") for cell in row) for row in specs_table().rows * 5)
    table = replace(specs_table(), rows=cells, groups=("A",) * 9 + ("B",) * 6, slides=15)
    parts = tuple(Paragraph((long,) * 8, WORDS, listed=True) for _ in range(5))
    plot = dots_chart().plot
    many = tuple(f"{WORDS} {at}" for at in range(40))
    series = tuple(
        replace(each, name=WORDS, values=(50.0,) * 40, low=(), high=(), hollow=(True,) * 40) for each in plot.series
    )
    chart = replace(dots_chart(), plot=replace(plot, categories=many, series=series), summary=long.text)
    sections = (
        Section(Part.SUMMARY, WORDS, parts),
        Section(Part.VERDICTS, WORDS, (Paragraph((long,)), chart)),
        Section(Part.SPECS, WORDS, (Paragraph((long,)), table)),
        Section(Part.CAVEATS, WORDS, parts[:1]),
    )
    models = tuple(replace(each, name=f"{each.name} {WORDS}", life=f"{WORDS}. {WORDS}.") for each in plain.models * 2)
    sources = tuple(replace(plain.sources[0], number=at, id=f"s{at}", title=WORDS) for at in range(3, 90))
    return replace(
        plain,
        title=f"{WORDS} {WORDS} {WORDS}",
        author=WORDS,
        note="\n".join([WORDS] * 20),
        models=models,
        sources=(*plain.sources, *sources),
        sections=sections,
    )


@pytest.mark.parametrize("made", [report, stretched, hostile_report], ids=["usual", "long", "hostile"])
def test_no_text_needs_more_room_than_its_box_has(made: Callable[[], Report]) -> None:
    assert reading.too_high(reading.opened(deck(made()))) == []


@pytest.mark.parametrize(
    "models",
    [
        "gemini-2.0-pro-exp-02-05,gemini-2.0-flash",
        "gemini-3.1-pro-preview,gemini-3.5-flash,gpt-5.5,deepseek-r1",
    ],
)
def test_reports_of_the_real_catalog_fit_their_slides(models: str) -> None:
    made = deck(frozen(models))
    found = reading.opened(made)
    assert len(found.slides) == MOST
    assert reading.too_high(found) == []
    assert reading.faults(made) == []


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60), st.booleans())
def test_letters_are_as_wide_as_another_library_has_them(text: str, bold: bool) -> None:
    pdf = FPDF(unit="pt")
    pdf.set_font("helvetica", "B" if bold else "", 10)
    assert width(text, 10, bold) == pytest.approx(pdf.get_string_width(text), abs=0.01)


def test_a_text_is_cut_at_a_word_so_that_it_fits_with_its_sign() -> None:
    found = shortened(WORDS, 12, 200)
    assert found.endswith("…")
    assert WORDS.startswith(found[:-1])
    assert WORDS[len(found) - 1] == " "
    assert counted(found, 12, 200) == 1
    assert shortened("short", 12, 200) == "short"


def test_nothing_foreign_is_a_link_a_formula_or_forbidden_in_xml() -> None:
    made = deck(hostile_report())
    assert reading.outward(made) == {"https://ai.google.dev/gemini-api/docs/pricing"}
    assert reading.faults(made) == []
    text = "".join(each.decode() for name, each in reading.parts(made).items() if name.endswith(".xml"))
    assert not [sign for sign in "\u202e\u202c\x00\x07\x1b\ufffe" if sign in text]
    assert "<script" not in text


def test_a_source_with_an_address_that_is_no_web_page_is_no_link() -> None:
    plain = report()
    bad = replace(plain.sources[0], url="javascript:alert(1)", title=HOSTILE)
    assert reading.outward(deck(replace(plain, sources=(bad, plain.sources[1])))) == set()


def test_a_name_that_looks_like_a_formula_is_text_in_the_workbook_of_a_chart() -> None:
    name = '=HYPERLINK("http://127.0.0.1:9/y")'
    plots = [
        Plot(Form.BARS, (name, "http://127.0.0.1:9/z"), (Series(name, "#1d56b8", (1.0, 2.0)),), "s"),
        Plot(Form.DOTS, (name, "b"), (Series(name, "#1d56b8", (1.0, 2.0), labels=(name, name)),), "s"),
    ]
    for plot in plots:
        chart = reading.charts(reading.opened(deck(plotted(plot))).slides[1])[0]
        cells = [cell for row in reading.sheet(chart).iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
        assert name in [cell.value for cell in cells]


def test_the_package_is_whole() -> None:
    assert reading.faults(sample()) == []


def test_the_same_report_gives_the_same_bytes() -> None:
    assert deck(report()) == sample()


def test_every_time_in_the_file_is_that_of_the_report() -> None:
    made = sample()
    books = [data for name, data in reading.parts(made).items() if name.endswith(".xlsx")]
    assert books
    for data in (made, *books):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            assert {each.date_time for each in packed.infolist()} == {(2025, 11, 26, 9, 30, 0)}
            assert packed.read("docProps/core.xml").count(b"2025-11-26T09:30:00Z") == 2


def test_the_properties_name_title_author_and_what_it_was_made_from() -> None:
    found = reading.opened(sample()).core_properties
    assert (found.title, found.author) == ("Pro or Flash for our help desk", "Ada Example")
    assert report().digest in found.subject


def test_libreoffice_opens_every_slide_with_its_text(tmp_path: Path) -> None:
    usual, hostile = report(Audience.TECHNICAL), hostile_report()
    printed = reading.as_pdf([deck(usual), deck(hostile)], tmp_path)
    assert [len(pages) for pages in printed] == [len(story(each, "")) + 1 for each in (usual, hostile)]
    first = [" ".join(page.split()) for page in printed[0]]
    assert "Pro or Flash for our help desk" in first[0]
    cost = next(page for page in first if "8.1 times as much" in page and "$9,720" in page)
    assert "2.5 Flash" in cost
    dots = next(page for page in first if "One test, no winner" in page)
    assert "HLE" in dots


def test_an_estimate_is_marked_though_the_state_forgot_the_sign() -> None:
    row = (Value("Parameters"), Value("400 B", 4e11, "parameters", kind=Kind.ESTIMATE))
    table = Table("t", "T", "One estimate.", (Heading("Field"), Heading("2.5 Pro")), (row,), slides=1)
    slide = reading.opened(deck(with_blocks(Part.SPECS, table))).slides[1]
    assert reading.tables(slide)[0].cell(1, 1).text == "≈ 400 B"
    assert "an estimate, not a fact" in reading.words(slide)
