"""A closer look at the bills: the year, what moves them, where they are equal, both models together, prices so far."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from catalog.break_even import Crossing, Mover, crossings, movers
from catalog.loading import Catalog
from catalog.shared import SharedTest
from components.cost import quality
from components.cost.address import Scene
from components.cost.drawn import Drawn, history_chart, looks, movers_chart, year_chart
from components.cost.even import even_sentence, even_table
from components.cost.rows import Offer, by_price
from components.frame import address
from components.frame.chart import chart
from components.frame.palette import colours
from components.frame.state import tests_of

_VIEWS = {
    "months": "The next twelve months",
    "movers": "What moves the bill",
    "even": "Where bills are equal",
    "together": "Both models together",
    "history": "Prices over time",
}


@st.fragment
def closer(catalog: Catalog, scene: Scene, chosen: Sequence[Offer]) -> None:
    """One of five views, kept as ?view=; a fragment, so that a change within draws nothing else again."""
    st.subheader("A closer look", anchor=False)
    address.set_one("view", "cost_view", list(_VIEWS), "months")
    view = st.segmented_control(
        "Look at",
        list(_VIEWS),
        key="cost_view",
        required=True,
        format_func=_VIEWS.__getitem__,
        label_visibility="collapsed",
        wrap=True,
    )
    view = view or "months"
    address.keep_one("view", "cost_view", view, "months")
    if view == "months":
        _months(catalog, scene, chosen)
    elif view == "movers":
        _movers(catalog, scene, chosen)
    elif view == "even":
        _even(catalog, scene, chosen)
    elif view == "together":
        _together(catalog, scene, chosen)
    else:
        _history(catalog, scene, chosen)


def _months(catalog: Catalog, scene: Scene, chosen: Sequence[Offer]) -> None:
    drawn = _year(catalog, scene, catalog.version, chosen)
    if drawn is None:
        _nothing("None of these models has a list price for the time, so there is nothing to draw.")
    else:
        chart(drawn.figure, "cost_months", drawn.summary, drawn.records, f"bills-{scene.file}")


@st.cache_resource(show_spinner=False, max_entries=300)
def _year(_catalog: Catalog, scene: Scene, version: str, _chosen: Sequence[Offer]) -> Drawn | None:
    return year_chart(_chosen)


def _nothing(sentence: str) -> None:
    st.html(f'<p class="none">{escape(sentence)}</p>')


def _one_of(chosen: Sequence[Offer]) -> Offer:
    """The offer whose model the reader looks at, kept as ?of=."""
    named = {each.model.id: each for each in chosen}
    first = next(iter(named))
    if len(named) == 1:
        address.keep_one("of", "cost_of", first, first)
        return named[first]
    address.set_one("of", "cost_of", list(named), first)
    name = st.segmented_control(
        "Model",
        list(named),
        key="cost_of",
        required=True,
        format_func=lambda each: named[each].model.short_name if each in named else each,
        wrap=True,
    )
    address.keep_one("of", "cost_of", name or first, first)
    return named[name or first]


def _movers(catalog: Catalog, scene: Scene, chosen: Sequence[Offer]) -> None:
    priced = [each for each in chosen if each.priced]
    if not priced:
        _nothing("Without a list price there is no bill that anything could move.")
        return
    offer = _one_of(priced)
    drawn = _moved(catalog, scene, offer.model.id, offer.platform, catalog.version, offer, chosen)
    if drawn is not None:
        chart(drawn.figure, "cost_movers", drawn.summary, drawn.records, f"movers-{offer.model.id}-{scene.on}")


@st.cache_resource(show_spinner=False, max_entries=300)
def _moved(
    _catalog: Catalog, scene: Scene, name: str, platform: str, version: str, _offer: Offer, _chosen: Sequence[Offer]
) -> Drawn | None:
    found: tuple[Mover, ...] = movers(_catalog, _offer.model, platform, scene.workload, scene.on)
    look = dict(zip((each.model.id for each in _chosen), looks(_chosen), strict=True))[name]
    return movers_chart(_offer, look, found)


def _pair(chosen: Sequence[Offer]) -> tuple[Offer, Offer] | None:
    """Two offers with list prices; of more than two, those that the reader chooses, kept as ?pair=a,b."""
    priced = by_price(chosen)
    pairs = {
        f"{one.model.id},{other.model.id}": (one, other) for at, one in enumerate(priced) for other in priced[at + 1 :]
    }
    if not pairs:
        without = [each.model.short_name for each in chosen if not each.priced]
        _nothing(f"Two models with list prices are needed here; {' and '.join(without)} has none on this platform.")
        return None
    first = next(iter(pairs))
    if len(pairs) == 1:
        address.keep_one("pair", "cost_pair", first, first)
        return pairs[first]
    address.set_one("pair", "cost_pair", list(pairs), first)
    name = st.segmented_control(
        "Two models",
        list(pairs),
        key="cost_pair",
        required=True,
        format_func=lambda each: " with ".join(offer.model.short_name for offer in pairs.get(each, ())),
        wrap=True,
    )
    address.keep_one("pair", "cost_pair", name or first, first)
    return pairs[name or first]


def _even(catalog: Catalog, scene: Scene, chosen: Sequence[Offer]) -> None:
    pair = _pair(chosen)
    if pair is None:
        return
    names = tuple((each.model.id, each.platform) for each in pair)
    found = _crossed(catalog, scene, names, catalog.version)
    st.html(f'<p class="chart-summary">{escape(even_sentence(found, pair))}</p>')
    if found:
        accents = colours([each.model for each in chosen])
        st.html(even_table(found, pair, scene.workload, accents))


@st.cache_resource(show_spinner=False, max_entries=300)
def _crossed(_catalog: Catalog, scene: Scene, names: tuple[tuple[str, str], ...], version: str) -> tuple[Crossing, ...]:
    one, other = ((_catalog.models[name], platform) for name, platform in names)
    return crossings(_catalog, one, other, scene.workload, scene.on)


def _together(catalog: Catalog, scene: Scene, chosen: Sequence[Offer]) -> None:
    pair = _pair(chosen)
    if pair is None:
        return
    tests = tests_of(catalog, pair[0].model, pair[1].model)
    fit = {test.benchmark.id: test for test in quality.fit_tests(tests)}
    if not fit:
        names = " and ".join(each.model.short_name for each in pair)
        _nothing(f"No source has tested {names} alike with a share of right answers, so no quality can be weighed.")
        return
    test, skill, share = _together_choice(fit)
    given = quality.shares(catalog, pair, fit[test], tests)
    by_model = dict(zip((each.model.id for each in chosen), looks(chosen), strict=True))
    drawn = quality.routing_chart(given, [by_model[each.model.id] for each in given.offers], skill, share)
    lots, unsure = quality.share_sentences(given, skill, share)
    st.html(
        f'<ul class="shares"><li>{escape(lots)}</li><li>{escape(unsure)}</li>'
        f"<li>{escape(quality.worth_sentence(given))}</li></ul>"
    )
    chart(drawn.figure, "cost_routing", drawn.summary, drawn.records, f"together-{scene.file}")
    said = "".join(f"<li>{escape(each)}</li>" for each in quality.basis(catalog, given, skill))
    st.html(
        f'<details class="twin"><summary>What this takes for granted</summary><ul class="claims">{said}</ul></details>'
    )


def _together_choice(fit: dict[str, SharedTest]) -> tuple[str, float, float]:
    """Which test stands for quality, how well unsure answers are told, and the share; ?quality=, ?skill=, ?share=."""
    first = next(iter(fit))
    left, middle, right = st.columns([4, 3, 3], gap="medium", vertical_alignment="bottom")
    address.set_one("quality", "cost_quality", list(fit), first)
    test = left.selectbox(
        "Quality by", list(fit), key="cost_quality", format_func=lambda name: fit[name].benchmark.name
    )
    address.keep_one("quality", "cost_quality", test, first)
    with middle:
        skill = _slider(
            "skill",
            "How well unsure answers are told",
            (50, 100, 75),
            "The area under the ROC curve of the signal that says when the weaker model is unsure, in percent: 50 "
            "guesses, 100 finds each wrong answer. It is your assumption; measure it on your own requests.",
        )
    with right:
        share = _slider(
            "share", "To the stronger one", (0, 100, 20), "The share of all requests that reach the stronger model."
        )
    return test, skill / 100, share / 100


def _slider(name: str, label: str, bounds: tuple[int, int, int], explained: str) -> int:
    """A slider of percents with lowest, highest and usual value, kept in the address under its name."""
    low, high, usual = bounds
    key = f"cost_{name}"
    text = address.asked(name, key)
    if text is not None:
        fits = text.isascii() and text.isdigit() and len(text) <= 3 and low <= int(text) <= high
        st.session_state[key] = int(text) if fits else usual
        address.note(key)
        if text and not fits:
            st.warning(
                f"The address asks for `{name}={address.said(text)}`, which is no whole number from {low} to {high}; "
                f"{usual} is taken instead.",
                icon=":material/help:",
            )
    value = st.slider(label, low, high, key=key, format="%d%%", help=explained)
    address.keep(name, key, "" if value == usual else str(value))
    return value


def _history(catalog: Catalog, scene: Scene, chosen: Sequence[Offer]) -> None:
    offer = _one_of(chosen)
    colour = dict(zip((each.model.id for each in chosen), looks(chosen), strict=True))[offer.model.id].colour
    drawn = history_chart(catalog, offer.model, colour, scene.on)
    if isinstance(drawn, str):
        _nothing(drawn)
    else:
        chart(drawn.figure, "cost_history", drawn.summary, drawn.records, f"prices-{offer.model.id}")
