"""The address says which runs are listed, and what it says wrongly does not filter."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from components.archive.filters import Filters, link, page_count, page_of, query_of, read_filters
from components.archive.wording import zone_of
from components.history.query import State


def test_every_filter_of_an_address_reaches_the_history() -> None:
    asked = {
        "q": " hash table ",
        "model": "a,b",
        "state": "failed",
        "kind": "simulated",
        "preset": "code,none",
        "tag": "keep",
        "voted": "yes",
        "since": "2026-11-25",
        "until": "2026-11-26",
    }
    query = query_of(read_filters(asked), "ann", zone_of("Europe/Berlin"), 25, 50)
    assert query.owner == "ann"
    assert query.text == "hash table"
    assert query.models == ("a", "b")
    assert query.state is State.FAILED
    assert query.simulated is True
    assert query.presets == ("code", "")
    assert query.tags == ("keep",)
    assert query.voted is True
    assert query.since == datetime(2026, 11, 24, 23, tzinfo=UTC)
    # The last day is included.
    assert query.until == datetime(2026, 11, 26, 23, tzinfo=UTC)
    assert (query.limit, query.offset) == (25, 50)
    assert read_filters(asked).active == 9


def test_what_an_address_says_wrongly_does_not_filter() -> None:
    wrong = {"state": "nix", "kind": "odd", "voted": "maybe", "since": "yesterday", "until": "2026-13-01", "q": " "}
    assert read_filters(wrong) == Filters()
    assert read_filters({}).active == 0


def test_a_page_beyond_the_end_is_the_last_one() -> None:
    assert page_count(0) == page_count(25) == 1
    assert page_count(26) == 2
    assert page_of("2", 60) == 2
    assert page_of("99", 60) == 3
    for text in ("0", "-1", "x", "", "²", "9" * 40):
        assert page_of(text, 60) == 1


@given(
    st.dictionaries(st.sampled_from(["q", "model", "tag", "state"]), st.text(alphabet=st.characters(codec="utf-8"))),
    st.text(alphabet=st.characters(codec="utf-8"), min_size=1),
)
def test_a_link_keeps_what_the_address_says_and_changes_what_it_is_told(kept: dict[str, str], name: str) -> None:
    target = link("history", {**kept, "page": "3"}, open=name, page="")
    read = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
    assert read == {key: value for key, value in kept.items() if value} | {"open": name}
