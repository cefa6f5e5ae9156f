from components.frame.navigation import inside_frame

inside_frame()

import streamlit as st  # noqa: E402

from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.picker import pick_models  # noqa: E402
from components.frame.state import catalog  # noqa: E402
from components.playground.panel.page import playground  # noqa: E402

known = catalog()
day = page_title("Playground", "One prompt, both models at once.")
models = pick_models(known, "playground")
body = st.container()
page_end(known)
with body:
    playground(known, models, day)
