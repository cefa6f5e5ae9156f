"""What every view of the history page works on."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from catalog.loading import Catalog
from components.archive.wording import Zone

if TYPE_CHECKING:
    from components.history.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """The catalog, the day, the open history, whose runs are shown, and the zone of the reader."""

    catalog: Catalog
    on: date
    store: "Store"
    owner: str
    zone: Zone
