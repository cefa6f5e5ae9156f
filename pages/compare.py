from components.frame.navigation import inside_frame

inside_frame()

from components.comparison.panel import comparison  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.picker import pick_models  # noqa: E402
from components.frame.state import catalog  # noqa: E402

known = catalog()
day = page_title("Compare", "Two to four models side by side, each value with its kind and its sources.")
models = pick_models(known, "compare")
comparison(known, models, day)
page_end(known)
