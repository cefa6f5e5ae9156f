"""The list of runs as a table file."""

from catalog.loading import Catalog
from components.archive.rows import is_secret
from components.archive.wording import one_line, vote_words
from components.history.query import RunSummary

COLUMNS = (
    "id",
    "created",
    "origin",
    "imported",
    "state",
    "prompt",
    "models",
    "answers_each",
    "preset",
    "blind",
    "vote",
    "tags",
    "beginning_of_an_answer",
)


def record(catalog: Catalog, run: RunSummary) -> dict[str, object]:
    """One run as a row: its time in UTC, the first 400 characters of its prompt, and whether it is simulated.

    A blind run that nobody has voted on shows no answer.
    """
    names = [model.name if (model := catalog.find(each)) else each for each in run.models]
    return {
        "id": run.id,
        "created": run.created.isoformat(),
        "origin": "simulated" if run.simulated else "real",
        "imported": run.imported,
        "state": run.state.value,
        "prompt": run.prompt.replace("\x00", ""),
        "models": "; ".join(run.models),
        "answers_each": run.repeats,
        "preset": run.preset,
        "blind": run.blind,
        "vote": vote_words(run.vote, names) if run.vote else "",
        "tags": "; ".join(run.tags),
        "beginning_of_an_answer": "" if is_secret(run) else one_line(run.snippet, 400),
    }
