"""What an answer costs at the list prices of a day, asked for at once or through the Batch API."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.tariffs import Terms, terms
from components.gemini.counting import CHARACTERS_PER_TOKEN
from components.gemini.stream import Usage
from components.playground.published import platform

_MILLION = Decimal(1_000_000)


class Prices:
    """The prices of some models on the platform that is called, looked up once."""

    def __init__(
        self, catalog: Catalog, models: Iterable[str], on: date, *, vertexai: bool = False, in_batch: bool = False
    ) -> None:
        self._in_batch = in_batch
        self._terms: dict[str, Terms] = {}
        for asked in models:
            if (model := catalog.find(asked)) is not None:
                self._terms[asked] = terms(model, platform(vertexai), catalog.decision.rules, on)

    def cost(self, model: str, usage: Usage, text: str = "") -> Decimal | None:
        """What an answer costs in US dollars, by the tier of its own prompt; None without a list price or counts.

        Thinking is charged as output. Where the service has not counted the output, the characters of `text` make a
        token for each four.
        """
        agreed = self._terms.get(model)
        if agreed is None or usage.input_tokens is None:
            return None
        read = usage.input_tokens + (usage.tool_tokens or 0)
        tariff = agreed.tariff(Decimal(read))
        if isinstance(tariff, NoListPrice):
            return None
        rates = tariff.in_batch if self._in_batch else tariff.at_once
        cached = min(usage.cached_tokens or 0, read)
        visible = -(-len(text) // CHARACTERS_PER_TOKEN) if usage.output_tokens is None else usage.output_tokens
        written = visible + (usage.thinking_tokens or 0)
        total = (
            rates.input.usd_per_million * (read - cached)
            + rates.cached.usd_per_million * cached
            + rates.output.usd_per_million * written
        )
        return total / _MILLION

    def unpriced(self, models: Iterable[str]) -> tuple[str, ...]:
        """Those of the models that have no list price for a short prompt."""
        return tuple(model for model in models if self.cost(model, Usage(input_tokens=1, output_tokens=1)) is None)
