"""What both kinds of shared things have in common on screen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from catalog.loading import Catalog
from components.archive.wording import Zone

if TYPE_CHECKING:
    from components.history.records import ShareRecord
    from components.history.store import Store

PAGE = "shared"


@dataclass(frozen=True)
class Reader:
    """What a reader's page works on: the catalog, the day, the open history, the link and its token, the zone."""

    catalog: Catalog
    on: date
    store: "Store"
    link: "ShareRecord"
    token: str
    zone: Zone


def nothing() -> None:
    """Says that a link opens nothing, and never why."""
    from components.history.shares import GONE

    st.warning(f"{GONE} Ask whoever sent it for a new one.", icon=":material/link_off:")


def file_button(reader: Reader, label: str, file_name: str, make: Callable[[], bytes]) -> None:
    """Offers a file, which is put together when somebody asks for it and only while the link is good."""

    def made() -> bytes:
        from components.history.shares import GONE
        from components.history.store import HistoryError

        try:
            return make() if reader.store.shares.find(reader.token) is not None else f"{GONE}\n".encode()
        except HistoryError as error:
            return f"{error}\n".encode()

    st.download_button(
        label,
        data=made,
        file_name=file_name,
        mime="application/jsonl",
        icon=":material/download:",
        key=f"{PAGE}_file",
        on_click="ignore",
    )
