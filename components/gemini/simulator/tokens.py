"""The simulator's idea of a token: four characters of text."""

CHARACTERS_PER_TOKEN = 4


def count_tokens(text: str) -> int:
    """Return the approximate number of tokens in `text`: its characters divided by four, rounded up."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def first_tokens(text: str, limit: int) -> str:
    """Return the beginning of `text` that counts at most `limit` tokens."""
    return text[: limit * CHARACTERS_PER_TOKEN]


def split_tokens(text: str, size: int) -> list[str]:
    """Return `text` in pieces of `size` tokens, the last one shorter; no piece for an empty text."""
    step = size * CHARACTERS_PER_TOKEN
    return [text[start : start + step] for start in range(0, len(text), step)]
