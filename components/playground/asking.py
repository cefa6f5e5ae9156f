"""From what a visitor wrote and set to what is asked of a model, and from an answer to the next turn."""

import json
from dataclasses import fields

from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.request import Request
from components.playground.controls import Controls
from components.playground.lanes import LaneSnapshot

_SAID = (PartKind.TEXT, PartKind.FUNCTION_CALL, PartKind.CODE, PartKind.CODE_RESULT, PartKind.DATA)


def request_with(controls: Controls, model_id: str) -> Request:
    """A request with these controls, without a prompt yet."""
    wanted = {one.name: getattr(controls, one.name) for one in fields(controls)}
    wanted["system_instruction"] = controls.system_instruction.strip() or None
    return Request(model=model_id, prompt="", **wanted)


def controls_of(request: Request) -> Controls:
    """The controls that a request was made with."""
    taken = {one.name: getattr(request, one.name) for one in fields(Controls)}
    return Controls(**{**taken, "system_instruction": request.system_instruction or ""})


def turns_after(lane: LaneSnapshot) -> tuple[Turn, ...]:
    """The conversation that a lane's next turn follows; a turn that brought no answer is left out of it.

    Thoughts are not sent back, but the service's signatures on what was said are.
    """
    said = tuple(part for part in lane.parts if part.kind in _SAID and (part.text or part.data or part.signature))
    if not said:
        return lane.request.turns
    return (*lane.request.turns, lane.request.own_turn, Turn(Role.MODEL, said))


def asked_text(request: Request) -> str:
    """What the user said in a conversation up to and with this request, a paragraph a turn."""
    turns = [turn for turn in (*request.turns, request.own_turn) if turn.role is Role.USER]
    said = ["\n".join(part.text for part in turn.parts if part.text) for turn in turns]
    return "\n\n".join(text for text in said if text)


def lost_files(request: Request) -> tuple[str, ...]:
    """The names of files in a request whose bytes are no longer there, so that it cannot be sent again as it was."""
    parts = (part for turn in (*request.turns, request.own_turn) for part in turn.parts)
    return tuple(part.name for part in parts if part.kind is PartKind.DATA and not part.data)


def reply(call: Part, result: str) -> Part:
    """The result of a function that a model called, as the part that answers it.

    `result` is JSON; what is no object is wrapped as the value of `result`, and text that is no JSON likewise.
    """
    try:
        value = json.loads(result)
    except (ValueError, RecursionError):
        value = result
    wrapped = value if isinstance(value, dict) else {"result": value}
    text = json.dumps(wrapped, ensure_ascii=False)
    return Part(PartKind.FUNCTION_RESPONSE, text, call.name, call.call_id)
