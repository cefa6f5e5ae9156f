"""What the simulator pretends to be: its models, their pace and their limits."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum


class Style(StrEnum):
    """How much an answer says."""

    BRIEF = "brief"
    DETAILED = "detailed"


class Fault(StrEnum):
    """A failure that a client can ask for by name."""

    BAD_REQUEST = "bad_request"
    INVALID_KEY = "invalid_key"
    UNAUTHENTICATED = "unauthenticated"
    PERMISSION_DENIED = "permission_denied"
    RETIRED = "retired"
    RATE_LIMITED_MINUTE = "rate_limited_minute"
    RATE_LIMITED_DAY = "rate_limited_day"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    HTML_ERROR = "html_error"
    DROP_BEFORE = "drop_before"
    DROP_MID = "drop_mid"
    NO_FINISH_REASON = "no_finish_reason"
    SAFETY = "safety"
    MAX_TOKENS = "max_tokens"
    MAX_TOKENS_EMPTY = "max_tokens_empty"
    BLOCKED_PROMPT = "blocked_prompt"
    EMPTY_ANSWER = "empty_answer"
    STALL = "stall"
    BROKEN_JSON = "broken_json"
    ERROR_IN_STREAM = "error_in_stream"


@dataclass(frozen=True)
class SimulatedModel:
    """One model that the simulator plays. Limits and pace are settings of the simulator, not facts.

    `first_token_ms` is the time from the request to the first chunk; hidden thoughts happen inside it.
    `tokens_per_second` paces everything after it. `model_version` is what the response names as the
    model that answered; empty means the model itself. A cache must hold `least_cached_tokens`.
    """

    id: str
    display_name: str = ""
    input_token_limit: int = 1_048_576
    output_token_limit: int = 65_536
    first_token_ms: float = 100
    tokens_per_second: float = 150
    thinking: bool = False
    style: Style = Style.BRIEF
    model_version: str = ""
    least_cached_tokens: int = 1_024


FLASH_LIKE = SimulatedModel(id="flash-like", output_token_limit=8_192)
PRO_LIKE = SimulatedModel(
    id="pro-like",
    input_token_limit=2_097_152,
    output_token_limit=8_192,
    first_token_ms=400,
    tokens_per_second=60,
    style=Style.DETAILED,
    least_cached_tokens=4_096,
)
_THINKING_FLASH = replace(FLASH_LIKE, output_token_limit=65_536, thinking=True)
_THINKING_PRO = replace(PRO_LIKE, input_token_limit=1_048_576, output_token_limit=65_536, thinking=True)

DEFAULT_MODELS = (
    replace(PRO_LIKE, id="gemini-2.0-pro-exp-02-05", display_name="Gemini 2.0 Pro Experimental 02-05"),
    replace(FLASH_LIKE, id="gemini-2.0-flash", display_name="Gemini 2.0 Flash"),
    replace(FLASH_LIKE, id="gemini-2.0-flash-lite", display_name="Gemini 2.0 Flash-Lite"),
    replace(_THINKING_PRO, id="gemini-2.5-pro", display_name="Gemini 2.5 Pro"),
    replace(_THINKING_FLASH, id="gemini-2.5-flash", display_name="Gemini 2.5 Flash"),
    replace(_THINKING_FLASH, id="gemini-2.5-flash-lite", display_name="Gemini 2.5 Flash-Lite"),
    replace(_THINKING_PRO, id="gemini-3.1-pro-preview", display_name="Gemini 3.1 Pro Preview"),
    replace(_THINKING_FLASH, id="gemini-3.5-flash", display_name="Gemini 3.5 Flash"),
    replace(_THINKING_FLASH, id="gemini-3.5-flash-lite", display_name="Gemini 3.5 Flash-Lite"),
    replace(_THINKING_FLASH, id="gemini-3.8-flash", display_name="Gemini 3.8 Flash"),
    replace(_THINKING_PRO, id="gemini-4-argon", display_name="Gemini 4 Argon"),
)


@dataclass(frozen=True)
class SimulatorConfig:
    """Everything the server can be told at its start.

    An id that is not in `models` is played by `unknown_pro` if "pro" is one of its words, else by
    `unknown`; with `strict` it gets a 404, as from the real service. `stall_s` bounds the fault that
    sends nothing, in seconds; `max_body_bytes` bounds a request. Of uploaded files, each up to `max_file_bytes`, the
    oldest go beyond `max_stored_bytes` together; a video is processed for `processing_s` seconds. Of files for and
    from batches the bytes are kept, compressed, up to `max_kept_bytes` together.

    `faults` gives each named fault the share of calls, from 0 to 1, that meet it by chance. `retry_delay_s` is the
    wait that a 429 for the quota per minute names. A batch waits for `batch_pending_s` and then answers
    `batch_rows_per_s`. The request log keeps its last `log_limit` lines.
    """

    models: tuple[SimulatedModel, ...] = DEFAULT_MODELS
    unknown: SimulatedModel = FLASH_LIKE
    unknown_pro: SimulatedModel = PRO_LIKE
    strict: bool = False
    tokens_per_chunk: int = 12
    stall_s: float = 120
    max_body_bytes: int = 20 * 1024 * 1024
    max_file_bytes: int = 2 * 1024**3
    max_stored_bytes: int = 20 * 1024**3
    processing_s: float = 0.5
    max_kept_bytes: int = 200 * 1024 * 1024
    faults: tuple[tuple[Fault, float], ...] = ()
    retry_delay_s: float = 12
    batch_pending_s: float = 1
    batch_rows_per_s: float = 500
    log_limit: int = 10_000


DEFAULT_CONFIG = SimulatorConfig()


def find_model(config: SimulatorConfig, model_id: str) -> SimulatedModel | None:
    """Return the model that plays `model_id`, or None where a strict simulator has none."""
    for model in config.models:
        if model.id == model_id:
            return model
    if config.strict:
        return None
    profile = config.unknown_pro if "pro" in re.split(r"[^a-z0-9]+", model_id.lower()) else config.unknown
    return replace(profile, id=model_id)
