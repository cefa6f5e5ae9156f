"""The Share popover at the head of every page: links to the view as it stands, and a snippet for a wiki."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

_OPENS = "by its number, which opens for those who may read the history that keeps it."
_LEFT_OUT: Mapping[str, str] = {
    "playground": f"What you typed or attached is not in the link. A run that is shown is in it {_OPENS}",
    "documents": f"Your own files are not in the link. A run that is shown is in it {_OPENS}",
    "batch": f"Your own files are not in the link. A batch that is shown is in it {_OPENS}",
    "history": "The runs are not in the link: whoever opens it sees this page over the runs that are kept for them.",
}
_OWN_DATA = "Your own files are not in the link: whoever opens it sees the page without them."
_ROWS = (
    ("link", "Link", "Opens this page as it stands now, and says later which values have changed since.", "Copy link"),
    ("guest", "Link for guests", "The same in large type and without controls, for people who only read.", "Copy link"),
    ("embed", "Snippet for a wiki", "Shows the view for guests inside another page.", "Copy snippet"),
)


def _row(name: str, label: str, sentence: str, button: str) -> str:
    field = f'aria-label="{label}" readonly spellcheck="false"'
    shown = f'<textarea rows="3" {field}></textarea>' if name == "embed" else f'<input type="text" {field}>'
    return (
        f'<section data-share="{name}"><strong>{label}</strong><p>{sentence}</p><div class="share-field">{shown}'
        f'<button type="button">{button}</button></div></section>'
    )


_SHARE = st.components.v2.component(
    "frame_share",
    html=f'<div class="share">{"".join(_row(*row) for row in _ROWS)}<p class="share-said" role="status"></p>'
    '<p class="share-note"></p></div>',
    js=Path(__file__).with_name("sharing.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def share(page: str, catalog_version: str, own_data: bool) -> None:
    """The popover of the page with this path; its links name the catalog version.

    The browser makes the links from the address that it has when they are looked at, since a page writes into its
    address while it runs. `own_data` is whether files of the visitor's own are shown.
    """
    note = " ".join(filter(None, (_OWN_DATA if own_data else "", _LEFT_OUT.get(page, ""))))
    with st.popover("Share", icon=":material/share:", key="frame_share"):
        _SHARE(key="frame_share_links", data={"version": catalog_version, "note": note})
