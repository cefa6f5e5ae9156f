"""What can be called today: asked of the service, remembered for a while. It informs; it forbids nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from components.gemini.errors import Failure, FailureKind, failure_of, failure_of_finish
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.stream import Facts, stream

if TYPE_CHECKING:
    from google.genai import Client, types

PROBE_TIMEOUT_S = 20.0
_MOST_MODELS = 5_000
# Only these say "no" for good; a limit, an overload or a broken line says nothing about the model.
_REFUSALS = (
    FailureKind.NO_KEY,
    FailureKind.INVALID_KEY,
    FailureKind.NO_ACCESS,
    FailureKind.NOT_FOUND,
    FailureKind.QUOTA_EXHAUSTED,
)


class State(StrEnum):
    """How far it is known that a model can be called."""

    CALLABLE = "callable"
    LISTED_ONLY = "listed_only"
    NOT_LISTED = "not_listed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Availability:
    """What was found out about one model, when, and a sentence that says it. `failure` is why not, where known."""

    model: str
    state: State
    checked_at: datetime
    reason: str
    failure: Failure | None = None


@dataclass(frozen=True)
class ListedModel:
    """A model as the service lists it; limits in tokens, None where the service is silent."""

    id: str
    display_name: str | None = None
    input_token_limit: int | None = None
    output_token_limit: int | None = None
    max_temperature: float | None = None
    thinking: bool | None = None
    actions: tuple[str, ...] = ()


async def listed_models(
    client: Client, *, secrets: Iterable[str] = (), timeout_s: float = PROBE_TIMEOUT_S
) -> tuple[ListedModel, ...] | Failure:
    """Fetch the service's model list. A private endpoint may have none: then, as for any error, a Failure.

    `secrets` are the connection's keys, kept out of the failure's words.
    """
    try:
        async with asyncio.timeout(timeout_s):
            found: dict[str, ListedModel] = {}
            async for model in await client.aio.models.list(config={"page_size": 100}):
                listed = _listed(model)
                # A list that repeats itself would otherwise go on for ever.
                if listed.id in found or len(found) >= _MOST_MODELS:
                    break
                found[listed.id] = listed
            return tuple(found.values())
    except Exception as error:
        return _no_list(failure_of(error, partial=False, model="the service", secrets=secrets))


async def confirm(
    client: Client,
    model: str,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    secrets: Iterable[str] = (),
    timeout_s: float = PROBE_TIMEOUT_S,
) -> Availability:
    """Find out by a call of one token whether a model answers. Never raises.

    An answer that is cut off, empty or blocked is an answer: the model can be called.
    """
    request = Request(model=model, prompt="Hi", max_output_tokens=1, headers=headers)
    last = Facts()
    try:
        async with asyncio.timeout(timeout_s):
            async for _, facts in stream(client, request):
                last = facts
    except Exception as error:
        failure = failure_of(error, partial=False, model=model, secrets=secrets)
        return _found(model, State.REFUSED if failure.kind in _REFUSALS else State.UNKNOWN, failure.message, failure)
    if last == Facts():
        nothing = failure_of_finish(None, None, has_text=False, model=model)
        return _found(model, State.UNKNOWN, f"The service accepted a call to {model} but sent nothing back.", nothing)
    return _found(model, State.CALLABLE, _answered(model, last.served_model))


def in_list(model: str, models: tuple[ListedModel, ...] | Failure) -> Availability:
    """Say what the model list alone proves, which is little: shut-down models stay listed, private ones are absent."""
    if isinstance(models, Failure):
        return _found(model, State.UNKNOWN, models.message, models)
    if not models:
        return _found(model, State.UNKNOWN, "The service's list of models is empty.")
    if any(listed.id == model_id(model) for listed in models):
        return _found(model, State.LISTED_ONLY, f"The service lists {model}; no call has confirmed that it answers.")
    return _found(model, State.NOT_LISTED, f"The service does not list {model}; a call may still reach it.")


async def find_out(
    client: Client, connection: Connection, models: Sequence[str], book: AvailabilityBook
) -> tuple[Availability, ...]:
    """Answer for each model, in order: from the book where it knows, else by calls of one token, all at once."""

    async def one(model: str) -> Availability:
        known = book.recall(connection, model)
        if known is None:
            known = await confirm(client, model, secrets=connection.secrets)
            book.remember(connection, known)
        return known

    return tuple(await asyncio.gather(*(one(model) for model in models)))


class AvailabilityBook:
    """Remembers answers for a while, apart for each connection. Safe across threads.

    What could not be found out is not remembered, so that the next question asks again.
    """

    def __init__(self, ttl_s: float = 600.0, limit: int = 1_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._ttl_s = ttl_s
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[Connection, str], tuple[float, Availability]] = OrderedDict()

    def remember(self, connection: Connection, availability: Availability) -> None:
        """Keep an answer; the oldest goes when the book is full."""
        if availability.state is State.UNKNOWN:
            return
        key = (connection, model_id(availability.model))
        with self._lock:
            self._answers[key] = (self._clock(), availability)
            self._answers.move_to_end(key)
            while len(self._answers) > self._limit:
                self._answers.popitem(last=False)

    def recall(self, connection: Connection, model: str) -> Availability | None:
        """Return the answer for a model, or None when there is none or it is too old."""
        key = (connection, model_id(model))
        with self._lock:
            if key not in self._answers:
                return None
            written, availability = self._answers[key]
            if self._clock() - written >= self._ttl_s:
                del self._answers[key]
                return None
            return availability

    def forget(self, connection: Connection) -> None:
        """Drop every answer of one connection, for a fresh look."""
        with self._lock:
            for key in [key for key in self._answers if key[0] == connection]:
                del self._answers[key]


def model_id(name: str) -> str:
    """Strip what the platforms put before a model's name: models/x and publishers/google/models/x are both x."""
    return name.rsplit("models/", maxsplit=1)[-1]


def _listed(model: types.Model) -> ListedModel:
    return ListedModel(
        id=model_id(model.name or ""),
        display_name=model.display_name,
        input_token_limit=model.input_token_limit,
        output_token_limit=model.output_token_limit,
        max_temperature=model.max_temperature,
        thinking=model.thinking,
        actions=tuple(model.supported_actions or ()),
    )


def _no_list(failure: Failure) -> Failure:
    message, next_step = failure.message, failure.next_step
    if failure.kind in (FailureKind.NOT_FOUND, FailureKind.BAD_REQUEST, FailureKind.MALFORMED_RESPONSE):
        message = "The service gives no list of its models."
        next_step = "Private endpoints often have none; models can be called all the same."
    return replace(failure, message=message[:1].upper() + message[1:], safe="", next_step=next_step)


def _answered(model: str, served_model: str | None) -> str:
    if served_model and model_id(served_model) != model_id(model):
        return f"{model} answered; the version behind it is {served_model}."
    return f"{model} answered."


def _found(model: str, state: State, reason: str, failure: Failure | None = None) -> Availability:
    return Availability(model=model, state=state, checked_at=datetime.now(UTC), reason=reason, failure=failure)
