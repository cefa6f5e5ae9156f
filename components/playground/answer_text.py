"""An answer's Markdown on its way to the screen: what is settled, and what must not reach the browser as it is."""

import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]]*)\]\(")
_DIRECTIVE = re.compile(r":(?=[a-z][a-z0-9_/-]*(?:\[|:))")
_CODE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)|`[^`\n]*`", re.DOTALL)


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
    opened = ""
    for match in _FENCE.finditer(text):
        mark = match[1]
        if not opened:
            opened = mark
        elif mark[0] == opened[0] and len(mark) >= len(opened):
            opened = ""
    return bool(opened)


def inert(text: str) -> str:
    """Markdown that loads nothing and triggers none of the page's own signs, outside code left as it is.

    A picture becomes a link, since showing it would tell a stranger's server who reads; `:red[...]` and `:name:` stay
    as written; a single dollar sign stays a dollar sign, while $$ still opens a formula.
    """
    parts: list[str] = []
    end = 0
    for match in _CODE.finditer(text):
        parts += [_inert_prose(text[end : match.start()]), match[0]]
        end = match.end()
    parts.append(_inert_prose(text[end:]))
    return "".join(parts)


def _inert_prose(text: str) -> str:
    text = _IMAGE.sub(r"[\1](", text)
    text = _DIRECTIVE.sub(r"\\:", text)
    return re.sub(r"(?<![\\$])\$(?!\$)", r"\\$", text)
