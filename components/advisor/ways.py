"""Ways on from an answer: the same question with other models, another day or fewer demands. No Streamlit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from catalog.decision import Decision
from catalog.lifecycle import first_day, stand_in
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import day, listing
from catalog.workload import Workload
from components.advisor import wording
from components.advisor.address import Question, params_of
from components.advisor.answers import Worked, without
from components.workload import address as workload_address

_MOST = 4


def link(models: Sequence[str], question: Question, workload: Workload, decision: Decision) -> str:
    """The address, relative to the app, of the page that asks this question."""
    use = next(each for each in decision.uses if each.id == question.use)
    params = {
        "models": ",".join(models),
        **workload_address.params_of(workload, use, decision),
        **params_of(question, decision),
    }
    return f"advisor?{urlencode(params, safe=',~')}"


def cost_link(models: Sequence[str], question: Question, workload: Workload, decision: Decision) -> str:
    """The address of the Cost page for the same models, workload and day."""
    use = next(each for each in decision.uses if each.id == question.use)
    params = {"models": ",".join(models), **workload_address.params_of(workload, use, decision)}
    params |= {"on": question.on.isoformat()} if question.on else {}
    return f"cost?{urlencode(params, safe=',')}"


def ways(catalog: Catalog, worked: Worked, today: date) -> tuple[tuple[str, str], ...]:
    """Ways on where a model is out, each as a label and an address: successors, another day, fewer demands."""
    if all(each.is_in for each in worked.answer.gated):
        return ()
    found = [*_successors(catalog, worked), *_earlier(catalog, worked, today)]
    if not worked.left:
        found += _given_up(catalog, worked)
    return tuple(found[:_MOST])


def _successors(catalog: Catalog, worked: Worked) -> list[tuple[str, str]]:
    """The same question with the successor in the place of each model that is gone."""
    gone = {each.model.id for each in worked.answer.gated if any(check.gate == "callable" for check in each.against)}
    heirs = {model.id: stand_in(catalog, model, worked.on) for model in worked.models if model.id in gone}
    new = {name: heir for name, heir in heirs.items() if heir is not None}
    models = tuple(dict.fromkeys(new[model.id].id if model.id in new else model.id for model in worked.models))
    if not new or len(models) < 2:
        return []
    names = listing(list(dict.fromkeys(heir.name for heir in new.values())))
    return [(f"Ask about {names} instead", link(models, worked.question, worked.workload, catalog.decision))]


def _earlier(catalog: Catalog, worked: Worked, today: date) -> list[tuple[str, str]]:
    """The same question on the day when the last of the models came out, where that was before."""
    gone = [each for each in worked.answer.gated if any(check.gate == "callable" for check in each.against)]
    last = came_out(worked.models)
    if not gone or last is None or not last < worked.on:
        return []
    asked = replace(worked.question, on=last if last != today else None)
    names = [model.id for model in worked.models]
    label = f"Ask as things stood on {day(last)}, when the last of them came out"
    return [(label, link(names, asked, worked.workload, catalog.decision))]


def came_out(models: Sequence[Model]) -> date | None:
    """The day on which the last of the models came out; None where a day is not known for all."""
    released = [str(claims[0].value) for model in models if (claims := model.claims.get("release_date"))]
    last = max(released, key=first_day, default="")
    return first_day(last) if len(released) == len(models) and last.count("-") == 2 else None


def _given_up(catalog: Catalog, worked: Worked) -> list[tuple[str, str]]:
    """The fewest demands that would have to go for one of the models to be left."""
    names = [model.id for model in worked.models]
    return [
        (wording.gives_words(gated), link(names, without(worked.question, gates), worked.workload, catalog.decision))
        for gated, gates in wording.what_gives(worked.answer.gated)
        if not any(check.is_open for check in gated.against)
    ][:2]
