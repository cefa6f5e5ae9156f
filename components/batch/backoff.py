"""After a failed call: whether to ask again, how long to wait first, and when to stop asking a model altogether."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from components.gemini.errors import Failure, FailureKind, spoken_wait

LONGEST_UNTOLD_S = 45.0
"""A wait that the service asks for and that is longer than this is told."""
LONGEST_WAIT_S = 600.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
_JITTER_OF_WAIT = 0.1

CONGESTION = frozenset({FailureKind.RATE_LIMITED, FailureKind.OVERLOADED})
"""What says that too much was asked at once."""
_PASSING = CONGESTION | {
    FailureKind.SERVER_ERROR,
    FailureKind.TIMED_OUT,
    FailureKind.CONNECTION_REFUSED,
    FailureKind.CONNECTION_LOST,
    FailureKind.MALFORMED_RESPONSE,
    FailureKind.TRUNCATED,
}
_FOR_ALL_CALLS = frozenset(
    {
        FailureKind.NO_KEY,
        FailureKind.INVALID_KEY,
        FailureKind.NO_ACCESS,
        FailureKind.NOT_FOUND,
        FailureKind.QUOTA_EXHAUSTED,
    }
)


class Course(StrEnum):
    """What to do after a failed call."""

    AGAIN = "again"
    GIVE_UP = "give_up"
    STOP_MODEL = "stop_model"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do after a failed call; `wait_s` is in seconds, `reason` why the model is not asked any more."""

    course: Course
    wait_s: float = 0.0
    reason: str = ""


def decide(failure: Failure, broke_off: bool, attempt: int, attempts: int, draw: Callable[[], float]) -> Decision:
    """Decide after the `attempt`-th of at most `attempts` tries, counted from 1.

    What would meet every other call as well (a key that is not accepted, a model that is not there, a quota of the
    day) stops the model. 429, 503, other errors of the service, time-outs and lost connections are asked again; what
    the service refused for its content is not. The wait is what the service asks for and up to a tenth more, else
    drawn from 0 to a limit that doubles each time ("full jitter":
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter). `draw` returns numbers from 0 to 1.
    """
    if failure.kind in _FOR_ALL_CALLS:
        return Decision(Course.STOP_MODEL, reason=failure.sentence)
    if not broke_off or failure.kind not in _PASSING or attempt >= attempts:
        return Decision(Course.GIVE_UP)
    asked = failure.retry_after_s
    if asked is not None and asked > LONGEST_WAIT_S:
        return Decision(Course.STOP_MODEL, reason=f"{failure.message} The service asks to wait {spoken_wait(asked)}.")
    if asked is not None:
        return Decision(Course.AGAIN, asked * (1 + _JITTER_OF_WAIT * draw()))
    return Decision(Course.AGAIN, draw() * min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1)))
