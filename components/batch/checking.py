"""The checks of a job at work, with a judge to ask where one is needed, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from components.batch.checks import checker, checks_of
from components.batch.costing import Prices
from components.batch.records import Job
from components.playground.judge import Judgement, judge

if TYPE_CHECKING:
    from components.batch.engine import Check
    from components.gemini.client import Client


def check_maker(
    job: Job, columns: Sequence[str], prices: Prices, secrets: Sequence[str] = ()
) -> Callable[[Client], Check] | None:
    """What makes the check that the engine calls for each whole answer of a job; None where there is nothing to check.

    `prices` must know the judge. Raises ValueError, a sentence, for checks that cannot be made.
    """
    checks = checks_of(job.checks, columns)
    if not checks:
        return None

    def make(client: Client) -> Check:
        async def ask(rubric: str, prompt: str, one: str, other: str) -> Judgement:
            return await judge(
                client,
                model=job.judge,
                rubric=rubric,
                prompt=prompt,
                one=one,
                other=other,
                secrets=secrets,
                simulated=job.simulated,
            )

        return checker(checks, ask if job.judge else None, partial(_cost, job.judge, prices))

    return make


def _cost(model: str, prices: Prices, judgement: Judgement) -> Decimal | None:
    costs = [prices.cost(model, usage) for usage in judgement.usages]
    return None if any(cost is None for cost in costs) else sum((cost or Decimal(0) for cost in costs), Decimal(0))
