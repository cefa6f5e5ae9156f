"""What the leaderboard shows as flat records for its exports. No Streamlit."""

from collections.abc import Sequence

from catalog.leaderboard import Board, View


def records(board: Board, view: View, order: Sequence[int]) -> list[dict[str, str]]:
    """One record a model in the order shown: id, name, lab, service, then each column of the view.

    A column `x` gives `x`, `x.kind`, `x.conflict`, `x.source` and `x.as_of`; the source is an id of the catalog's
    sources, several joined by " and ".
    """
    return [_record(board, view, at) for at in order]


def _record(board: Board, view: View, at: int) -> dict[str, str]:
    model = board.models[at]
    record = {
        "model": model.id,
        "name": model.name,
        "lab": model.lab,
        "service": board.state(at).service.value,
    }
    for name in view.columns:
        shown = board.value(at, name)
        record |= {
            name: shown.plain,
            f"{name}.kind": shown.cell.kind.value if shown.cell.kind else "",
            f"{name}.conflict": "yes" if shown.cell.conflict else "no",
            f"{name}.source": shown.source,
            f"{name}.as_of": shown.as_of,
        }
    return record
