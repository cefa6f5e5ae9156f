"""The comparison in plain sentences. Each is put together from claims; none is written by hand for a model."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.conflicts import score_claim
from catalog.differences import ratio_words
from catalog.evidence import Judgement, Verdict
from catalog.fields import Group
from catalog.lifecycle import Life, Service, life, stand_in
from catalog.loading import Catalog
from catalog.prices import NoListPrice, Price, home_platform, price
from catalog.schema import Absent, Claim, Kind, Model, Result
from catalog.shared import SharedTest
from catalog.tables import Cell, CompareRow
from catalog.words import NOT_FOUND, day, listing, number, pages, points, usd, when

_IMPORTANCE = {
    "context_window": 1.5,
    "prices.input": 1.5,
    "relative_speed": 1.5,
    "relative_latency": 1.5,
    "output_speed": 1.5,
    "time_to_first_token": 1.5,
    "output_limit": 1.0,
    "input_modalities": 1.0,
    "output_modalities": 1.0,
    "knowledge_cutoff": 0.7,
    "capabilities.thinking": 0.7,
    "capabilities.caching": 0.7,
    "capabilities.batch": 0.7,
    "capabilities.live_api": 0.7,
    "capabilities.function_calling": 0.7,
    "capabilities.structured_output": 0.7,
    "release_date": 0.5,
}
"""How much a field usually decides; a test counts 1."""
_TRUST = {
    Kind.OFFICIAL: 1.0,
    Kind.THIRD_PARTY: 0.9,
    Kind.ESTIMATE: 0.4,
    Kind.ILLUSTRATIVE: 0.4,
    Kind.INFERENCE: 0.3,
    Kind.OWN: 0.9,
}
_TRUST_IN_CONFLICT = 0.7
_EFFECT_OF_WORDS = 0.6
_MOST_TESTS = 2
_SAME_SIZE = 1.01
"""Below this ratio two sizes are practically the same, such as 1,048,576 and 1,050,000 tokens."""
_SPEEDS = ("relative_speed", "relative_latency", "output_speed", "time_to_first_token")


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: the sentence, how far it can be trusted in words, and the claims that it rests on.

    `judgement` is the verdict behind a difference between test scores, None for any other.
    """

    sentence: str
    certainty: str
    conflict: bool
    path: str
    claims: tuple[Claim, ...]
    judgement: Judgement | None = None


def life_sentence(catalog: Catalog, model: Model, on: date) -> str:
    """Where the model stands and what takes its place, in one or two sentences."""
    state = life(model, on)
    heir = stand_in(catalog, model, on)
    named = catalog.find(state.successor) if state.successor else None
    words = f"{model.name} {_state_words(state)}."
    if named is not None and state.service is not Service.IN_SERVICE:
        words += f" Its named successor is {named.name}"
        if heir is not None and heir.id != named.id:
            words += f", which is {life(named, on).service.value} as well; {heir.name} is in service"
        words += "."
    elif state.successor and state.service is not Service.IN_SERVICE:
        words += f" Its named successor is {state.successor}."
    return words


def _state_words(state: Life) -> str:
    if state.service is Service.SHUT_DOWN:
        if state.ends:
            return f"was shut down {when(state.ends)}"
        seen = f"; it was seen gone {when(state.last_seen_gone)}" if state.last_seen_gone else ""
        return f"is shut down, though no dated notice was found{seen}"
    if state.service is Service.ENDING:
        if state.rerouted:
            return f"is deprecated, and requests for it are answered by {state.successor}"
        stage = "is deprecated" if state.stage == "deprecated" else f"is in service ({state.stage})"
        return f"{stage} and ends {when(state.ends)}" if state.ends else f"{stage} without a date for its end"
    if state.service is Service.IN_SERVICE:
        end = f"; it is to end {when(state.ends)}" if state.ends else ""
        return f"is in service ({state.stage}){end}"
    return "has no known status"


def findings(
    rows: Sequence[CompareRow], models: Sequence[Model], on: date, tests: Sequence[SharedTest] = (), most: int = 5
) -> tuple[Finding, ...]:
    """The differences that matter most between two to four models, at most `most`, most important first.

    Ranked by what a field usually decides, how far its values can be trusted, and how large the difference is: the
    doublings of a number, tenths of 100 points of a score, twentieths of 100 votes. Of fields about speed the first
    alone counts, and at most two tests whose lead is clear. `rows` are those of `tables.compare` for the same models
    in the same order, `tests` those of `shared.shared_tests` for two models.
    """
    fields = [row for row in rows if row.field.path in _IMPORTANCE and row.differs and _comparable(row)]
    ranked = sorted(((_weight(row), _finding(row, models, on)) for row in fields), key=lambda pair: -pair[0])
    paths = {finding.path for _, finding in ranked}
    spare = [path for path in _SPEEDS if path in paths][1:]
    kept = [pair for pair in ranked if pair[1].path not in spare]
    clear = [test for test in tests if test.judgement.verdict is Verdict.CLEAR and not test.is_measurement]
    leads = sorted(((_lead(test), _test_finding(test, models)) for test in clear), key=lambda pair: -pair[0])
    chosen = sorted(kept + leads[:_MOST_TESTS], key=lambda pair: -pair[0])
    return tuple(finding for _, finding in chosen[:most])


def _weight(row: CompareRow) -> float:
    kinds = [cell.kind for cell in row.cells if cell.kind is not None]
    trust = _TRUST_IN_CONFLICT if row.conflict else min((_TRUST[kind] for kind in kinds), default=0.0)
    return _IMPORTANCE[row.field.path] * trust * _effect(row)


def _effect(row: CompareRow) -> float:
    values = [cell.ruling.standing.value for cell in row.cells if cell.ruling]
    numbers = [float(each) for each in values if isinstance(each, int | float) and each > 0]
    if len(numbers) < len(row.cells):
        return 1.0 if row.field.group is Group.PRICES else _EFFECT_OF_WORDS
    return min(math.log2(max(numbers) / min(numbers)), 3.0)


def _lead(test: SharedTest) -> float:
    return test.judgement.size / (5 if test.judgement.share is not None else 10)


def _test_finding(test: SharedTest, models: Sequence[Model]) -> Finding:
    results = test.match.results if test.match else ()
    return Finding(
        test_sentence(test, models),
        f"{test.judgement.verdict.value} among all shared tests",
        conflict=False,
        path=f"benchmarks.{test.benchmark.id}",
        claims=tuple(score_claim(result) for result in results),
        judgement=test.judgement,
    )


def test_sentence(test: SharedTest, models: Sequence[Model]) -> str:
    """What a test of two models with comparable scores says, in one sentence with both scores and the interval."""
    judgement, benchmark = test.judgement, test.benchmark
    if test.match is None or judgement.difference is None:
        return f"{benchmark.name}: {judgement.reason}"
    sign = "%" if benchmark.unit == "percent" else ""
    scores = [
        f"{model.short_name} {_score(each)}{sign}" for model, each in zip(models, test.match.results, strict=True)
    ]
    about = benchmark.measures.rstrip(".")
    better = "" if benchmark.higher_is_better else ", where less is better"
    lead = f"{benchmark.name} ({about[:1].lower()}{about[1:]}): {listing(scores)}{better}"
    if judgement.leader is None:
        return f"{lead}; there is no difference."
    name = models[judgement.leader].short_name
    if judgement.share is not None:
        votes = round(100 * max(judgement.share, 1 - judgement.share))
        return f"{lead}; people can be expected to prefer {name} in {votes} of 100 votes."
    return f"{lead}; {name} leads by {points(judgement.difference)}{_interval(judgement)}."


def _score(result: Result) -> str:
    return result.score.value if isinstance(result.score, Absent) else number(result.score, 2)


def _interval(judgement: Judgement) -> str:
    if judgement.low is None or judgement.high is None:
        return ""
    ends = sorted((judgement.low, judgement.high), key=abs) if judgement.low * judgement.high > 0 else None
    low, high = (abs(end) for end in ends) if ends else (0.0, max(abs(judgement.low), abs(judgement.high)))
    words = f"{number(low, 1)} to {number(high, 1)}" if ends else f"none to {number(high, 1)}"
    return f" (95% interval {words})"


def _comparable(row: CompareRow) -> bool:
    """Prices say something even where one is missing; elsewhere one value alone is no difference."""
    return row.field.group is Group.PRICES or sum(cell.text != NOT_FOUND for cell in row.cells) > 1


def _finding(row: CompareRow, models: Sequence[Model], on: date) -> Finding:
    template = _TEMPLATES.get(row.field.path) if len(models) == 2 else None
    sentence = template(row, models, on) if template else _plain(row, models)
    claims = tuple(cell.ruling.standing for cell in row.cells if cell.ruling)
    return Finding(sentence, certainty(row), row.conflict, row.field.path, claims)


def certainty(row: CompareRow) -> str:
    """How far a row's values can be trusted, in words, by the weakest of them."""
    if row.conflict:
        return "sources conflict"
    kinds = [cell.kind for cell in row.cells if cell.kind is not None]
    weakest = max(kinds, key=list(Kind).index, default=None)
    return {
        Kind.OFFICIAL: "official on every side",
        Kind.THIRD_PARTY: "from third parties",
        Kind.ESTIMATE: "rests on an estimate",
        Kind.ILLUSTRATIVE: "rests on an illustration",
        Kind.INFERENCE: "rests on an inference",
        Kind.OWN: "from your own data",
        None: "no source",
    }[weakest]


def _plain(row: CompareRow, models: Sequence[Model]) -> str:
    values = [f"{model.short_name} {cell.text}" for model, cell in zip(models, row.cells, strict=True)]
    extra = f" ({row.difference})" if len(models) == 2 and row.difference else ""
    return f"{row.field.label}: {', '.join(values)}{extra}."


def _context(row: CompareRow, models: Sequence[Model], on: date) -> str:
    sizes = [cell.ruling.standing.value if cell.ruling else None for cell in row.cells]
    one, other = sizes
    if not isinstance(one, int) or not isinstance(other, int):
        return _plain(row, models)
    big, small = (0, 1) if one > other else (1, 0)
    ratio = max(one, other) / min(one, other)
    if ratio < _SAME_SIZE:
        more = "practically as many as"
    else:
        more = f"{ratio_words(ratio)} as many as" if ratio >= 1.1 else f"{number((ratio - 1) * 100, 0)}% more than"
    return (
        f"{models[big].short_name} takes in {row.cells[big].text} at once (about {pages(max(one, other))}), "
        f"{more} {models[small].short_name} with {row.cells[small].text}."
    )


def _prices(row: CompareRow, models: Sequence[Model], on: date) -> str:
    parts = []
    for model in models:
        fresh, written = (price(model, item, home_platform(model), 0, on) for item in ("input", "output"))
        if isinstance(fresh, Price) and isinstance(written, Price):
            parts.append(
                f"{model.short_name} costs {usd(float(fresh.usd_per_million))} for a million input tokens and "
                f"{usd(float(written.usd_per_million))} for a million output tokens"
            )
        else:
            reason = fresh.reason if isinstance(fresh, NoListPrice) else "its list is incomplete"
            parts.append(f"{model.short_name} has no list price ({reason})")
    return f"{'; '.join(parts)}."


def _speed(row: CompareRow, models: Sequence[Model], on: date) -> str:
    return _against(row, models, "writes", "times as fast as 2.0 Pro exp")


def _wait(row: CompareRow, models: Sequence[Model], on: date) -> str:
    return _against(row, models, "answers in", "of the waiting time of 2.0 Pro exp")


def _against(row: CompareRow, models: Sequence[Model], verb: str, rest: str) -> str:
    parts = []
    for model, cell in zip(models, row.cells, strict=True):
        if cell.ruling is None or cell.ruling.standing.value == 1:
            continue
        values = dict.fromkeys(_figure(claim) for claim in (cell.ruling.standing, *cell.ruling.conflicts))
        kinds = dict.fromkeys(claim.kind.value.replace("_", " ") for claim in cell.ruling.claims)
        parts.append(
            f"{model.short_name} {verb} {listing(list(values), 'or')} {rest}, by {listing(list(kinds))} sources"
        )
    return f"{'; '.join(parts)}." if parts else _plain(row, models)


def _figure(claim: Claim) -> str:
    return number(claim.value) if isinstance(claim.value, int | float) else str(claim.value)


_TEMPLATES: dict[str, Callable[[CompareRow, Sequence[Model], date], str]] = {
    "context_window": _context,
    "prices.input": _prices,
    "relative_speed": _speed,
    "relative_latency": _wait,
}


def lost_with_cheaper(
    rows: Sequence[CompareRow], models: Sequence[Model], on: date, tests: Sequence[SharedTest] = ()
) -> str:
    """What a reader gives up by taking the cheaper of two models, in one sentence, or why that cannot be said.

    `rows` are those of `tables.compare` and `tests` those of `shared.shared_tests` for the same two models in the
    same order; of the tests, clear leads alone count as lost.
    """
    one, other = models[0], models[1]
    cheaper = _cheaper(one, other, on)
    if isinstance(cheaper, str):
        return cheaper
    dearer = other if cheaper is one else one
    at = 0 if cheaper is one else 1
    losses = [words for row in rows if (words := _loss(row, row.cells[at], row.cells[1 - at]))]
    of_quality = [test for test in tests if not test.is_measurement]
    behind = [_behind(test) for test in of_quality if test.judgement.verdict is Verdict.CLEAR]
    trailing = [words for leader, words in behind if leader == 1 - at]
    if not losses and not trailing:
        known = f"the catalog shows nothing that it lacks beside {dearer.short_name}"
        judged = any(test.judgement.p is not None for test in of_quality)
        unseen = "" if judged else ", but they share no test that could show it"
        return f"{cheaper.short_name} is the cheaper one, and {known}{unseen}."
    parts = [f"you lose {listing(losses[:6])}"] if losses else []
    parts += [f"it is clearly behind on {listing(trailing[:4])}"] if trailing else []
    return f"With {cheaper.short_name}, the cheaper one, {listing(parts)}."


def _behind(test: SharedTest) -> tuple[int | None, str]:
    """Who leads on a test, as 0 or 1, and the test with the size of the lead."""
    judgement = test.judgement
    if judgement.share is not None:
        votes = round(100 * max(judgement.share, 1 - judgement.share))
        return judgement.leader, f"{test.benchmark.name} ({votes} of 100 votes against it)"
    return judgement.leader, f"{test.benchmark.name} ({points(judgement.difference or 0)})"


def _cheaper(one: Model, other: Model, on: date) -> Model | str:
    quotes = [
        [price(model, item, home_platform(model), 0, on) for item in ("input", "output")] for model in (one, other)
    ]
    unknown = [
        model.short_name
        for model, pair in zip((one, other), quotes, strict=True)
        if not all(isinstance(q, Price) for q in pair)
    ]
    if unknown:
        return f"Which one is cheaper cannot be said: {listing(unknown)} had no list price."
    first, second = ([q.usd_per_million for q in pair if isinstance(q, Price)] for pair in quotes)
    if first == second:
        return f"Neither is cheaper: {one.short_name} and {other.short_name} have the same list price."
    if all(a <= b for a, b in zip(first, second, strict=True)):
        return one
    if all(a >= b for a, b in zip(first, second, strict=True)):
        return other
    return "Which one is cheaper depends on your mix of input and output tokens."


def _loss(row: CompareRow, own: Cell, other: Cell) -> str:
    """What the model of the cell `own` lacks in this row beside the other, in words, or an empty text."""
    mine, theirs = (cell.ruling.standing if cell.ruling else None for cell in (own, other))
    if mine is None or theirs is None or not row.differs:
        return ""
    if (
        row.field.path in ("context_window", "output_limit")
        and isinstance(mine.value, int)
        and isinstance(theirs.value, int)
    ):
        is_less = theirs.value >= mine.value * _SAME_SIZE
        return f"{row.field.label.lower()} ({own.text} instead of {other.text})" if is_less else ""
    if row.field.group is Group.CAPABILITIES and mine.value == "not supported" and theirs.value != "not supported":
        return (
            row.field.label[0].lower() + row.field.label[1:]
            if not row.field.label.startswith(("Google", "PDF", "Live"))
            else row.field.label
        )
    if row.field.path.endswith("_modalities") and isinstance(mine.value, tuple) and isinstance(theirs.value, tuple):
        gone = [word for word in theirs.value if word not in mine.value]
        return f"{listing(gone)} as {row.field.label.lower()[:-10].strip()}" if gone else ""
    return ""


def as_of_sentence(catalog: Catalog) -> str:
    """The catalog's version and date in one sentence."""
    return f"Catalog {catalog.version}, as of {day(catalog.as_of)}."
