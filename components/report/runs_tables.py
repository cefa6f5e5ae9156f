"""Runs as tables: what was measured of each answer, a judge's scores, votes over all runs, and batches."""

from collections.abc import Sequence
from itertools import combinations

from catalog.prices import Cost, NoListPrice
from catalog.schema import Kind, Model
from catalog.words import capital, day, number, usd
from components.archive.rows import name_text
from components.batch.job_list import name_of, spent_usd
from components.history.records import BatchRecord
from components.playground.judge import Judgement
from components.playground.measures import Measures, measures
from components.playground.ratings import Ballot, WinRate, win_rate
from components.playground.readings import NOT_SAID, call_cost, tier_words
from components.report.ledger import Scene
from components.report.runs import SIMULATED, Answer, ReadRun
from components.report.state import Heading, Table, Value
from components.report.typed import exact, share, sources_of, words

_SLIDE_ROWS = 6
_NONE = "none arrived"


def measures_table(scene: Scene, run: ReadRun) -> Table | None:
    """A row an answer with what was measured of it; None while names are hidden or where nothing can be read."""
    lanes = [each for each in run.answers if each.lane is not None]
    if run.secret or not lanes:
        return None
    names = (
        *("Answer", "First token", "Total time", "Output speed", "Input tokens", "Output tokens", "Thinking tokens"),
        *("Cost", "Finish reason", "Answered by"),
    )
    headings = tuple(Heading(name, numeric=0 < at < 8) for at, name in enumerate(names))
    rows = tuple(_measured(scene, run, each) for each in lanes)
    marked = f" ({SIMULATED})" if run.record.simulated else ""
    summary = "One call a row, measured on the server that sent it."
    return Table(
        f"runs_{run.number}_measures",
        f"Run {run.number}, measured{marked}",
        summary,
        headings,
        rows,
        slides=_SLIDE_ROWS,
    )


def _measured(scene: Scene, run: ReadRun, answer: Answer) -> tuple[Value, ...]:
    lane = answer.lane
    assert lane is not None
    taken, simulated = measures(lane), run.record.simulated
    missing = taken.not_measurable or "not measurable"
    return (
        words(answer.label, SIMULATED if simulated else ""),
        _own(taken.time_to_first_token_s, "seconds", " s", _NONE, simulated),
        _own(taken.total_s, "seconds", " s", "not known", simulated),
        _own(taken.tokens_per_second, "tokens per second", " tokens/s", missing, simulated, 0),
        *(
            _own(each, "tokens", "", NOT_SAID, simulated, 0)
            for each in (taken.input_tokens, taken.output_tokens, taken.thinking_tokens)
        ),
        _cost(scene, run, answer, taken),
        words(lane.finish_reason or "none given"),
        words(lane.served_model or NOT_SAID),
    )


def _own(value: float | None, unit: str, ending: str, missing: str, simulated: bool, decimals: int = 2) -> Value:
    """An own measurement; what the simulator says of itself is marked and of no kind of evidence."""
    if value is None:
        return words(missing)
    kind, note = (None, SIMULATED) if simulated else (Kind.OWN, "")
    return Value(f"{number(value, decimals)}{ending}", value, unit, kind=kind, note=note)


def _cost(scene: Scene, run: ReadRun, answer: Answer, taken: Measures) -> Value:
    """What the call costs at the list price of its day, or why that cannot be said."""
    record, model = run.record, scene.catalog.find(answer.record.model)
    if model is None:
        return words("no list price", "The catalog does not have this model.")
    found = call_cost(model, taken, record.created.date(), record.vertexai)
    if found is None:
        return words("not known", "The service gave no token counts.")
    if isinstance(found, NoListPrice):
        return words("no list price", f"{capital(found.reason)}.")
    return _paid(scene, found, record.simulated)


def _paid(scene: Scene, cost: Cost, simulated: bool) -> Value:
    newest = max(claim.as_of for claim in cost.claims)
    charged = f"{SIMULATED}; nothing is charged; " if simulated else ""
    note = f"{charged}at the list price of {day(newest)}, {tier_words(cost.claims)}"
    kind = None if simulated else Kind.OWN
    sources = scene.ledger.cite(*sources_of(cost.claims))
    return Value(usd(float(cost.total_usd)), exact(cost.total_usd), "USD", kind=kind, sources=sources, note=note)


def scores_table(run: ReadRun, opinions: Sequence[tuple[Judgement, str, str]]) -> Table | None:
    """A row a judge and order with its scores from 1 to 5; `opinions` have the names of the two answers."""
    rows = [
        (
            words(f"{opinion.judge} ({_whose(opinion)})"),
            words(f"{first} before {second}" if at == 0 else f"{second} before {first}"),
            words(first),
            _score(scores[0], opinion.simulated),
            words(second),
            _score(scores[1], opinion.simulated),
        )
        for opinion, first, second in opinions
        for at, scores in enumerate(opinion.scores)
    ]
    if not rows:
        return None
    names = ("Judge", "Order", "One answer", "Score of the one", "Other answer", "Score of the other")
    headings = tuple(Heading(name, numeric=name.startswith("Score")) for name in names)
    summary = "Scores from 1 to 5, 5 being best, given in both orders of the answers. They are a model's opinion."
    return Table(f"runs_{run.number}_judges", f"Run {run.number}, scores of a judge", summary, headings, tuple(rows))


def _score(value: int, simulated: bool) -> Value:
    return Value(
        str(value), value, "of 5", note="simulated, not a model's opinion" if simulated else "a model's opinion"
    )


def _whose(opinion: Judgement) -> str:
    return "simulated, not a model's opinion" if opinion.simulated else "a model's opinion"


def rates(models: Sequence[Model], ballots: Sequence[Ballot]) -> tuple[WinRate, ...]:
    """The win rate of each pair of the models, votes or none, in their order."""
    names = {model.id: model.short_name for model in models}
    return tuple(win_rate(ballots, one.id, other.id, names) for one, other in combinations(models, 2))


def votes_table(found: Sequence[WinRate]) -> Table | None:
    """A row a pair with votes: wins, ties, the share of the first with its 95% Wilson interval, and the verdict."""
    voted = [each for each in found if each.votes]
    if not voted:
        return None
    names = ("Pair", "For the first", "For the other", "Both good", "Both bad", "Share of the first", "Low", "High")
    headings = (*(Heading(name, numeric=at > 0) for at, name in enumerate(names)), Heading("Verdict"))
    rows = tuple(_voted(each) for each in voted)
    summary = "Blind votes of your own on real answers; ties count for neither. The interval is Wilson's of 95%."
    return Table("runs_votes", "Votes over all runs", summary, headings, rows, slides=_SLIDE_ROWS)


def _voted(rate: WinRate) -> tuple[Value, ...]:
    counts = (rate.one_wins, rate.other_wins, rate.both_good, rate.both_bad)
    shares = (rate.share, rate.low, rate.high)
    return (
        words(f"{rate.one_name} against {rate.other_name}"),
        *(Value(number(each), each, "votes", kind=Kind.OWN) for each in counts),
        *(words("nothing decided yet") if each is None else share(each, decimals=1) for each in shares),
        words(rate.verdict.value if rate.verdict else "nothing decided yet"),
    )


def batches_table(scene: Scene, batches: Sequence[BatchRecord]) -> Table | None:
    """A row a batch: which models, how many answers, how many failed, what it cost, and how it ended."""
    if not batches:
        return None
    names = ("Batch", "Models", "Answers", "Of", "Failed", "Cost", "State")
    headings = tuple(Heading(name, numeric=1 < at < 6) for at, name in enumerate(names))
    rows = tuple(_batch(scene, each) for each in batches)
    summary = "Sets of prompts that were asked of several models, with what their answers cost at list price."
    return Table("runs_batches", "Batches", summary, headings, rows, slides=_SLIDE_ROWS)


def _batch(scene: Scene, batch: BatchRecord) -> tuple[Value, ...]:
    models = batch.record.get("models", ())
    asked = [name_text(scene.catalog, str(each)) for each in models] if isinstance(models, list | tuple) else []
    kind, note = (None, SIMULATED) if batch.simulated else (Kind.OWN, "")
    counts = (batch.done, batch.total, batch.failed)
    state = f"{batch.state}; {SIMULATED}" if batch.simulated else batch.state
    spent = spent_usd(batch)
    priced = "without answers of models that have no list price"
    return (
        words(name_of(batch), note),
        words(", ".join(asked)),
        *(Value(number(each), each, "answers", kind=kind, note=note) for each in counts),
        Value(
            usd(float(spent)), exact(spent), "USD", kind=kind, note="; ".join(each for each in (note, priced) if each)
        ),
        words(state),
    )
