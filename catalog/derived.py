"""Measures computed from claims. Each rests on the weakest kind of the claims it is computed from."""

from dataclasses import dataclass
from datetime import date
from math import sqrt

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.schema import Claim, Kind, Model


@dataclass(frozen=True, slots=True)
class Derived:
    """A computed value with its unit, the formula in words, and the claims it rests on."""

    label: str
    value: float
    unit: str
    formula: str
    kind: Kind
    inputs: tuple[Claim, ...]


def alscore(parameters: float, tokens: float) -> float:
    """ALScore of a model with `parameters` and `tokens`, both in billions: sqrt(parameters x tokens) / 300.

    Source of the formula: the model card in the catalog's source `seed_card`, section Training Efficiency, which
    takes it from the LifeArchitect models table. Raises ValueError for negative input.
    """
    if parameters < 0 or tokens < 0:
        raise ValueError("parameters and tokens are counts, so neither is negative")
    return sqrt(parameters) * sqrt(tokens) / 300


def token_to_parameter_ratio(parameters: float, tokens: float) -> float:
    """Training tokens for each parameter; both arguments in billions. Raises ValueError unless `parameters` > 0.

    Source: the ratio of the model card (`seed_card`, section Model Architecture), as in Hoffmann et al. 2022,
    "Training Compute-Optimal Large Language Models", arXiv:2203.15556, section 3, where about 20 is optimal.
    """
    if parameters <= 0 or tokens < 0:
        raise ValueError("the ratio needs more than 0 parameters and no negative tokens")
    return tokens / parameters


def derive(model: Model, on: date) -> tuple[Derived, ...]:
    """ALScore and token:parameter ratio of `model`, or nothing where parameters or training tokens are not claimed."""
    inputs = [_number(model, f"architecture.{name}", on) for name in ("parameters_total", "training_tokens")]
    if inputs[0] is None or inputs[1] is None or not inputs[0][1]:
        return ()
    (size_claim, parameters), (token_claim, tokens) = inputs[0], inputs[1]
    kind = max(size_claim.kind, token_claim.kind, key=list(Kind).index)
    claims = (size_claim, token_claim)
    ratio = token_to_parameter_ratio(parameters, tokens)
    return (
        Derived("Token:parameter ratio", ratio, "tokens per parameter", "training tokens / parameters", kind, claims),
        Derived(
            "ALScore",
            alscore(parameters, tokens),
            "index",
            "sqrt(parameters in billions x training tokens in billions) / 300",
            kind,
            claims,
        ),
    )


def _number(model: Model, path: str, on: date) -> tuple[Claim, float] | None:
    claims = model.claims.get(path)
    if not claims:
        return None
    claim = rule(claims, FIELDS[path], on).standing
    value = claim.value
    return (claim, float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None
