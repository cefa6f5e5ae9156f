"""What a question will take, on screen before it is sent: a card a model, with a split where it does not fit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import streamlit as st

from catalog.criteria import OwnFigures
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import listing
from components.documents.document import Document
from components.documents.markup import outlook_card, split_words
from components.documents.outlook import Asked, Outlook, Workings, most_usd, outlook
from components.documents.panel.asking import hours_wanted, questions_wanted
from components.documents.panel.shelf import estimate_of
from components.documents.sending import Choice, counted_alone
from components.documents.splitting import Plan, SplitCost, split, split_cost
from components.frame.own_runs import own_figures_of
from components.frame.palette import colours
from components.frame.running.engine import engine
from components.gemini.content import Part
from components.gemini.errors import Failure
from components.gemini.files import INLINE_LIMIT_BYTES, digest_of
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.playground.ahead import money

_PATIENCE_S = 0.05
_LOOK_AGAIN_S = 0.5
_COUNT_S = 60.0
_MOST_COUNTED = 40
_OVERLAP_TOKENS = 200


@dataclass(frozen=True)
class Ahead:
    """What a question will take at one model, and whether its documents are to be split."""

    found: Outlook
    is_split: bool

    @property
    def can_be_asked(self) -> bool:
        """Whether anything may be sent to the model."""
        return self.is_split or not self.found.refused


def ahead(
    catalog: Catalog,
    models: Sequence[Model],
    choices: Sequence[Choice],
    asked: Asked,
    on: date,
    place: Connection | None,
) -> tuple[Ahead, ...]:
    """Draws a card a model, and returns what they say. Counts of the service come when they are there."""
    counting = _Counting(place)
    own, _ = own_figures_of(catalog, [model.id for model in models], on, ("latency",))
    accents = colours(models)
    seen = []
    for index, model in enumerate(models):
        found = _outlook(catalog, model, choices, asked, on, place, counting, own)
        with st.container(key=f"documents_fit_{index}", gap="small"):
            words, _ = hours_wanted()
            st.html(outlook_card(catalog, found, accents[model.id], words, questions_wanted()))
            seen.append(Ahead(found, _split_offer(index, found)))
    if counting.pending:
        st.fragment(run_every=_LOOK_AGAIN_S)(_look_again)(counting)
    return tuple(seen)


def worst_case(seen: Sequence[Ahead]) -> Decimal | None:
    """The most that asking all of them is known to cost; None where no model has a list price."""
    costs = [most_usd(each.found, each.is_split) for each in seen if each.can_be_asked]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if known else None


def plan_words(seen: Sequence[Ahead]) -> str:
    """What Run will do, in a line: "Goes to 2.0 Pro and to 2.0 Flash in 2 parts; costs at most $0.12 in all"."""
    asked, left = [each for each in seen if each.can_be_asked], [each for each in seen if not each.can_be_asked]
    names = [_way(each) for each in asked]
    goes = f"Goes {listing(names)}" if names else "Goes to no model"
    without = listing([each.found.model.short_name for each in left])
    out = f"; leaves out {without}, which cannot take it" if left else ""
    most = worst_case(seen)
    unpriced = [each.found.model.short_name for each in asked if most_usd(each.found, each.is_split) is None]
    if most is None:
        cost = "; no list price is known" if asked else ""
    else:
        sign = "" if all(each.found.fit.ahead.exact and not each.is_split for each in asked) else "≈ "
        cost = f"; costs at most {sign}{money(most)} in all"
        cost += f", without {listing(unpriced)}, for which no list price is known" if unpriced else ""
    return f"{goes}{out}{cost}."


def _way(each: Ahead) -> str:
    name = f"to {each.found.model.short_name}"
    return f"{name} in {len(each.found.plan.pieces)} parts" if each.is_split and each.found.plan else name


class _Counting:
    """Asks the service for counts in the background, and remembers what it has not said yet."""

    def __init__(self, place: Connection | None) -> None:
        self._place = place
        self._left_s = _PATIENCE_S
        self.pending: list[Request] = []

    def tokens(self, part: Part, model_id: str) -> tuple[int, bool]:
        """The tokens of a document: counted, or estimated until they are."""
        estimated = estimate_of(part, digest_of(part), model_id).tokens
        countable = self._countable(part)
        counted = None if countable is None else self.count(counted_alone(countable, model_id))
        return (estimated, False) if counted is None else (counted, True)

    def count(self, request: Request) -> int | None:
        """What the service counts; None while it has not said, or says that it cannot."""
        if self._place is None or not self._has_room(request):
            return None
        shared = engine()
        shared.counts.ask(shared.runner, self._place, request, _COUNT_S)
        found = shared.counts.recall(self._place, request, self._left_s)
        if found is None:
            self._left_s = 0.0
            self.pending.append(request)
        return None if isinstance(found, Failure) else found

    def news(self) -> bool:
        """Whether the service has said more by now."""
        place = self._place
        return place is not None and any(engine().counts.recall(place, each) is not None for each in self.pending)

    def _has_room(self, request: Request) -> bool:
        # Every document is counted alone; of very many, each would be a call.
        return not request.attachments or len(st.session_state.get("documents_shelf", ())) <= _MOST_COUNTED

    def _countable(self, part: Part) -> Part | None:
        """What stands for a document in a call that counts it; None for one that must be uploaded first."""
        if len(part.data) <= INLINE_LIMIT_BYTES:
            return part
        return None if self._place is None else engine().uploads.recall(self._place, digest_of(part))


def _look_again(counting: _Counting) -> None:
    if counting.news():
        st.rerun()


def _outlook(
    catalog: Catalog,
    model: Model,
    choices: Sequence[Choice],
    asked: Asked,
    on: date,
    place: Connection | None,
    counting: _Counting,
    own: OwnFigures,
) -> Outlook:
    vertexai = place is not None and place.vertexai
    request = replace(asked.request, model=model.id)
    has_words = bool(request.prompt.strip() or request.system_instruction)
    workings = Workings(
        tokens=counting.tokens,
        split=_split,
        split_cost=lambda each, plan, question, output: _split_cost(
            each, plan, _plan_key(plan), each.id, question, output, on, vertexai
        ),
    )
    count = counting.count(request) if has_words else 0
    return outlook(catalog, model, choices, asked, workings, count, on, vertexai, own)


def _split_offer(index: int, found: Outlook) -> bool:
    """Offers to split what does not fit; whether that is chosen."""
    if found.split is None or found.plan is None:
        return False
    name = found.model.short_name
    chosen = st.toggle(
        f"Split for {name}: {max(1, found.split.calls - 1)} parts",
        key=f"documents_split_{index}",
        persist_state="session",
        help="Cut at sections and pages, with an overlap, so that nothing is lost at a cut. Each part is asked the "
        "question, and one more call joins the answers.",
    )
    st.caption(f"{split_words(found.split)}.".replace("$", "\\$"))
    return chosen


def _split(documents: tuple[Document, ...], limit: int) -> Plan:
    return _split_once(documents, tuple(each.digest for each in documents), limit)


@st.cache_resource(show_spinner=False, max_entries=4)
def _split_once(_documents: tuple[Document, ...], digests: tuple[str, ...], limit: int) -> Plan:
    return split(_documents, limit, min(_OVERLAP_TOKENS, limit // 10))


def _plan_key(plan: Plan) -> tuple[object, ...]:
    return tuple((part.document.digest, part.start, part.end) for piece in plan.pieces for part in piece.parts)


@st.cache_resource(show_spinner=False, max_entries=50)
def _split_cost(
    _model: Model, _plan: Plan, key: tuple[object, ...], name: str, question: str, output: int, on: date, vertexai: bool
) -> SplitCost:
    return split_cost(_model, _plan, question, output, on, vertexai)
