"""A catalog for all tests, and answers made up by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from catalog import compiled
from catalog.advice import Advice, Answer, Score, Strength
from catalog.bill import Bill, Line
from catalog.gates import Check, Gated
from catalog.loading import Catalog
from catalog.prices import NoListPrice
from catalog.workload import Workload
from components.advisor.address import preset
from components.advisor.answers import Worked

PRO, FLASH, THIRD = "gemini-2.5-pro", "gemini-2.5-flash", "gemini-3.8-flash"
ON = date(2026, 1, 1)
Make = Callable[..., Worked]


@pytest.fixture(scope="session")
def known() -> Catalog:
    return compiled.load()


def bill(model: str, usd_a_month: str) -> Bill:
    """A bill of one request a day; 30 days make a month."""
    daily = Decimal(usd_a_month) / 30
    line = Line("Input tokens", Decimal(1), Decimal(1), daily, None)
    return Bill(model, "the platform", ON, (line,), Decimal(1), daily)


def advice(models: tuple[str, ...], **told: object) -> Advice:
    """An advice that takes the second model before the first: likely, 83% of the draws."""
    usual = Advice(
        models=models,
        weights=(0.45, 0.05, 0.3, 0.1, 0.1),
        scores=tuple(Score(0.5, 0.4, 0.6) for _ in models),
        contributions=tuple((0.1,) * 5 for _ in models),
        ranges=tuple(((0.0, 0.2),) * 5 for _ in models),
        best=models[1],
        runner_up=models[0],
        share=0.83,
        share_weights=0.91,
        share_measures=0.88,
        by_model=(0.17, 0.83, *(0.0 for _ in models[2:])),
        strength=Strength.LIKELY,
        apart_low=0.1,
        apart_high=0.2,
        tie=False,
        cheaper=models[1],
        cost_known=True,
        thresholds=(),
        missing=(),
        provisos=(),
    )
    return replace(usual, **told)  # type: ignore[arg-type]


@pytest.fixture
def made(known: Catalog) -> Make:
    """Makes an answer: made(against={PRO: check}, undecided={FLASH: check}, no_price=True, share=0.5, tie=True)."""

    def make(
        names: tuple[str, ...] = (PRO, FLASH),
        against: dict[str, Check] | None = None,
        undecided: dict[str, Check] | None = None,
        no_price: bool = False,
        **told: object,
    ) -> Worked:
        models = tuple(known.models[name] for name in names)
        gated = []
        for model in models:
            out = tuple(each for name, each in (against or {}).items() if name == model.id)
            asked = tuple(each for name, each in (undecided or {}).items() if name == model.id)
            gated.append(Gated(model, (*out, *asked), out, asked))
        bills = [bill(name, str(1000 - 900 * at)) for at, name in enumerate(names)]
        first = NoListPrice("free while on trial") if no_price else bills[0]
        question = preset(known.decision, "documents")
        weights = (0.45, 0.05, 0.3, 0.1, 0.1)
        answer = Answer(tuple(gated), (), advice(names, **told))
        return Worked(question, ON, Workload(Decimal(1), 1, 1), models, (first, *bills[1:]), weights, answer)

    return make
