"""The article's five situations: what it says, what the advisor recommends, and why they differ. No Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from catalog.advice import Strength
from catalog.criteria import Measured, Part
from catalog.decision import Use
from catalog.lifecycle import Service, life
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.workload import workload_of
from components.advisor.address import params_of, preset
from components.advisor.answers import Worked, work_out
from components.advisor.ways import came_out
from components.advisor.wording import Headline, headline, within


@dataclass(frozen=True, slots=True)
class Situation:
    """One situation in words: `take` is the recommended model, `agrees` None where the question does not arise."""

    use: str
    label: str
    about: str
    article: str
    headline: Headline
    take: str
    agrees: bool | None
    agreement: str
    why: str
    address: str


def telling_day(models: Sequence[Model], on: date | None, today: date) -> date | None:
    """The day on which the situations tell the models apart: the one asked for, None for today.

    Where all of them are shut down today and no day is asked for, it is the day on which the last of them came out.
    """
    if on is not None or any(life(model, today).service is not Service.SHUT_DOWN for model in models):
        return on
    return came_out(models)


def situations(catalog: Catalog, models: Sequence[Model], on: date | None, today: date) -> tuple[Situation, ...]:
    """Every use of the file as it stands there, put to the advisor for these models on this day."""
    return tuple(_situation(catalog, use, models, on, today) for use in catalog.decision.uses)


def _situation(catalog: Catalog, use: Use, models: Sequence[Model], on: date | None, today: date) -> Situation:
    question = replace(preset(catalog.decision, use.id), on=on)
    worked = work_out(catalog, models, question, workload_of(use.workload), today)
    said = headline(catalog, worked)
    chosen = _chosen(worked)
    agrees, agreement = _agreement(worked, use, chosen)
    params = {"models": ",".join(model.id for model in models), **params_of(question, catalog.decision)}
    return Situation(
        use=use.id,
        label=use.label,
        about=use.about,
        article=use.article_says,
        headline=said,
        take=chosen.short_name if chosen else "either" if worked.left else "none of them",
        agrees=agrees,
        agreement=agreement,
        why=_why(worked),
        address=f"advisor?{urlencode(params, safe=',')}",
    )


def _chosen(worked: Worked) -> Model | None:
    """The model that is recommended; None where none is left, or where nothing recommends one before the other."""
    advice = worked.answer.advice
    undecided = advice.cheaper is None if advice.tie else advice.strength is Strength.OPEN
    return None if undecided else next((model for model in worked.left if model.id == advice.take), None)


def _agreement(worked: Worked, use: Use, chosen: Model | None) -> tuple[bool | None, str]:
    if chosen is None:
        return None, "undecided" if worked.left else "nothing to take"
    if not any(model.tier == use.article_tier for model in worked.models):
        return None, f"no {use.article_tier.capitalize()} among them"
    if all(model.tier == use.article_tier for model in worked.models):
        return None, f"all are {use.article_tier.capitalize()}"
    agrees = chosen.tier == use.article_tier
    return agrees, "agrees" if agrees else "differs"


def _why(worked: Worked) -> str:
    """The evidence in a sentence or two: who is out and why, or which criterion decides and which speaks against."""
    if len(worked.left) < 2:
        return " ".join(each.against[0].sentence for each in worked.answer.gated if not each.is_in)
    advice = worked.answer.advice
    names = [model.id for model in worked.left]
    at = names.index(advice.take or names[0])
    other = names.index(next(each for each in (advice.best, advice.runner_up) if each and each != names[at]))
    leads = sorted(_leads(worked, at, other), reverse=True)
    first = _ahead(worked, leads[0][1], at, other) if leads and leads[0][0] > 0 else ""
    if advice.tie:
        first = "What tells them apart on what matters lies within the noise."
    return " ".join(part for part in (first, _against(worked, leads, at, other)) if part) or "Nothing tells them apart."


def _leads(worked: Worked, at: int, other: int) -> list[tuple[float, int]]:
    """By how much each criterion, at its weight, favours the model at `at`, with the place of the criterion."""
    found = []
    for place, measured in enumerate(worked.answer.measured):
        apart = measured.apart(at, other)
        if apart is not None:
            found.append((worked.weights[place] * apart, place))
    return found


def _ahead(worked: Worked, place: int, at: int, other: int) -> str:
    """On which criterion the model at `at` is ahead of the other, with its weight and the measure that shows it."""
    found = worked.answer.measured[place]
    share = round(100 * worked.weights[place])
    name = worked.left[at].short_name
    return f"{name} is ahead on {within(found.criterion.label)} (weight {share}%{_figures(found, at, other)})."


def _against(worked: Worked, leads: Sequence[tuple[float, int]], at: int, other: int) -> str:
    if not leads or min(leads)[0] >= 0:
        return ""
    return f"Against it, {_ahead(worked, min(leads)[1], other, at)}"


def _figures(found: Measured, at: int, other: int) -> str:
    """The measure that speaks most for the model at `at`, with both values in words."""
    apart = [
        (one.middle - two.middle, part)
        for part in found.parts
        if (one := part.places[at]) and (two := part.places[other])
    ]
    if not apart:
        return ""
    part: Part = max(apart, key=lambda pair: pair[0])[1]
    return f"; {part.label}: {part.shown[at]} against {part.shown[other]}"
