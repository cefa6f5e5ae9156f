from components.frame.navigation import inside_frame

inside_frame()

from components.architecture.panel import architecture  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.picker import pick_models  # noqa: E402
from components.frame.state import catalog  # noqa: E402

known = catalog()
day = page_title(
    "Architecture", "What is known, what is inferred, and by whom; each statement with its kind and source."
)
models = pick_models(known, "architecture")
architecture(known, models, day)
page_end(known)
