"""A text with a prompt a line."""

from collections.abc import Iterator
from io import TextIOWrapper

from components.batch.entries import PROMPT, Entry, File, Refused, Source, encoding_of


def lines_source(file: File, encoding: str = "") -> Source:
    """A text file, understood: each line that is not blank is a prompt, without the spaces around it.

    Raises Refused for a file that is no text.
    """
    name, notes = encoding_of(file, encoding)

    def entries() -> Iterator[Entry]:
        with TextIOWrapper(file.open(), name) as text:
            try:
                for number, line in enumerate(text, 1):
                    if line.strip():
                        yield Entry(number, {PROMPT: line.strip()})
            except UnicodeDecodeError as error:
                raise Refused(f"{file.name} cannot be read as {error.encoding}; save it in UTF-8.") from None

    return Source(entries, (PROMPT,), notes, name)
