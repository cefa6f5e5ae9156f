"""What a catalog file may say. Strict and frozen: an unknown key or a wrong type is an error, never a guess."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


class Kind(StrEnum):
    """How far a claim can be trusted, strongest first. It comes from the source unless the claim states its own.

    `own` is what a visitor adds for a session; it never stands where the catalog has a claim.
    """

    OFFICIAL = "official"
    THIRD_PARTY = "third_party"
    ESTIMATE = "estimate"
    ILLUSTRATIVE = "illustrative"
    INFERENCE = "inference"
    OWN = "own"


class Absent(StrEnum):
    """Values that say that there is no value, and why. None, 0 and "-" never stand for these."""

    NOT_DISCLOSED = "not disclosed"
    NO_LIST_PRICE = "no list price"
    NOT_FOUND = "not found"


class Basis(StrEnum):
    """What a price is: the list price, a free rate, a reseller's, or the rate of the model that took over the id."""

    LIST = "list"
    FREE = "free"
    RESELLER = "reseller"
    SUCCESSOR = "successor"


class Stage(StrEnum):
    """The events of a model's life."""

    ANNOUNCED = "announced"
    EXPERIMENTAL = "experimental"
    PREVIEW = "preview"
    GENERALLY_AVAILABLE = "generally available"
    CHANGED = "changed"
    DEPRECATED = "deprecated"
    SHUTDOWN_ANNOUNCED = "shutdown announced"
    REROUTED = "rerouted"
    SHUT_DOWN = "shut down"
    UNLISTED = "unlisted"


class Topic(StrEnum):
    """What a statement about a model is about."""

    DESIGN = "design"
    ARCHITECTURE = "architecture"
    INTEGRATION = "integration"
    RESOURCES = "resources"
    PERFORMANCE = "performance"
    SELECTION = "selection"
    NOTES = "notes"


class Area(StrEnum):
    """What a benchmark is about, in the order in which pages offer the areas."""

    KNOWLEDGE = "knowledge"
    REASONING = "reasoning"
    SCIENCE = "science"
    MATHEMATICS = "mathematics"
    CODE = "code"
    AGENTS = "agents"
    FACTUALITY = "factuality"
    PREFERENCE = "preference"
    LONG_CONTEXT = "long context"
    MULTIMODAL = "multimodal"
    MULTILINGUAL = "multilingual"
    OVERALL = "overall"
    SPEED = "speed"
    COST = "cost"


class Scoring(StrEnum):
    """How a benchmark arrives at its score, which decides how the noise of a score can be worked out.

    `proportion`: the share of questions that were right. `graded`: the mean of grades between none and full, a
    question each. `rating`: a rating from votes between two answers, on the scale where 400 points are odds of 10 to
    1. `average`: an average over parts, so that the number of questions alone says nothing. `amount`: time, money or
    tokens.
    """

    PROPORTION = "proportion"
    GRADED = "graded"
    RATING = "rating"
    AVERAGE = "average"
    AMOUNT = "amount"


class Measured(StrEnum):
    """Who ran the test: the maker of the model, somebody else, or nobody says."""

    MAKER = "maker"
    INDEPENDENT = "independent"
    UNKNOWN = "unknown"


_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@lru_cache(maxsize=10_000)
def check_partial_date(text: str) -> str:
    """Returns `text` if it is YYYY, YYYY-MM or YYYY-MM-DD and names a real date; raises ValueError otherwise."""
    match = _PARTIAL_DATE.fullmatch(text)
    if match is None:
        raise ValueError("a date as YYYY, YYYY-MM or YYYY-MM-DD")
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise ValueError("a date that exists") from None
    return text


def _check_address(text: str) -> str:
    if not re.fullmatch(r"https?://\S+", text):
        raise ValueError("an address that begins with http")
    return text


Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
PartialDate = Annotated[str, AfterValidator(check_partial_date)]
Address = Annotated[str, AfterValidator(_check_address)]
Count = Annotated[int, Field(gt=0, le=10**12)]
Score = Annotated[float, Field(ge=-(10**6), le=10**6, allow_inf_nan=False)]
Value = bool | int | Annotated[float, Field(allow_inf_nan=False)] | Words | tuple[Words, ...]


class Entry(BaseModel):
    """The base of everything in a catalog file."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Claim(Entry):
    """What one source says about one field of one model, as of a date.

    `scope`, `platform`, `prompt_up_to` and `prompt_above` (both in input tokens of one request) limit the claim;
    claims of different scope do not conflict. `valid_from` and `valid_to` (both days included) limit it in time.
    """

    value: Value
    unit: Words | None = None
    scope: Words | None = None
    platform: Words | None = None
    prompt_up_to: Count | None = None
    prompt_above: Count | None = None
    basis: Basis = Basis.LIST
    valid_from: date | None = None
    valid_to: date | None = None
    kind: Kind
    source: Name
    as_of: PartialDate
    locator: Words | None = None
    note: Words | None = None
    also_stated_by: tuple[Name, ...] = ()

    @property
    def absent(self) -> Absent | None:
        """The reason why there is no value, or None where there is one."""
        words = self.value if isinstance(self.value, str) else ""
        return Absent(words) if words in set(Absent) else None

    @property
    def full_scope(self) -> str:
        """Every limit of the claim in words, an empty text where it speaks of the model as such."""
        parts = [self.platform, self.scope]
        if self.prompt_up_to:
            parts.append(f"prompts up to {self.prompt_up_to:,} tokens")
        if self.prompt_above:
            parts.append(f"prompts above {self.prompt_above:,} tokens")
        return ", ".join(part for part in parts if part)

    def holds_on(self, day: date) -> bool:
        """Whether the claim's stated period includes `day`; a claim without a period always holds."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


class Event(Entry):
    """One event of a model's life; `date` may be known to the month or the year only."""

    stage: Stage
    date: PartialDate
    kind: Kind
    source: Name
    note: Words | None = None


class Statement(Entry):
    """A sentence that a source makes about a model; `field` names the field whose claims it can be held against."""

    topic: Topic
    text: Words
    kind: Kind
    source: Name
    locator: Words | None = None
    field: Words | None = None


class Model(Entry):
    """Everything known about one model.

    `short_name` is the one for sentences and narrow columns; `claims` has the claims of each field in file order.
    """

    id: Name
    name: Words
    short_name: Words
    lab: Name
    family: Words
    tier: Words
    identity: tuple[Name, ...]
    remarks: Mapping[str, Words] = {}
    lifecycle: tuple[Event, ...] = ()
    statements: tuple[Statement, ...] = ()
    claims: Mapping[str, tuple[Claim, ...]]


class Lab(Entry):
    """Who makes models."""

    name: Words
    url: Address | None = None
    country: Words


class Source(Entry):
    """Where claims come from; `date` is when it was published or read.

    A `collection` passes on figures that others measured, each in a way of its own, so two of its figures are not
    comparable for standing in it together.
    """

    title: Words
    url: Address | None = None
    kind: Kind
    date: PartialDate
    licence: Words
    collection: bool = False
    note: Words | None = None


class Result(Entry):
    """One score of one model on one benchmark by one source under stated conditions.

    `snapshot` is the version of the model, `edition` that of the test (release, window of questions, judge).
    `questions` is stated where it differs from the benchmark's own, "not found" where that is not known. `low` and
    `high` are a published 95% interval.
    `origin` is the page from which a collection says that it has the score.
    """

    model: Name
    score: Score | Absent
    unit: Words
    edition: Words | None = None
    snapshot: Words | None = None
    conditions: Words
    questions: Count | Absent | None = None
    votes: Count | None = None
    low: Score | None = None
    high: Score | None = None
    measured_by: Measured = Measured.UNKNOWN
    kind: Kind
    source: Name
    origin: Address | None = None
    date: PartialDate
    locator: Words | None = None
    note: Words | None = None


class Questions(Entry):
    """How many questions a benchmark has, and who says so."""

    count: Count
    kind: Kind
    source: Name
    note: Words | None = None


class Benchmark(Entry):
    """What a test measures, what it misses, why that matters, and its results.

    `lowest` and `highest` bound every score; `highest` is None where nothing bounds the score, such as a time.
    """

    id: Name
    name: Words
    area: Area
    plain: Words
    measures: Words
    misses: Words
    so_what: Words
    metric: Words
    unit: Words
    scoring: Scoring
    higher_is_better: bool
    lowest: float
    highest: float | None = None
    questions: Questions | None = None
    paper: Address | None = None
    caution: Words | None = None
    results: tuple[Result, ...] = ()

    def questions_of(self, result: Result) -> int | None:
        """The number of questions behind one of its results, None where no source gives it."""
        if isinstance(result.questions, Absent):
            return None
        return result.questions or (self.questions.count if self.questions else None)


class Term(Entry):
    """One word of the trade in one plain sentence."""

    label: Words
    plain: Words
