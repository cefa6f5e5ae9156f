from components.frame.navigation import inside_frame

inside_frame()

from components.frame import link  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.picker import pick_models  # noqa: E402
from components.frame.state import catalog  # noqa: E402
from components.report.panel import report  # noqa: E402

known = catalog()
lead = (
    "What the evidence says, with the source of every number."
    if link.is_guest()
    else "A page, a deck or a workbook for those who decide, in which every number can be traced."
)
day = page_title("Report", lead)
models = pick_models(known, "report")
report(known, models, day)
page_end(known)
