from components.frame.navigation import inside_frame

inside_frame()

from components.archive.panel import archive  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.state import catalog  # noqa: E402

known = catalog()
day = page_title("History", "Every run that was kept, to search, reopen, replay, compare and take along.")
archive(known, day)
page_end(known)
