from components.frame.navigation import inside_frame

inside_frame()

from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.picker import pick_models  # noqa: E402
from components.frame.state import catalog  # noqa: E402
from components.overview.panel import overview  # noqa: E402

known = catalog()
day = page_title("Gemini Pro or Flash, on evidence", "Which of these models to use, and how sure that answer is.")
models = pick_models(known, "overview")
overview(known, models, day)
page_end(known)
