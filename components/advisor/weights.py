"""Weights in whole percents, and the pairwise questions that can set them. No Streamlit."""

import math
from collections.abc import Sequence
from itertools import combinations, permutations

STRONGEST = 8
"""The answer to a pairwise question that says most: 8 for the first of the pair, -8 for the second."""


def in_percent(shares: Sequence[float], total: int = 100) -> tuple[int, ...]:
    """Shares of any size as whole numbers that sum to `total`, by largest remainder; equal ones where all are 0."""
    whole = sum(shares)
    exact = [total * share / whole if whole > 0 else total / len(shares) for share in shares]
    floors = [math.floor(each) for each in exact]
    by_rest = sorted(range(len(exact)), key=lambda at: floors[at] - exact[at])
    up = set(by_rest[: total - sum(floors)])
    return tuple(each + (at in up) for at, each in enumerate(floors))


def moved(weights: Sequence[int], at: int, percent: int) -> tuple[int, ...]:
    """The weights with the one at `at` set to `percent`; the others keep their proportions and fill up to 100."""
    others = [weight for place, weight in enumerate(weights) if place != at]
    filled = in_percent(others, 100 - percent)
    return (*filled[:at], percent, *filled[at:])


def pairs(count: int) -> tuple[tuple[int, int], ...]:
    """The two criteria of each pairwise question, in the order of the questions."""
    return tuple(combinations(range(count), 2))


def ratio(answer: int) -> float:
    """How many times as much the first of a pair matters: 1 to 9 on Saaty's scale, or one divided by that."""
    return float(answer + 1) if answer >= 0 else 1 / (1 - answer)


def answers_of(weights: Sequence[int]) -> tuple[int, ...]:
    """The answers to the pairwise questions that come nearest to the weights; a weight of 0 counts as 0.5%."""
    sizes = [max(weight, 0.5) for weight in weights]
    return tuple(_nearest(math.log(sizes[one] / sizes[other])) for one, other in pairs(len(weights)))


def _nearest(log_ratio: float) -> int:
    return min(range(-STRONGEST, STRONGEST + 1), key=lambda answer: abs(math.log(ratio(answer)) - log_ratio))


def contradiction(answers: Sequence[int], count: int) -> tuple[int, int, int] | None:
    """The three criteria whose answers contradict each other most: first over second, second over third.

    What the answers then say of the first and the third is farthest from what follows from the other two. None where
    no three answers are further apart than a factor of 3.
    """
    sizes = {pair: math.log(ratio(answer)) for pair, answer in zip(pairs(count), answers, strict=True)}
    sizes |= {(other, one): -size for (one, other), size in sizes.items()}
    chains = [each for each in permutations(range(count), 3) if sizes[each[:2]] >= 0 and sizes[each[1:]] >= 0]
    gaps = {each: sizes[each[:2]] + sizes[each[1:]] - sizes[each[0], each[2]] for each in chains}
    worst = max(gaps, key=gaps.__getitem__, default=None)
    return worst if worst is not None and gaps[worst] > math.log(3) + 1e-9 else None
