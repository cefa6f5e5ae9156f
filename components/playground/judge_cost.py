"""What a judge's opinion costs at list price."""

from datetime import date

from catalog.prices import Cost, NoListPrice, cost_of_call
from catalog.schema import Model
from components.gemini.stream import Usage
from components.playground.judge import Judgement
from components.playground.published import platform


def judge_cost(model: Model | None, judgement: Judgement, on: date, vertexai: bool) -> Cost | NoListPrice:
    """The cost of all calls of a judgement, each at the tier of its own prompt, or why it cannot be said."""
    if model is None:
        return NoListPrice("the catalog does not have this model")
    parts = [_one(model, usage, on, vertexai) for usage in judgement.usages]
    missing = next((part for part in parts if isinstance(part, NoListPrice)), None)
    if missing is not None or not parts:
        return missing or NoListPrice("nothing was called")
    costs = [part for part in parts if isinstance(part, Cost)]
    return Cost(
        input_usd=sum((cost.input_usd for cost in costs), start=costs[0].input_usd * 0),
        cached_usd=sum((cost.cached_usd for cost in costs), start=costs[0].cached_usd * 0),
        output_usd=sum((cost.output_usd for cost in costs), start=costs[0].output_usd * 0),
        claims=tuple(dict.fromkeys(claim for cost in costs for claim in cost.claims)),
    )


def _one(model: Model, usage: Usage, on: date, vertexai: bool) -> Cost | NoListPrice:
    if usage.input_tokens is None or usage.output_tokens is None:
        return NoListPrice("no token counts")
    written = usage.output_tokens + (usage.thinking_tokens or 0)
    cached = min(usage.cached_tokens or 0, usage.input_tokens)
    return cost_of_call(model, platform(vertexai), on, usage.input_tokens, written, cached)
