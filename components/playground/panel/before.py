"""What a run will take, said before it is sent: tokens, share of the context window, cost, warnings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from html import escape

import streamlit as st

from catalog.loading import Catalog
from catalog.schema import Model
from components.frame.markup import model_name, source_line
from components.frame.palette import colours
from components.frame.running.engine import engine
from components.gemini.counting import estimate_tokens
from components.gemini.errors import Failure
from components.gemini.files import digest_of, split_by_size
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.playground.ahead import Ahead, ahead, ahead_line

_PATIENCE_S = 0.15
_LOOK_AGAIN_S = 0.5


@dataclass(frozen=True)
class Planned:
    """One model's part of the next run: what it will be sent, how often."""

    model: Model
    request: Request


def before(
    catalog: Catalog, planned: Sequence[Planned], repeats: int, on: date, place: Connection | None, hurry: bool
) -> tuple[Ahead, ...]:
    """Says what the next run will take, and returns it. Counts of the service come when they are there.

    Until then, and without a service, an estimate stands, marked as one. With `hurry` nothing is waited for.
    """
    if not planned:
        return ()
    found = [_ahead(catalog, each, repeats, on, place, 0 if hurry else _PATIENCE_S) for each in planned]
    pending = place is not None and any(not known for _, known in found) and not hurry
    draw = st.fragment(run_every=_LOOK_AGAIN_S)(_keep_looking) if pending else _draw
    draw(catalog, planned, repeats, on, place)
    return tuple(each for each, _ in found)


def worst_case(found: Sequence[Ahead], runs: int) -> Decimal | None:
    """The most that so many runs are known to cost in US dollars; None where no model has a list price."""
    costs = [each.most_usd if each.most_usd is not None else each.least_usd for each in found]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) * runs if known else None


def _ahead(
    catalog: Catalog, each: Planned, repeats: int, on: date, place: Connection | None, wait_s: float
) -> tuple[Ahead, bool]:
    """What one model's part will take, and whether the service has answered how many tokens it is."""
    request = _countable(place, each.request)
    count: int | Failure | None = None
    if place is not None and request is not None:
        engine().counts.ask(engine().runner, place, request)
        count = engine().counts.recall(place, request, wait_s)
    exact = isinstance(count, int)
    tokens = count if isinstance(count, int) else estimate_tokens(each.request).tokens
    limit = each.request.max_output_tokens
    vertexai = place is not None and place.vertexai
    taken = ahead(catalog, each.model, each.request.model, tokens, exact, limit, repeats, on, vertexai)
    return taken, count is not None or request is None


def _countable(place: Connection | None, request: Request) -> Request | None:
    """The request as the service can count it: with large files where they were uploaded, else not at all."""
    _, large = split_by_size(request.attachments)
    if place is None or not large:
        return request
    uploaded = {part: engine().uploads.recall(place, digest_of(part)) for part in large}
    if not all(uploaded.values()):
        return None
    return replace(request, attachments=tuple(uploaded.get(part) or part for part in request.attachments))


def _keep_looking(
    catalog: Catalog, planned: Sequence[Planned], repeats: int, on: date, place: Connection | None
) -> None:
    if all(_ahead(catalog, each, repeats, on, place, 0)[1] for each in planned):
        st.rerun()
    _draw(catalog, planned, repeats, on, place)


def _draw(catalog: Catalog, planned: Sequence[Planned], repeats: int, on: date, place: Connection | None) -> None:
    accents = colours([each.model for each in planned])
    lines = []
    for each in planned:
        found, _ = _ahead(catalog, each, repeats, on, place, 0)
        name = model_name(each.model, accents[each.model.id], short=True)
        lines.append(f"<li>{name}: {escape(ahead_line(found))}{_warnings(catalog, found)}</li>")
    counted = "counted by the simulator" if place is not None and place.simulated else "counted by the service"
    st.html(f'<ul class="ahead" aria-label="What this run will take, {counted}">{"".join(lines)}</ul>')


def _warnings(catalog: Catalog, found: Ahead) -> str:
    return "".join(
        f'<span class="ahead-warning"><span aria-hidden="true">▲</span> {escape(warned.sentence)} '
        f"{' '.join(source_line(catalog, claim.source) for claim in warned.claims[:1])}</span>"
        for warned in found.warnings
    )
