from components.frame.navigation import inside_frame

inside_frame()

from components.cost.panel import cost  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.picker import pick_models  # noqa: E402
from components.frame.state import catalog  # noqa: E402

known = catalog()
day = page_title("Cost", "What a workload costs a month and a year, what moves the bill, and what turns the answer.")
models = pick_models(known, "cost")
cost(known, models, day)
page_end(known)
