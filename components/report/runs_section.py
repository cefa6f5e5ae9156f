"""The chosen runs: prompts and answers in full, measures, votes and opinions of a judge, each marked for what it is."""

from collections.abc import Sequence

from catalog.words import day, listing, number
from components.archive.rows import name_text
from components.archive.tally import Tally
from components.archive.wording import vote_words
from components.gemini.content import PartKind
from components.gemini.errors import FailureKind
from components.playground.judge import Judgement, judgement_of, sentence
from components.playground.ratings import WinRate
from components.report.ledger import Quantity, Scene, paragraph
from components.report.quantities import dated
from components.report.runs import SIMULATED, Answer, OwnRuns, ReadRun, read
from components.report.runs_tables import batches_table, measures_table, rates, scores_table, votes_table
from components.report.state import PROMPT, Block, Part, Quote, Section, Sentence
from components.report.typed import stated_count

TITLE = "Runs of our own"
_NO_TEXT = "no text arrived"
_SIMULATED_OPINION = "simulated, not a model's opinion"


def section(scene: Scene, own: OwnRuns | None = None) -> Section:
    """The runs section. Without `own` it has the runs and batches of the scene, and no votes over all runs."""
    given = own or OwnRuns(scene.runs, scene.batches)
    blocks: list[Block | None] = []
    for at, record in enumerate(given.runs, 1):
        blocks += _run(scene, read(scene.catalog, record, at))
    blocks += [*_batches(scene, given), *_votes(scene, given.tally)]
    found = tuple(each for each in blocks if each is not None)
    missing = "" if found else "No run, batch or vote was chosen for this report."
    return Section(Part.RUNS, TITLE, found, missing)


def _run(scene: Scene, run: ReadRun) -> list[Block | None]:
    """A run from its prompt to what was said of its answers."""
    opinions = [] if run.secret else list(_opinions(scene, run))
    return [
        *paragraph(_about(scene, run), heading=f"Run {run.number}"),
        *_asked(run),
        *(_quote(run, each) for each in run.answers),
        measures_table(scene, run),
        *paragraph(_vote(scene, run), *(_opinion(scene, each) for each in opinions)),
        scores_table(run, opinions),
        *(quote for each in opinions for quote in _reasons(*each)),
    ]


def _about(scene: Scene, run: ReadRun) -> tuple[Sentence, ...]:
    """When it was asked, of whom, and what must be known before its answers are read."""
    record, say = run.record, scene.ledger.proven
    known = (dated(record.created.date().isoformat(), f"run {run.number}, day on which it was asked"), *_counts(run))
    ids = tuple(name_text(scene.catalog, each) for each in record.models)
    return (
        *say(_when(scene, run), known, names=ids),
        *say(_marks(run), known),
        *say(_unseen(run), known),
        *say(_left_out(run), known),
    )


def _counts(run: ReadRun) -> tuple[Quantity, ...]:
    record, where = run.record, f"run {run.number}"
    turns, files = _before(run)
    return (
        stated_count(record.sides, "models", f"{where}, models"),
        stated_count(record.repeats, "answers", f"{where}, answers of each model"),
        stated_count(len(run.answers), "answers", f"{where}, calls"),
        stated_count(turns, "turns", f"{where}, earlier turns"),
        stated_count(files, "files", f"{where}, files"),
    )


def _when(scene: Scene, run: ReadRun) -> str:
    record = run.record
    service = "Vertex AI" if record.vertexai else "the Gemini API"
    whom = f"{number(record.sides)} models" if run.secret else listing([*_names(scene, run)])
    each = f", {number(record.repeats)} answers each" if record.repeats > 1 else ""
    if record.simulated:
        return f"Asked on {day(record.created.date())} of the built-in simulator in the place of {whom}{each}."
    return f"Asked on {day(record.created.date())} of {whom} through {service}{each}."


def _names(scene: Scene, run: ReadRun) -> tuple[str, ...]:
    return tuple(name_text(scene.catalog, each) for each in run.record.models)


def _marks(run: ReadRun) -> str:
    """What the answers and figures are: simulated, own measurements, or from a file."""
    record, count = run.record, len(run.answers)
    said = []
    if record.simulated:
        said.append(
            "Simulated, not a model's answer: nothing of this run is evidence, and no figure of it is a model's."
        )
    elif not run.secret and run.readable:
        calls = "one call" if count == 1 else f"{number(count)} calls"
        said.append(f"The figures are own measurements of {calls}, each at one moment, and no published values.")
    if record.imported:
        said.append("The run came from a file, so nothing but that file vouches for it.")
    return " ".join(said)


def _unseen(run: ReadRun) -> str:
    if run.secret:
        return (
            "Nobody has voted on this blind run yet, so it does not say whose answer is whose, and measures, cost and "
            "opinions are left out."
        )
    return "" if run.readable else "The measures of this run were kept in a form that cannot be read here."


def _before(run: ReadRun) -> tuple[int, int]:
    """How many turns and files went with the prompt."""
    request = run.record.lanes[0].request if run.record.lanes else {}
    counts = [len(found) if isinstance(found := request.get(name), list) else 0 for name in ("turns", "attachments")]
    return counts[0], counts[1]


def _left_out(run: ReadRun) -> str:
    turns, files = _before(run)
    parts = [
        f"{number(count)} {noun}{'' if count == 1 else 's'}"
        for count, noun in ((turns, "earlier turn"), (files, "file"))
        if count
    ]
    return f"What went with the prompt is not shown: {listing(parts)}." if parts else ""


def _asked(run: ReadRun) -> tuple[Quote, ...]:
    """The system instruction, where there is one, and the prompt, both in full."""
    request = run.record.lanes[0].request if run.record.lanes else {}
    told = request.get("system_instruction")
    system = (Quote("System instruction", told),) if isinstance(told, str) and told else ()
    return (*system, Quote(PROMPT, run.record.prompt, "" if run.record.prompt else "no text"))


def _quote(run: ReadRun, answer: Answer) -> Quote:
    remarks = [SIMULATED if run.record.simulated else "", _ended(answer), _beside_text(answer)]
    return Quote(answer.label, answer.text, "; ".join(each for each in remarks if each), answer.model)


def _ended(answer: Answer) -> str:
    """How the answer ended where it is not whole, and whether there is any text."""
    lane, failed = answer.lane, answer.record.failure
    nothing = "" if answer.text.strip() else _NO_TEXT
    if lane is None:
        return "; ".join(each for each in (nothing, "not whole" if failed else "") if each)
    if lane.failure is not None:
        cut = lane.failure.kind is FailureKind.OUTPUT_LIMIT
        why = "cut off at the output limit" if cut else f"{lane.status.value}: {lane.failure.message}"
    elif not lane.whole:
        why = f"{lane.status.value}: {lane.stop_reason}" if lane.stop_reason else lane.status.value
    else:
        why = ""
    return "; ".join(each for each in (why, nothing) if each)


def _beside_text(answer: Answer) -> str:
    """That there is more than text, such as a picture or a call of a function."""
    parts = answer.lane.parts if answer.lane else ()
    others = sum(each.kind not in (PartKind.TEXT, PartKind.THOUGHT) for each in parts)
    return f"with {number(others)} part{'' if others == 1 else 's'} that are no text, not shown" if others else ""


def _vote(scene: Scene, run: ReadRun) -> tuple[Sentence, ...]:
    """What somebody decided who did not know the names."""
    record = run.record
    if record.order and not record.vote and not run.secret:
        return scene.ledger.proven(
            "The run was blind, but an answer is not whole or names its model, so no vote was cast."
        )
    if not record.vote or run.secret:
        return ()
    names = _names(scene, run)
    counts = ""
    if record.simulated:
        counts = " A vote on simulated answers counts for nothing."
    elif record.imported:
        counts = " It came with a file and was not cast here."
    text = f"Vote, cast before the names were shown: {vote_words(record.vote, names)}.{counts}"
    return scene.ledger.proven(text, names=names)


def _opinions(scene: Scene, run: ReadRun) -> Sequence[tuple[Judgement, str, str]]:
    """What judges said, with the names of both answers; what cannot be read is left out."""
    labels = {each.record.index: each.label for each in run.answers}
    found = []
    for each in run.record.judgements:
        try:
            opinion = judgement_of(each.outcome)
        except (KeyError, TypeError, ValueError):
            continue
        found.append((opinion, labels.get(each.one, "one answer"), labels.get(each.other, "the other answer")))
    return found


def _opinion(scene: Scene, given: tuple[Judgement, str, str]) -> tuple[Sentence, ...]:
    opinion, one, other = given
    known = (opinion.judge, one, other)
    if opinion.winner is None:
        # Why it failed is the service's own text, and no sentence of this report.
        return scene.ledger.proven(f"Opinion of a model, {opinion.judge}: there is none, since it failed.", names=known)
    return scene.ledger.proven(sentence(opinion, one, other), names=known)


def _reasons(opinion: Judgement, one: str, other: str) -> tuple[Quote, ...]:
    """The judge's own words, in both orders."""
    whose = _SIMULATED_OPINION if opinion.simulated else "a model's opinion"
    orders = (f"{one} before {other}", f"{other} before {one}")
    return tuple(
        Quote(f"Judge {opinion.judge}, {order}", reason, whose)
        for reason, order in zip(opinion.reasons, orders, strict=False)
    )


def _batches(scene: Scene, given: OwnRuns) -> Sequence[Block | None]:
    if not given.batches:
        return ()
    simulated = sum(each.simulated for each in given.batches)
    text = ""
    if simulated:
        answered = "was" if simulated == 1 else "were"
        text = f"{number(simulated)} of them {answered} simulated, so no answer of theirs is a model's or any evidence."
    said = scene.ledger.proven(text, (stated_count(simulated, "batches", "simulated batches"),))
    return (*paragraph(said, heading="Batches"), batches_table(scene, given.batches))


def _votes(scene: Scene, tally: Tally | None) -> Sequence[Block | None]:
    """The votes over all runs on each pair of the report's models, and what was not counted."""
    if tally is None:
        return ()
    found = rates(scene.models, tally.ballots)
    said = [scene.ledger.proven(each.sentence, _of_rate(each), certainty=_certainty(each)) for each in found]
    counted = scene.ledger.proven(tally.sentence, _of_tally(tally))
    return (*paragraph(*said, counted, heading="Votes over all runs"), votes_table(found))


def _certainty(rate: WinRate) -> str:
    return rate.verdict.value if rate.verdict else ""


def _of_rate(rate: WinRate) -> tuple[Quantity, ...]:
    pair = f"{rate.one_name} and {rate.other_name}"
    counts = {
        "votes for the first": rate.one_wins,
        "votes for the second": rate.other_wins,
        "decided votes": rate.decided_votes,
        "ties": rate.ties,
        "both good": rate.both_good,
        "both bad": rate.both_bad,
    }
    found = [stated_count(value, "votes", f"{pair}: {what}") for what, value in counts.items()]
    shares = {"share of the first": rate.share, "low end of its 95% interval": rate.low, "high end": rate.high}
    for what, value in shares.items():
        if value is not None:
            found.append(_percent(value, f"{pair}: {what}"))
            found.append(_percent(1 - value, f"{pair}: {what}, of the second"))
    if rate.votes_needed:
        rounded = round(rate.votes_needed, min(0, 2 - len(str(rate.votes_needed))))
        found.append(
            Quantity(number(rounded), rounded, "votes", f"{pair}: votes still needed, to two digits", (), "rounded")
        )
    return tuple(found)


def _percent(value: float, what: str) -> Quantity:
    return Quantity(f"{number(100 * value, 1)}%", value, "share", what)


def _of_tally(tally: Tally) -> tuple[Quantity, ...]:
    return (
        stated_count(tally.votes, "votes", "votes that count"),
        *(stated_count(count, "votes", f"votes left out, {reason.value}") for reason, count in tally.left_out),
    )
