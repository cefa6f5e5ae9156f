"""What the advisor says: the question, the answer with its strength, what it rests on, and what would change it."""

from collections.abc import Sequence

from catalog.advice import Threshold
from catalog.fields import FIELDS
from catalog.gates import Check, Gated, Outcome
from components.advisor import wording
from components.advisor.rows import gains, looks
from components.charts.contributions import Row, contributions, summary
from components.frame.palette import colours
from components.report.advice_numbers import names_of_claims, of_answer, of_draws, of_points, of_question
from components.report.advice_tables import gains_table, gates_table, measures_table, thresholds_table
from components.report.ledger import Quantity, Scene, paragraph
from components.report.state import Block, Chart, Form, Part, Plot, Section, Sentence, Series

TITLE = "What we would choose"
_ALL = "In all"
_MOST_MISSING = 4


def section(scene: Scene) -> Section:
    """The advice section, for each way in which a question can come out."""
    blocks: list[Block | None] = [*_answer(scene), *_asked(scene), gates_table(scene)]
    if len(scene.worked.left) > 1:
        blocks += [_gains(scene), *_turning(scene), thresholds_table(scene)]
    elif not scene.worked.left:
        blocks += _giving_up(scene)
    blocks += _assumed(scene)
    blocks += [measures_table(scene)] if scene.technical else []
    return Section(Part.ADVICE, TITLE, tuple(each for each in blocks if each is not None))


def _say(scene: Scene, text: str, *further: Quantity, certainty: str = "") -> tuple[Sentence, ...]:
    known = (*further, *of_answer(scene.catalog, scene.worked))
    return scene.ledger.proven(text, known, certainty=certainty, names=names_of_claims(scene.worked))


def _answer(scene: Scene) -> Sequence[Block]:
    """The answer in a sentence with its strength, then what must be said with it."""
    headline = wording.headline(scene.catalog, scene.worked)
    lead = _say(scene, headline.sentence, certainty=headline.word)
    # What the answer takes for granted has a place of its own, without a word about the page.
    assumed = wording.provisos(scene.worked)
    further = [_say(scene, each) for each in headline.further if each not in assumed]
    return (*paragraph(lead), *paragraph(*further, listed=True))


def _asked(scene: Scene) -> Sequence[Block]:
    """The question in words: models, day, situation, demands, weights, workload."""
    known = of_question(scene.catalog, scene.worked)
    said = [*wording.asked_sentences(scene.catalog, scene.worked)]
    said.insert(1, wording.demands_sentence(scene.worked.question.needs))
    return paragraph(*(scene.ledger.proven(each, known) for each in said), heading="What was asked", listed=True)


def _gains(scene: Scene) -> Chart:
    """What each criterion gives each of the models that are left, as bars with intervals."""
    left = scene.worked.left
    given = looks(left, scene.worked.models)
    rows, total = gains(scene.catalog, scene.worked)
    said = scene.ledger.proven(summary(given, rows, total), of_points(given, rows, total))
    words = said[0].text if said else "What each criterion gives each model, in points of 100."
    drawn = contributions(given, rows, total)
    table = gains_table(left, rows, total, words)
    return Chart("advice_gains", "What each criterion gives", words, drawn.to_json(), _plot(scene, rows, total), table)


def _plot(scene: Scene, rows: Sequence[Row], total: Row) -> Plot:
    accents, every = colours(scene.worked.models), (*rows, total)
    series = tuple(
        Series(
            model.short_name,
            accents[model.id].light,
            tuple(
                None if middle is None else round(100 * middle, 9) for middle in (row.gains[at].middle for row in every)
            ),
            tuple(round(100 * row.gains[at].low, 9) for row in every),
            tuple(round(100 * row.gains[at].high, 9) for row in every),
            model=model.id,
        )
        for at, model in enumerate(scene.worked.left)
    )
    return Plot(Form.BARS, tuple(row.label for row in every), series, "points")


def _turning(scene: Scene) -> Sequence[Block]:
    """The weights that would change the answer, how often it holds near the reader's, and what is not known."""
    worked, advice, decision = scene.worked, scene.worked.answer.advice, scene.catalog.decision
    draws = of_draws(scene.catalog)
    asked = of_question(scene.catalog, worked)
    turns = [_say(scene, _threshold(scene, each), *asked) for each in advice.thresholds]
    steady = _say(scene, wording.steady_sentence(scene.catalog, advice))
    shares = [_say(scene, each, *draws) for each in wording.share_sentences(worked, advice, decision)]
    how = scene.ledger.proven(wording.how_drawn(decision), draws)
    most = None if scene.technical else _MOST_MISSING
    missing = [_say(scene, wording.missing_sentence(scene.catalog, worked, each)) for each in advice.missing[:most]]
    if len(missing) < len(advice.missing):
        missing.append(scene.ledger.proven("More is not known; the report for technical readers names all of it."))
    lacking = [_lacking(scene, each) for each in wording.missing_parts(worked.answer.measured)]
    return (
        *paragraph(*turns, steady, heading="What would change it", listed=True),
        *paragraph(*shares, how if scene.technical else (), heading="How sure that is"),
        *paragraph(*missing, heading="What is not known and could turn it", listed=True),
        *paragraph(*lacking if scene.technical else (), heading="Evidence that would make it surer", listed=True),
    )


def _threshold(scene: Scene, threshold: Threshold) -> str:
    """One weight at which the answer changes, with the weight of today, as a whole sentence."""
    name, rest = wording.threshold_sentence(scene.catalog, scene.worked, threshold).split(", once ", 1)
    return f"{name} comes out best once {rest}"


def _lacking(scene: Scene, text: str) -> tuple[Sentence, ...]:
    labels = tuple(part.label for each in scene.worked.answer.measured for part in each.parts)
    two = Quantity("two of the models", 2, "", "models that a test must have in common")
    return scene.ledger.proven(text, (two,), names=(*labels, *(field.label for field in FIELDS.values())))


def _giving_up(scene: Scene) -> Sequence[Block]:
    """Which demands would have to go for a model to be left, fewest first."""
    out = wording.what_gives(scene.worked.answer.gated)
    said = [_say(scene, f"{wording.gives_words(each)}.") for each, _ in out]
    return paragraph(*said, heading="What would have to be given up", listed=True)


def _assumed(scene: Scene) -> Sequence[Block]:
    """What the answer takes for granted: demands that nobody knows to be met, and noise that no source states."""
    said = [
        _say(scene, _granted(gated, check))
        for gated in scene.worked.answer.gated
        for check in gated.checks
        if gated.is_in and check.is_open
    ]
    return paragraph(*said, _noise(scene), heading="What was assumed", listed=True)


def _granted(gated: Gated, check: Check) -> str:
    name, label = gated.model.short_name, wording.within(check.label)
    why = "it is not known" if check.outcome is Outcome.UNKNOWN else "sources conflict"
    if check in gated.undecided:
        return f"{name} is taken to meet the demand “{label}”, though {why}."
    return f"{name} was kept in by whoever asked, though on the demand “{label}” {why}."


def _noise(scene: Scene) -> tuple[Sentence, ...]:
    parts = [part for each in scene.worked.answer.measured for part in each.parts]
    assumed = sum(part.assumed_noise for part in parts)
    if not assumed or len(scene.worked.left) < 2:
        return ()
    of_which = "how noisy it is" if assumed == 1 else "how noisy they are"
    text = f"For {assumed} of the {len(parts)} measures no source says {of_which}, so the noise is assumed."
    counted = (
        Quantity(str(assumed), assumed, "", "measures of which no source states the noise"),
        Quantity(str(len(parts)), len(parts), "", "measures that the models share"),
    )
    return scene.ledger.proven(text, counted)
