"""A model in a few sentences: rules over its standing claims that put a score into a band with a word for it.

The seed model card (source `seed_card`) shows two bands for scores, MMLU from 80 to 90 and GPQA from 60 to 80, and
calls one ALScore, 3.2, the middle tier. The limits of these two bands are the card's. Every other limit is ours: 25%
is what guessing among four answers gives on both tests, the rest divides what remains in round numbers, and the tiers
of the ALScore are powers of ten around the card's one example.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from catalog.conflicts import contradictions, rule_scores, score_field
from catalog.derived import Derived, derive
from catalog.loading import Catalog
from catalog.schema import Benchmark, Claim, Kind, Model, Result
from catalog.shared import usable
from catalog.words import listing, number

OPTIMAL_RATIO = 20
"""Training tokens for each parameter that make the best use of training compute, roughly.

Hoffmann et al. 2022, Training Compute-Optimal Large Language Models, arXiv:2203.15556, section 3.
"""


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `low` up to but not including `high`, and the word for them; `from_card` says whose limits they are.

    The highest band includes its upper limit; `high` is None where nothing bounds it.
    """

    low: float
    high: float | None
    word: str
    from_card: bool = False

    @property
    def limits(self) -> str:
        """The limits in words, such as "80 to 90" or "10 or more"."""
        return f"{number(self.low)} to {number(self.high)}" if self.high is not None else f"{number(self.low)} or more"


MMLU_BANDS = (
    Band(0, 25, "no better than guessing"),
    Band(25, 60, "weak"),
    Band(60, 80, "fair"),
    Band(80, 90, "strong", from_card=True),
    Band(90, 100, "close to the ceiling"),
)
GPQA_BANDS = (
    Band(0, 25, "no better than guessing"),
    Band(25, 40, "weak"),
    Band(40, 60, "fair"),
    Band(60, 80, "good", from_card=True),
    Band(80, 100, "very good"),
)
ALSCORE_BANDS = (Band(0, 1, "lower tier"), Band(1, 10, "middle tier"), Band(10, None, "upper tier"))


@dataclass(frozen=True, slots=True)
class _Rule:
    benchmark: str
    ability: str
    bands: tuple[Band, ...]
    caution: str = ""


_RULES = (
    _Rule("mmlu", "general knowledge", MMLU_BANDS),
    _Rule("gpqa", "science reasoning", GPQA_BANDS, "The sources do not name the part of GPQA that was asked."),
    _Rule("gpqa_diamond", "science reasoning, in the part called Diamond", GPQA_BANDS),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence about a model, the claims that it rests on, and what speaks against relying on it.

    `kind` is that of the weakest claim; `conflict` says whether sources contradict each other; `limits` says whose
    the limits of the band are.
    """

    subject: str
    sentence: str
    kind: Kind
    conflict: bool
    claims: tuple[Claim, ...]
    cautions: tuple[str, ...] = ()
    limits: str = ""


def band_of(bands: Sequence[Band], score: float) -> Band:
    """The band that a score falls into; raises ValueError for a score below the lowest or above the highest band."""
    for band in bands:
        if band.low <= score and (band.high is None or score < band.high):
            return band
    if score == bands[-1].high:
        return bands[-1]
    raise ValueError(f"no band holds {score}")


def readings(catalog: Catalog, model: Model, on: date) -> tuple[Reading, ...]:
    """What the bands say about a model on a day; nothing where no score and no size is known."""
    have = catalog.results.get(model.id, {})
    tests = [_test(catalog, rule, have[rule.benchmark], on) for rule in _RULES if rule.benchmark in have]
    computed = {item.label: item for item in derive(model, on)}
    sizes = [_alscore(computed["ALScore"]), _ratio(model, computed["Token:parameter ratio"])] if computed else []
    return tuple(each for each in (*tests, *sizes) if each is not None)


def _test(catalog: Catalog, rule: _Rule, results: Sequence[Result], on: date) -> Reading | None:
    benchmark = catalog.benchmarks[rule.benchmark]
    ruling = rule_scores(results, score_field(benchmark), on)
    score = ruling.standing.value
    if not isinstance(score, int | float):
        return None
    band = band_of(rule.bands, score)
    against = contradictions(results, on)
    claims = (ruling.standing, *(claim for claim in ruling.conflicts if claim is not ruling.standing))
    return Reading(
        benchmark.name,
        f"{number(score, 1)}% on {benchmark.name}: {band.word} in {rule.ability} (band: {band.limits}).",
        ruling.standing.kind,
        bool(against),
        claims,
        tuple(_cautions(benchmark, rule, band, ruling.standing, claims[1:], results)),
        "The limits of this band are those of the model card of 2.0 Flash exp." if band.from_card else _OUR_LIMITS,
    )


_OUR_LIMITS = "The limits of this band are ours; the model card of 2.0 Flash exp shows only one band of this test."


def _cautions(
    benchmark: Benchmark, rule: _Rule, band: Band, standing: Claim, against: Sequence[Claim], results: Sequence[Result]
) -> list[str]:
    found = [rule.caution] if rule.caution else []
    if standing.kind is Kind.ILLUSTRATIVE:
        found.append("The score is an illustration by its author and no measurement.")
    if against:
        found.append(f"Sources conflict: {listing([f'{claim.value}%' for claim in against])} as well.")
    scores = {float(each.score) for each in usable(results) if isinstance(each.score, int | float)}
    others = [score for score in sorted(scores) if band_of(rule.bands, score) is not band]
    if others:
        reach = f"{number(others[0], 1)}%" + (f" to {number(others[-1], 1)}%" if len(others) > 1 else "")
        found.append(f"Other versions, conditions or sources give {reach}, outside this band.")
    return found


def _alscore(item: Derived) -> Reading:
    band = band_of(ALSCORE_BANDS, item.value)
    return Reading(
        "ALScore",
        f"ALScore {_about(item)}{number(item.value, 1)}: {band.word} by size and training ({band.limits}).",
        item.kind,
        False,
        item.inputs,
        _guessed(item),
        "The tiers are ours; the model card of 2.0 Flash exp shows only that 3.2 is its middle tier.",
    )


def _ratio(model: Model, item: Derived) -> Reading:
    said = [each for each in model.statements if each.field == "architecture.token_to_parameter_ratio"]
    card = "The model card of 2.0 Flash exp calls this ratio optimal for compute. " if said else ""
    objection = (
        f"{card}Hoffmann et al. (2022, arXiv:2203.15556) found about {OPTIMAL_RATIO} tokens for each parameter to make "
        "the best use of training compute; more of them buy a smaller model that is cheaper to run."
    )
    return Reading(
        "Token:parameter ratio",
        f"{_about(item)}{number(item.value, 0)} training tokens for each parameter.",
        item.kind,
        False,
        item.inputs,
        (objection, *_guessed(item)),
    )


def _about(item: Derived) -> str:
    return "≈ " if item.kind is Kind.ESTIMATE else ""


def _guessed(item: Derived) -> tuple[str, ...]:
    guesses = sum(claim.kind is not Kind.OFFICIAL for claim in item.inputs)
    if guesses == 2:
        return ("Both inputs, parameters and training tokens, are guesses by third parties.",)
    return ("One of its two inputs is a guess.",) if guesses else ()
