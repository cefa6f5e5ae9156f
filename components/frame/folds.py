"""Long HTML with many folded proofs: the browser gets the proofs as text and builds one when it is opened."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

_PROOF = re.compile(r'(<details class="proof[^>]*><summary>.*?</summary>)(.*?)</details>', re.DOTALL)
_FOLDS = st.components.v2.component(
    "frame_folds",
    html='<div class="folds"></div>',
    js=Path(__file__).with_name("folds.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True, slots=True)
class Folded:
    """HTML whose proofs are cut out, the proofs in their order, and a version that changes with either."""

    html: str
    bodies: tuple[str, ...]
    version: str


def fold(html: str) -> Folded:
    """Cuts the body of each `<details class="proof">` out of `html`, whose text must be escaped already."""
    bodies: list[str] = []

    def cut(found: re.Match[str]) -> str:
        bodies.append(found[2])
        return f'{found[1]}<div data-fold="{len(bodies) - 1}"></div></details>'

    lean = _PROOF.sub(cut, html)
    return Folded(lean, tuple(bodies), hashlib.sha256(html.encode()).hexdigest()[:16])


def show(folded: Folded, key: str) -> None:
    """Draws it under a key of its own; a version that is drawn already is left as it is, opened proofs included.

    A table of hundreds of claims costs the browser most of a click when it is built at once, and readers open few.
    """
    _FOLDS(key=key, data={"version": folded.version, "html": folded.html, "bodies": list(folded.bodies)})
