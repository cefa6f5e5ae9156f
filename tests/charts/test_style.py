"""What every chart shares, and what it relies on in the installed Streamlit."""

from streamlit.elements.lib import streamlit_plotly_theme

from catalog.loading import load
from catalog.schema import Measured
from components.charts.style import TEXT, Dot, Look, marker, symbol, whisker, wrapped
from components.frame.palette import colours

LOOK = Look("A", "#123456", "square")


def test_the_colours_of_models_are_the_stand_ins_that_streamlit_replaces_with_the_theme() -> None:
    catalog = load()
    names = ("gemini-2.0-pro-exp-02-05", "gemini-2.0-flash", "gemini-2.5-pro", "gemini-2.5-flash")
    given = colours([catalog.models[name] for name in names])
    theme = streamlit_plotly_theme
    expected = [theme.CATEGORY_0, theme.CATEGORY_1, theme.CATEGORY_2, theme.CATEGORY_3]
    assert [given[name].chart for name in names] == expected
    assert theme.GRAY_90 == TEXT
    assert len({given[name].symbol for name in names}) == 4


def test_filled_hollow_and_dotted_say_who_measured() -> None:
    assert symbol(LOOK, Measured.INDEPENDENT) == "square"
    assert symbol(LOOK, Measured.MAKER) == "square-open"
    assert symbol(LOOK, Measured.UNKNOWN) == "square-open-dot"
    assert marker(LOOK, [Measured.MAKER, Measured.INDEPENDENT])["symbol"] == ["square-open", "square"]


def test_a_whisker_reaches_to_both_ends_and_is_not_drawn_where_unknown() -> None:
    dots = [Dot(60.0, 55.0, 70.0, Measured.MAKER, ()), Dot(50.0, None, None, Measured.MAKER, ())]
    drawn = whisker(dots, "#123456")
    assert (drawn["array"], drawn["arrayminus"]) == ([10.0, 0], [5.0, 0])


def test_a_dot_on_hover_shows_no_markup_of_a_source() -> None:
    assert Dot(1.0, None, None, Measured.MAKER, ("a <b>", "c")).hover_text == "a &lt;b&gt;<br>c"


def test_long_names_break_between_words() -> None:
    assert wrapped("Vectara hallucination rate (old set)", 22) == "Vectara hallucination<br>rate (old set)"
