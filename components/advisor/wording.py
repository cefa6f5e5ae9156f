"""Every sentence of the advisor. No Streamlit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.advice import Advice, Missing, Strength, Threshold
from catalog.bill import Bill
from catalog.criteria import Measured, OwnFigure, OwnFigures
from catalog.decision import Criterion, Decision, Needs
from catalog.fields import FIELDS
from catalog.gates import Check, Gated, Outcome
from catalog.lifecycle import Service, life
from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.schema import Model
from catalog.summary import life_sentence
from catalog.weighing import weights_from_answers
from catalog.words import capital, day, listing, money, number
from components.advisor.address import PAIRS, Question, preset
from components.advisor.answers import Worked
from components.advisor.weights import contradiction, in_percent
from components.workload.wording import workload_sentences

CONSISTENT = 0.1
"""Up to this consistency ratio Saaty takes pairwise answers as fitting together."""
_MARKS = {
    Strength.CLEAR: ("✓✓", "clear"),
    Strength.LIKELY: ("✓", "small"),
    Strength.SLIGHT: ("~", "close"),
    Strength.OPEN: ("?", "unknown"),
}
OUTCOMES = {
    Outcome.PASSES: ("✓", "passes", "passes"),
    Outcome.FAILS: ("✕", "fails", "fails"),
    Outcome.UNKNOWN: ("?", "unknown", "not known"),
    Outcome.CONFLICT: ("≠", "conflict", "sources conflict"),
}
"""Mark, style and words of each outcome of a demand."""
OWN_WORDS = {"votes": "Votes", "latency": "Waiting time and speed", "cost": "Cost"}


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer: what to do, how firm that is as mark, style and word, why, and what must be said with it."""

    lead: str
    mark: str
    style: str
    word: str
    rest: str = ""
    further: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """All of it as text without marks."""
        return f"{self.lead} {self.rest}".strip()


def headline(catalog: Catalog, worked: Worked) -> Headline:
    """The answer in one or two sentences with its strength, for every way in which a question can come out."""
    left, advice = worked.left, worked.answer.advice
    out = tuple(_out(each) for each in worked.answer.gated if not each.is_in)
    if not left:
        return Headline("None of them passes what you demand.", "✕", "none", "nothing to take", further=out)
    further = (
        *_ending(catalog, worked),
        *_bill_words(worked, left),
        *_own_words(worked),
        *provisos(worked),
        *(f"Out: {each}" for each in out),
    )
    if len(left) == 1:
        lead = f"Take {left[0].short_name}:"
        return Headline(lead, "✓", "small", "only one left", "It alone passes what you demand.", further)
    strength = advice.strength or Strength.OPEN
    if advice.tie:
        who = _who(worked, advice)
        lead = f"{who} cannot be told apart on what matters to you."
        return Headline(lead, "=", "close", "no real difference", _cheaper_sentence(worked, advice), further)
    mark, style = _MARKS[strength]
    if strength is Strength.OPEN:
        return Headline("It is open.", mark, style, "open", _open_sentence(worked, advice), further)
    lead = f"Take {names_of(left)[advice.best or '']}:"
    return Headline(lead, mark, style, strength.value, _holds(catalog, worked, advice), further)


def _ending(catalog: Catalog, worked: Worked) -> tuple[str, ...]:
    """That the model to take ends soon, and what takes its place; nothing where it does not."""
    take = worked.answer.advice.take if len(worked.left) > 1 else worked.left[0].id
    model = next(each for each in worked.left if each.id == take)
    ends = life(model, worked.on).service is Service.ENDING
    return (f"Mind its end: {life_sentence(catalog, model, worked.on)}",) if ends else ()


def _holds(catalog: Catalog, worked: Worked, advice: Advice) -> str:
    return f"It wins in {percent(advice.share)} of weightings near yours; {turning(catalog, worked, advice)}."


def turning(catalog: Catalog, worked: Worked, advice: Advice) -> str:
    """The nearest weight of one criterion at which another model comes out best, or that there is none."""
    nearest = nearest_threshold(catalog, worked, advice)
    if nearest is None:
        return "no weight of a single criterion turns that around"
    names = names_of(worked.left)
    label = within(_criterion(catalog, nearest.criterion).label)
    share = turning_share(nearest, _weight_of(catalog, worked, nearest.criterion))
    return f"{names[nearest.becomes]} overtakes once {share} is on {label}"


def nearest_threshold(catalog: Catalog, worked: Worked, advice: Advice) -> Threshold | None:
    """The threshold that is nearest to the reader's weight of its criterion."""
    return min(
        advice.thresholds,
        key=lambda each: abs(each.at - _weight_of(catalog, worked, each.criterion)),
        default=None,
    )


def _weight_of(catalog: Catalog, worked: Worked, criterion: str) -> float:
    return worked.weights[[each.id for each in catalog.decision.criteria].index(criterion)]


def _open_sentence(worked: Worked, advice: Advice) -> str:
    names = [model.short_name for model in worked.left]
    shares = sorted(zip(advice.by_model, names, strict=True), key=lambda pair: -pair[0])
    parts = [f"{name} {'wins ' if at == 0 else ''}in {percent(share)}" for at, (share, name) in enumerate(shares)]
    return (
        f"Of the weightings near yours, {listing(parts)}. See below what is missing, or try both on your own prompts."
    )


def _who(worked: Worked, advice: Advice) -> str:
    names = names_of(worked.left)
    both = [names[each] for each in (advice.best, advice.runner_up) if each]
    return "They" if len(worked.left) == 2 else listing(both)


def _cheaper_sentence(worked: Worked, advice: Advice) -> str:
    names = names_of(worked.left)
    if advice.cheaper is None:
        return f"Which one is cheaper cannot be said, since {_no_cheaper(worked, advice)}."
    dearer = next(each for each in (advice.best, advice.runner_up) if each and each != advice.cheaper)
    costs = [worked.bill_of(each) for each in (advice.cheaper, dearer)]
    known = [money(each.usd_a_month) for each in costs if isinstance(each, Bill)]
    against = f", at {known[0]} a month against {known[1]}" if len(known) == 2 else ""
    return f"So take the cheaper one: {names[advice.cheaper]}{against}."


def _no_cheaper(worked: Worked, advice: Advice) -> str:
    if advice.cost_known:
        return "they cost the same"
    names = names_of(worked.left)
    unknown = [each for each in (advice.best, advice.runner_up) if each and not isinstance(worked.bill_of(each), Bill)]
    if not unknown:
        return "their bills are not known well enough"
    return f"{listing([names[each] for each in unknown])} {'has' if len(unknown) == 1 else 'have'} no list price"


def _bill_words(worked: Worked, models: Sequence[Model]) -> tuple[str, ...]:
    """What the workload costs a month on each model that is left, in a sentence; a missing price says what is known."""
    parts = [bill_words(model, worked.bill_of(model.id)) for model in models]
    return (f"Your workload: {'; '.join(parts)}.",) if parts else ()


def bill_words(model: Model, bill: Bill | NoListPrice) -> str:
    """The bill of one model in a few words."""
    if isinstance(bill, Bill):
        unsure = " (sources conflict on a price)" if bill.conflict else ""
        return f"{model.short_name} {money(bill.usd_a_month)} a month{unsure}"
    return f"{model.short_name} has no list price ({bill.reason})"


def provisos(worked: Worked) -> tuple[str, ...]:
    """What the answer takes for granted, since nobody knows it and the reader has not decided, demand by demand."""
    names = names_of(worked.models)
    found: dict[str, list[str]] = {}
    for each in worked.answer.gated:
        for check in each.undecided if each.is_in else ():
            found.setdefault(f"{within(check.label)} ({check.outcome.value})", []).append(names[check.model])
    if not found:
        return ()
    parts = [f"{what} of {listing(who)}" for what, who in found.items()]
    return (f"Provided that what is open turns out well: {'; '.join(parts)}. You can decide it below.",)


def _own_words(worked: Worked) -> tuple[str, ...]:
    used = [(part.label, part.own_runs) for each in worked.answer.measured for part in each.parts if part.own_runs]
    if not used:
        return ()
    parts = [f"{within(label)} ({runs:,} run{'' if runs == 1 else 's'})" for label, runs in used]
    return (f"It rests on your own measurements in part: {listing(parts)}.",)


def _out(gated: Gated) -> str:
    """Why a model is out, by each demand that it fails or that the reader holds against it."""
    reasons = [f"{check.sentence}{' You leave it out.' if check.is_open else ''}" for check in gated.against]
    return " ".join(reasons)


def what_gives(gated: Sequence[Gated]) -> tuple[tuple[Gated, tuple[str, ...]], ...]:
    """For models that are out, the gates that would have to be given up, fewest first."""
    out = [(each, tuple(check.gate for check in each.against)) for each in gated if not each.is_in]
    return tuple(sorted(out, key=lambda pair: len(pair[1])))


def gives_words(gated: Gated) -> str:
    """What a reader would have to give up for a model to pass, as the label of a link."""
    labels = [f"“{within(check.label)}”" for check in gated.against]
    return f"Without the demand{'' if len(labels) == 1 else 's'} {listing(labels)}, {gated.model.short_name} passes"


def question_of(check: Check, model: Model) -> str:
    """What the page asks where only the reader can decide."""
    return f"{model.short_name}: {check.label}, {check.outcome.value}"


# What would change it.


def threshold_sentence(catalog: Catalog, worked: Worked, threshold: Threshold) -> str:
    """One weight at which the answer changes, with the weight of today."""
    names, now = names_of(worked.left), _weight_of(catalog, worked, threshold.criterion)
    share = turning_share(threshold, now)
    label = within(_criterion(catalog, threshold.criterion).label)
    return f"{names[threshold.becomes]}, once {share} is on {label} (now {number(100 * now, 0)}%)."


def turning_share(threshold: Threshold, now: float) -> str:
    """The part of the weight at which the answer changes, such as "more than 46% of the weight".

    In whole percents; in tenths within one percent of the weight `now` (0 to 1) and where whole ones would say none or
    all of it; in words where tenths would.
    """
    at = threshold.at
    if at < 0.0005:
        return "any weight at all" if threshold.rises else "almost none of the weight"
    if at >= 0.9995 and threshold.rises:
        return "almost all of the weight"
    fine = abs(at - now) < 0.01 or not 0.005 <= at < 0.995
    return f"{'more' if threshold.rises else 'less'} than {number(100 * at, 1 if fine else 0)}% of the weight"


def steady_sentence(catalog: Catalog, advice: Advice) -> str:
    """The criteria of which no weight changes the answer; empty where there is none."""
    turning_ones = {each.criterion for each in advice.thresholds}
    steady = [within(each.label) for each in catalog.decision.criteria if each.id not in turning_ones]
    if not steady:
        return ""
    if len(steady) == len(catalog.decision.criteria):
        return "No weight of a single criterion changes the answer while the others keep their proportions."
    return f"No weight of {listing(steady, 'or')} changes it."


def share_sentences(worked: Worked, advice: Advice, decision: Decision) -> tuple[str, ...]:
    """In how many of the weightings near the reader's the answer holds, in all and by what varies."""
    names = names_of(worked.left)
    best = names[advice.best or ""]
    wins = sorted(zip(advice.by_model, advice.models, strict=True), key=lambda pair: -pair[0])
    parts = [f"{names[model]} {percent(share)}" for share, model in wins]
    return (
        f"Of {decision.near.draws:,} draws around your weights and within the noise of the measures: {listing(parts)}.",
        f"{best} comes out best in {percent(advice.share_weights)} where the weights alone vary, and in "
        f"{percent(advice.share_measures)} where the measures alone do.",
    )


def how_drawn(decision: Decision) -> str:
    """How the shares are worked out, for readers who want to check."""
    near = decision.near
    return (
        "Each weight is multiplied by a random factor that two in three times lies between "
        f"1/{number(near.factor)} and {number(near.factor)}, and all are brought back to 100%. Each measure is drawn "
        "from its 95% interval; where no source states one it is assumed, and what is not known is drawn from all that "
        f"it may be. The draws are the same each time (seed {near.seed})."
    )


def missing_sentence(catalog: Catalog, worked: Worked, missing: Missing) -> str:
    """A criterion without a comparison, and how much it would have to favour the other to turn the answer."""
    names = names_of(worked.left)
    best, other = names[worked.answer.advice.best or ""], names[missing.other]
    lead = f"{_criterion(catalog, missing.criterion).label}: {best} and {other} cannot be compared."
    if missing.needed is None:
        return f"{lead} At its weight, not even the whole scale in favour of {other} would turn the answer."
    needed = percent(missing.needed)
    return f"{lead} It would have to favour {other} by more than {needed} of its scale to turn the answer."


def missing_parts(measured: Sequence[Measured]) -> tuple[str, ...]:
    """What evidence is missing within the criteria, a sentence each."""
    return tuple(sentence for each in measured for sentence in each.missing)


# Weights.


def weights_words(decision: Decision, weights: Sequence[float]) -> str:
    """The weights as one reads them aloud."""
    parts = [
        f"{within(each.label)} {share}%" for each, share in zip(decision.criteria, in_percent(weights), strict=True)
    ]
    return capital(f"{listing(parts)}.")


def pair_words(answer: int, one: Criterion, other: Criterion) -> str:
    """An answer to a pairwise question: which of the two matters more, and how many times as much."""
    if answer == 0:
        return "both the same"
    return f"{(one if answer > 0 else other).label}, {abs(answer) + 1}×"


def consistency_sentence(decision: Decision, answers: Sequence[int]) -> str:
    """What weights the pairwise answers come to, and whether they fit together; the three that fit least are named."""
    found = weights_from_answers(answers)
    weights, ratio = weights_words(decision, found.weights), number(found.consistency_ratio, 2)
    if found.consistency_ratio <= CONSISTENT:
        return f"{weights} Your answers fit together (consistency ratio {ratio}; up to 0.1 counts as consistent)."
    lead = f"{weights} Your answers contradict each other in part (consistency ratio {ratio}; above 0.1 is too much)."
    chain = contradiction(answers, len(decision.criteria))
    if chain is None:
        return lead
    first, second, third = (within(decision.criteria[at].label) for at in chain)
    return (
        f"{lead} Most of all: you put {first} before {second} and {second} before {third}, which does not fit what you "
        f"say of {first} and {third}."
    )


def changed_words(question: Question, decision: Decision) -> str:
    """What a reader has changed of the use, in a few words; empty where nothing is changed."""
    base = preset(decision, question.use)
    parts = []
    if question.weights != base.weights or question.pairs != base.pairs:
        parts.append("weights")
    if question.needs != base.needs:
        parts.append("demands")
    return listing(parts)


# Own measurements.


def counts(own: OwnFigures, kind: str) -> bool:
    """Whether there is anything of this kind among own measurements."""
    return bool(own.win if kind == "votes" else _by_model(own, kind))


def own_runs(own: OwnFigures, kind: str, models: Sequence[Model]) -> str:
    """How many runs or votes of the reader a kind of measurements rests on, a model each."""
    if kind == "votes":
        votes = sum(figure.runs for figure in own.win.values())
        return f"{votes:,} vote{'' if votes == 1 else 's'}" if votes else "no votes on these models yet"
    names, found = names_of(models), _by_model(own, kind)
    parts = [f"{names[name]} {each.runs:,} run{'' if each.runs == 1 else 's'}" for name, each in found.items()]
    return listing(parts) or "no runs with these models yet"


def _by_model(own: OwnFigures, kind: str) -> Mapping[str, OwnFigure]:
    return own.usd_per_request if kind == "cost" else {**own.time_to_first_token, **own.output_speed}


# For the print, where no control is seen.


def asked_sentences(catalog: Catalog, worked: Worked) -> tuple[str, ...]:
    """The whole question in words, as it stands on paper."""
    question, decision = worked.question, catalog.decision
    use = next(each for each in decision.uses if each.id == question.use)
    how = "by pairwise questions" if question.weigh == PAIRS else "set directly"
    models = listing([model.name for model in worked.models])
    changed = changed_words(question, decision)
    return (
        f"{models}, as things stood on {day(worked.on)}. Situation: {use.label}"
        f"{f' with other {changed}' if changed else ''}.",
        f"Weights ({how}): {weights_words(decision, worked.weights)}",
        f"Workload: {' '.join(workload_sentences(worked.workload))}",
    )


# Small words.


def demands_sentence(needs: Needs) -> str:
    """What every model must meet before anything is weighed, as one sentence."""
    parts = [
        f"{number(needs.context_window)} tokens in at once" if needs.context_window else "",
        f"{number(needs.output_limit)} tokens out" if needs.output_limit else "",
        f"{listing(list(needs.input_modalities))} in" if needs.input_modalities else "",
        f"{listing(list(needs.output_modalities))} out" if needs.output_modalities else "",
        *(within(FIELDS[path].label) for path in needs.capabilities),
        "callable on the day" if needs.callable else "",
        "generally available" if needs.generally_available else "",
        f"offered on {needs.platform}" if needs.platform else "",
        f"at most {money(needs.usd_a_month)} a month" if needs.usd_a_month is not None else "",
        f"at most {number(needs.time_to_first_token)} s to the first token"
        if needs.time_to_first_token is not None
        else "",
    ]
    found = [each for each in parts if each]
    return f"Demanded of every model: {listing(found)}." if found else "Nothing is demanded, so every model is weighed."


def names_of(models: Sequence[Model]) -> dict[str, str]:
    """Short names by id."""
    return {model.id: model.short_name for model in models}


def percent(share: float) -> str:
    """A share as a whole percent; 0% and 100% are kept for none and all."""
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1:
        return "over 99%"
    return f"{number(100 * share, 0)}%"


def within(label: str) -> str:
    """A label as it stands inside a sentence: names such as Google keep their capitals."""
    return (
        label
        if label[:1].isupper() and label.startswith(("Google", "PDF", "Live", "Vertex", "Gemini"))
        else (f"{label[:1].lower()}{label[1:]}")
    )


def _criterion(catalog: Catalog, name: str) -> Criterion:
    return next(each for each in catalog.decision.criteria if each.id == name)


def situations_lead(on: date, all_gone: bool) -> str:
    """What the table of the article's situations shows, and of which day where all of the models are gone today."""
    which = "Each situation has its own demands, weights and workload; open one to make it yours."
    if not all_gone:
        return f"What the article advises, and what the evidence advises for these models on {day(on)}. {which}"
    return (
        "None of these models can be called today. The article's advice is held against the evidence as things stood "
        f"on {day(on)}, when the last of them came out. {which}"
    )
