"""From controls and answers to requests: nothing that was set is lost, and what comes next follows what was said."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.request import Request
from components.gemini.stream import Chunk, Facts
from components.playground.asking import asked_text, controls_of, lost_files, reply, request_with, turns_after
from components.playground.controls import Controls
from components.playground.lanes import LaneSnapshot, Run

CALL = Part(PartKind.FUNCTION_CALL, '{"city": "Oslo"}', "get_weather", "call-1", signature="c2ln")
FULL = Controls(
    system_instruction="Be brief.",
    temperature=0.3,
    top_p=0.9,
    top_k=5,
    max_output_tokens=100,
    stop_sequences=("END",),
    seed=7,
    thinking_budget=128,
    thinking_level="low",
    include_thoughts=True,
    json_mode=True,
    json_schema="{}",
    functions="[]",
    google_search=True,
    code_execution=True,
    safety=(("HARM_CATEGORY_HARASSMENT", "OFF"),),
)


def lane_with(request: Request, *chunks: Chunk) -> LaneSnapshot:
    run = Run([request], created=datetime(2026, 11, 26, tzinfo=UTC))
    for chunk in chunks:
        run.receive(0, chunk, Facts(finish_reason="STOP"))
    run.finish(0)
    return run.snapshot().lanes[0]


def test_every_control_goes_into_the_request_and_comes_back() -> None:
    untouched = [one.name for one in fields(Controls) if getattr(FULL, one.name) == one.default]
    assert untouched == []
    request = request_with(FULL, "a-model")
    assert all(getattr(request, one.name) == getattr(FULL, one.name) for one in fields(Controls))
    assert controls_of(request) == FULL
    assert controls_of(request_with(Controls(), "a-model")) == Controls()


def test_the_next_turn_follows_question_and_answer_without_thoughts_but_with_signatures() -> None:
    asked = Request("a-model", "Weather?", turns=(Turn(Role.USER, (Part(PartKind.TEXT, "Hi"),)),))
    lane = lane_with(asked, Chunk(0.1, thought="Hm."), Chunk(0.2, parts=(CALL,)))
    before, question, answer = turns_after(lane)
    assert before == asked.turns[0]
    assert question == Turn(Role.USER, (Part(PartKind.TEXT, "Weather?"),))
    assert answer == Turn(Role.MODEL, (CALL,))


def test_a_turn_without_an_answer_is_left_out_of_what_follows() -> None:
    earlier = (Turn(Role.USER, (Part(PartKind.TEXT, "Hi"),)), Turn(Role.MODEL, (Part(PartKind.TEXT, "Hello"),)))
    assert turns_after(lane_with(Request("a-model", "Lost?", turns=earlier))) == earlier


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ('{"temperature": 21}', '{"temperature": 21}'),
        ("21", '{"result": 21}'),
        ("[1, 2]", '{"result": [1, 2]}'),
        ("warm and “dry”", '{"result": "warm and “dry”"}'),
        ("[" * 100_000, None),
    ],
)
def test_the_result_of_a_function_goes_back_as_an_object_under_the_name_of_its_call(
    typed: str, sent: str | None
) -> None:
    part = reply(CALL, typed)
    assert (part.kind, part.name, part.call_id) == (PartKind.FUNCTION_RESPONSE, "get_weather", "call-1")
    assert part.text.startswith('{"result": "[[[') if sent is None else part.text == sent


def test_files_whose_bytes_were_not_kept_are_named() -> None:
    gone = Part(PartKind.DATA, name="old.png", mime_type="image/png")
    here = Part(PartKind.DATA, name="new.png", mime_type="image/png", data=b"x")
    uploaded = Part(PartKind.FILE, name="big.mp4", uri="https://example.com/files/1")
    request = Request("m", "Look", attachments=(here, uploaded), turns=(Turn(Role.USER, (gone,)),))
    assert lost_files(request) == ("old.png",)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_a_judge_reads_all_that_the_user_asked_in_order(prompts: list[str]) -> None:
    turns: tuple[Turn, ...] = ()
    for prompt in prompts[:-1]:
        answered = Turn(Role.MODEL, (Part(PartKind.TEXT, "An answer"),))
        turns = (*turns, Turn(Role.USER, (Part(PartKind.TEXT, prompt),)), answered)
    assert asked_text(Request("m", prompts[-1], turns=turns)) == "\n\n".join(prompts)
