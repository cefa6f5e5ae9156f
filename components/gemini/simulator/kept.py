"""Keeps the bytes of files for and from batches: compressed, for in memory is the one place that cleans up itself."""

import zlib
from collections.abc import Iterator
from hashlib import sha256

_PIECE_BYTES = 64 * 1024


class Kept:
    """Bytes that are written once, from front to end, and then read any number of times, piece by piece."""

    def __init__(self) -> None:
        # JSON lines repeat themselves: the fastest level makes them five to twenty times smaller.
        self._packer = zlib.compressobj(1)
        self._packed: list[bytes] = []
        self._hash = sha256()
        self.size = 0
        self.packed_size = 0

    @property
    def sha256_hex(self) -> str:
        """The hash of everything written so far."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        self._hash.update(data)
        self._store(self._packer.compress(data))

    def close(self) -> None:
        """End the writing; needed before anything is read."""
        self._store(self._packer.flush())

    def pieces(self) -> Iterator[bytes]:
        """Yield everything in pieces of at most 64 KiB."""
        unpacker = zlib.decompressobj()
        for packed in self._packed:
            while packed:
                if piece := unpacker.decompress(packed, _PIECE_BYTES):
                    yield piece
                packed = unpacker.unconsumed_tail

    def lines(self) -> Iterator[bytes]:
        """Yield the lines that hold anything, without their ends."""
        begun: list[bytes] = []
        for piece in self.pieces():
            first, *more = piece.split(b"\n")
            begun.append(first)
            if more:
                yield from _filled([b"".join(begun), *more[:-1]])
                begun = [more[-1]]
        yield from _filled([b"".join(begun)])

    def _store(self, packed: bytes) -> None:
        if packed:
            self._packed.append(packed)
            self.packed_size += len(packed)


def _filled(lines: list[bytes]) -> Iterator[bytes]:
    return (line for line in map(bytes.strip, lines) if line)
