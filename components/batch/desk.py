"""What every view of the batch page works on."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from catalog.loading import Catalog
from components.archive.wording import Zone
from components.gemini.settings import Connection

if TYPE_CHECKING:
    from components.history.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """The catalog, the day, the open history, whose batches are shown, the reader's zone, and where calls go."""

    catalog: Catalog
    on: date
    store: "Store"
    owner: str
    zone: Zone
    place: Connection | None
