"""What all visitors of the batch page share: the thread on which batches run."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from components.batch.conductor import Conductor, Session


@st.cache_resource(show_spinner=False, on_release=lambda made: made.close())
def conductor() -> "Conductor":
    """The conductor of this process."""
    from components.batch.conductor import Conductor

    return Conductor()


def session(job_id: str) -> "Session | None":
    """How the last session of a batch stands in this process."""
    return conductor().session(job_id)
