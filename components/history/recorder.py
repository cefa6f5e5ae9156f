"""Runs -> store while they happen, on a thread of its own, so that no answer ever waits for a disk."""

import logging
import threading
import time
from collections.abc import Sequence

from components.history.changes import Appended, Began, Change, Ended, Voted
from components.history.database import Trouble, Unavailable
from components.history.records import ChunkRecord, Json, LaneRecord, RunRecord
from components.history.servers import HEARTBEAT_S
from components.history.store import Store
from components.history.writing import OPEN

_RECOVERY_S = 60.0
_FIRST_PAUSE_S = 0.1
_GATHER_S = 0.01
_log = logging.getLogger(__name__)


class Recorder:
    """Writes down what it is told, at once and in order, many changes in one transaction when they come fast.

    The first that it is told is in the database within milliseconds, and what follows on its heels 10 ms later at most:
    a transaction for every token would cost as much as receiving it. While the database cannot be used, everything is
    kept in memory and tried again; beyond `most_waiting` changes, neighbouring chunks of a lane are joined. Its methods
    may be called from any thread; those that tell neither block nor raise.
    """

    def __init__(self, store: Store, *, most_waiting: int = 50_000, longest_pause_s: float = 5.0) -> None:
        self._store = store
        self._most_waiting = most_waiting
        self._longest_pause_s = longest_pause_s
        self._news = threading.Condition()
        self._waiting: list[Change] = []
        self._told = 0
        self._written = 0
        self._next_seq: dict[tuple[str, int], int] = {}
        self._trouble: Trouble | None = None
        self._refused = 0
        self._pause_s = 0.0
        self._beaten = time.monotonic()
        self._recovered = time.monotonic()
        self._closing = False
        self._hurry = threading.Event()
        self._committed = -_GATHER_S
        self._thread = threading.Thread(target=self._work, name="history-recorder", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str | None:
        """The sentence for the screen while nothing can be written, else None."""
        trouble = self._trouble
        if trouble is None:
            return None
        return (
            f"The history cannot be written ({trouble.reason}). Runs go on and their answers are kept in memory; "
            f"{trouble.remedy}, and they will be written."
        )

    @property
    def refused(self) -> int:
        """How many changes no database would take; they are in the log by run, without their content."""
        return self._refused

    def began(self, run: RunRecord) -> None:
        """A run has started."""
        with self._news:
            for lane in run.lanes:
                if lane.status in OPEN:
                    self._next_seq[run.id, lane.index] = len(lane.chunks)
            self._tell(Began(run))

    def received(self, run_id: str, lane: int, chunk: ChunkRecord, facts: Json) -> None:
        """A chunk has arrived in a lane; `facts` is all that is known of the lane now."""
        with self._news:
            seq = self._next_seq.get((run_id, lane))
            # Nothing arrives in a lane that never began or has ended.
            if seq is not None:
                self._next_seq[run_id, lane] = seq + 1
                self._tell(Appended(run_id, lane, seq, chunk, facts))

    def ended(self, run_id: str, lane: LaneRecord) -> None:
        """A lane has ended."""
        with self._news:
            if self._next_seq.pop((run_id, lane.index), None) is not None:
                self._tell(Ended(run_id, lane))

    def voted(self, run_id: str, vote: str) -> None:
        """Somebody has voted on a run."""
        with self._news:
            self._tell(Voted(run_id, vote))

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until all that was told so far is written; False when that takes longer than `timeout_s` seconds."""
        with self._news:
            told = self._told
            self._hurry.set()
            return self._news.wait_for(lambda: self._written >= told, timeout_s)

    def close(self, timeout_s: float = 10.0) -> None:
        """Write what is left, trying once, and end the thread. A closed recorder ignores what it is told."""
        with self._news:
            self._closing = True
            self._hurry.set()
            self._news.notify_all()
        self._thread.join(timeout_s)
        if self._waiting:
            _log.error("The history lost %d changes of runs, because it could not be written.", len(self._waiting))

    def _tell(self, change: Change) -> None:
        if not self._closing:
            self._waiting.append(change)
            self._told += 1
            self._news.notify_all()

    def _work(self) -> None:
        closing = False
        while not closing:
            closing = self._rest()
            try:
                self._write_waiting()
                self._keep_house()
            except Unavailable as error:
                self._hold(error.trouble)
            except Exception:
                _log.exception("The recorder of the history stumbled and goes on.")
                self._pause_s = _FIRST_PAUSE_S

    def _rest(self) -> bool:
        """Wait until there is something to do; return whether it is the last thing."""
        with self._news:
            if self._pause_s:
                self._news.wait_for(lambda: self._closing, self._pause_s)
            else:
                patience = HEARTBEAT_S if self._next_seq else _RECOVERY_S
                self._news.wait_for(lambda: bool(self._waiting) or self._closing, patience)
            return self._closing

    def _write_waiting(self) -> None:
        self._hurry.wait(max(0.0, self._committed + _GATHER_S - time.monotonic()))
        self._hurry.clear()
        with self._news:
            batch, told = tuple(self._waiting), self._told
        if batch:
            self._write(batch)
        with self._news:
            del self._waiting[: len(batch)]
            self._written = told
            self._trouble, self._pause_s = None, 0.0
            self._committed = time.monotonic()
            self._news.notify_all()

    def _write(self, batch: Sequence[Change]) -> None:
        try:
            self._store.write(batch)
        except Unavailable:
            raise
        except Exception as error:
            # One change that cannot be written must not hold up the others.
            if len(batch) > 1:
                self._write(batch[: len(batch) // 2])
                self._write(batch[len(batch) // 2 :])
            else:
                self._refused += 1
                _log.error("The history cannot take a change of run %s: %s", _run_id(batch[0]), type(error).__name__)

    def _keep_house(self) -> None:
        now = time.monotonic()
        if self._next_seq and now - self._beaten >= HEARTBEAT_S:
            self._store.heartbeat()
            self._beaten = now
        if now - self._recovered >= _RECOVERY_S:
            self._store.recover()
            self._recovered = now

    def _hold(self, trouble: Trouble) -> None:
        with self._news:
            if self._trouble is None:
                _log.warning("The history cannot be written: %s.", trouble.reason)
            self._trouble = trouble
            self._pause_s = min(max(self._pause_s * 2, _FIRST_PAUSE_S), self._longest_pause_s)
            if len(self._waiting) > self._most_waiting:
                self._waiting = thinned(self._waiting)


def thinned(changes: Sequence[Change]) -> list[Change]:
    """Join every two neighbouring chunks of a lane: nothing is lost but when the first of the two arrived."""
    kept: list[Change] = []
    single: dict[tuple[str, int], tuple[int, Appended]] = {}
    for change in changes:
        if isinstance(change, Appended):
            place, earlier = single.pop((change.run_id, change.lane), (-1, change))
            if place >= 0:
                kept[place] = _joined(earlier, change)
                continue
            single[change.run_id, change.lane] = (len(kept), change)
        kept.append(change)
    return kept


def _joined(one: Appended, other: Appended) -> Appended:
    first, second = one.chunk, other.chunk
    chunk = ChunkRecord(
        at_s=second.at_s,
        text=first.text + second.text,
        thought=first.thought + second.thought,
        output_tokens=first.output_tokens if second.output_tokens is None else second.output_tokens,
        thinking_tokens=first.thinking_tokens if second.thinking_tokens is None else second.thinking_tokens,
        parts=first.parts + second.parts,
    )
    return Appended(one.run_id, one.lane, one.seq, chunk, other.facts)


def _run_id(change: Change) -> str:
    return change.run.id if isinstance(change, Began) else change.run_id
