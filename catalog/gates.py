"""What a use demands of a model before anything is weighed, and whether the model meets it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalog.bill import Bill
from catalog.criteria import OwnFigures
from catalog.decision import Needs
from catalog.evidence import agree
from catalog.fields import FIELDS, Field
from catalog.lifecycle import Life, Service, first_day, life
from catalog.loading import Catalog
from catalog.parts import counting, extremes
from catalog.prices import NoListPrice
from catalog.schema import Basis, Claim, Model
from catalog.words import capital, day, listing, money, number, value, when

Decided = Mapping[tuple[str, str], bool]
"""What the reader decided on open gates: by gate and model id, whether the model stays in."""

_LIMITS = {
    "context_window": "takes in {value} at once",
    "output_limit": "writes at most {value}",
}
_STAGES = {
    "not known": "has no known status on this day",
    "preview": "is a preview",
    "rerouted": "was replaced, and another model answers for it",
    "shut down": "was shut down",
    "announced": "was announced, but is not out",
    "available": "is called available, which does not say on which terms",
    "public access": "is open to the public, which does not say on which terms",
    "listed": "is listed, which does not say on which terms",
}
_TRIAL = ("experimental", "preview", "public preview")


class Outcome(StrEnum):
    """What a gate says about a model; the last two are for the reader to decide."""

    PASSES = "passes"
    FAILS = "fails"
    UNKNOWN = "not known"
    CONFLICT = "sources conflict"


@dataclass(frozen=True, slots=True)
class Check:
    """One demand held against one model (its id): the outcome, a sentence with the value and the need, the claims."""

    model: str
    gate: str
    label: str
    outcome: Outcome
    sentence: str
    claims: tuple[Claim, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether only the reader can decide it."""
        return self.outcome in (Outcome.UNKNOWN, Outcome.CONFLICT)


@dataclass(frozen=True, slots=True)
class Gated:
    """A model behind the gates: all its checks, those that put it out, and those that the reader left undecided."""

    model: Model
    checks: tuple[Check, ...]
    against: tuple[Check, ...]
    undecided: tuple[Check, ...]

    @property
    def is_in(self) -> bool:
        """Whether nothing puts the model out; an undecided gate does not."""
        return not self.against


def gated(model: Model, found: Sequence[Check], decided: Decided) -> Gated:
    """Whether the model stays in: a failed gate puts it out, and so does an open one that the reader decided so.

    A decision on a gate that is not open changes nothing.
    """
    against = [
        check
        for check in found
        if check.outcome is Outcome.FAILS or (check.is_open and decided.get((check.gate, model.id)) is False)
    ]
    undecided = [check for check in found if check.is_open and (check.gate, model.id) not in decided]
    return Gated(model, tuple(found), tuple(against), tuple(undecided))


def checks(
    catalog: Catalog,
    model: Model,
    needs: Needs,
    on: date,
    bill: Bill | NoListPrice | None,
    own: OwnFigures | None = None,
) -> tuple[Check, ...]:
    """Holds every demand of `needs` against the model on the day, in the order of the fields of `Needs`.

    A demand that is None, empty or 0 tokens is none. Illustrations and inferences never decide. Claims that agree on
    whether the demand is met are no conflict, however much their values differ.
    """
    found = [*_limit_checks(model, needs, on), *_modality_checks(model, needs, on)]
    found += [_capability_check(model, path, needs, on) for path in needs.capabilities]
    if needs.callable:
        found.append(_callable_check(model, on))
    if needs.generally_available:
        found.append(_availability_check(model, on))
    if needs.platform:
        found.append(_platform_check(catalog, model, needs.platform, on))
    if needs.usd_a_month is not None:
        found.append(_bill_check(model, needs.usd_a_month, bill))
    if needs.time_to_first_token is not None:
        found.append(_wait_check(catalog, model, needs, on, own))
    return tuple(found)


def _limit_checks(model: Model, needs: Needs, on: date) -> Iterator[Check]:
    for path, wanted in (("context_window", needs.context_window), ("output_limit", needs.output_limit)):
        if wanted:
            meets = _at_least(wanted)
            yield _by_claims(model, path, needs, on, meets, f"You need {number(wanted)} tokens.", _LIMITS[path])


def _at_least(wanted: int) -> Callable[[Claim], bool]:
    return lambda claim: isinstance(claim.value, int) and claim.value >= wanted


def _modality_checks(model: Model, needs: Needs, on: date) -> Iterator[Check]:
    sides = (
        ("input_modalities", needs.input_modalities, "takes in"),
        ("output_modalities", needs.output_modalities, "gives"),
    )
    for path, wanted, verb in sides:
        if wanted:
            need = f"You need {listing(wanted)}."
            yield _by_claims(model, path, needs, on, _has_all(wanted), need, f"{verb} {{value}}")


def _has_all(wanted: Sequence[str]) -> Callable[[Claim], bool]:
    return lambda claim: isinstance(claim.value, tuple) and set(wanted) <= set(claim.value)


def _by_claims(
    model: Model, path: str, needs: Needs, on: date, meets: Callable[[Claim], bool], need: str, words: str
) -> Check:
    """A gate on one field: met, failed, unknown or contested by the claims that count."""
    field = FIELDS[path]
    claims = counting(model, path, on, needs.platform)
    if not claims:
        return Check(model.id, path, field.label, Outcome.UNKNOWN, f"{_nothing_known(model, field)} {need}")
    met = [meets(claim) for claim in claims]
    outcome = Outcome.PASSES if all(met) else Outcome.CONFLICT if any(met) else Outcome.FAILS
    values = _distinct(field, claims)
    said = words.format(value=listing(values, "or"))
    lead = f"By its sources, {model.short_name}" if len(values) > 1 else model.short_name
    sentence = f"{lead} {said}. {need}{_elsewhere(model, field, claims, on, meets, all(met))}"
    return Check(model.id, path, field.label, outcome, sentence, claims)


def _nothing_known(model: Model, field: Field) -> str:
    illustrated = model.claims.get(field.path, ())
    only = " beyond illustrations and inferences, which do not count" if illustrated else ""
    return f"{field.label} of {model.short_name}: no source was found{only}."


def _distinct(field: Field, claims: Sequence[Claim]) -> list[str]:
    """Each value in words once, with its scope where the claims are of narrow scope."""
    narrow = len({claim.full_scope for claim in claims}) > 1
    return list(
        dict.fromkeys(
            f"{value(field, claim.value)}{f' ({claim.full_scope})' if narrow and claim.full_scope else ''}"
            for claim in claims
        )
    )


def _elsewhere(
    model: Model, field: Field, counted: Sequence[Claim], on: date, meets: Callable[[Claim], bool], met: bool
) -> str:
    """What claims of other scope say where they would turn the outcome, as a sentence with a space before it."""
    others = [
        claim
        for claim in model.claims.get(field.path, ())
        if claim.full_scope and claim.holds_on(on) and not any(claim is each for each in counted)
        if meets(claim) is not met and claim.absent is None
    ]
    said = dict.fromkeys(f"{value(field, claim.value)} ({claim.full_scope})" for claim in others)
    return f" Elsewhere it is otherwise: {listing(list(said))}." if said else ""


def _capability_check(model: Model, path: str, needs: Needs, on: date) -> Check:
    """A capability on trial does unless the model must be generally available; a private one is asked about."""
    field = FIELDS[path]
    need = f"You need it: {field.label}."
    claims = counting(model, path, on, needs.platform)
    private = [claim for claim in claims if claim.value == "private preview"]
    if private and len(private) == len(claims):
        sentence = (
            f"{field.label} of {model.short_name} is a private preview, which is for those who were invited. {need}"
        )
        return Check(model.id, path, field.label, Outcome.UNKNOWN, sentence, claims)
    good = ("supported", "implicit only") if needs.generally_available else ("supported", "implicit only", *_TRIAL)
    return _by_claims(model, path, needs, on, lambda claim: claim.value in good, need, f"has {field.label}: {{value}}")


def _callable_check(model: Model, on: date) -> Check:
    state = life(model, on)
    claims = _life_claims(model, on)
    outcome, words = _can_be_called(model, state, on)
    sentence = f"{model.short_name} {words}. It must be callable on {day(on, long=True)}."
    return Check(model.id, "callable", "Callable", outcome, sentence, claims)


def _can_be_called(model: Model, state: Life, on: date) -> tuple[Outcome, str]:
    if state.service is Service.SHUT_DOWN or state.stage == "withdrawn":
        return Outcome.FAILS, f"was shut down{f' {when(state.ends)}' if state.ends else ''}"
    if state.rerouted:
        heir = f" by {state.successor}" if state.successor else " by another model"
        return Outcome.FAILS, f"cannot be had any more: requests for it are answered{heir}"
    if state.service in (Service.IN_SERVICE, Service.ENDING):
        end = f" and ends {when(state.ends)}" if state.ends else ""
        return Outcome.PASSES, f"is in service ({state.stage}){end}"
    released = _released(model, on)
    if state.stage == "announced" or (released is not None and first_day(released) > on):
        return Outcome.FAILS, f"came out {when(released)}" if released else "was announced, but not out"
    return Outcome.UNKNOWN, "has no known status on this day"


def _released(model: Model, on: date) -> str | None:
    claims = counting(model, "release_date", on)
    return str(claims[0].value) if claims else None


def _life_claims(model: Model, on: date) -> tuple[Claim, ...]:
    return tuple(claim for path in ("current_status", "shutdown_date") for claim in counting(model, path, on))


def _availability_check(model: Model, on: date) -> Check:
    """Sources that call a model available or listed do not say on which terms, so they leave it open."""
    state = life(model, on)
    label, claims = "Generally available", _life_claims(model, on)
    unclear = ("not known", "available", "public access", "listed", "renamed")
    if state.stage == "generally available":
        outcome = Outcome.PASSES
    else:
        outcome = Outcome.UNKNOWN if state.stage in unclear else Outcome.FAILS
    stage = _STAGES.get(state.stage, f"is {state.stage}")
    end = f" and ends {when(state.ends)}" if state.ends and state.service is Service.ENDING else ""
    sentence = f"{model.short_name} {stage}{end}. It must be generally available."
    return Check(model.id, "generally_available", label, outcome, sentence, claims)


def _platform_check(catalog: Catalog, model: Model, platform: str, on: date) -> Check:
    """A platform counts where a claim names it: an offer, a price or a limit there; silence is no refusal."""
    claims = tuple(_on_platform(model, platform, on))
    if not claims:
        sentence = f"No source was found that says whether {platform} offers {model.short_name}. You need it there."
        return Check(model.id, "platform", "Platform", Outcome.UNKNOWN, sentence)
    first = claims[0]
    source = (
        f"{catalog.sources[first.source].title}, as of {day(first.as_of)}" if first.source in catalog.sources else ""
    )
    sentence = (
        f"{model.short_name} is or was offered on {platform}{f' ({source})' if source else ''}. You need it there."
    )
    return Check(model.id, "platform", "Platform", Outcome.PASSES, sentence, claims)


def _on_platform(model: Model, platform: str, on: date) -> Iterator[Claim]:
    for claim in model.claims.get("platforms", ()):
        if claim.absent is None and claim.holds_on(on) and agree(claim.value, platform):
            yield claim
    for path, claims in model.claims.items():
        if path in ("platforms", "current_status"):
            continue
        for claim in claims:
            named = claim.platform == platform or (claim.platform is None and platform in (claim.scope or ""))
            if named and claim.absent is None and claim.basis in (Basis.LIST, Basis.FREE) and claim.holds_on(on):
                yield claim


def _bill_check(model: Model, ceiling: float, bill: Bill | NoListPrice | None) -> Check:
    label, need = "Bill a month", f"Your ceiling is {money(ceiling)} a month."
    if bill is None:
        return Check(model.id, "usd_a_month", label, Outcome.UNKNOWN, f"No bill of {model.short_name} is known. {need}")
    if isinstance(bill, NoListPrice):
        sentence = f"{model.short_name} has no list price, so there is no bill ({bill.reason}). {need}"
        return Check(model.id, "usd_a_month", label, Outcome.UNKNOWN, sentence, bill.claims)
    amount = float(bill.usd_a_month)
    low, high = (amount * factor for factor in extremes(model, bill))
    outcome = _within(low, high, ceiling, Outcome.CONFLICT)
    between = f" (between {money(low)} and {money(high)}, as sources disagree on its prices)" if low < high else ""
    sentence = capital(f"{model.short_name} costs {money(amount)} a month for your workload{between}. {need}")
    return Check(model.id, "usd_a_month", label, outcome, sentence, bill.claims)


def _within(low: float, high: float, ceiling: float, otherwise: Outcome) -> Outcome:
    if high <= ceiling:
        return Outcome.PASSES
    return Outcome.FAILS if low > ceiling else otherwise


def _wait_check(catalog: Catalog, model: Model, needs: Needs, on: date, own: OwnFigures | None) -> Check:
    """Own runs come before published figures; a figure without an interval is right within the ratio of the rules."""
    path, ceiling, noise = "time_to_first_token", needs.time_to_first_token or 0.0, catalog.decision.noise.ratio
    field, need = FIELDS[path], f"You wait {number(ceiling)} s at most."
    figure = own.time_to_first_token.get(model.id) if own else None
    claims = () if figure else counting(model, path, on, needs.platform)
    waits = [float(claim.value) for claim in claims if isinstance(claim.value, int | float)]
    if figure is not None:
        low = figure.value / noise if figure.low is None else figure.low
        high = figure.value * noise if figure.high is None else figure.high
        said = f"took {number(figure.value, 2)} s in {figure.runs:,} run{'' if figure.runs == 1 else 's'} of yours"
    elif waits:
        low, high = min(waits) / noise, max(waits) * noise
        said = f"took {listing(_distinct(field, claims), 'or')} by its sources"
    else:
        sentence = f"{_nothing_known(model, field)} Runs of your own would tell. {need}"
        return Check(model.id, path, field.label, Outcome.UNKNOWN, sentence)
    between = f" (between {number(low, 2)} and {number(high, 2)} s)"
    sentence = f"The first token of {model.short_name} {said}{between}. {need}"
    return Check(model.id, path, field.label, _within(low, high, ceiling, Outcome.UNKNOWN), sentence, claims)
