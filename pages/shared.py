from components.frame.navigation import inside_frame

inside_frame()

from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.state import catalog  # noqa: E402
from components.shared.panel import shared  # noqa: E402

known = catalog()
day = page_title("Shared", "One run or batch, to read and to take along. Nothing can be changed or spent here.")
shared(known, day)
page_end(known)
