"""What was wrong with the lines of a file, as HTML. All text is escaped."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from components.archive.wording import count_words

if TYPE_CHECKING:
    from components.history.transfer import Problem

_SHOWN = 20


def problems_html(problems: "Sequence[Problem]") -> str:
    """The first problems with their lines, and how many more there are."""
    items = "".join(f"<li>Line {each.line:,}: {escape(each.sentence)}</li>" for each in problems[:_SHOWN])
    left = len(problems) - _SHOWN
    more = f"<li>and {count_words(left, 'more line')}</li>" if left > 0 else ""
    return f'<ul class="claims">{items}{more}</ul>'
