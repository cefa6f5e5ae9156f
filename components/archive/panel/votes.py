"""What the votes say: the win rate of a pair, ratings of three or more models, and how steady judges are."""

import sys
from collections.abc import Sequence
from html import escape

import streamlit as st

from catalog.words import listing
from components.archive.desk import Desk
from components.archive.rows import name_text, names_html
from components.archive.tally import Spoilt, Tally, judges, pairs, spoilt_by, tally, to_look_at
from components.archive.votes_html import Named, judges_table, rate_table, ratings_table
from components.frame.address import asked, keep, keep_one, set_one
from components.frame.palette import colours
from components.history.query import VoteRow
from components.playground.ratings import bradley_terry, by_preset, win_rate

_LOOKED, _TOGETHER = "history_spoilt", 50
_NEUTRAL = "var(--link)"
_MOST_COLOURS = 4


def votes(desk: Desk) -> None:
    """Counted votes first, then opinions of models, which are marked as such."""
    rows = desk.store.votes(desk.owner)
    opinions = desk.store.judgements(desk.owner)
    imported = (any(row.imported for row in rows) or any(row.imported for row in opinions)) and _imported_too()
    found = tally(rows, _spoilt(desk, to_look_at(rows, imported)), imported)
    if rows:
        st.html(f'<p class="strip">{found.sentence}</p>')
    if found.ballots:
        _pair(desk, found)
        _all_models(desk, found)
    else:
        _no_votes(rows)
    if opinions:
        st.subheader("Opinions of models", anchor=False)
        st.caption(
            "A judge is another model. What it says is a model's opinion and counts for no vote above; one that "
            "changes its mind when the answers change places says nothing."
        )
        steady = judges(opinions, imported)
        if steady.rows:
            st.html(judges_table(steady.rows))
        if steady.left_out:
            reasons = listing([f"{count:,} {reason}" for reason, count in steady.left_out])
            st.caption(f"Opinions left out: {reasons}.")


def _imported_too() -> bool:
    text = asked("imported", "history_imported")
    if text is not None:
        st.session_state["history_imported"] = text == "yes"
    wanted = st.toggle(
        "Count imported runs as well",
        key="history_imported",
        help="Only the file vouches for the votes and opinions in it.",
    )
    keep("imported", "history_imported", "yes" if wanted else "")
    return wanted


def _no_votes(rows: Sequence[VoteRow]) -> None:
    start = "None of the votes can be counted." if rows else "There are no votes yet."
    st.info(
        f"{start} Switch Blind on in the playground, run a prompt on real models and say which answer is better. Here "
        "it will stand which model you prefer, and how sure that is.",
        icon=":material/how_to_vote:",
    )
    st.html(
        '<ul class="ways history-ways"><li><a href="playground" target="_self">Vote in the playground</a></li></ul>'
    )


def _spoilt(desk: Desk, ids: Sequence[str]) -> dict[str, Spoilt]:
    """Whether the answers of each run spoil its vote. What was found is kept, since answers do not change."""
    known: dict[str, Spoilt] = st.session_state.setdefault(_LOOKED, {})
    new = [each for each in ids if each not in known]
    for start in range(0, len(new), _TOGETHER):
        for run in desk.store.get_many(new[start : start + _TOGETHER], desk.owner):
            known[run.id] = spoilt_by(desk.catalog, run)
    return known


def _pair(desk: Desk, found: Tally) -> None:
    counted = {f"{one},{other}": count for (one, other), count in pairs(found.ballots)}
    if not counted:
        return
    options = list(counted)
    set_one("pair", "history_pair", options, options[0])
    chosen = st.selectbox(
        "Which pair",
        options,
        key="history_pair",
        format_func=lambda pair: (
            f"{listing([name_text(desk.catalog, each) for each in pair.split(',')])}"
            f" ({counted[pair]:,} vote{'' if counted[pair] == 1 else 's'})"
        ),
    )
    keep_one("pair", "history_pair", chosen, options[0])
    one, _, other = chosen.partition(",")
    names = {each: name_text(desk.catalog, each) for each in (one, other)}
    named = _named(desk, _models(found) if len(_models(found)) <= _MOST_COLOURS else (one, other))
    overall = win_rate(found.ballots, one, other, names)
    st.html(f'<p class="history-verdict">{escape(overall.sentence)}</p>')
    st.html(rate_table(overall, by_preset(found.ballots, one, other, names), named[one], named[other]))
    st.caption(
        "Votes still needed are decided votes at the same share. Who looks after every vote and stops at the first "
        "lead is misled more often than 1 time in 20."
    )


def _models(found: Tally) -> list[str]:
    return sorted({model for each in found.ballots for model in (each.one, each.other)})


def _all_models(desk: Desk, found: Tally) -> None:
    models = _models(found)
    if len(models) < 3:
        return
    st.subheader("All models together", anchor=False)
    named = _named(desk, models)
    names = {model: named[model].text for model in models}
    if "statsmodels" in sys.modules:
        ratings = bradley_terry(found.ballots, names)
    else:
        with st.spinner("Working out the ratings"):
            ratings = bradley_terry(found.ballots, names)
    st.html(f'<p class="history-verdict">{escape(ratings.sentence)}</p>')
    if ratings.rated:
        st.html(ratings_table(ratings, named))


def _named(desk: Desk, models: Sequence[str]) -> dict[str, Named]:
    """Names with colours; more models than there are colours have none of their own."""
    texts = {model: name_text(desk.catalog, model) for model in models}
    if len(models) > _MOST_COLOURS:
        return {model: Named(text, escape(text), _NEUTRAL) for model, text in texts.items()}
    known = [found for model in models if (found := desk.catalog.find(model)) is not None]
    accents = colours(known)
    markup = dict(zip(models, names_html(desk.catalog, models), strict=True))
    return {
        model: Named(
            texts[model], markup[model], accents[found.id].css if (found := desk.catalog.find(model)) else _NEUTRAL
        )
        for model in models
    }
