"""What a question on documents will take at each model, before anything is sent; and how what does not fit is split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.loading import Catalog
from catalog.own_parts import OwnFigures
from catalog.prices import NoListPrice
from catalog.schema import Model
from components.documents.document import Document
from components.documents.fitting import Caching, Fit, Fits, caching, fit
from components.documents.sending import Choice, Given, given
from components.documents.splitting import Plan, SplitCost
from components.gemini.content import Part
from components.gemini.counting import estimate_tokens
from components.gemini.request import Request

# A piece that is cut by estimate must fit as the service counts it.
_SAFETY = 0.8
_LEAST_PIECE = 1_000
_FRAME_TOKENS = 500


@dataclass(frozen=True)
class Workings:
    """What takes long on large documents, so that whoever asks often keeps the results.

    `tokens` are those of a part at a model, and whether the service counted them. `split` cuts documents into pieces of
    at most so many tokens, `split_cost` says what a plan costs at a model with so many output tokens an answer.
    """

    tokens: Callable[[Part, str], tuple[int, bool]]
    split: Callable[[tuple[Document, ...], int], Plan]
    split_cost: Callable[[Model, Plan, str, int], SplitCost]


@dataclass(frozen=True, slots=True)
class Slice:
    """The tokens of one document at one model, and whether the service counted them."""

    name: str
    tokens: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked on the documents: the settings and the prompt with no model and no documents in them."""

    request: Request
    questions: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a question will take at one model.

    `slices` are the documents that it gets, `gives` how it gets each; `caching` is None where nothing can be
    cached. `plan` and `split` are there where the documents do not fit and can be split.
    """

    model: Model
    gives: tuple[Given, ...]
    slices: tuple[Slice, ...]
    question_tokens: int
    fit: Fit
    caching: Caching | NoListPrice | None
    plan: Plan | None
    split: SplitCost | None

    @property
    def refused(self) -> str:
        """Why the model cannot be asked in one call; empty where it can."""
        missing = [each.note for each in self.gives if each.part is None]
        return " ".join(missing) or self.fit.refusal

    @property
    def parts(self) -> tuple[Part, ...]:
        """The documents as the model gets them."""
        return tuple(each.part for each in self.gives if each.part is not None)

    @property
    def document_tokens(self) -> int:
        """All documents together."""
        return sum(each.tokens for each in self.slices)


def outlook(
    catalog: Catalog,
    model: Model,
    choices: Sequence[Choice],
    asked: Asked,
    workings: Workings,
    question_count: int | None,
    on: date,
    vertexai: bool,
    own: OwnFigures | None = None,
) -> Outlook:
    """Hold documents and a question against a model. `question_count` is the service's count of all but documents."""
    gives = tuple(given(choice, model, on) for choice in choices)
    slices = tuple(_slice(each.choice, each.part, model.id, workings) for each in gives if each.part is not None)
    question = estimate_tokens(asked.request).tokens if question_count is None else question_count
    exact = question_count is not None and all(each.exact for each in slices)
    total = question + sum(each.tokens for each in slices)
    found = fit(catalog, model.id, total, exact, asked.request.max_output_tokens, on, vertexai, own)
    plan = _plan(found, choices, question, slices, workings) if found.fits is Fits.NO else None
    output = found.ahead.most_output or 0
    return Outlook(
        model=model,
        gives=gives,
        slices=slices,
        question_tokens=question,
        fit=found,
        caching=None
        if found.fits is Fits.NO
        else _caching(catalog, model, slices, question, output, asked, on, vertexai),
        plan=plan,
        split=workings.split_cost(model, plan, asked.request.prompt, output) if plan is not None else None,
    )


def most_usd(found: Outlook, is_split: bool) -> Decimal | None:
    """The most that a question is known to cost at a model; None where that is not known."""
    if is_split and found.split is not None:
        return found.split.split_usd
    return found.fit.ahead.most_usd if found.fit.ahead.most_usd is not None else found.fit.ahead.least_usd


def _slice(choice: Choice, part: Part, model_id: str, workings: Workings) -> Slice:
    return Slice(choice.brought.document.name, *workings.tokens(part, model_id))


def _plan(
    found: Fit, choices: Sequence[Choice], question: int, slices: Sequence[Slice], workings: Workings
) -> Plan | None:
    """The documents in pieces that fit the window beside the question; None where there is no text or no room."""
    documents = tuple(each.brought.document for each in choices if each.brought.document.has_text)
    if found.ahead.window is None or not documents:
        return None
    room = found.ahead.window.tokens - question - _FRAME_TOKENS
    limit = int(room * _SAFETY / _denser(documents, slices))
    return workings.split(documents, limit) if limit >= _LEAST_PIECE else None


def _denser(documents: Sequence[Document], slices: Sequence[Slice]) -> float:
    """How many times the estimate of a piece the service counts, at least 1."""
    characters = sum(len(each.text) for each in documents)
    counted = sum(each.tokens for each in slices if each.exact)
    return max(1.0, counted / max(1, characters / 4))


def _caching(
    catalog: Catalog,
    model: Model,
    slices: Sequence[Slice],
    question: int,
    output: int,
    asked: Asked,
    on: date,
    vertexai: bool,
) -> Caching | NoListPrice | None:
    tokens = sum(each.tokens for each in slices)
    if not tokens:
        return None
    return caching(catalog, model.id, tokens, question, output, asked.questions, asked.hours, on, vertexai)
