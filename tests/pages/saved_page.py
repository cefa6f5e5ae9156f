"""A small page with saved views, for the tests: one setting in the address, and what stands side by side."""

import streamlit as st

from components.frame.address import keep, set_one
from components.frame.saved import saved_views

set_one("use", "cost_use", ["chat", "code", "vision"], "chat")
chosen = st.selectbox("Use", ["chat", "code", "vision"], key="cost_use")
keep("use", "cost_use", "" if chosen == "chat" else chosen)
address = "&".join(f"{name}={value}" for name, value in st.query_params.to_dict().items())
beside = saved_views("cost", address, "c0ffee")
st.text("|".join(f"{view.name}: {view.address}" for view in beside) or "nothing beside")
