"""How far a batch has come: counted as answers are committed, looked at from any thread."""

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from components.batch.records import Job, Result, Status
from components.batch.sink import Found
from components.batch.sketch import Times

_RATE_OVER_S = 30.0
_STEP_S = 0.5
_NOTHING = Decimal(0)


class State(StrEnum):
    """What a batch is doing."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of a time over the whole answers of this session, in seconds; None of no answers."""

    n: int
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class ModelProgress:
    """How far one model has come.

    `under_way` calls are being answered of the `window` that may be at once now, which is at most `concurrency`.
    `total` and `first` are the times to the end and to the first visible text. `note` says why the model waits or is
    not asked any more, in a sentence; empty where neither is so.
    """

    model: str
    done: int
    failed: int
    under_way: int
    window: int
    concurrency: int
    total: Latency
    first: Latency
    note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come.

    `done` answers of `total` are kept, `failed` of them as failures, `found` of them from earlier sessions. `retries`
    calls were made again, `again` of them after part of an answer was visible. `per_s` is the rate of the last 30 s,
    `eta_s` what is left at that rate; None where it is not known. `spent_usd` is everything at list price, of which
    `discarded_usd` is an estimate for attempts that broke off; calls of models without a list price (`uncounted`) are
    not in it. `errors` counts failed calls by their kind, those that were asked again included. `reason` says why a
    batch has stopped, in a sentence.
    """

    state: State
    total: int
    done: int
    failed: int
    found: int
    under_way: int
    waiting: int
    retries: int
    again: int
    per_s: float | None
    eta_s: float | None
    elapsed_s: float
    spent_usd: Decimal
    discarded_usd: Decimal
    errors: tuple[tuple[str, int], ...]
    models: tuple[ModelProgress, ...]
    uncounted: tuple[str, ...]
    simulated: bool
    reason: str = ""

    @property
    def concurrency(self) -> int:
        """How many calls could be under way at once, over all models."""
        return sum(model.concurrency for model in self.models)


@dataclass(slots=True)
class _Side:
    """The counts of one model."""

    concurrency: int
    done: int = 0
    failed: int = 0
    total: Times = field(default_factory=Times)
    first: Times = field(default_factory=Times)


@dataclass(frozen=True, slots=True)
class Now:
    """What one model is doing at this moment, as its gate knows it."""

    under_way: int = 0
    window: int = 0
    note: str = ""


class Tally:
    """Counts what has been committed and what went wrong. Safe across threads."""

    def __init__(self, job: Job, found: Found, uncounted: Sequence[str] = ()) -> None:
        self._job = job
        self._lock = threading.Lock()
        self._found = found
        self._done, self._failed = found.done, found.failed
        self._spent, self._discarded = found.spent_usd, found.discarded_usd
        self._retries = self._again = self._waiting = 0
        self._errors: Counter[str] = Counter()
        self._sides = {model: _Side(job.limits.concurrency) for model in job.models}
        self._uncounted = tuple(uncounted)
        self._began = time.monotonic()
        self._ended: float | None = None
        self._steps: deque[tuple[float, int]] = deque([(self._began, self._done)])

    @property
    def spent_usd(self) -> Decimal:
        """What all answers have cost so far, those of earlier sessions and those thrown away included."""
        with self._lock:
            return self._spent

    @property
    def average_usd(self) -> Decimal:
        """What an answer has cost on average; 0 before the first."""
        with self._lock:
            return self._spent / self._done if self._done else _NOTHING

    @property
    def complete(self) -> bool:
        """Whether every answer is there."""
        with self._lock:
            return self._done >= self._job.total

    def committed(self, result: Result) -> None:
        """An answer is kept for good."""
        discarded = result.discarded_usd or _NOTHING
        with self._lock:
            side = self._sides[result.key.model]
            side.done += 1
            self._done += 1
            self._spent += (result.cost_usd or _NOTHING) + (result.checks_usd or _NOTHING) + discarded
            self._discarded += discarded
            if result.status is not Status.OK:
                side.failed += 1
                self._failed += 1
            else:
                _add(side.total, result.total_s)
                _add(side.first, result.first_visible_s)
            self._step()

    def went_wrong(self, kind: str) -> None:
        """A call has failed, whatever becomes of it."""
        with self._lock:
            self._errors[kind] += 1

    def waits(self, change: int) -> None:
        """So many more things wait to be asked again; fewer for a negative number."""
        with self._lock:
            self._waiting += change

    def asked_again(self, after_text: bool) -> None:
        """A call is made again, maybe after part of an answer was visible."""
        with self._lock:
            self._retries += 1
            self._again += after_text

    def end(self) -> None:
        """Stop the clock."""
        self._ended = time.monotonic()

    def progress(self, state: State, now: Mapping[str, Now], reason: str = "") -> Progress:
        """How far it has come, with what each model is doing `now`."""
        with self._lock:
            rate = self._rate()
            left = self._job.total - self._done
            return Progress(
                state=state,
                total=self._job.total,
                done=self._done,
                failed=self._failed,
                found=self._found.done,
                under_way=sum(one.under_way for one in now.values()),
                waiting=self._waiting,
                retries=self._retries,
                again=self._again,
                per_s=rate,
                eta_s=left / rate if rate else None,
                elapsed_s=(self._ended or time.monotonic()) - self._began,
                spent_usd=self._spent,
                discarded_usd=self._discarded,
                errors=tuple(self._errors.most_common()),
                models=tuple(self._model(model, side, now.get(model, Now())) for model, side in self._sides.items()),
                uncounted=self._uncounted,
                simulated=self._job.simulated,
                reason=reason,
            )

    def _model(self, model: str, side: _Side, now: Now) -> ModelProgress:
        return ModelProgress(
            model=model,
            done=side.done,
            failed=side.failed,
            under_way=now.under_way,
            window=now.window,
            concurrency=side.concurrency,
            total=_latency(side.total),
            first=_latency(side.first),
            note=now.note,
        )

    def _step(self) -> None:
        now = time.monotonic()
        if now - self._steps[-1][0] >= _STEP_S:
            self._steps.append((now, self._done))
            while len(self._steps) > 2 and now - self._steps[1][0] > _RATE_OVER_S:
                self._steps.popleft()

    def _rate(self) -> float | None:
        began, before = self._steps[0]
        now = self._ended or time.monotonic()
        done, seconds = self._done - before, now - began
        return done / seconds if done > 0 and seconds > 0 else None


def _add(times: Times, seconds: float | None) -> None:
    if seconds is not None:
        times.add(seconds)


def _latency(times: Times) -> Latency:
    return Latency(times.count, *(times.percentile(share) for share in (0.5, 0.9, 0.95, 0.99)))
