from components.frame.navigation import inside_frame

inside_frame()

import streamlit as st  # noqa: E402

from components.batch.panel import batch  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.state import catalog  # noqa: E402

known = catalog()
day = page_title("Batch", "Many prompts to every model at once, checked row by row.")
body = st.container()
page_end(known)
with body:
    batch(known, day)
