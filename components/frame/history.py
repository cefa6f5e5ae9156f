"""The history that all pages share: opened once a process, written by one recorder, each visitor seeing own runs."""

import math
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from components.history.recorder import Recorder
    from components.history.store import Store

_NAMES = ("DATABASE_URL", "HISTORY_FILE")
_RETRY_S = 30.0


@dataclass(frozen=True)
class History:
    """The open store and its recorder, or the sentence that says why there is none."""

    store: "Store | None" = None
    recorder: "Recorder | None" = None
    refusal: str = ""

    @property
    def problem(self) -> str:
        """What is wrong with the history now, as a sentence for the screen; empty when all is well."""
        return self.refusal or (self.recorder.problem if self.recorder else None) or ""


def history() -> History:
    """The history of this server. Where it cannot be opened, that is tried again after half a minute."""
    return _door(url()).history()


def url() -> str:
    """The address of the database that holds the history; it may hold a password, so it is never shown as it is."""
    from components.history.store import default_url

    return default_url(_environment(), Path.home())


def _environment() -> Mapping[str, str]:
    try:
        kept = {name: str(st.secrets[name]) for name in _NAMES if name in st.secrets}
    except FileNotFoundError:
        kept = {}
    return {**os.environ, **kept, **{name: os.environ[name] for name in _NAMES if os.environ.get(name)}}


class _Door:
    """Opens the history once, and knocks again after a while where it stays shut."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._found = History()
        self._next_try = -math.inf

    def history(self) -> History:
        with self._lock:
            if self._found.store is None and time.monotonic() >= self._next_try:
                self._found = _open(self._address)
                self._next_try = time.monotonic() + _RETRY_S
            return self._found

    def close(self) -> None:
        with self._lock:
            if self._found.recorder is not None:
                self._found.recorder.close()
            if self._found.store is not None:
                self._found.store.close()


@st.cache_resource(show_spinner=False, on_release=lambda door: door.close())
def _door(address: str) -> _Door:
    return _Door(address)


def _open(address: str) -> History:
    # The database library takes a third of a second to import, and only pages with runs need it.
    from components.history.recorder import Recorder
    from components.history.store import HistoryError, open_store

    try:
        store = open_store(address)
    except HistoryError as error:
        return History(refusal=str(error))
    return History(store, Recorder(store))


def owner() -> str:
    """Whose runs a visitor sees: the signed-in person's e-mail address, or "" where nobody signs in."""
    return str(st.user.email or "") if st.user.get("is_logged_in") else ""
