"""Files made by other libraries, and calls of the simulator through this product's own client."""

import asyncio
import io
import struct
import wave
from collections.abc import Awaitable, Callable
from typing import Any

from PIL import Image
from pypdf import PdfWriter

from components.gemini.client import close_client, open_client
from components.gemini.content import Part, Turn
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.simulator.server import RunningSimulator
from components.gemini.stream import Chunk, Facts, stream

QUICK = (("x-simulator-first-token-ms", "1"), ("x-simulator-tokens-per-second", "100000"))


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", (width, height)).save(buffer, kind)
    return buffer.getvalue()


def document(pages: int, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(72, 72)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def sound(seconds: float) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(b"\x80" * int(8_000 * seconds))
    return buffer.getvalue()


def film(seconds: int) -> bytes:
    """An MP4 with a head and no frames (ISO/IEC 14496-12: ftyp, then moov with mvhd in milliseconds)."""
    head = struct.pack(">IIIII", 0, 0, 0, 1_000, seconds * 1_000) + bytes(80)
    return box(b"ftyp", b"isom\0\0\0\0isommp41") + box(b"moov", box(b"mvhd", head))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


class Answer:
    """What came back for one request."""

    def __init__(self, pieces: list[tuple[Chunk, Facts]]) -> None:
        self.parts: list[Part] = [part for chunk, _ in pieces for part in chunk.pieces]
        self.text = "".join(chunk.text for chunk, _ in pieces)
        self.thought = "".join(chunk.thought for chunk, _ in pieces)
        self.facts = pieces[-1][1]
        self.grounded_chunks = [facts.grounding is not None for _, facts in pieces]

    def turn(self, role: Any) -> Turn:
        return Turn(role, tuple(self.parts))


def calling(connection: Connection, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Run `work` with an open client, and close it in the same loop."""

    async def run() -> Any:
        client = open_client(connection)
        try:
            return await work(client)
        finally:
            await close_client(client)

    return asyncio.run(run())


def place_of(simulator: RunningSimulator) -> Connection:
    return Connection(api_key="any-key-at-all", base_url=simulator.base_url, simulated=True)


def asked(simulator: RunningSimulator, model: str, prompt: str, **fields: Any) -> Answer:
    async def work(client: Any) -> list[tuple[Chunk, Facts]]:
        return [piece async for piece in stream(client, Request(model, prompt, headers=QUICK, **fields))]

    return Answer(calling(place_of(simulator), work))
