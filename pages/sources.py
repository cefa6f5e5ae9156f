from components.frame.navigation import inside_frame

inside_frame()

from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.state import catalog  # noqa: E402
from components.sources.panel import sources  # noqa: E402

known = catalog()
day = page_title(
    "Sources and glossary", "Where every value comes from, where sources disagree, and what the words mean."
)
sources(known, day)
page_end(known)
