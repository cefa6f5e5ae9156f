"""The frame around every page: style and navigation."""

from components.frame.navigation import navigate
from components.frame.page import apply_style

page = navigate()
apply_style()
page.run()
