"""The frame around every page: page config, style and navigation."""

import streamlit as st

from components.frame.navigation import navigate
from components.frame.page import ICON, apply_style

st.set_page_config(page_title="Gemini Pro or Flash", page_icon=str(ICON), layout="wide")
apply_style()
navigate().run()
