"""What the families of models refuse, in the words that clients have reported."""

import re

from components.gemini.simulator.errors import ApiError
from components.gemini.simulator.models import SimulatedModel
from components.gemini.simulator.request import FunctionCall, GenerateRequest

_THINKING = (2, 5)
_LEVELS = (3, 0)


def family(model_id: str) -> tuple[int, int] | None:
    """Return the generation that an id names, gemini-2.5-pro being (2, 5), or None for an id of another kind."""
    found = re.match(r"gemini-(\d{1,3})(?:\.(\d{1,3}))?(?![\d.])", model_id)
    return (int(found.group(1)), int(found.group(2) or 0)) if found else None


def caches_by_itself(model_id: str) -> bool:
    """Return whether prefixes that come again are cached unasked, as from generation 2.5 on."""
    generation = family(model_id)
    return generation is None or generation >= _THINKING


def check_family(request: GenerateRequest, model: SimulatedModel) -> None:
    """Raise ApiError 400 for what the generation of `model` refuses; an id of another kind takes everything."""
    generation = family(model.id)
    if generation is None:
        return
    _check_thinking(request, model.id, generation)
    if generation < _LEVELS and request.json_wanted:
        _check_json_alone(request)
    if generation >= _LEVELS and model.thinking:
        _check_signatures(request.open_calls)


def _check_thinking(request: GenerateRequest, model_id: str, generation: tuple[int, int]) -> None:
    budget, level = request.thinking_budget is not None, bool(request.thinking_level)
    if generation < _THINKING and "thinking" not in model_id and (budget or level or request.include_thoughts):
        raise _refused("Thinking is not supported by this model.")
    if level and generation < _LEVELS:
        raise _refused("Thinking level is not supported for this model.")


def _check_json_alone(request: GenerateRequest) -> None:
    with_json = "with a response mime type: 'application/json' is unsupported"
    if request.tools.functions:
        raise _refused(f"Function calling {with_json}")
    if request.tools.google_search or request.tools.code_execution:
        raise _refused(f"Tool use {with_json}")


def _check_signatures(calls: tuple[FunctionCall, ...]) -> None:
    for call in calls:
        # Of calls side by side only the first is signed.
        if call.first and not call.signature:
            raise _refused(
                "Function call is missing a thought_signature in functionCall parts. This is required for tools to "
                "work correctly, and missing thought_signature may lead to degraded model performance. Additional "
                f"data, function call `default_api:{call.name}` , position {call.position}. Please refer to "
                "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
            )


def _refused(message: str) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message)
