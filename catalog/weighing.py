"""Weights of criteria: from percents, and from answers by pairs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

_LARGEST_ANSWER = 8
_RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
"""Mean consistency index of random answers by the number of things compared (Saaty 1980, The Analytic Hierarchy
Process, McGraw-Hill)."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Comparison:
    """Weights (each 0 to 1, together 1) from answers by pairs, and the consistency ratio of the answers.

    A ratio of 0 is perfectly consistent; Saaty takes up to 0.1 as consistent enough.
    """

    weights: tuple[float, ...]
    consistency_ratio: float


def weights_of(percent: Mapping[str, int], order: Sequence[str] = ()) -> tuple[float, ...]:
    """Weights from 0 to 1 that sum to 1, in the order of the mapping or of the criteria ids in `order`.

    Where all are 0, all weigh alike. Raises ValueError for a weight below 0.
    """
    given = [percent.get(name, 0) for name in order] if order else [*percent.values()]
    if min(given, default=0) < 0:
        raise ValueError("a weight is not below 0")
    total = sum(given)
    return tuple(each / total if total else 1 / len(given) for each in given)


def in_percent(weights: Sequence[float]) -> tuple[int, ...]:
    """Weights that sum to 1 as whole percents that sum to 100, by largest remainder."""
    exact = [100 * weight for weight in weights]
    whole = [math.floor(each + _ROUNDING) for each in exact]
    rest = sorted(range(len(exact)), key=lambda at: whole[at] - exact[at])
    for at in rest[: round(sum(exact)) - sum(whole)]:
        whole[at] += 1
    return tuple(whole)


def weights_from_answers(answers: Sequence[int]) -> Comparison:
    """Weights from how much each thing matters against each later one, in the order (1, 2), (1, 3), ..., (n - 1, n).

    An answer of 0 is "as much"; 1 to 8 are 2 to 9 times as much on Saaty's scale, and below 0 the second matters more.
    The weights are the geometric means of the rows (Crawford and Williams 1985, J. Mathematical Psychology
    29:387-405). The consistency ratio is the consistency index, with the principal eigenvalue estimated from these
    weights, over that of random answers (Saaty 1980). Raises ValueError for a number of answers that fits no number of
    things, for more than ten things, and for an answer out of range.
    """
    count = (1 + math.isqrt(1 + 8 * len(answers))) // 2
    if count * (count - 1) // 2 != len(answers) or not 2 <= count < len(_RANDOM_INDEX):
        raise ValueError("one answer for each pair of two to ten things")
    if any(abs(answer) > _LARGEST_ANSWER for answer in answers):
        raise ValueError(f"an answer is from -{_LARGEST_ANSWER} to {_LARGEST_ANSWER}")
    ratios = [[1.0] * count for _ in range(count)]
    for (one, other), answer in zip(combinations(range(count), 2), answers, strict=True):
        ratios[one][other] = abs(answer) + 1.0 if answer >= 0 else 1 / (abs(answer) + 1.0)
        ratios[other][one] = 1 / ratios[one][other]
    means = [math.prod(row) ** (1 / count) for row in ratios]
    weights = tuple(mean / math.fsum(means) for mean in means)
    products = [math.fsum(ratio * weight for ratio, weight in zip(row, weights, strict=True)) for row in ratios]
    eigenvalue = math.fsum(product / weight for product, weight in zip(products, weights, strict=True)) / count
    index = max(0.0, (eigenvalue - count) / (count - 1))
    return Comparison(weights, index / _RANDOM_INDEX[count] if count > 2 else 0.0)
