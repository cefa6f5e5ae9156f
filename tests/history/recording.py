"""A process that records runs, for tests that start several of them or kill one.

`python -m tests.history.recording URL grow` records one run for ever and says which chunk is written;
`python -m tests.history.recording URL many NAME` records ten runs and ends.
"""

import sys
import time
from itertools import count

from components.history.recorder import Recorder
from components.history.records import ChunkRecord
from components.history.store import open_store
from tests.history.examples import FLASH, PRO, answered, starting


def grow(recorder: Recorder) -> None:
    recorder.began(starting("growing", prompt="What is killed?"))
    for index in count():
        recorder.received("growing", index % 2, ChunkRecord(index / 100, f"mark{index} "), {"chunks": index})
        assert recorder.flush(30)
        print(index, flush=True)
        time.sleep(0.002)


def many(recorder: Recorder, name: str) -> None:
    for index in range(10):
        run_id = f"{name}{index}"
        recorder.began(starting(run_id))
        for lane, model in enumerate((PRO, FLASH)):
            for piece in range(10):
                recorder.received(run_id, lane, ChunkRecord(piece / 10, f"{run_id} "), {})
            recorder.ended(run_id, answered(lane, model))
    assert recorder.flush(30)


def main(url: str, what: str, name: str = "") -> None:
    store = open_store(url)
    recorder = Recorder(store)
    if what == "grow":
        grow(recorder)
    many(recorder, name)
    recorder.close()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
