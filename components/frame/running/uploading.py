"""Attachments on their way to the service: what is too large to go along is uploaded once for all models."""

from typing import TYPE_CHECKING

import streamlit as st

from components.frame.running.engine import engine
from components.gemini.content import Part
from components.gemini.errors import Failure
from components.gemini.files import digest_of, split_by_size, upload
from components.gemini.settings import Connection

if TYPE_CHECKING:
    from components.gemini.client import Client

_UPLOAD_LIMIT_S = 180.0


def sendable(place: Connection, parts: tuple[Part, ...]) -> tuple[Part, ...] | Failure:
    """The attachments as they can be sent; waits for what must be uploaded first."""
    inline, large = split_by_size(parts)
    shared = engine()
    sent: dict[Part, Part] = {part: part for part in inline}
    for part in large:
        found = shared.uploads.recall(place, digest_of(part)) or _uploaded(place, part)
        if isinstance(found, Failure):
            return found
        sent[part] = found
    return tuple(sent[part] for part in parts)


def _uploaded(place: Connection, part: Part) -> Part | Failure:
    shared = engine()

    async def work(client: "Client") -> Part | Failure:
        return await upload(client, part, secrets=place.secrets)

    with st.spinner(f"Uploading {part.name}"):
        found = shared.runner.call(place, work, timeout_s=_UPLOAD_LIMIT_S)
    if isinstance(found, Part):
        shared.uploads.remember(place, digest_of(part), found)
    return found
