from components.frame.navigation import inside_frame

inside_frame()

from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.state import catalog  # noqa: E402
from components.model_card.panel import model_card  # noqa: E402

known = catalog()
day = page_title("Model card", "Everything that is known about one model, and how sure it is.")
model_card(known, day)
page_end(known)
