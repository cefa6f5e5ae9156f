"""How much of what a visitor brings is read, so that no file can hold up the server."""

from dataclasses import dataclass

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one reading, for all its files together but for those that say otherwise.

    `file_bytes` is the size of one file as it comes, `unpacked_bytes` what archives may unpack to, `files` how many
    one archive holds, `ratio` how many times its size one archive may unpack to. `pages` are those of one PDF,
    `characters` those of all texts. `seconds` and `memory_bytes` are for the process that takes one PDF, DOCX or HTML
    file apart, `total_seconds` for everything.
    """

    file_bytes: int = 100 * _MEGABYTE
    unpacked_bytes: int = 300 * _MEGABYTE
    files: int = 10_000
    ratio: int = 200
    pages: int = 10_000
    characters: int = 20_000_000
    seconds: float = 60.0
    total_seconds: float = 180.0
    memory_bytes: int = 1024 * _MEGABYTE


BOUNDS = Bounds()
