"""An answer's Markdown on its way to the screen: what is settled, and what must not reach the browser as it is."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from components.playground.link_target import link_target, shown_link

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_LINE = re.compile(r".*\n|.+")
# An invisible joiner undoes a sign of Markdown also where a backslash would not be one.
_JOINER = "\u2060"
# They show the letters behind them in reverse, with which a link can pass for another; no language needs them.
_OVERRIDE = re.compile("[\u202d\u202e]")

_PUNCTUATION = r"[!-/:-@\[-`{-~]"
_ESCAPE = rf"\\{_PUNCTUATION}"
_CODE = r"`(?:[^`\n]+`|`(?!`)(?:[^`\n]|`(?!`))+``)(?!`)"
_PLAIN = rf"[^\[\]\\`<\n]|\n(?![ \t]*\n)|<(?![A-Za-z/!?])|\\.|{_CODE}"
_TEXT = rf"(?:{_PLAIN}|\[(?:{_PLAIN})*+\](?![\[(]))*+"
_BARE = r"(?:[^\s()<>\\]|\\.|\((?:[^\s()<>\\]|\\.)*+\))++"
_TITLE = r"[ \t]++(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\))"
_FOREIGN = r"(?!(?i:https?|mailto):)[A-Za-z][A-Za-z0-9.+-]{1,31}:[^\s<>]*>"
_BRACKET = r"(?:(?<=\[)|(?<=!)\[)"
_LINK = rf"{_BRACKET}(?P<text>{_TEXT})\]\([ \t]*+(?:<(?P<angle>[^<>\n]*)>|(?P<bare>{_BARE}))(?:{_TITLE})?[ \t]*+\)"
_REFERENCE = rf"{_BRACKET}(?P<shown>{_TEXT})\](?:\[(?P<label>{_TEXT})\])?(?![\[(:])"
_KEPT = rf"(?P<kept>(?<=\\){_PUNCTUATION}|(?<=`)`*|(?<=\$)\$+|(?<=\])\([^\s()]*\Z)"
_OVERRIDE_NUMBER = r"#(?:0*823[78]|[xX]0*202[dDeE]);"
_JOINED = rf"(?P<joined>(?<=\])(?=[(:])|(?<=!)(?=!?\[)|(?<=<)(?={_FOREIGN})|(?<=&)(?={_OVERRIDE_NUMBER}))"
_ESCAPED = r"(?P<escaped>(?<=:)(?=[a-z][a-z0-9_/-]*(?:\[|:))|(?<=\$)(?!\$))"
_CODE_AHEAD = rf"(?P<code>(?<=`){_CODE[1:]})"


def _scanner(*signs: str) -> re.Pattern[str]:
    # One class of first characters lets the search skip plain words; each sign looks back at which one it was.
    return re.compile(rf"[\\`!\[\]<:$&](?:{'|'.join(signs)})")


_SCANNED = _scanner(_CODE_AHEAD, _KEPT, _LINK, _JOINED, _ESCAPED)
_SCANNED_WITH_REFERENCES = _scanner(_CODE_AHEAD, _KEPT, _LINK, _REFERENCE, _JOINED, _ESCAPED)
_DEFINITION = re.compile(
    rf"^[ \t>*+-]*\[(?P<label>{_TEXT})\]:[ \t]*+(?:\n[ \t]*+)?(?:<(?P<angle>[^<>\n]*)>|(?P<bare>\S+))",
    re.MULTILINE,
)
_DEFINITION_LINE = re.compile(
    r"^ {0,3}\[[^\[\]\n]+\]:[ \t]++(?:<?(?:https?|mailto):[^\n]++(?=\n\S)|[^\n]++(?=\n\[))", re.MULTILINE
)
_LIVE_IN_CODE = re.compile(
    rf"\](?=\(|:[ \t]*\S*?[:/&\\])|!(?=!?\[)|<(?=[A-Za-z][A-Za-z0-9.+-]{{1,31}}:)|&(?={_OVERRIDE_NUMBER})"
)
# What opens or closes a block on the screen that the parser does not know: a formula, or a directive.
_UNKNOWN_BLOCK = re.compile(r"^[ \t>*+\-\d.)]*(?:\$\$+[^$\n]*|:::[^\n]*)$", re.MULTILINE)
_TAG_AT_START = re.compile(r"^[ \t>*+\-\d.)]*<[A-Za-z/!?]", re.MULTILINE)
_ESCAPE_OR_CODE = re.compile(rf"{_ESCAPE}|{_CODE}")


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
    """Markdown that loads nothing, hides no address and triggers none of the page's own signs.

    A link shows its host and path beside its text, unless the text is the address. A picture becomes a link that says
    so, since showing it would tell a stranger's server who reads. Links to anything but http, https and mailto stay as
    text, and so does every link that is written in a way that is not understood here. Reference links become inline
    links, and their definitions are shown. `:red[...]` and `:name:` stay as written; a single dollar sign stays a
    dollar sign, while $$ still opens a formula. Code blocks and inline code stay as they are. The two characters that
    override the direction of writing are taken out everywhere; the marks and isolates that languages need stay.
    """
    parts = list(_parts(_OVERRIDE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))))
    references = _references(part for part, is_code in parts if not is_code) if "]:" in text else {}
    return "".join(part if is_code else _inert_prose(part, references) for part, is_code in parts)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in order, cut into prose and code blocks; the second value tells whether it is code."""
    lines = _LINE.findall(text)
    at = fences = 0
    plain = True
    for start, end in _code_blocks(text):
        prose, code = "".join(lines[at:start]), "".join(lines[start:end])
        yield prose, False
        found = _UNKNOWN_BLOCK.findall(prose)
        fences += len(found)
        plain = plain and all(re.fullmatch(r"\$\$ *", each) for each in found) and not _TAG_AT_START.search(prose)
        # Where a formula or a directive may still be open, the code may be none: its fence may be their text.
        certain = not fences or (plain and fences % 2 == 0)
        yield code if certain else _LIVE_IN_CODE.sub(_joined, code), True
        at = end
    yield "".join(lines[at:]), False


def _code_blocks(text: str) -> list[tuple[int, int]]:
    """The lines of each code block, from the first to the one after the last."""
    if "```" not in text and "~~~" not in text and "    " not in text and "\t" not in text:
        return []
    # As in what is shown, no line is the definition of a reference.
    source = text.replace("]:", f"]{_JOINER}:")
    blocks = [token.map for token in _parser().parse(source) if token.type in ("fence", "code_block") and token.map]
    return [(start, end) for start, end in blocks]


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 50}).enable("table").disable("inline")


def _references(prose: Iterator[str]) -> dict[str, str]:
    """The destination of each label that is defined; the first definition counts."""
    found: dict[str, str] = {}
    for part in prose:
        for match in _DEFINITION.finditer(part):
            found.setdefault(_label(match["label"]), match["angle"] or match["bare"] or "")
    return found


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()


def _inert_prose(text: str, references: Mapping[str, str]) -> str:
    if references:
        # Two spaces keep each definition on a line of its own, now that it is text.
        text = _DEFINITION_LINE.sub(r"\g<0>  ", text)
    return _inert_words(text, references, "`" in text and _code_is_certain(text))


def _code_is_certain(text: str) -> bool:
    """Whether all inline code is closed on its line, so that no other reading of the text can move its ends."""
    rest = _ESCAPE_OR_CODE.sub("", text)
    return "`" not in rest and not re.search("<[A-Za-z/!?]", rest)


def _inert_words(text: str, references: Mapping[str, str], certain: bool) -> str:
    def replaced(match: re.Match[str]) -> str:
        whole, kind = match[0], match.lastgroup
        if kind == "kept":
            return whole
        if kind == "code":
            return whole if certain and "|" not in whole and "$$" not in whole else _LIVE_IN_CODE.sub(_joined, whole)
        if kind == "joined":
            return _joined(match)
        if kind == "escaped":
            # Streamlit looks for icons after it has taken backslashes away, and only a joiner hides those.
            return f"\\{whole}{_JOINER if whole == ':' else ''}"
        if kind in ("angle", "bare"):
            return link(match["text"], match[kind], whole)
        label = match["label"] or match["shown"]
        return link(match["shown"], references.get(_label(label), ""), whole)

    def link(words: str, destination: str, whole: str) -> str:
        target = link_target(destination)
        picture = whole.startswith("!")
        inner = _inert_words(words, {}, certain)
        if target is None:
            rest = _inert_words(whole[len(words) + 2 + picture :], {}, certain)
            return f"{'!' + _JOINER if picture else ''}[{inner}]{_JOINER if rest else ''}{rest}"
        if picture:
            inner = f"picture: {inner}" if inner.strip() else "picture"
        return shown_link(inner or "link", target, repeat=picture or not target.is_said_by(words))

    scanned = _SCANNED_WITH_REFERENCES if references else _SCANNED
    return scanned.sub(replaced, text)


def _joined(match: re.Match[str]) -> str:
    return match[0] + _JOINER
