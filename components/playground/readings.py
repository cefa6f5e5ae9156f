"""What is shown of a lane in figures: measures, token counts and cost, each beside what the catalog has published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from catalog.loading import Catalog
from catalog.prices import Cost, NoListPrice, Price, cost_of_call, price
from catalog.schema import Claim, Model
from catalog.words import day, listing, number, usd
from components.playground.lanes import LaneSnapshot, LaneStatus
from components.playground.measures import Measures, measures
from components.playground.published import NONE_PUBLISHED, platform, published, published_words

NOT_SAID = "not said"
NOT_YET = "not yet"
ONE_CALL = (
    "Measured is one call from this server. Published is what others measured elsewhere, as a rule the median of many "
    "calls, so the two need not agree."
)


class Group(StrEnum):
    """What a reading is about; readings of one group stand together."""

    ANSWER = "Answer"
    TIME = "Time"
    TOKENS = "Tokens"
    COST = "Cost"


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure: its label, its text, the glossary term that explains it, and the group it stands in.

    `published` is the catalog's figure in words, or that it has none; empty where nobody publishes such a figure.
    `claims` are what it rests on. `marked` is a figure that a reader must not miss.
    """

    label: str
    text: str
    term: str = ""
    group: Group = Group.ANSWER
    published: str = ""
    claims: tuple[Claim, ...] = ()
    marked: bool = False


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
        LaneStatus.INTERRUPTED: "Interrupted",
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
    model = catalog.find(lane.request.model)
    taken = measures(lane)
    return (
        *_about_answer(catalog, lane),
        *_times(catalog, model, taken, on, vertexai),
        *_tokens(catalog, model, taken, on, vertexai),
        *_costs(catalog, model, taken, on, vertexai, simulated),
    )


def _about_answer(catalog: Catalog, lane: LaneSnapshot) -> tuple[Reading, ...]:
    asked, served = lane.request.model, lane.served_model
    differs = "" if served is None else served_difference(catalog, asked, served)
    return (
        Reading("Requested model", asked, "model id"),
        Reading("Served model", f"{served or NOT_SAID}{differs}", "model id", marked=bool(differs)),
        Reading("Finish reason", lane.finish_reason or "none given", "finish reason"),
    )


def served_difference(catalog: Catalog, asked: str, served: str) -> str:
    """What to say after the id that answered where it is not the id that was asked; empty where it is."""
    if asked.strip().lower().removeprefix("models/") == served.strip().lower().removeprefix("models/"):
        return ""
    one, other = catalog.find(asked), catalog.find(served)
    if one is not None and one is other:
        return " (another id of the model that was asked)"
    if one is None or other is None:
        return " (not the id that was asked)"
    return f" (not the model that was asked: {other.name} answered for {one.name})"


def _times(catalog: Catalog, model: Model | None, taken: Measures, on: date, vertexai: bool) -> tuple[Reading, ...]:
    first, speed = (published(model, path, vertexai, on) for path in ("time_to_first_token", "output_speed"))
    first_words = published_words(catalog, "time_to_first_token", first)
    speed_words = published_words(catalog, "output_speed", speed)
    waited = seconds(taken.time_to_first_token_s, "none arrived")
    time = Group.TIME
    return (
        Reading("Time to first token", waited, "time to first token", time, first_words, _given(first)),
        Reading("Time to first visible text", seconds(taken.time_to_first_visible_s, "none arrived"), group=time),
        Reading("Of that, at the service", _server(taken), group=time),
        Reading("Network share", _network(taken), group=time),
        Reading("Thinking time", _thinking(taken), group=time),
        Reading("Writing time", _writing(taken), group=time),
        Reading("Total time", seconds(taken.total_s), group=time),
        Reading("Output speed", _speed(taken), "output speed", time, speed_words, _given(speed)),
    )


def _tokens(catalog: Catalog, model: Model | None, taken: Measures, on: date, vertexai: bool) -> tuple[Reading, ...]:
    window, limit = (published(model, path, vertexai, on) for path in ("context_window", "output_limit"))
    window_words = published_words(catalog, "context_window", window, "context window of")
    limit_words = published_words(catalog, "output_limit", limit, "output limit of")
    group = Group.TOKENS
    tools = tokens(taken.tool_tokens) + (" (billed as input)" if taken.tool_tokens else "")
    return (
        Reading("Input tokens", tokens(taken.input_tokens), "input tokens", group, window_words, _given(window)),
        Reading("Output tokens", tokens(taken.output_tokens), "output tokens", group, limit_words, _given(limit)),
        Reading("Thinking tokens", tokens(taken.thinking_tokens), "thinking", group),
        Reading("Cached tokens", tokens(taken.cached_tokens), "cached tokens", group),
        Reading("Tool tokens", tools, group=group),
    )


def _costs(
    catalog: Catalog, model: Model | None, taken: Measures, on: date, vertexai: bool, simulated: bool
) -> tuple[Reading, ...]:
    billed = (taken.input_tokens or 0) + (taken.tool_tokens or 0)
    place = platform(vertexai)
    found = [price(model, item, place, billed, on) for item in ("input", "output")] if model else []
    prices = [each for each in found if isinstance(each, Price)]
    source = catalog.sources[prices[0].claim.source].title if found and isinstance(found[0], Price) else "none"
    claims = tuple(each.claim for each in prices)
    words = cost_words(model, taken, on, vertexai, simulated)
    return (
        Reading("Price source", source, group=Group.COST),
        Reading("Cost", words, group=Group.COST, published=_price_words(prices), claims=claims),
    )


def _price_words(prices: Sequence[Price]) -> str:
    if len(prices) < 2:
        return NONE_PUBLISHED
    written, read = usd(float(prices[1].usd_per_million)), usd(float(prices[0].usd_per_million))
    return f"published: {read} in and {written} out for a million tokens"


def _given(claim: Claim | None) -> tuple[Claim, ...]:
    return () if claim is None else (claim,)


def _server(taken: Measures) -> str:
    return NOT_SAID if taken.server_ms is None else seconds(taken.server_ms / 1000)


def _network(taken: Measures) -> str:
    return "not known" if taken.network_s is None else f"≈ {seconds(taken.network_s)}"


def _thinking(taken: Measures) -> str:
    if taken.thinking_s is not None:
        return f"at most {seconds(taken.thinking_s)}" if taken.thinking_at_most else seconds(taken.thinking_s)
    if taken.thinking_tokens == 0:
        return "none"
    if taken.thinking_tokens and taken.time_to_first_visible_s is None:
        return "not known (no text to read followed)"
    return "not known"


def _writing(taken: Measures) -> str:
    if taken.writing_s is not None:
        return seconds(taken.writing_s)
    return "none arrived" if taken.time_to_first_visible_s is None else "not measurable (the text came in one piece)"


def _speed(taken: Measures) -> str:
    if taken.tokens_per_second is not None:
        return f"{number(taken.tokens_per_second, 0)} tokens/s"
    return taken.not_measurable or "not measurable"


def call_cost(model: Model, taken: Measures, on: date, vertexai: bool) -> Cost | NoListPrice | None:
    """What an answer costs at the list price of the day `on`, or why there is no such price; None without counts.

    Thinking is charged as output, and what tools put into the prompt as input, which also counts for the price tier.
    """
    written = _written(taken)
    if taken.input_tokens is None or written is None:
        return None
    read = taken.input_tokens + (taken.tool_tokens or 0)
    cached = min(taken.cached_tokens or 0, read)
    return cost_of_call(model, platform(vertexai), on, read, written, cached)


def _written(taken: Measures) -> int | None:
    """The tokens that are billed as output. The service leaves the count out where thinking took all of them."""
    if taken.output_tokens is None and (taken.thinking_tokens is None or taken.time_to_first_visible_s is not None):
        return None
    return (taken.output_tokens or 0) + (taken.thinking_tokens or 0)


def cost_usd(catalog: Catalog, lane: LaneSnapshot, on: date, vertexai: bool) -> Decimal | None:
    """What a lane costs in US dollars at the list price of the model that was asked; None where that is not known."""
    model = catalog.find(lane.request.model)
    cost = call_cost(model, measures(lane), on, vertexai) if model else None
    return cost.total_usd if isinstance(cost, Cost) else None


def cost_words(model: Model | None, taken: Measures, on: date, vertexai: bool, simulated: bool) -> str:
    """What the call costs at the list price of the day, with the date and the tier of that price, or why not."""
    if model is None:
        return "no list price (the catalog does not have this model)"
    cost = call_cost(model, taken, on, vertexai)
    if cost is None:
        return "not known (no token counts)"
    if isinstance(cost, NoListPrice):
        return f"no list price ({cost.reason})"
    newest = max(claim.as_of for claim in cost.claims)
    charged = "; simulated, nothing is charged" if simulated else ""
    return f"{usd(float(cost.total_usd))} at the list price of {day(newest)}{charged}; {tier_words(cost.claims)}"


def tier_words(claims: Sequence[Claim]) -> str:
    """The platform and the tier of prices, such as "Vertex AI, standard tier, prompts up to 200,000 tokens"."""
    places = tuple(dict.fromkeys(claim.platform for claim in claims if claim.platform))
    sizes = [f"prompts up to {number(size)} tokens" for size in {each.prompt_up_to for each in claims} if size]
    sizes += [f"prompts above {number(size)} tokens" for size in {each.prompt_above for each in claims} if size]
    return f"{listing(places)}, standard tier, {listing(sizes) if sizes else 'prompts of any size'}"
