"""What changes the history: deleting, tagging, selecting; each says afterwards what came of it."""

from collections.abc import Callable, Sequence

import streamlit as st

from components.archive.desk import Desk
from components.archive.wording import clean_tags, count_words
from components.playground.answer_text import inert

_PICKED, _TURN, _CONFIRM, _SAID = "history_picked", "history_turn", "history_confirm", "history_said"
_WHOLE = "history_whole"


def tell() -> None:
    """Says once what came of the last action."""
    said: tuple[bool, str] | None = st.session_state.pop(_SAID, None)
    if said is not None:
        # A tag may come from a file of somebody else.
        words = inert(said[1])
        if said[0]:
            st.success(words, icon=":material/check:")
        else:
            st.error(words, icon=":material/error:")


def attempt(action: Callable[[], str]) -> None:
    """Does what returns a sentence on what came of it; a history that cannot be written is a sentence as well."""
    from components.history.store import HistoryError, Refused

    want_whole_page()
    try:
        st.session_state[_SAID] = (True, action())
    except HistoryError as error:
        st.session_state[_SAID] = (False, str(error))
    except Refused:
        st.session_state[_SAID] = (False, "The history does not take this text. Nothing was changed; write another.")


def want_whole_page() -> None:
    """Notes that what follows is to be seen on the whole page, in case that only a part of it is drawn now."""
    st.session_state[_WHOLE] = True


def whole_page_wanted() -> bool:
    """Whether somebody has noted that since this was asked last."""
    return bool(st.session_state.pop(_WHOLE, False))


def picked() -> tuple[str, ...]:
    """The ids of the selected runs, in the order in which they were selected."""
    return tuple(st.session_state.get(_PICKED, ()))


def turn() -> int:
    """A number that changes whenever the page itself has changed the selection."""
    return int(st.session_state.get(_TURN, 0))


def pick(ids: Sequence[str], by_page: bool = True) -> None:
    """Selects these runs and no others; `by_page` says that the boxes on screen do not know of it yet."""
    st.session_state[_PICKED] = tuple(dict.fromkeys(ids))
    if by_page:
        st.session_state[_TURN] = turn() + 1


def ask_before_deleting(ids: Sequence[str]) -> None:
    """Puts the question whether to delete these runs at the head of the page."""
    st.session_state[_CONFIRM] = tuple(ids)


def deletion(desk: Desk) -> bool:
    """The question whether to delete what was asked for, as long as it is open; returns whether it is."""
    ids: tuple[str, ...] = st.session_state.get(_CONFIRM, ())
    if not ids:
        return False
    words = count_words(len(ids))
    with st.container(key="history_confirm_box", gap="small"):
        go = "goes" if len(ids) == 1 else "go"
        st.markdown(
            f"**Delete {words} for good?** The prompt, every answer, votes, tags and opinions {go} too. "
            "This cannot be undone."
        )
        with st.container(horizontal=True):
            st.button(
                f"Delete {words}",
                key="history_delete_yes",
                icon=":material/delete_forever:",
                on_click=attempt,
                args=(lambda: delete(desk, ids),),
            )
            st.button("Keep", key="history_delete_no", on_click=ask_before_deleting, args=((),))
    return True


def delete(desk: Desk, ids: Sequence[str]) -> str:
    """Deletes runs and lets go of them everywhere; returns how many there were, as a sentence."""
    ask_before_deleting(())
    count = desk.store.delete(list(ids), desk.owner)
    gone = set(ids)
    pick([each for each in picked() if each not in gone])
    if st.query_params.get("open") in gone:
        del st.query_params["open"]
    return f"Deleted {count_words(count)}."


def retag(desk: Desk, run_id: str, tags: Sequence[str]) -> str:
    """Gives a run these tags and no others."""
    kept = clean_tags(tags)
    desk.store.tag(run_id, desk.owner, kept)
    return f"Tags kept: {', '.join(kept)}." if kept else "The run has no tags any more."


def add_tag(desk: Desk, ids: Sequence[str], tag: str) -> str:
    """Adds a tag to runs that may have others."""
    added = clean_tags([tag])
    if not added:
        return "No tag was added, since none was written."
    found = desk.store.get_many(list(ids), desk.owner)
    for run in found:
        desk.store.tag(run.id, desk.owner, clean_tags((*run.tags, *added)))
    return f"{count_words(len(found))} now {'has' if len(found) == 1 else 'have'} the tag “{added[0]}”."
