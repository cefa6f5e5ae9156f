"""Which tests are shown, and what stands beside the two scores of a test. No Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.evidence import Verdict
from catalog.loading import Catalog
from catalog.schema import Area, Measured, Model, Result
from catalog.shared import SharedTest, matches

VERDICTS = {
    "clear": Verdict.CLEAR,
    "small": Verdict.SMALL,
    "close": Verdict.CLOSE,
    "unknown": Verdict.NOT_COMPARABLE,
}
MEASURED = {"all": "All", "independent": "Independent", "maker": "By the maker"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is to be shown; empty means all. `measured` is a key of MEASURED, `verdicts` are keys of VERDICTS."""

    areas: tuple[str, ...] = ()
    measured: str = "all"
    verdicts: tuple[str, ...] = ()

    def lets_through(self, test: SharedTest) -> bool:
        """Whether a test of quality that both models took is to be shown."""
        return (
            (not self.areas or test.benchmark.area.value in self.areas)
            and (not self.verdicts or test.judgement.verdict in {VERDICTS[name] for name in self.verdicts})
            and (self.measured == "all" or _measured(test) is Measured(self.measured))
        )


def _measured(test: SharedTest) -> Measured | None:
    """Who measured both scores, None where two did or nothing was compared."""
    found = {result.measured_by for result in test.match.results} if test.match else set()
    return found.pop() if len(found) == 1 else None


def of_quality(tests: Sequence[SharedTest]) -> list[SharedTest]:
    """The tests of quality that both models took, comparable or not."""
    return [test for test in tests if not test.is_measurement and test.judgement.verdict is not Verdict.NO_SHARED_TEST]


def of_one_alone(tests: Sequence[SharedTest]) -> list[SharedTest]:
    """The tests of quality that only one of the two took."""
    alone = [test for test in tests if test.judgement.verdict is Verdict.NO_SHARED_TEST]
    return [test for test in alone if not test.is_measurement]


def of_time_and_money(tests: Sequence[SharedTest]) -> list[SharedTest]:
    """The measurements of speed and cost that may be compared."""
    return [test for test in tests if test.is_measurement and test.match is not None]


def areas_of(tests: Sequence[SharedTest]) -> list[str]:
    """The areas that the tests have, in the catalog's order."""
    found = {test.benchmark.area for test in tests}
    return [area.value for area in Area if area in found]


def pairs(models: Sequence[Model]) -> dict[str, tuple[Model, Model]]:
    """Every pair of the models, by its two ids as the address has them, the first two first."""
    return {f"{one.id},{other.id}": (one, other) for at, one in enumerate(models) for other in models[at + 1 :]}


def lined_up(
    catalog: Catalog, test: SharedTest, pair: tuple[Model, Model], models: Sequence[Model]
) -> tuple[Result | None, ...]:
    """A result a model that may be compared with both of the pair's, None where there is none, in the models' order."""
    if test.match is None:
        return tuple(None for _ in models)
    own = dict(zip((model.id for model in pair), test.match.results, strict=True))
    return tuple(own.get(model.id) or _beside(catalog, test, pair, model) for model in models)


def _beside(catalog: Catalog, test: SharedTest, pair: tuple[Model, Model], third: Model) -> Result | None:
    wanted = test.match.results if test.match else ()
    for match in matches(catalog, test.benchmark, (*pair, third)):
        if match.results[:2] == wanted:
            return match.results[2]
    return None


def best_partner(catalog: Catalog, model: Model, besides: Sequence[Model]) -> Model:
    """The model that has scores on the most tests of `model`, other than those given."""
    mine = set(catalog.results.get(model.id, {}))
    others = [each for each in catalog.models.values() if each not in besides and each is not model]
    return max(others, key=lambda each: len(mine & set(catalog.results.get(each.id, {}))))
