"""One visitor without a browser, who speaks Streamlit's own websocket messages as its pages do."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

_LIMIT_S = 120.0


class ScriptFailed(RuntimeError):
    """The script ended with an error, or the page shows one."""


@dataclass
class Session:
    """A visitor on one page. `received` counts the bytes of all messages so far; `heard`, if given, takes them all."""

    socket: ClientConnection
    page: str
    query: str
    heard: list[bytes] | None = None
    received: int = 0
    _widgets: dict[str, Element] = field(default_factory=dict)
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _held: dict[str, bool] = field(default_factory=dict)

    async def run(self) -> float:
        """Ask for the script to run, and return the seconds until it has finished.

        Raises ScriptFailed for an error, and TimeoutError after two minutes without a message.
        """
        state = ClientState(query_string=self.query, page_name=self.page)
        state.widget_states.widgets.extend(self._states.values())
        # What a browser holds is not sent to it again.
        state.cached_message_hashes.extend(self._held)
        began = time.perf_counter()
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        while not await self._finished():
            pass
        return time.perf_counter() - began

    async def choose(self, key: str, index: int) -> float:
        """Choose one segment of a segmented control, counted from 0, and run."""
        widget = self._widgets[key].button_group
        state = WidgetState(id=widget.id)
        state.string_array_value.data.append(widget.options[index].content)
        self._states[key] = state
        return await self.run()

    def type(self, key: str, text: str) -> None:
        """Fill a text area; the next run takes it along."""
        self._states[key] = WidgetState(id=self._widgets[key].text_area.id, string_value=text)

    async def press(self, key: str) -> float:
        """Press a button and run."""
        self._states[key] = WidgetState(id=self._widgets[key].button.id, trigger_value=True)
        try:
            return await self.run()
        finally:
            del self._states[key]

    async def _finished(self) -> bool:
        async with asyncio.timeout(_LIMIT_S):
            data = await self.socket.recv()
        assert isinstance(data, bytes), "Streamlit sends bytes"
        self.received += len(data)
        if self.heard is not None:
            self.heard.append(data)
        message = ForwardMsg.FromString(data)
        if message.metadata.cacheable and message.hash:
            self._held[message.hash] = True
        match message.WhichOneof("type"):
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._note(message.delta.new_element)
            case "script_finished":
                return self._is_end(message)
        return False

    def _note(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise ScriptFailed(element.exception.message or element.exception.type)
        if kind in ("button", "button_group", "text_area"):
            # A widget's id ends with its key.
            self._widgets[getattr(element, kind).id.rsplit("-", 1)[-1]] = element

    def _is_end(self, message: ForwardMsg) -> bool:
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise ScriptFailed("The script could not be compiled.")
        # After a rerun that the script asked for itself, the next run's end counts.
        return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


@asynccontextmanager
async def visit(url: str, page: str = "", query: str = "", heard: list[bytes] | None = None) -> AsyncIterator[Session]:
    """Connect as a new visitor of a page; nothing runs before the first `run`."""
    address = url.replace("http://", "ws://") + "/_stcore/stream"
    async with connect(address, max_size=None, proxy=None, open_timeout=30) as socket:
        yield Session(socket, page, query, heard)
