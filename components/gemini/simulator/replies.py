"""What the routes share: the controls of a call, faults by chance among them, and replies that a fault can bend."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request

from components.gemini.simulator.controls import Controls, read_controls
from components.gemini.simulator.errors import body_too_large
from components.gemini.simulator.faults import Fault, bend_timeline, refuse
from components.gemini.simulator.log import line_of
from components.gemini.simulator.models import SimulatorConfig
from components.gemini.simulator.playback import Framing, Playback
from components.gemini.simulator.request import parse_json
from components.gemini.simulator.timeline import Chunk, Timeline
from components.gemini.simulator.wire import to_json


class Replies:
    """Reads controls and makes replies. The faults by chance come in the same order after every start."""

    def __init__(self, config: SimulatorConfig) -> None:
        self._config = config
        self._faults = [fault for fault, _ in config.faults]
        self._shares = [share for _, share in config.faults]
        self._dice = random.Random(0)

    def controls(self, request: Request, directives: Iterable[Mapping[str, str]] = (), model_id: str = "") -> Controls:
        """Return what a call asks of the simulator, or what chance adds; a fault is noted in the log.

        Raises ApiError 400 for a control that is unknown or out of range.
        """
        controls = read_controls(request.headers.items(), directives, model_id)
        if controls.fault is None and self._faults:
            controls = replace(controls, fault=self._drawn())
        if controls.fault is not None:
            line_of(request).fault = controls.fault.value
        return controls

    def refuse(self, controls: Controls, model_id: str = "", streamed: bool = False) -> None:
        """Raise the refusal that the fault of a call stands for, if it stands for one."""
        refuse(controls.fault, model_id, self._config.retry_delay_s, streamed)

    def json(self, payload: Mapping[str, Any], controls: Controls, model_id: str = "") -> Playback:
        """Return a reply of one JSON document; raise the refusal that a fault asks for instead."""
        self.refuse(controls, model_id)
        timeline = Timeline((Chunk(0, to_json(payload)),))
        return Playback(bend_timeline(timeline, controls.fault, self._config.stall_s), Framing.WHOLE, now())

    async def body(self, request: Request) -> dict[str, Any]:
        """Return the JSON object that a client sent; raise ApiError 400 for one that is too large or broken."""
        body, size = bytearray(), 0
        async for part in request.stream():
            size += len(part)
            # Read to the end without keeping it: an answer during the upload would not reach every client.
            if size <= self._config.max_body_bytes:
                body += part
        if size > self._config.max_body_bytes:
            raise body_too_large(self._config.max_body_bytes)
        return parse_json(bytes(body))

    def _drawn(self) -> Fault | None:
        """Return the fault that a call meets by chance."""
        drawn = self._dice.random()
        for fault, share in zip(self._faults, self._shares, strict=True):
            drawn -= share
            if drawn < 0:
                return fault
        return None


def now() -> float:
    """Return the time of the event loop's clock, in seconds."""
    return asyncio.get_running_loop().time()
