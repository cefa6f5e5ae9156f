"""What is shown of a lane in figures: measures, token counts and cost, each as a label and a text."""

from dataclasses import dataclass
from datetime import date

from catalog.loading import Catalog
from catalog.prices import GEMINI_API, VERTEX_AI, Cost, Price, cost_of_call, price
from catalog.schema import Model
from catalog.words import day, number
from components.playground.lanes import LaneSnapshot, LaneStatus
from components.playground.measures import Measures, measures

NOT_SAID = "not said"
NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure: its label, its text, and the glossary term that explains it."""

    label: str
    text: str
    term: str = ""


def seconds(value: float | None, missing: str = NOT_YET) -> str:
    """A time in ms under a second, in s above, rounded to what can be felt."""
    if value is None:
        return missing
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def tokens(value: int | None) -> str:
    """A token count, or that the service did not say."""
    return NOT_SAID if value is None else number(value)


def progress(lane: LaneSnapshot) -> str:
    """One line on how far the lane has come."""
    taken = measures(lane)
    if lane.status is LaneStatus.WAITING:
        return "Waiting for the first token"
    words = {
        LaneStatus.STREAMING: "Writing",
        LaneStatus.DONE: "Done",
        LaneStatus.STOPPED: "Stopped",
        LaneStatus.FAILED: "Failed",
    }
    parts = [words[lane.status]]
    if lane.first_token_s is not None:
        parts.append(f"first token {seconds(lane.first_token_s)}")
    if taken.tokens_per_second is not None:
        parts.append(f"{number(taken.tokens_per_second, 0)} tokens/s")
    if lane.total_s is not None:
        parts.append(f"total {seconds(lane.total_s)}")
    return ", ".join(parts)


def readings(catalog: Catalog, lane: LaneSnapshot, on: date, vertexai: bool, simulated: bool) -> tuple[Reading, ...]:
    """Every figure of an answer that has ended, in the order in which it is read."""
    taken = measures(lane)
    return (
        Reading("Requested model", lane.request.model, "model id"),
        Reading("Served model", lane.served_model or NOT_SAID, "model id"),
        Reading("Finish reason", lane.finish_reason or "none given", "finish reason"),
        Reading("Time to first token", seconds(taken.time_to_first_token_s, "none arrived"), "time to first token"),
        Reading("Time to first visible text", seconds(taken.time_to_first_visible_s, "none arrived")),
        Reading("Of that, at the service", _server(taken)),
        Reading("Total time", seconds(taken.total_s)),
        Reading("Output speed", _speed(taken), "output speed"),
        Reading("Input tokens", tokens(taken.input_tokens), "input tokens"),
        Reading("Output tokens", tokens(taken.output_tokens), "output tokens"),
        Reading("Thinking tokens", tokens(taken.thinking_tokens), "thinking"),
        Reading("Cached tokens", tokens(taken.cached_tokens), "cached tokens"),
        Reading("Price source", _price_source(catalog, lane, taken, on, vertexai)),
        Reading("Cost", cost_words(catalog.find(lane.request.model), taken, on, vertexai, simulated)),
    )


def _price_source(catalog: Catalog, lane: LaneSnapshot, taken: Measures, on: date, vertexai: bool) -> str:
    model = catalog.find(lane.request.model)
    platform = VERTEX_AI if vertexai else GEMINI_API
    found = price(model, "input", platform, taken.input_tokens or 0, on) if model else None
    return catalog.sources[found.claim.source].title if isinstance(found, Price) else "none"


def _server(taken: Measures) -> str:
    return NOT_SAID if taken.server_ms is None else seconds(taken.server_ms / 1000)


def _speed(taken: Measures) -> str:
    if taken.tokens_per_second is not None:
        return f"{number(taken.tokens_per_second, 0)} tokens/s"
    return taken.not_measurable or "not measurable"


def cost_words(model: Model | None, taken: Measures, on: date, vertexai: bool, simulated: bool) -> str:
    """What the call costs at the catalog's list price of the day, with the date of that price, or why not."""
    if model is None:
        return "no list price (the catalog does not have this model)"
    if taken.input_tokens is None or taken.output_tokens is None:
        return "not known (no token counts)"
    written = taken.output_tokens + (taken.thinking_tokens or 0)
    platform = VERTEX_AI if vertexai else GEMINI_API
    cached = min(taken.cached_tokens or 0, taken.input_tokens)
    cost = cost_of_call(model, platform, on, taken.input_tokens, written, cached)
    if not isinstance(cost, Cost):
        return f"no list price ({cost.reason})"
    newest = max(claim.as_of for claim in cost.claims)
    amount = f"${cost.total_usd:.6f}".rstrip("0") if cost.total_usd else "$0.00"
    note = "; simulated, nothing is charged" if simulated else ""
    return f"{amount} at the list price of {day(newest)}{note}"
