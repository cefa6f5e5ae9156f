"""The votes of an owner between some models, as far as they count."""

from collections.abc import MutableMapping, Sequence
from typing import TYPE_CHECKING

from catalog.loading import Catalog
from components.archive.tally import Spoilt, Tally, spoilt_by, tally, to_look_at
from components.measured.answers import NEWEST_RUNS, names_of

if TYPE_CHECKING:
    from components.history.store import Store

_TOGETHER = 100


def tally_of(
    catalog: Catalog,
    store: "Store",
    owner: str,
    model_ids: Sequence[str],
    looked: MutableMapping[str, Spoilt] | None = None,
) -> Tally:
    """The owner's newest 500 votes on runs with these models, counted as the history page does without imported ones.

    `looked` keeps which answers spoil a vote, so that they are read once. Raises HistoryError where the history cannot
    be read.
    """
    known = {} if looked is None else looked
    rows = store.votes(owner, names_of(catalog, model_ids), NEWEST_RUNS)
    new = [each for each in to_look_at(rows, with_imported=False) if each not in known]
    for start in range(0, len(new), _TOGETHER):
        for run in store.get_many(new[start : start + _TOGETHER], owner, in_pieces=False):
            known[run.id] = spoilt_by(catalog, run)
    return tally(rows, known, with_imported=False)
