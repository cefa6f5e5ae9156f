"""The bills of a scene: one offer a model and platform, which of them counts, and what is yet to change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.bill import Bill, bill, platforms
from catalog.bill_year import Change, Year, announced, year
from catalog.break_even import Crossing, crossings
from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.schema import Model
from catalog.tariffs import ITEMS
from catalog.workload import Workload
from components.cost.address import CHEAPEST, Scene, offered


@dataclass(frozen=True, slots=True)
class Offer:
    """One model on one platform: its bill on the day and over a year, and the announced changes that concern it."""

    model: Model
    platform: str
    bill: Bill | NoListPrice
    year: Year | NoListPrice
    changes: tuple[Change, ...]

    @property
    def priced(self) -> bool:
        """Whether there is a bill."""
        return isinstance(self.bill, Bill)

    @property
    def usd_a_month(self) -> Decimal:
        """US dollars for 30 days; raises ValueError where there is no list price."""
        return self.priced_bill.usd_a_month

    @property
    def priced_bill(self) -> Bill:
        """The bill; raises ValueError where there is no list price."""
        if isinstance(self.bill, NoListPrice):
            raise ValueError(f"{self.model.id} has no list price on {self.platform}")
        return self.bill


def offers(catalog: Catalog, scene: Scene) -> tuple[Offer, ...]:
    """Every model on every platform that it is or was sold on, and on the platform that counts, in their order."""
    models = scene.models_of(catalog)
    wanted = offered(models).get(scene.platform)
    found = []
    for model in models:
        own = platforms(model)
        extra = () if wanted is None or wanted in own else (wanted,)
        found += [_offer(catalog, model, platform, scene) for platform in (*own, *extra)]
    return tuple(found)


def _offer(catalog: Catalog, model: Model, platform: str, scene: Scene) -> Offer:
    return Offer(
        model,
        platform,
        bill(catalog, model, platform, scene.workload, scene.on),
        year(catalog, model, platform, scene.workload, scene.on),
        tuple(each for each in announced(model, platform, scene.on) if concerns(each, scene.workload)),
    )


def concerns(change: Change, workload: Workload) -> bool:
    """Whether the price of something that the workload uses changes."""
    item = change.item.split(", prompts")[0]
    needed = {
        ITEMS["cached_input"]: bool(workload.cached_tokens),
        ITEMS["audio_input"]: bool(workload.audio_minutes),
        ITEMS["batch_input"]: bool(workload.batch_share),
        ITEMS["batch_output"]: bool(workload.batch_share),
        ITEMS["batch_cached_input"]: bool(workload.batch_share and workload.cached_tokens),
        ITEMS["cache_storage"]: bool(workload.stored_tokens and workload.storage_hours),
    }
    return needed.get(item, True)


def standing(found: Sequence[Offer], scene: Scene) -> tuple[Offer, ...]:
    """The one offer of each model that counts: on the platform asked for, else the cheapest that has a price."""
    return tuple(_standing([each for each in found if each.model.id == name], scene, found) for name in scene.models)


def _standing(own: Sequence[Offer], scene: Scene, found: Sequence[Offer]) -> Offer:
    if scene.platform != CHEAPEST:
        wanted = offered([each.model for each in found]).get(scene.platform)
        return next((each for each in own if each.platform == wanted), own[0])
    priced = [each for each in own if each.priced]
    return min(priced, key=lambda each: each.usd_a_month) if priced else own[0]


def by_price(found: Sequence[Offer]) -> list[Offer]:
    """The offers that have a list price, the cheapest first."""
    return sorted((each for each in found if each.priced), key=lambda each: each.usd_a_month)


def ratio(one: Offer, cheapest: Offer) -> Decimal | None:
    """How many times the cheapest bill it is; None where the cheapest costs nothing."""
    return one.usd_a_month / cheapest.usd_a_month if cheapest.usd_a_month else None


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which announced prices change bills: those that count, and which is the cheapest from then on."""

    on: date
    changed: tuple[Offer, ...]
    bills: tuple[Bill, ...]
    cheapest: Model | None


def turns(catalog: Catalog, chosen: Sequence[Offer], scene: Scene) -> tuple[Turn, ...]:
    """The days after the scene's on which the bill of any of these offers changes, by announced prices."""
    days = sorted({change.on for each in chosen for change in each.changes})
    return tuple(_turn(catalog, chosen, scene, on) for on in days)


def _turn(catalog: Catalog, chosen: Sequence[Offer], scene: Scene, on: date) -> Turn:
    then = [(each, bill(catalog, each.model, each.platform, scene.workload, on)) for each in chosen]
    priced = [(each, found) for each, found in then if isinstance(found, Bill)]
    changed = [(each, found) for each, found in priced if any(change.on == on for change in each.changes)]
    lowest = min((found.usd_a_month for _, found in priced), default=None)
    leaders = [each.model for each, found in priced if found.usd_a_month == lowest]
    return Turn(
        on,
        tuple(each for each, _ in changed),
        tuple(found for _, found in changed),
        leaders[0] if len(leaders) == 1 and len(priced) > 1 else None,
    )


def nearest_crossing(catalog: Catalog, ordered: Sequence[Offer], scene: Scene) -> Crossing | None:
    """Of the two cheapest offers, the break-even that the workload is nearest to, as a ratio; None where there is none.

    A number that is 0 now is farther away than any other.
    """
    one, other = ((each.model, each.platform) for each in ordered[:2])
    found = crossings(catalog, one, other, scene.workload, scene.on)
    return min(found, key=lambda each: _distance(each, scene), default=None)


def _distance(crossing: Crossing, scene: Scene) -> Decimal:
    now = Decimal(getattr(scene.workload, crossing.field))
    if not now or not crossing.at:
        return Decimal("Infinity")
    return max(now / crossing.at, crossing.at / now)
