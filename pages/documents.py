from components.frame.navigation import inside_frame

inside_frame()

import streamlit as st  # noqa: E402

from components.documents.panel.page import documents  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.picker import pick_models  # noqa: E402
from components.frame.state import catalog  # noqa: E402

known = catalog()
day = page_title("Documents", "Long documents read by both models, and every quotation looked up in the text.")
models = pick_models(known, "documents")
body = st.container()
page_end(known)
with body:
    documents(known, models, day)
