"""What the advisor answers to a question, worked out without a screen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from catalog import advice
from catalog.bill import Bill, bill, platforms
from catalog.criteria import OwnFigures
from catalog.decision import Needs
from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.schema import Model
from catalog.workload import Workload, faults
from components.advisor.address import OWN, PAIRS, Question


@dataclass(frozen=True, slots=True)
class Worked:
    """The answer to a question with what it was worked out from.

    `bills` are those of all models; `weights` sum to 1, in the order of the criteria.
    """

    question: Question
    on: date
    workload: Workload
    models: tuple[Model, ...]
    bills: tuple[Bill | NoListPrice, ...]
    weights: tuple[float, ...]
    answer: advice.Answer

    @property
    def left(self) -> tuple[Model, ...]:
        """The models that nothing puts out, in their order."""
        return tuple(each.model for each in self.answer.gated if each.is_in)

    def bill_of(self, model: str) -> Bill | NoListPrice:
        """The bill of a model by its id."""
        return next(bill for each, bill in zip(self.models, self.bills, strict=True) if each.id == model)


def work_out(
    catalog: Catalog,
    models: Sequence[Model],
    question: Question,
    workload: Workload,
    today: date,
    own: OwnFigures | None = None,
) -> Worked:
    """Bills, demands and advice for the models; of `own` measurements only those that the question counts."""
    on = question.on or today
    bills = tuple(bill_for(catalog, model, question.needs.platform, workload, on) for model in models)
    weights = _weights(catalog, question)
    found = advice.answer(
        catalog,
        models,
        question.needs,
        weights,
        bills,
        on,
        counted(own, question.own),
        {(each.gate, each.model): each.keep for each in question.decided},
    )
    return Worked(question, on, workload, tuple(models), bills, weights, found)


def bill_for(catalog: Catalog, model: Model, platform: str | None, workload: Workload, on: date) -> Bill | NoListPrice:
    """The bill on the platform that is demanded, else on the first on which the model has prices of its own."""
    wrong = faults(workload)
    if wrong:
        return NoListPrice(f"the workload cannot be: {wrong[0][:1].lower()}{wrong[0][1:].rstrip('.')}")
    return bill(catalog, model, platform or platforms(model)[0], workload, on)


def counted(own: OwnFigures | None, kinds: Sequence[str]) -> OwnFigures | None:
    """Of own measurements the kinds that a reader lets count: votes, latency, cost."""
    if own is None or not kinds:
        return None
    votes, latency, cost = (kind in kinds for kind in OWN)
    nothing = OwnFigures()
    return OwnFigures(
        time_to_first_token=own.time_to_first_token if latency else nothing.time_to_first_token,
        output_speed=own.output_speed if latency else nothing.output_speed,
        usd_per_request=own.usd_per_request if cost else nothing.usd_per_request,
        win=own.win if votes else nothing.win,
    )


def _weights(catalog: Catalog, question: Question) -> tuple[float, ...]:
    if question.weigh == PAIRS:
        return advice.weights_from_answers(question.pairs).weights
    names = [each.id for each in catalog.decision.criteria]
    return advice.weights_of(dict(zip(names, question.weights, strict=True)), names)


def without(question: Question, gates: Sequence[str]) -> Question:
    """The question without some of its demands, by gate."""
    nothing = Needs()
    kept = tuple(each for each in question.needs.capabilities if each not in gates)
    given_up = {gate: getattr(nothing, gate) for gate in gates if gate in Needs.model_fields}
    return replace(question, needs=question.needs.model_copy(update={"capabilities": kept, **given_up}))
