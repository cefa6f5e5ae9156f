"""How many calls of one model may be under way, and how fast new ones may begin. Lives on one event loop."""

import asyncio
from collections import deque
from collections.abc import Callable

_SHARE_LEFT = 0.5
_LONGEST_BURST_S = 1.0


class Rate:
    """A limit on how much may begin in a minute, spread evenly; up to a second's worth, or one piece, goes at once.

    The generic cell rate algorithm, ITU-T I.371. `now` is in seconds on any clock that does not go back.
    """

    def __init__(self, per_minute: float | None) -> None:
        self._seconds_each = 60 / per_minute if per_minute else 0.0
        self._tolerance_s = max(0.0, _LONGEST_BURST_S - self._seconds_each)
        self._due_at = 0.0

    def wait_s(self, now: float) -> float:
        """How long until the next piece may begin."""
        return max(0.0, self._due_at - self._tolerance_s - now) if self._seconds_each else 0.0

    def take(self, now: float, amount: float = 1) -> None:
        """Count something that begins now, `amount` pieces at once."""
        self._due_at = max(self._due_at, now) + amount * self._seconds_each


class Gate:
    """Lets calls of one model begin: additive increase, multiplicative decrease.

    It begins at `most` calls at once, as was asked for. A sign of congestion halves the number, once for all calls that
    had left by then, and each answer lets it grow again, by one for each round of answers (Chiu and Jain, 1989).
    Calls that come back after a failure go before new ones. The wait that the service asks for holds back the call that
    was refused, which is its own affair, and all others from the second refusal in a row on: one alone may be chance,
    and a quota that is used up refuses the next call too.
    """

    def __init__(
        self,
        most: int,
        requests: Rate | None = None,
        tokens: Rate | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._most = most
        self._window = float(most)
        self._requests = requests or Rate(None)
        self._tokens = tokens or Rate(None)
        self._clock = clock or asyncio.get_running_loop().time
        self._waiting: deque[tuple[asyncio.Future[None], float]] = deque()
        self._closed_until = 0.0
        self._eased_at = -1.0
        self._refused_in_a_row = 0
        self._held = False
        self._timer: asyncio.TimerHandle | None = None
        self.under_way = 0

    @property
    def window(self) -> int:
        """How many calls may be under way now."""
        return max(1, int(self._window))

    @property
    def closed_s(self) -> float:
        """How long nothing may begin, because the service asked to wait; in seconds."""
        return max(0.0, self._closed_until - self._clock())

    async def enter(self, tokens: float = 0, first: bool = False) -> float:
        """Wait until a call of so many input tokens may begin; returns when that was, for `leave`."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if first:
            self._waiting.appendleft((place, tokens))
        else:
            self._waiting.append((place, tokens))
        self._let_in()
        try:
            await place
        except asyncio.CancelledError:
            self._withdraw(place, tokens)
            raise
        return self._clock()

    def leave(self, entered: float, *, answered: bool = False, congested: bool = False, wait_s: float = 0.0) -> None:
        """A call has ended: with an answer, with a sign of congestion, or neither.

        `wait_s` is how long the service wants to be left alone.
        """
        self.under_way -= 1
        now = self._clock()
        if congested:
            self._refused_in_a_row += 1
            if self._refused_in_a_row > 1:
                self._closed_until = max(self._closed_until, now + wait_s)
            if entered > self._eased_at:
                self._window, self._eased_at = max(1.0, self._window * _SHARE_LEFT), now
        elif answered:
            self._refused_in_a_row = 0
            self._window = min(float(self._most), self._window + 1 / self._window)
        self._let_in()

    def hold(self, held: bool) -> None:
        """Let nothing begin until further notice, or let it again."""
        self._held = held
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and not self._held and self.under_way < self.window:
            now = self._clock()
            wait = max(self._closed_until - now, self._requests.wait_s(now), self._tokens.wait_s(now))
            if wait > 0:
                self._look_again_in(wait)
                return
            place, tokens = self._waiting.popleft()
            if not place.done():
                self._requests.take(now)
                self._tokens.take(now, tokens)
                self.under_way += 1
                place.set_result(None)

    def _look_again_in(self, wait: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(wait, self._let_in)

    def _withdraw(self, place: asyncio.Future[None], tokens: float) -> None:
        # Cancelled in the moment in which it was let in: the place is free again.
        if place.done() and not place.cancelled():
            self.under_way -= 1
            self._let_in()
        else:
            self._waiting = deque(one for one in self._waiting if one[0] is not place)
