"""A session's spending limit: what its runs have cost at list price, what simulated ones would have, and when to stop.

Simulated runs count against the limit as if they were charged, so that a limit can be tried without a key, but they
are never added to what was really spent.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial

from catalog.loading import Catalog
from catalog.prices import Cost, cost_of_call
from catalog.words import listing, usd
from components.playground.lanes import LaneSnapshot, RunSnapshot
from components.playground.published import platform

_CHARACTERS_PER_TOKEN = 4
_MILLION = 1_000_000
_MOST_RATES = 256
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run should not be sent. `used_up` is the limit itself; otherwise the run might pass it."""

    sentence: str
    used_up: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """What one run has cost so far in US dollars.

    `simulated` was never charged. `estimated` has tokens in it that were counted by their characters. `countable`
    says whether any of it has a list price, `uncounted` are the models without one.
    """

    usd: Decimal
    simulated: bool
    estimated: bool = False
    countable: bool = True
    uncounted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rates:
    prompt_usd: Decimal
    output_token_usd: Decimal


class Ledger:
    """What one session has spent, and its limit in US dollars (None: no limit). Safe across threads."""

    def __init__(self, limit: Decimal | None = None) -> None:
        self._lock = threading.Lock()
        self._limit = _checked(limit)
        self._charges: dict[str, tuple[int, Charge]] = {}

    @property
    def limit(self) -> Decimal | None:
        """The limit in US dollars, or None."""
        with self._lock:
            return self._limit

    @limit.setter
    def limit(self, limit: Decimal | None) -> None:
        with self._lock:
            self._limit = _checked(limit)

    @property
    def spent(self) -> Decimal:
        """What real runs have cost at list price, those in progress included."""
        return self._sum(simulated=False)

    @property
    def noted(self) -> Decimal:
        """What simulated runs would have cost at list price. Nobody was charged for it."""
        return self._sum(simulated=True)

    @property
    def used(self) -> Decimal:
        """What counts against the limit: real and simulated runs."""
        with self._lock:
            return sum((charge.usd for _, charge in self._charges.values()), _NOTHING)

    @property
    def left(self) -> Decimal | None:
        """What is left of the limit, never below 0; None without a limit."""
        limit = self.limit
        return None if limit is None else max(_NOTHING, limit - self.used)

    @property
    def estimated(self) -> bool:
        """Whether a part of it rests on tokens counted by their characters."""
        with self._lock:
            return any(charge.estimated for _, charge in self._charges.values())

    @property
    def uncounted(self) -> tuple[str, ...]:
        """The models that were called and have no list price, so that they are not in it, by name."""
        with self._lock:
            return tuple(sorted({model for _, charge in self._charges.values() for model in charge.uncounted}))

    def note(self, key: str, charge: Charge, version: int = 0) -> None:
        """Write down what a run, or whatever else `key` names, has cost so far, in place of what was known of it.

        Of two versions of one run the newer stays, whatever their order. Raises ValueError for a negative amount.
        """
        if charge.usd < 0:
            raise ValueError("nothing costs less than 0")
        with self._lock:
            if key not in self._charges or self._charges[key][0] <= version:
                self._charges[key] = (version, charge)

    def allows(self, worst_case: Decimal | None) -> Refusal | None:
        """Whether a run that costs at most `worst_case` may be sent: None for yes.

        A `worst_case` of None has no list price, so it cannot be counted and is let through.
        """
        limit, used = self.limit, self.used
        if limit is None or worst_case is None:
            return None
        if used >= limit:
            return Refusal(
                f"This session's budget of {usd(float(limit))} is used up{self._remark()}. Nothing was sent and your "
                "prompt is kept; raise the budget to go on.",
                used_up=True,
            )
        if used + worst_case > limit:
            return Refusal(
                f"This run may cost up to {usd(float(worst_case))}, and {usd(float(limit - used))} of this session's "
                f"budget of {usd(float(limit))} is left{self._remark()}. A run that passes it is stopped, and what has "
                "arrived by then is kept; raise the budget or set fewer output tokens to be sure of whole answers.",
                used_up=False,
            )
        return None

    def stop_reason(self) -> str | None:
        """The sentence with which a run must stop, once the limit is reached; None before."""
        limit = self.limit
        if limit is None or self.used < limit:
            return None
        return (
            f"Stopped because this session's budget of {usd(float(limit))} is used up{self._remark()}. "
            "What had arrived by then is kept."
        )

    def line(self) -> str:
        """What was spent and what is left, in plain sentences."""
        limit, spent, noted = self.limit, self.spent, self.noted
        sign = "≈ " if self.estimated else ""
        words = [f"{sign}{usd(float(spent))} spent in this session at list price."]
        if noted:
            words.append(f"Simulated runs would have cost {sign}{usd(float(noted))}; nothing was charged for them.")
        if limit is not None:
            counting = ", simulated runs counted as if they were charged" if noted else ""
            words.append(f"{usd(float(self.left or 0))} of {usd(float(limit))} is left{counting}.")
        if self.uncounted:
            words.append(f"Calls of {listing(self.uncounted)} are not counted: the catalog has no list price for them.")
        return " ".join(words)

    def _sum(self, *, simulated: bool) -> Decimal:
        with self._lock:
            charges = [charge for _, charge in self._charges.values()]
        return sum((charge.usd for charge in charges if charge.simulated is simulated), _NOTHING)

    def _remark(self) -> str:
        return " (simulated runs count as if they were charged, though nothing was)" if self.noted else ""


def _checked(limit: Decimal | None) -> Decimal | None:
    if limit is not None and (limit.is_nan() or limit < 0):
        raise ValueError("a budget is an amount of 0 or more US dollars")
    return limit


def guard(ledger: Ledger, catalog: Catalog, on: date) -> Callable[[RunSnapshot], str | None]:
    """A guard for `Runner.start`: writes the run's cost so far down after each chunk, and stops it at the limit.

    All runs of the session that share the ledger count, those in progress too. A run whose models have no list price
    is not stopped. What a chunk costs is known when it is there, so a run can pass the limit by its last chunk.
    """

    # Prices are looked up once a prompt and not once a chunk.
    rates = lru_cache(maxsize=_MOST_RATES)(partial(_rates, catalog, on))

    def look(run: RunSnapshot) -> str | None:
        charge = _charge(run, rates)
        ledger.note(run.id, charge, run.version)
        return ledger.stop_reason() if charge.countable else None

    return look


def settle(ledger: Ledger, catalog: Catalog, on: date, run: RunSnapshot) -> Charge:
    """Write down what a run has cost as it stands, and return it. A run that is played again costs nothing."""
    charge = charge_of(catalog, on, run)
    if not run.setup.replay_of:
        ledger.note(run.id, charge, run.version)
    return charge


def charge_of(catalog: Catalog, on: date, run: RunSnapshot) -> Charge:
    """What all lanes of a run have cost so far at the list prices of the day `on`.

    The input counts as soon as the service has counted it, with what tools put into it; thinking counts as output.
    Where no output is counted yet, the characters that have arrived make a token for each four.
    """
    return _charge(run, partial(_rates, catalog, on))


def _rates(catalog: Catalog, on: date, asked: str, place: str, read: int, cached: int) -> _Rates | None:
    """What a prompt costs and each token of its answer; None without a list price."""
    model = catalog.find(asked)
    cost = cost_of_call(model, place, on, read, _MILLION, cached) if model else None
    if not isinstance(cost, Cost):
        return None
    return _Rates(cost.input_usd + cost.cached_usd, cost.output_usd / _MILLION)


def _charge(run: RunSnapshot, rates: Callable[[str, str, int, int], _Rates | None]) -> Charge:
    total, estimated, uncounted = _NOTHING, False, []
    for lane in run.lanes:
        read = (lane.usage.input_tokens or 0) + (lane.usage.tool_tokens or 0)
        cached = min(lane.usage.cached_tokens or 0, read)
        rate = rates(lane.request.model, platform(run.vertexai), read, cached)
        if rate is None:
            uncounted.append(lane.request.model)
        else:
            written, guessed = _written(lane)
            total += rate.prompt_usd + written * rate.output_token_usd
            estimated = estimated or guessed
    return Charge(total, run.simulated, estimated, len(uncounted) < len(run.lanes), tuple(dict.fromkeys(uncounted)))


def _written(lane: LaneSnapshot) -> tuple[int, bool]:
    """Output and thinking tokens so far, each by its characters where the service has not counted it."""
    usage = lane.usage
    visible, thought = usage.output_tokens, usage.thinking_tokens
    guessed = (visible is None and bool(lane.text)) or (thought is None and bool(lane.thoughts))
    visible = _tokens(lane.text) if visible is None else visible
    return visible + (_tokens(lane.thoughts) if thought is None else thought), guessed


def _tokens(text: str) -> int:
    return -(-len(text) // _CHARACTERS_PER_TOKEN)
