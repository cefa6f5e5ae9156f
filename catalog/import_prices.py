"""Price files of models.dev and LiteLLM: the offers of each model, turned into claims."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from pydantic import ValidationError

from catalog.checks import holds, schema_faults, shown
from catalog.fields import FIELDS, Holds
from catalog.import_reading import (
    LONGEST,
    Match,
    Names,
    NotUnderstood,
    Reading,
    Terms,
    Unusable,
    name_key,
    not_understood,
)
from catalog.prices import GEMINI_API, VERTEX_AI
from catalog.schema import Claim


@dataclass(frozen=True)
class _Dialect:
    """Where a price file keeps what; keys of nested objects are dotted.

    `factor` takes its prices to a million tokens. `scopes` and `notes` are by field, `known` keys need no field.
    """

    platforms: Mapping[str, str]
    fields: Mapping[str, str]
    factor: int
    known: frozenset[str]
    scopes: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Offer:
    """One model on one platform as an entry of the file; `values` are flat."""

    entry: str
    api_id: str
    platform: str
    maker: str
    values: Mapping[str, Any]


_MODELS_DEV = _Dialect(
    # packages/core/src/schema.ts in anomalyco/models.dev; prices are for a million tokens.
    platforms={
        "google": GEMINI_API,
        "google-vertex": VERTEX_AI,
        "google-vertex-anthropic": VERTEX_AI,
        "anthropic": "Anthropic API",
        "openai": "OpenAI API",
        "deepseek": "DeepSeek API",
        "llama": "Meta Llama API",
        "mistral": "Mistral API",
        "xai": "xAI API",
    },
    fields={
        "limit.context": "context_window",
        "limit.output": "output_limit",
        "modalities.input": "input_modalities",
        "modalities.output": "output_modalities",
        "knowledge": "knowledge_cutoff",
        "release_date": "release_date",
        "open_weights": "open_weights",
        "status": "current_status",
        "tool_call": "capabilities.function_calling",
        "structured_output": "capabilities.structured_output",
        "reasoning": "capabilities.thinking",
        "cost.input": "prices.input",
        "cost.output": "prices.output",
        "cost.cache_read": "prices.cached_input",
        "cost.input_audio": "prices.audio_input",
    },
    factor=1,
    known=frozenset(("id", "name", "family", "last_updated")),
    # Without a scope these would stand before what the maker says of one stage, such as general availability.
    scopes=dict.fromkeys(("current_status", "release_date"), "as listed by models.dev"),
)
_LITELLM = _Dialect(
    platforms={
        "gemini": GEMINI_API,
        "vertex_ai": VERTEX_AI,
        "anthropic": "Anthropic API",
        "openai": "OpenAI API",
        "deepseek": "DeepSeek API",
        "meta_llama": "Meta Llama API",
        "mistral": "Mistral API",
        "xai": "xAI API",
    },
    fields={
        "max_input_tokens": "context_window",
        "max_output_tokens": "output_limit",
        "supported_modalities": "input_modalities",
        "supported_output_modalities": "output_modalities",
        "deprecation_date": "shutdown_date",
        "supports_function_calling": "capabilities.function_calling",
        "supports_response_schema": "capabilities.structured_output",
        "supports_prompt_caching": "capabilities.caching",
        "supports_reasoning": "capabilities.thinking",
        "supports_pdf_input": "capabilities.pdf_input",
        "supports_url_context": "capabilities.url_context",
        "supports_computer_use": "capabilities.computer_use",
        "input_cost_per_token": "prices.input",
        "output_cost_per_token": "prices.output",
        "cache_read_input_token_cost": "prices.cached_input",
        "input_cost_per_audio_token": "prices.audio_input",
        "input_cost_per_token_batches": "prices.batch_input",
        "output_cost_per_token_batches": "prices.batch_output",
    },
    factor=1_000_000,
    known=frozenset(("litellm_provider", "max_tokens", "mode", "source", "supported_endpoints")),
    scopes={"shutdown_date": "deprecation date listed by LiteLLM"},
    notes={
        # For some makers this is the whole window, for others the prompt alone.
        "context_window": "Stated as max_input_tokens.",
        "shutdown_date": "LiteLLM's field for the deprecation date, which may mean the earliest one.",
    },
)
_TIER = re.compile(r"(.+)_above_([0-9]{1,9})(k?)_tokens")


def read_prices(text: str, form: str, names: Names, terms: Terms) -> Reading:
    """What a price file of `form`, models.dev or litellm, says. Raises Unusable where it is no JSON object."""
    return _Offers(names, terms, _MODELS_DEV if form == "models.dev" else _LITELLM).reading(entries_of(text))


def entries_of(text: str) -> dict[str, Any]:
    """The entries of a JSON file by their keys. Raises Unusable where it is no JSON object."""
    try:
        entries = json.loads(text, parse_constant=_finite)
    except json.JSONDecodeError as error:
        raise Unusable(f"line {error.lineno:,} is not well-formed JSON ({error.msg})") from None
    except (ValueError, RecursionError):
        raise Unusable("it is JSON with a number or a nesting that no such file has") from None
    if not isinstance(entries, dict):
        raise Unusable("it is JSON, but not an object with a key for each entry")
    return entries


def _finite(constant: str) -> None:
    raise ValueError(constant)


def _flat(model: Mapping[str, Any]) -> dict[str, Any]:
    """A model of models.dev with dotted keys, its price tiers written as LiteLLM writes them."""
    flat: dict[str, Any] = {}
    for key, value in model.items():
        nested = value.items() if key in ("limit", "modalities", "cost") and isinstance(value, dict) else ()
        flat |= {f"{key}.{name}": each for name, each in nested} or {key: value}
    tiers, older = flat.pop("cost.tiers", None), flat.pop("cost.context_over_200k", None)
    found = [(_size(tier), tier) for tier in tiers] if isinstance(tiers, list) else [(200_000, older)]
    for size, tier in found:
        amounts = tier.items() if size and isinstance(tier, dict) else ()
        flat |= {f"cost.{key}_above_{size}_tokens": amount for key, amount in amounts if key != "tier"}
    return flat


def _size(tier: Any) -> int | None:
    size = tier["tier"].get("size") if isinstance(tier, dict) and isinstance(tier.get("tier"), dict) else None
    return size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else None


class _Offers:
    """Turns the offers of a price file into claims: one for what a model is, one a platform for what it costs."""

    def __init__(self, names: Names, terms: Terms, dialect: _Dialect) -> None:
        self._names = names
        self._terms = terms
        self._dialect = dialect
        self._read = Reading()
        self._others: Counter[str] = Counter()

    def reading(self, entries: Mapping[str, Any]) -> Reading:
        by_model: dict[str, list[tuple[bool, _Offer]]] = {}
        unused: set[str] = set()
        found = self._models_dev(entries) if self._dialect is _MODELS_DEV else self._litellm(entries)
        for offer in sorted(found, key=lambda each: each.platform == VERTEX_AI):
            if (match := self._match(offer)) is not None:
                by_model.setdefault(match.model, []).append((match.version is not None, offer))
                unused |= {_base(key) for key in offer.values} - self._dialect.fields.keys() - self._dialect.known
        for model, offers in by_model.items():
            # What its maker says of the id itself comes first; the rest is told only where it differs.
            offers.sort(key=lambda each: (each[0], each[1].platform == VERTEX_AI))
            self._claims(model, offers)
        if others := self._others:
            self._read.remarks.append(
                f"Offers on other platforms than the makers' own were left out: {others.total():,} on {len(others):,}."
            )
        if unused:
            self._read.remarks.append(f"No field holds: {', '.join(shown(key) for key in sorted(unused)[:40])}.")
        return self._read

    def _models_dev(self, entries: Mapping[str, Any]) -> Iterator[_Offer]:
        for provider, about in entries.items():
            models = about.get("models") if isinstance(about, dict) else None
            if not isinstance(models, dict):
                self._read.missed(f"entry {shown(provider)}", "it is no provider with models")
                continue
            for api_id, model in models.items():
                platform = self._dialect.platforms.get(provider)
                if platform is None:
                    self._others[provider] += 1
                elif isinstance(model, dict):
                    yield _Offer(f"{provider}/{api_id}", api_id, platform, provider, _flat(model))
                else:
                    self._read.missed(f"entry {shown(f'{provider}/{api_id}')}", "it is no model with keys")

    def _litellm(self, entries: Mapping[str, Any]) -> Iterator[_Offer]:
        for key, entry in entries.items():
            provider = entry.get("litellm_provider") if isinstance(entry, dict) else None
            if not isinstance(provider, str):
                self._read.missed(f"entry {shown(key)}", "it names no litellm_provider")
                continue
            # Vertex AI has a provider for each kind of model, such as vertex_ai-language-models.
            family = provider.split("-")[0]
            platform = self._dialect.platforms.get(family)
            if platform is not None:
                yield _Offer(f"entry {key}", key.removeprefix(f"{family}/"), platform, family, entry)
            elif key != "sample_spec":
                self._others[provider] += 1

    def _match(self, offer: _Offer) -> Match | None:
        # Vertex AI writes the version behind an @.
        name = offer.api_id.replace("@default", "").replace("@", "-")
        match = self._names.model(name)
        key = match.model if match else name_key(name)
        if not self._names.wanted(key):
            return None
        if match or key in self._read.models:
            return match or Match(key)
        title = offer.values.get("name")
        # Vertex AI has models of many makers, so it cannot say whose a new one is.
        if not self._terms.options.new_models or not isinstance(title, str) or offer.platform == VERTEX_AI:
            self._read.unknown_models[offer.api_id] += 1
            return None
        try:
            lab, family = self._terms.options.lab or self._names.lab(offer.maker), str(offer.values.get("family", ""))
            self._read.models[key] = self._names.new_model(name, title, lab, family)
        except NotUnderstood as problem:
            self._read.missed(offer.entry, problem)
            return None
        return Match(key)

    def _claims(self, model: str, offers: Sequence[tuple[bool, _Offer]]) -> None:
        main = offers[0][1]
        told: dict[tuple[str, ...], list[Any]] = {}
        if model in self._read.models:
            self._claim(model, "api_ids", main, main.api_id, {})
        for is_version, offer in offers:
            for path, value, limits in self._facts(offer):
                is_price = path.startswith("prices.")
                same = told.setdefault((path, offer.platform if is_price else "", str(limits)), [])
                if value in same:
                    continue
                if is_price or (same and offer.platform != main.platform):
                    limits["platform"] = offer.platform
                scopes = (self._dialect.scopes.get(path), f"id {offer.api_id}" if is_version else None)
                limits["scope"] = ", ".join(filter(None, scopes)) or None
                same.append(value)
                self._claim(model, path, offer, value, limits)

    def _facts(self, offer: _Offer) -> Iterator[tuple[str, Any, dict[str, Any]]]:
        """Field, value and limits of everything that an offer states, in the catalog's words."""
        for key, path in self._dialect.fields.items():
            stated = {0: offer.values[key]} if offer.values.get(key) is not None else {}
            for name, amount in offer.values.items():
                if (tier := _TIER.fullmatch(name)) and tier[1] == key:
                    stated[int(tier[2]) * (1000 if tier[3] else 1)] = amount
            sizes = sorted(stated)
            for size, above in zip_longest(sizes, sizes[1:]):
                limits = {"prompt_above": size or None, "prompt_up_to": above}
                value = self._value(path, stated[size])
                if path == "input_modalities" and "pdf" in (value if isinstance(value, tuple) else ()):
                    yield "capabilities.pdf_input", "supported", {}
                    value = tuple(word for word in value if word != "pdf")
                yield path, value, limits

    def _value(self, path: str, stated: Any) -> Any:
        if isinstance(stated, list):
            return tuple(stated)
        if isinstance(stated, bool) and FIELDS[path].holds is Holds.SUPPORT:
            return "supported" if stated else "not supported"
        if path.startswith("prices.") and type(stated) in (int, float):
            # Ten digits are more than any price has, and drop what binary fractions left behind.
            return float(f"{stated * self._dialect.factor:.10g}") if abs(stated) < 10**12 else math.inf
        return stated

    def _claim(self, model: str, path: str, offer: _Offer, value: Any, limits: Mapping[str, Any]) -> None:
        about, source = FIELDS[path], str(self._terms.source)
        stated = {
            "value": value,
            "unit": about.units[0] if about.units else None,
            "kind": self._terms.sources[source].kind,
            "source": source,
            "as_of": self._terms.as_of,
            "locator": offer.entry[:LONGEST],
            "note": self._dialect.notes.get(path),
        }
        try:
            if about.holds is Holds.AMOUNT and value == 0:
                raise NotUnderstood("a price of 0 does not say whether it is free or unknown")
            if not holds(about.holds, value):
                raise NotUnderstood(f"{shown(value)} is not {about.holds.value}")
            claim = Claim.model_validate(stated | {key: each for key, each in limits.items() if each is not None})
        except ValidationError as error:
            fault = next(schema_faults(list(error.errors(include_url=False)), ()))
            self._read.missed(f"{offer.entry}, {path}", not_understood(fault))
        except NotUnderstood as problem:
            self._read.missed(f"{offer.entry}, {path}", problem)
        else:
            self._read.claims.append((model, path, claim))


def _base(key: str) -> str:
    tier = _TIER.fullmatch(key)
    return tier[1] if tier else key
