from components.frame.navigation import inside_frame

inside_frame()

from components.advisor.panel import advisor  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.picker import pick_models  # noqa: E402
from components.frame.state import catalog  # noqa: E402

known = catalog()
day = page_title("Advisor", "Which model to take for what you need, how sure that is, and what would change it.")
models = pick_models(known, "advisor")
advisor(known, models, day)
page_end(known)
