from components.frame.navigation import inside_frame

inside_frame()

from components.frame.own_data import own_data_box  # noqa: E402
from components.frame.page import page_end, page_title  # noqa: E402
from components.frame.state import catalog, sourced_catalog  # noqa: E402
from components.leaderboard.panel import leaderboard  # noqa: E402

known = catalog()
day = page_title("All models", "Every model of the catalog, by any measure; choose some to compare.")
leaderboard(known, day)
own_data_box(sourced_catalog())
page_end(known)
