"""Which kept answers count for a model, and what is measured about each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from catalog.loading import Catalog
from components.gemini.stream import Usage
from components.playground.keeping import chunk_of
from components.playground.measures import Measures, output_speed

if TYPE_CHECKING:
    from components.history.query import AnswerRow

NEWEST_RUNS = 500
"""How many runs are looked at: older ones say less about today, and reading them takes time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer that counts: the id of the model that gave it, and what is measured about it."""

    run_id: str
    model: str
    vertexai: bool
    taken: Measures


def answers_of(catalog: Catalog, rows: "Iterable[AnswerRow]") -> Iterator[Answer]:
    """The answers that count among those of the history; what cannot be read does not."""
    for row in rows:
        model_id = _model_of(catalog, row)
        if model_id is None:
            continue
        try:
            taken = _measured(row)
        except (ValueError, KeyError, TypeError):
            continue
        yield Answer(row.run_id, model_id, row.vertexai, taken)


def names_of(catalog: Catalog, model_ids: Sequence[str]) -> tuple[str, ...]:
    """Every name by which a request may have asked for these models."""
    names = [name for name, model_id in catalog.aliases.items() if model_id in model_ids]
    return tuple(each for name in names for each in (name, f"models/{name}"))


def _model_of(catalog: Catalog, row: "AnswerRow") -> str | None:
    """The id of the model that answered; None where the catalog lacks it or another answered than was asked."""
    model = catalog.find(row.model)
    served = row.facts.get("served_model")
    if model is None or (served is not None and catalog.find(str(served)) is not model):
        return None
    return model.id


def _measured(row: "AnswerRow") -> Measures:
    chunks = [chunk_of(each) for each in row.chunks]
    usage = _usage_type().validate_python(row.facts.get("usage", {}))
    return Measures(
        time_to_first_token_s=_first(chunk.at for chunk in chunks if chunk.pieces),
        time_to_first_visible_s=_first(chunk.at for chunk in chunks if chunk.text),
        total_s=None,
        speed=output_speed(chunks),
        server_ms=None,
        network_s=None,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        thinking_tokens=usage.thinking_tokens,
        cached_tokens=usage.cached_tokens,
        tool_tokens=usage.tool_tokens,
    )


def _first(times: Iterable[float]) -> float | None:
    return next(iter(times), None)


@cache
def _usage_type() -> TypeAdapter[Usage]:
    return TypeAdapter(Usage)
