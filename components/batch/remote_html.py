"""How the jobs of a batch stand at the Batch API, as a table. All text is escaped."""

from collections.abc import Sequence
from html import escape

from components.batch.names import Named
from components.batch.remote import Standing

_WORDS = {
    "pending": "waiting for its turn",
    "running": "being answered",
    "succeeded": "answered, to be brought back",
    "failed": "failed",
    "cancelled": "cancelled",
    "expired": "expired",
    "unknown": "in a state that is not known here",
}
_NOT_YET = "being handed over"


def standings_table(standings: Sequence[Standing], models: Sequence[Named]) -> str:
    """A row a model: how its job stands, how many answers are there as far as the service says, and its name there."""
    found = {each.model: each for each in standings}
    rows = "".join(_row(each, found.get(each.id)) for each in models)
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("State", "Answers", "Name at the service"))
    return (
        '<table class="facts batch-remote"><caption>How the jobs stand at the Gemini Batch API</caption><thead><tr>'
        f'<th scope="col" class="field">Model</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(named: Named, standing: Standing | None) -> str:
    if standing is None:
        cells = (_NOT_YET, "", "")
    else:
        counted = standing.total is not None and standing.answered is not None
        answers = f"{standing.answered:,} of {standing.total:,}" if counted else "not said"
        cells = (_WORDS.get(standing.state.value, standing.state.value), answers, standing.name)
    problem = f'<span class="also">{escape(standing.problem)}</span>' if standing is not None else ""
    state, answers, name = (escape(cell) for cell in cells)
    return (
        f'<tr><th scope="row" class="field">{named.html}{problem}</th><td data-label="State">{state}</td>'
        f'<td data-label="Answers">{answers}</td><td data-label="Name at the service"><code>{name}</code></td></tr>'
    )
