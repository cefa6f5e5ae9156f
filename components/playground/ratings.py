"""What blind votes say: the win rate of a pair with its interval, and ratings where three or more models have votes.

Simulated ballots count nowhere, and neither does a ballot of a model against itself.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import log
from types import MappingProxyType
from typing import Any

from catalog.evidence import SMALL_SHARE, Verdict
from catalog.intervals import expected_share, wilson_limits
from catalog.words import listing, number

MEAN_RATING = 1000.0
SCALE_NOTE = (
    "400 points are odds of 10 to 1. The average of the rated models is set to 1,000, so ratings say how these models "
    "stand to each other and cannot be compared with ratings from elsewhere."
)
_POINTS_PER_LOGIT = 400 / log(10)
_MOST_WINS_OFF = 0.001
_NO_FIT = "The votes are too one-sided for a rating that can be relied on; more votes between close models would help."
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


class Vote(StrEnum):
    """Which of the two models of a ballot was preferred."""

    ONE = "one"
    OTHER = "other"
    BOTH_GOOD = "both_good"
    BOTH_BAD = "both_bad"


_FROM_THE_OTHER_SIDE = {Vote.ONE: Vote.OTHER, Vote.OTHER: Vote.ONE}


@dataclass(frozen=True, slots=True)
class Ballot:
    """One blind vote between two models, by their ids; an empty `preset` is a prompt of the voter's own."""

    one: str
    other: str
    vote: Vote
    preset: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class WinRate:
    """What the votes on one pair say.

    `share` is that of `one` among the decided votes, 0 to 1, and `low` and `high` its 95% Wilson interval; all three
    are None without decided votes. `votes_needed` is how many more decided votes would make the interval exclude one
    half if the share stayed as it is: 0 when it does already, None when no number would or nothing is decided yet.
    """

    one: str
    other: str
    one_name: str
    other_name: str
    one_wins: int
    other_wins: int
    both_good: int
    both_bad: int
    share: float | None
    low: float | None
    high: float | None
    votes_needed: int | None

    @property
    def decided_votes(self) -> int:
        """Votes that preferred one of the two."""
        return self.one_wins + self.other_wins

    @property
    def ties(self) -> int:
        """Votes that preferred neither."""
        return self.both_good + self.both_bad

    @property
    def votes(self) -> int:
        """All votes on the pair."""
        return self.decided_votes + self.ties

    @property
    def decided(self) -> bool:
        """Whether the interval excludes one half, so that the lead is more than chance."""
        return self.votes_needed == 0

    @property
    def verdict(self) -> Verdict | None:
        """The verdict in the words of every other page; a lead below 55 of 100 is small. None without decided votes."""
        if self.share is None:
            return None
        if not self.decided:
            return Verdict.CLOSE
        return Verdict.SMALL if max(self.share, 1 - self.share) < SMALL_SHARE else Verdict.CLEAR

    @property
    def sentence(self) -> str:
        """The votes, the share of the model in front with its interval, and the verdict, in plain words."""
        return _rate_sentence(self)


class Refusal(StrEnum):
    """Why votes give no ratings."""

    TOO_FEW_MODELS = "too few models"
    NOT_CONNECTED = "not connected"
    SEPARATED = "separated"
    NO_FIT = "no fit"


@dataclass(frozen=True, slots=True)
class Rating:
    """The rating of one model in points (`SCALE_NOTE`), its 95% interval, and the votes on the model, ties included.

    The interval is that of the distance to the mean of all rated models.
    """

    model: str
    points: float
    low: float
    high: float
    votes: int


@dataclass(frozen=True, slots=True)
class Step:
    """Two neighbours in the order of ratings, how many points lie between them, and the 95% interval of that."""

    higher: str
    lower: str
    points: float
    low: float
    high: float

    @property
    def told_apart(self) -> bool:
        """Whether the interval of the difference excludes zero; two overlapping intervals would not answer this."""
        return self.low > 0

    @property
    def expected_share(self) -> float:
        """The share of decided votes, 0 to 1, that the difference predicts for the higher one."""
        return expected_share(self.points)


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings from best to worst with the steps between neighbours, or why there are none, and it all in a sentence.

    Where `refused` is given, `rated` and `steps` are empty and `named` holds the models that stand in the way.
    """

    sentence: str
    rated: tuple[Rating, ...] = ()
    steps: tuple[Step, ...] = ()
    refused: Refusal | None = None
    named: tuple[str, ...] = ()


def win_rate(ballots: Iterable[Ballot], one: str, other: str, names: Mapping[str, str] = _NO_NAMES) -> WinRate:
    """Count the votes on a pair of model ids, in whichever order a ballot has them; `names` are for the sentence.

    The interval is Wilson's (`catalog.intervals.wilson_limits`). It takes votes as independent and their number as
    settled beforehand: who looks after each vote and stops at the first lead is misled more often than 1 time in 20.
    """
    pair = {one, other}
    votes = Counter(_seen_from(one, each) for each in _counted(ballots) if {each.one, each.other} == pair)
    wins, decided = votes[Vote.ONE], votes[Vote.ONE] + votes[Vote.OTHER]
    low, high = _limits(wins / decided, decided) if decided else (None, None)
    return WinRate(
        one=one,
        other=other,
        one_name=names.get(one, one),
        other_name=names.get(other, other),
        one_wins=wins,
        other_wins=votes[Vote.OTHER],
        both_good=votes[Vote.BOTH_GOOD],
        both_bad=votes[Vote.BOTH_BAD],
        share=wins / decided if decided else None,
        low=low,
        high=high,
        votes_needed=_votes_needed(wins, decided),
    )


def by_preset(
    ballots: Iterable[Ballot], one: str, other: str, names: Mapping[str, str] = _NO_NAMES
) -> tuple[tuple[str, WinRate], ...]:
    """The win rate of a pair under each preset with votes on it, most votes first; "" stands for no preset.

    Each verdict stands alone: of twenty presets without any difference, one shows a lead by chance on average.
    """
    groups: dict[str, list[Ballot]] = {}
    for ballot in _counted(ballots):
        if {ballot.one, ballot.other} == {one, other}:
            groups.setdefault(ballot.preset, []).append(ballot)
    ordered = sorted(groups, key=lambda preset: (-len(groups[preset]), preset))
    return tuple((preset, win_rate(groups[preset], one, other, names)) for preset in ordered)


def bradley_terry(ballots: Iterable[Ballot], names: Mapping[str, str] = _NO_NAMES) -> Ratings:
    """Rate three or more models by all votes together, or say in a sentence why that is not possible yet.

    The odds that one model is preferred to another are the ratio of their strengths (Bradley and Terry 1952,
    Biometrika 39:324-345), fitted by maximum likelihood as a logistic regression on differences, as LMArena does
    (Chiang et al. 2024, arXiv:2403.04132); a tie is half a win for each. A finite best fit exists only if, however the
    models are split in two, some of each part have beaten or tied some of the other (Hunter 2004, Annals of Statistics
    32:384-406, assumption 1).

    Intervals come from the covariance of the fit, by the contrast with the mean of all models. A bootstrap would draw
    samples without a finite fit wherever votes are few, and what it did with them would decide the interval. Half
    wins vary less than the model allows for, so with many ties the interval is rather too wide than too narrow.
    """
    counted = list(_counted(ballots))
    wins = _wins(counted)
    models = sorted({model for pair in wins for model in pair})
    refusal = _too_few(models) or _not_connected(models, wins, names) or _separated(models, wins, names)
    return refusal or _rated(
        models, wins, Counter(model for each in counted for model in (each.one, each.other)), names
    )


def _counted(ballots: Iterable[Ballot]) -> Iterable[Ballot]:
    return (ballot for ballot in ballots if not ballot.simulated and ballot.one != ballot.other)


def _seen_from(one: str, ballot: Ballot) -> Vote:
    return ballot.vote if ballot.one == one else _FROM_THE_OTHER_SIDE.get(ballot.vote, ballot.vote)


def _limits(share: float, votes: int) -> tuple[float, float]:
    return wilson_limits([(share, votes)])[share, votes]


def _votes_needed(wins: int, decided: int) -> int | None:
    if 2 * wins == decided:
        return None
    share = wins / decided

    def excludes_half(votes: int) -> bool:
        low, high = _limits(share, votes)
        return low > 0.5 or high < 0.5

    # One half is excluded from (z / (2 share - 1))² votes on; 2 share - 1 is at least 1 / decided, and z² is below 4.
    return bisect_left(range(decided, 4 * decided**2 + 2), True, key=excludes_half)


def _rate_sentence(rate: WinRate) -> str:
    if rate.share is None or rate.low is None or rate.high is None:
        return _nothing_decided(rate)
    of = f"of {number(rate.decided_votes)} decided vote{_s(rate.decided_votes)}"
    share, low, high = rate.share, rate.low, rate.high
    if share < 0.5:
        share, low, high = 1 - share, 1 - high, 1 - low
    figures = f"({_percent(share)}, 95% interval {_percent(low)} to {_percent(high)})"
    if rate.one_wins == rate.other_wins:
        start = f"{rate.one_name} and {rate.other_name} were each preferred in {number(rate.one_wins)} {of}"
    else:
        leader = rate.one_name if rate.share > 0.5 else rate.other_name
        start = f"{leader} was preferred in {number(max(rate.one_wins, rate.other_wins))} {of}"
    return f"{start} {figures}: {_verdict_words(rate)}.{_tie_words(rate)}"


def _nothing_decided(rate: WinRate) -> str:
    pair = f"{rate.one_name} and {rate.other_name}"
    if not rate.ties:
        return f"There is no vote between {pair} yet."
    return f"No vote between {pair} has preferred one of them yet.{_tie_words(rate)}"


def _verdict_words(rate: WinRate) -> str:
    if rate.verdict is Verdict.CLEAR:
        return "a clear lead"
    if rate.verdict is Verdict.SMALL:
        return "a small but real lead"
    if rate.votes_needed is None:
        return "too close to call, and at an even share more votes would not settle it"
    more = _two_digits(rate.votes_needed)
    return f"too close to call; about {number(more)} more such vote{_s(more)} would settle it"


def _tie_words(rate: WinRate) -> str:
    if not rate.ties:
        return ""
    counts = [(rate.both_good, "both good"), (rate.both_bad, "both bad")]
    kinds = ", ".join(f"{number(count)} {kind}" for count, kind in counts if count)
    other = "other " if rate.decided_votes else ""
    be = "was a tie" if rate.ties == 1 else "were ties"
    return f" {number(rate.ties)} {other}vote{_s(rate.ties)} {be} ({kinds})."


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _two_digits(count: int) -> int:
    return round(count, min(0, 2 - len(str(count))))


def _percent(share: float) -> str:
    """A whole percentage, with digits added where rounding would hide on which side of one half or how near all."""
    percent = round(100 * share, 6)
    landmarks = (0.0, 50.0, 100.0)
    digits = next(each for each in range(7) if round(percent, each) not in landmarks or percent in landmarks)
    return f"{percent:.{digits}f}%"


def _wins(ballots: Iterable[Ballot]) -> Mapping[tuple[str, str], float]:
    """Wins by (winner, loser), a tie as half a win for each."""
    wins: Counter[tuple[str, str]] = Counter()
    for ballot in ballots:
        seen = (ballot.one, ballot.other)
        twice = {Vote.ONE: (2, 0), Vote.OTHER: (0, 2)}.get(ballot.vote, (1, 1))
        for pair, halves in zip((seen, seen[::-1]), twice, strict=True):
            if halves:
                wins[pair] += halves
    return {pair: wins[pair] / 2 for pair in sorted(wins)}


def _too_few(models: Sequence[str]) -> Ratings | None:
    if len(models) >= 3:
        return None
    sentence = "Ratings need votes on at least three models; with two, the win rate says it all."
    if not models:
        sentence = "Ratings need votes on at least three models, and there are no votes yet."
    return Ratings(sentence, refused=Refusal.TOO_FEW_MODELS, named=tuple(models))


def _not_connected(
    models: Sequence[str], wins: Mapping[tuple[str, str], float], names: Mapping[str, str]
) -> Ratings | None:
    both_ways = {*wins, *((loser, winner) for winner, loser in wins)}
    groups = _groups(models, both_ways)
    if len(groups) == 1:
        return None
    sentence = (
        f"The votes do not connect all models: none compares {_apart(groups, names)}, directly or through others. "
        "A vote between a model of each makes them comparable."
    )
    return Ratings(sentence, refused=Refusal.NOT_CONNECTED, named=tuple(models))


def _apart(groups: Sequence[Sequence[str]], names: Mapping[str, str]) -> str:
    words = [_called(group, names) for group in groups]
    return f"{words[0]} with {listing(words[1:], 'or with')}"


def _called(models: Sequence[str], names: Mapping[str, str]) -> str:
    return listing([names.get(model, model) for model in models])


def _separated(
    models: Sequence[str], wins: Mapping[tuple[str, str], float], names: Mapping[str, str]
) -> Ratings | None:
    groups = _groups(models, set(wins))
    if len(groups) == 1:
        return None
    unbeaten = [group for group in groups if not any(won not in group and lost in group for won, lost in wins)]
    winless = [group for group in groups if not any(won in group and lost not in group for won, lost in wins)]
    winners, losers = ([group[0] for group in found if len(group) == 1] for found in (unbeaten, winless))
    parts = ((winners, "won"), (losers, "lost"))
    reasons = [f"{_called(each, names)} {how} every vote" for each, how in parts if each]
    if not reasons:
        winners = [model for group in unbeaten for model in group]
        reasons = [f"{_called(group, names)} won every vote against the others" for group in unbeaten]
    sentence = (
        f"Ratings have no finite value while {listing(reasons)}. "
        "They become possible when each of these models has a tie or a vote the other way."
    )
    return Ratings(sentence, refused=Refusal.SEPARATED, named=tuple(sorted({*winners, *losers})))


def _groups(models: Sequence[str], edges: set[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The models that reach each other along the edges, as groups in the order of their first model."""
    reach = {model: _reached(model, edges) for model in models}
    groups = (tuple(other for other in models if other in reach[each] and each in reach[other]) for each in models)
    return list(dict.fromkeys(groups))


def _reached(start: str, edges: set[tuple[str, str]]) -> set[str]:
    reached, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        found = {end for begin, end in edges if begin == here} - reached
        reached |= found
        ahead += found
    return reached


def _rated(
    models: Sequence[str], wins: Mapping[tuple[str, str], float], votes: Mapping[str, int], names: Mapping[str, str]
) -> Ratings:
    fit = _fit(models, wins)
    if fit is None:
        return Ratings(_NO_FIT, refused=Refusal.NO_FIT, named=tuple(models))
    from_mean = fit.t_test([_from_mean(models, model)[1:] for model in models])
    rated = [
        Rating(model, MEAN_RATING + points, MEAN_RATING + low, MEAN_RATING + high, votes[model])
        for model, (points, low, high) in zip(models, _in_points(from_mean), strict=True)
    ]
    # Equal strengths differ in the last digits of a float, which must not decide the order.
    rated.sort(key=lambda each: (-round(each.points, 6), each.model))
    neighbours = [(higher.model, lower.model) for higher, lower in pairwise(rated)]
    apart = fit.t_test([_difference(models, *pair)[1:] for pair in neighbours])
    steps = [Step(*pair, *values) for pair, values in zip(neighbours, _in_points(apart), strict=True)]
    return Ratings(_ratings_sentence(rated, steps, sum(wins.values()), names), tuple(rated), tuple(steps))


def _fit(models: Sequence[str], wins: Mapping[tuple[str, str], float]) -> Any:
    """The logistic regression of statsmodels, or None where it has not settled on the best fit."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    # One row a winner and loser: with rows of shares, statsmodels takes a perfect fit of them for separation.
    outcomes = [1.0 if winner < loser else 0.0 for winner, loser in wins]
    design = [_difference(models, min(pair), max(pair))[1:] for pair in wins]
    fit = None
    # Very one-sided votes throw the iterations off, so they start from the fit to the same votes made less one-sided.
    for power in (0.25, 0.5, 0.75, 1.0):
        weights = [count**power for count in wins.values()]
        start = None if fit is None else fit.params
        fit = GLM(outcomes, design, family=Binomial(), freq_weights=weights).fit(start_params=start)
    # At the best fit each model has as many wins as expected; statsmodels can stop elsewhere without a word.
    return fit if fit is not None and max(abs(fit.model.score(fit.params))) < _MOST_WINS_OFF else None


def _difference(models: Sequence[str], plus: str, minus: str) -> list[float]:
    """The contrast of two models; the caller drops the first model, whose strength is the zero of the fit."""
    return [float(model == plus) - float(model == minus) for model in models]


def _from_mean(models: Sequence[str], model: str) -> list[float]:
    return [float(each == model) - 1 / len(models) for each in models]


def _in_points(contrasts: Any) -> list[tuple[float, float, float]]:
    """Estimate, lower and upper 95% limit of each contrast of statsmodels, from natural logarithms to points."""
    effects, limits = contrasts.effect, contrasts.conf_int(alpha=0.05)
    return [
        (_POINTS_PER_LOGIT * float(effect), _POINTS_PER_LOGIT * float(low), _POINTS_PER_LOGIT * float(high))
        for effect, (low, high) in zip(effects, limits, strict=True)
    ]


def _ratings_sentence(rated: Sequence[Rating], steps: Sequence[Step], votes: float, names: Mapping[str, str]) -> str:
    best = rated[0]
    stands = "stands first" if round(steps[0].points, 6) else "shares the first place"
    close = [_called((step.higher, step.lower), names) for step in steps if not step.told_apart]
    start = (
        f"By {number(votes)} votes on {len(rated)} models, {names.get(best.model, best.model)} {stands} with "
        f"{number(best.points, 0)} points (95% interval {number(best.low, 0)} to {number(best.high, 0)})."
    )
    if not close:
        rest = "Each model can be told apart from the next."
    elif len(close) == len(steps):
        rest = "No model can be told apart from the next."
    else:
        rest = f"Too close to call: {'; '.join(close)}."
    return f"{start} {rest}"
