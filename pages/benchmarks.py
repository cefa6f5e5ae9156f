from components.frame.navigation import inside_frame

inside_frame()

from components.benchmarks.panel import benchmarks  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.picker import pick_models  # noqa: E402
from components.frame.state import catalog  # noqa: E402

known = catalog()
day = page_title(
    "Benchmarks", "Which differences between test scores are real, which could be chance, and which cannot be known."
)
models = pick_models(known, "benchmarks")
benchmarks(known, models, day)
page_end(known)
