"""One model of a batch that is not asked any more: what may still leave, and what must not."""

import asyncio

import pytest

from components.batch.records import Limits
from components.batch.side import Abandoned, Side, make_side


def with_side(ended: bool, at_once: bool) -> Side:
    """A side that was abandoned, made inside a loop of its own."""

    async def make() -> Side:
        side = make_side("m", Limits(), lambda: ended)
        side.abandon(at_once=at_once)
        return side

    return asyncio.run(make())


async def ask(side: Side) -> str:
    with side.while_asking():
        return "asked"


def test_a_call_that_was_let_in_before_the_stop_still_leaves() -> None:
    assert asyncio.run(ask(with_side(ended=True, at_once=False))) == "asked"


def test_a_call_that_is_about_to_leave_does_not_when_everything_is_broken_off_at_once() -> None:
    with pytest.raises(Abandoned):
        asyncio.run(ask(with_side(ended=True, at_once=True)))
