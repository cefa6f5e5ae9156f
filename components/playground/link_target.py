"""Where a link in an answer goes, and how the reader sees it before the click."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

_SHOWN_CHARACTERS = 60
_WEB = re.compile(r"(https?)://([^/?#]+)([^?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::\d*)?")
_MAIL = re.compile(r"mailto:([^?\s]+@[^?\s]+)(\?.*)?", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_SCHEME = re.compile(r"^[a-z]+:(?://)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """The address as a browser takes it, and what the reader sees of it: host and shortened path."""

    address: str
    shown: str

    def is_said_by(self, words: str) -> bool:
        """Whether the Markdown text of a link is the whole address, with or without its scheme."""
        text = _quoted(_ESCAPED.sub(r"\1", words).strip("`*_ ")).rstrip("/")
        address = self.address.rstrip("/")
        return bool(text) and text in (address, _SCHEME.sub("", address))


@lru_cache(maxsize=512)
def link_target(destination: str) -> LinkTarget | None:
    """Read the destination of a Markdown link; None unless it is an http, https or mailto address with a plain host.

    Non-ASCII hosts are given as they are looked up (RFC 3490), so that no letter can pass for another. The path is cut
    where host and path exceed 60 characters; a query is never shown, and both leave an ellipsis.
    """
    if "\\" in destination or "&" in destination:
        from markdown_it.common.utils import unescapeAll

        destination = unescapeAll(destination)
    if mail := _MAIL.fullmatch(destination):
        return LinkTarget(_quoted(destination), _quoted(mail[1]) + ("…" if mail[2] else ""))
    web = _WEB.fullmatch(destination)
    host = _ascii_host(web[2]) if web else None
    if web is None or host is None:
        return None
    path, rest = _quoted(web[3]), _quoted(web[4])
    seen = path if rest else path.rstrip("/")
    room = max(_SHOWN_CHARACTERS - len(host), 0)
    cut = "…" if rest or len(seen) > room else ""
    return LinkTarget(f"{web[1]}://{host}{path}{rest}", f"{host}{seen[:room]}{cut}")


def shown_link(words: str, target: LinkTarget, repeat: bool) -> str:
    """Write a Markdown link of safe Markdown `words`, with its target in parentheses behind it if `repeat`."""
    address = re.sub(r"[()$]", r"\\\g<0>", target.address).replace("&", "&amp;")
    # Without the joiner, www. would be taken for a link of its own, to an address that may be cut.
    shown = re.sub(r"[*_~$()&]|:(?=[a-z])", r"\\\g<0>", target.shown).replace("www.", "www\u2060.")
    return f"[{words}]({address}) ({shown})" if repeat else f"[{words}]({address})"


def _quoted(text: str) -> str:
    return quote(text, safe="!#$%&'()*+,/:;=?@~")


def _ascii_host(host: str) -> str | None:
    try:
        plain = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return None
    return plain if _HOST.fullmatch(plain) else None
