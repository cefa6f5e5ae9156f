"""Reports of the real catalog: of a dozen models that differ in all that matters, or of what is chosen at random."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from catalog import compiled
from catalog.decision import Needs
from catalog.loading import Catalog
from catalog.workload import Workload, faults, workload_of
from components.advisor.address import CAPABILITIES, PAIRS, PLATFORMS, SLIDERS, Question, preset
from components.advisor.weights import in_percent
from components.cost.address import CHEAPEST, offered
from components.report.address import USUAL_PARTS, Choices, parse
from components.report.freezing import freeze
from components.report.state import Audience, Part, Report
from components.workload.address import INPUTS

TODAY = date(2026, 11, 26)
MADE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
# With and without list prices, in service and gone, of five makers, with conflicts, guesses and no shared test.
DOZEN = (
    *("gemini-2.0-pro-exp-02-05", "gemini-2.0-flash", "gemini-2.5-pro", "gemini-2.5-flash", "gemini-3.8-flash"),
    *("gemini-1.5-pro", "gemini-2.0-flash-exp", "gemini-4-argon", "gpt-5.5", "o3-mini", "llama-4-scout", "deepseek-r1"),
)
RING = tuple((model, DOZEN[(at + 5) % 12]) for at, model in enumerate(DOZEN))
"""Each of the dozen once first and once second, with a model of another kind: five steps lead through all of them."""


@cache
def catalog() -> Catalog:
    return compiled.load()


@cache
def frozen(models: str, **params: str) -> Report:
    """The report of these models, made once; `params` are further parameters of its address."""
    return fresh(models, **params)


def fresh(models: str, **params: str) -> Report:
    """The same, made anew."""
    read = parse({"models": models, **params}, catalog(), TODAY)
    assert read.problems == ()
    return freeze(catalog(), read.choices, TODAY, MADE)


def frozen_as(choices: Choices) -> Report:
    """The report of these choices."""
    return freeze(catalog(), choices, TODAY, MADE)


def workloads() -> st.SearchStrategy[Workload]:
    """Workloads that can be, near those of the uses and far from them."""
    typed = {
        each.name: st.none()
        | (
            st.integers(int(each.low), int(min(each.high, Decimal(2_000_000)))).map(Decimal)
            if each.whole
            else st.decimals(each.low, min(each.high, Decimal(500)), places=1, allow_nan=False)
        )
        for each in INPUTS
    }
    return st.builds(_with, st.sampled_from(catalog().decision.uses), st.fixed_dictionaries(typed)).filter(
        lambda workload: not faults(workload)
    )


def _with(use, numbers) -> Workload:
    found = workload_of(use.workload)
    for each in INPUTS:
        value = numbers[each.name]
        found = found if value is None else each.put(found, value)
    return found


NEEDS = st.builds(
    Needs,
    context_window=st.none() | st.integers(1, 3_000_000),
    output_limit=st.none() | st.integers(1, 200_000),
    input_modalities=st.sampled_from([(), ("text",), ("image", "video")]),
    output_modalities=st.sampled_from([(), ("text", "image")]),
    capabilities=st.sampled_from([(), CAPABILITIES[:1], CAPABILITIES[2:4]]),
    callable=st.booleans(),
    generally_available=st.booleans(),
    platform=st.none() | st.sampled_from(list(PLATFORMS.values())),
    usd_a_month=st.none() | st.integers(1, 100_000).map(float),
    time_to_first_token=st.none() | st.sampled_from([0.4, 2.0, 30.0]),
)


@st.composite
def choices(draw: st.DrawFn, parts: bool = True) -> Choices:
    """What a reader may choose: two to four models, audience, texts, workload, question, day, platform, sections."""
    names = draw(st.lists(st.sampled_from(list(catalog().models)), min_size=2, max_size=4, unique=True))
    models = [catalog().models[name] for name in names]
    chosen = draw(st.sets(st.sampled_from(Part), min_size=1)) if parts else set(USUAL_PARTS)
    return Choices(
        tuple(names),
        draw(workloads()),
        draw(questions()),
        tuple(part for part in Part if part in chosen),
        draw(texts(120)),
        draw(texts(120)),
        draw(st.sampled_from(Audience)),
        draw(texts(1_500)),
        draw(st.sampled_from([CHEAPEST, *offered(models)])),
        draw(ids()) if parts else (),
        draw(ids()) if parts else (),
        draw(st.booleans()),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """What a reader may ask of the advisor."""
    base = preset(catalog().decision, draw(st.sampled_from(catalog().decision.uses)).id)
    days = st.dates(date(2024, 6, 1), date(2028, 12, 31)).filter(lambda day: day != TODAY)
    return Question(
        base.use,
        draw(st.just(base.needs) | NEEDS),
        draw(st.just(base.weights) | st.lists(st.integers(0, 100), min_size=5, max_size=5).map(in_percent)),
        draw(st.just(base.pairs) | st.tuples(*[st.integers(-8, 8)] * 10)),
        draw(st.sampled_from([SLIDERS, PAIRS])),
        draw(st.none() | days),
    )


def texts(most: int) -> st.SearchStrategy[str]:
    """Texts as they come out of a form: without idle space around them."""
    return st.text(max_size=60).map(lambda text: text.strip()[:most].strip())


def ids() -> st.SearchStrategy[tuple[str, ...]]:
    """Ids of runs."""
    return st.lists(st.from_regex(r"[a-z0-9_-]{1,20}", fullmatch=True), max_size=3, unique=True).map(tuple)
