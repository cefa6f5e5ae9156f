"""An answer's Markdown on its way to the screen: what is settled, and what must not reach the browser as it is."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_DIRECTIVE = re.compile(r":(?=[a-z][a-z0-9_/-]*(?:\[|:))")
_INLINE_CODE = re.compile(r"`[^`\n]*`")
_DOLLAR = re.compile(r"(?<![\\$])\$(?!\$)")


def split_settled(text: str) -> tuple[str, str]:
    """Splits after the last blank line outside a code block: the first part will not change any more.

    The two parts joined are `text` again. While a code block is open, everything from it on is unsettled.
    """
    end = 0
    for match in re.finditer(r"\n[ \t]*\n", text):
        if not _inside_fence(text[: match.start() + 1]):
            end = match.end()
    return text[:end], text[end:]


def _inside_fence(text: str) -> bool:
    """Whether the text ends inside a fenced code block, by the rules of CommonMark 0.31, section 4.5."""
    opened = ""
    for match in _FENCE.finditer(text):
        mark, rest = match[1], match[2]
        if not opened:
            opened = "" if mark[0] == "`" and "`" in rest else mark
        elif mark[0] == opened[0] and len(mark) >= len(opened) and not rest.strip():
            opened = ""
    return bool(opened)


def inert(text: str) -> str:
    """Markdown that loads nothing and triggers none of the page's own signs; code blocks stay as they are.

    A picture becomes a link, since showing it would tell a stranger's server who reads; `:red[...]` and `:name:` stay
    as written; a single dollar sign stays a dollar sign, while $$ still opens a formula.
    """
    lines = text.splitlines(keepends=True)
    parts: list[str] = []
    at = 0
    for start, end in _code_blocks(text):
        parts += [_inert_prose("".join(lines[at:start])), *lines[start:end]]
        at = end
    parts.append(_inert_prose("".join(lines[at:])))
    return "".join(parts)


def _code_blocks(text: str) -> list[tuple[int, int]]:
    """The lines of each code block, from the first to the one after the last."""
    if "```" not in text and "~~~" not in text and "    " not in text and "\t" not in text:
        return []
    # Other line ends count as lines here and not in the parser; without them both count alike.
    if len(text.splitlines()) != len(text.split("\n")) - text.endswith("\n"):
        return []
    blocks = [token.map for token in _parser().parse(text) if token.type in ("fence", "code_block") and token.map]
    return [(start, end) for start, end in blocks]


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 50}).disable("inline")


def _inert_prose(text: str) -> str:
    # An invisible joiner undoes the sign of a picture also where a backslash or a backtick would confuse an escape.
    text = text.replace("![", "!\u2060[")
    parts: list[str] = []
    end = 0
    for match in _INLINE_CODE.finditer(text):
        parts += [_inert_words(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*parts, _inert_words(text[end:])])


def _inert_words(text: str) -> str:
    return _DOLLAR.sub(r"\\$", _DIRECTIVE.sub(r"\\:", text))
