"""What a batch is made of: the job, one thing to ask, one answer; and each of them as plain JSON values."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from components.gemini.stream import Usage
from components.playground.controls import Controls

Json = dict[str, Any]


class Status(StrEnum):
    """How one thing that was to be asked has ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One answer of a job: which row of the input, counted from 1, of which model, and which repeat, from 1."""

    row: int
    model: str
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the input: its number, counted from 1 without a heading, and the text of each column."""

    number: int
    values: Mapping[str, str]


class Prompts(Protocol):
    """The rows of an input, read from the start as often as they are asked for, without holding them all.

    `digest` is the SHA-256 of what they say, in hexadecimal: equal digests mean equal rows.
    """

    @property
    def count(self) -> int:
        """How many rows there are."""

    @property
    def digest(self) -> str:
        """What the rows say, as one number."""

    def rows(self) -> Iterator[Row]:
        """The rows, from the first on."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to ask: its key, and the prompt as it is sent."""

    key: Key
    prompt: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How a job may run; all of it may be changed when it is resumed, for no answer depends on it.

    `concurrency` is the most calls at once for each model. The rates are for each model, a minute. `ceiling_usd` and
    `ceiling_s` stop new calls; the answers under way are still taken. `attempts` is how often a thing is asked at
    most. None is "no limit".
    """

    concurrency: int = 10
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    ceiling_usd: Decimal | None = None
    ceiling_s: float | None = None
    attempts: int = 10


@dataclass(frozen=True, slots=True)
class Job:
    """One batch: each row of an input, asked of each model as often as it repeats.

    `checks` are the checks of an answer as plain JSON values, as `components.batch.checks` reads them, and `judge` is
    the model that gives an opinion where one of them asks for it. `rows` is how many rows the input has, and
    `prompts_digest` stands for what they say. `simulated` says that no model answers.
    """

    id: str
    created: datetime
    models: tuple[str, ...]
    template: str
    controls: Controls
    rows: int
    prompts_digest: str
    name: str = ""
    owner: str = ""
    checks: tuple[Json, ...] = ()
    judge: str = ""
    repeats: int = 1
    catalog_version: str = ""
    simulated: bool = False
    vertexai: bool = False
    limits: Limits = field(default_factory=Limits)

    @property
    def total(self) -> int:
        """How many answers make the job complete."""
        return self.rows * len(self.models) * self.repeats

    def place(self, key: Key) -> int:
        """Where an answer stands among all of the job, counted from 0: by row, then model, then repeat.

        Raises ValueError for an answer that is not of this job.
        """
        if not (0 < key.row <= self.rows and 0 < key.repeat <= self.repeats) or key.model not in self.models:
            raise ValueError(f"row {key.row}, {key.model}, repeat {key.repeat} is not of this batch")
        return ((key.row - 1) * len(self.models) + self.models.index(key.model)) * self.repeats + key.repeat - 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says of one answer; `passed` is None where it could not be decided, and `note` says why."""

    check: str
    passed: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What all checks say of one answer, and what it cost to find out, where models were asked; None: no list price."""

    verdicts: tuple[Verdict, ...]
    usd: Decimal | None = Decimal(0)


@dataclass(frozen=True, slots=True)
class Result:
    """One answer, or why there is none. Times in seconds since the request of the last attempt left; None: not known.

    `started` is when that attempt began, `attempts` how often the thing was asked. `discarded_characters` is what an
    earlier attempt had already written when it broke off and was asked again; None where none had. `cost_usd` is the
    list price of the answer, `discarded_usd` an estimate of what broken attempts cost besides, `checks_usd` what judges
    cost; None where there is no list price, 0 for nothing. `concurrency` is how many calls of the model were under way
    when it was asked.

    An answer that reached the output limit is `ok`, and its `finish_reason` is MAX_TOKENS.
    """

    key: Key
    status: Status
    prompt: str = ""
    text: str = ""
    usage: Usage = field(default_factory=Usage)
    started: datetime | None = None
    first_token_s: float | None = None
    first_visible_s: float | None = None
    total_s: float | None = None
    attempts: int = 0
    discarded_characters: int | None = None
    finish_reason: str | None = None
    served_model: str | None = None
    error_kind: str = ""
    error: str = ""
    cost_usd: Decimal | None = None
    discarded_usd: Decimal | None = Decimal(0)
    checks: tuple[Verdict, ...] = ()
    checks_usd: Decimal | None = Decimal(0)
    concurrency: int = 0
    simulated: bool = False

    @property
    def asked_again(self) -> str:
        """The sentence that says that a broken answer was thrown away and asked again; empty where none was."""
        if self.discarded_characters is None:
            return ""
        return f"Asked again after {self.discarded_characters:,} characters of an answer that broke off."


def job_record(job: Job) -> Json:
    """A job as plain JSON values."""
    record = {one.name: getattr(job, one.name) for one in fields(job)}
    record |= {"created": job.created.isoformat(), "models": list(job.models), "checks": list(job.checks)}
    return record | {"controls": controls_record(job.controls), "limits": limits_record(job.limits)}


def job_of(record: Mapping[str, Any]) -> Job:
    """The job of a record made by `job_record`. Raises ValueError, KeyError or TypeError for one that is none."""
    known = {one.name for one in fields(Job)}
    plain = {name: value for name, value in record.items() if name in known}
    return Job(
        **plain
        | {
            "created": datetime.fromisoformat(record["created"]),
            "models": tuple(record["models"]),
            "checks": tuple(record.get("checks", ())),
            "controls": controls_of_record(record.get("controls", {})),
            "limits": limits_of(record.get("limits", {})),
        }
    )


def controls_record(controls: Controls) -> Json:
    """The settings of a request as plain JSON values, without those left to the service."""
    nothing = Controls()
    return {
        name: [list(each) if isinstance(each, tuple) else each for each in value] if isinstance(value, tuple) else value
        for name, value in asdict(controls).items()
        if value != getattr(nothing, name)
    }


def controls_of_record(record: Mapping[str, Any]) -> Controls:
    """The settings of a record made by `controls_record`. Raises TypeError for a setting that there is not."""
    made = dict(record)
    if "stop_sequences" in made:
        made["stop_sequences"] = tuple(made["stop_sequences"])
    if "safety" in made:
        made["safety"] = tuple((str(category), str(threshold)) for category, threshold in made["safety"])
    return Controls(**made)


def limits_record(limits: Limits) -> Json:
    """Limits as plain JSON values; an amount of money as text, so that it stays exact."""
    return asdict(limits) | {"ceiling_usd": _money_text(limits.ceiling_usd)}


def limits_of(record: Mapping[str, Any]) -> Limits:
    """The limits of a record made by `limits_record`."""
    known = {one.name for one in fields(Limits)}
    plain = {name: value for name, value in record.items() if name in known}
    return Limits(**plain | {"ceiling_usd": _money(record.get("ceiling_usd"))})


def result_record(result: Result) -> Json:
    """A result as plain JSON values, flat but for usage and checks; an amount of money as text."""
    key = result.key
    record: Json = {"row": key.row, "model": key.model, "repeat": key.repeat}
    record |= {one.name: getattr(result, one.name) for one in fields(result) if one.name != "key"}
    return record | {
        "status": result.status.value,
        "usage": {name: value for name, value in asdict(result.usage).items() if value is not None},
        "started": result.started.isoformat() if result.started else None,
        "cost_usd": _money_text(result.cost_usd),
        "discarded_usd": _money_text(result.discarded_usd),
        "checks_usd": _money_text(result.checks_usd),
        "checks": [asdict(one) for one in result.checks],
    }


def result_of(record: Mapping[str, Any]) -> Result:
    """The result of a record made by `result_record`. Raises ValueError, KeyError or TypeError for one that is none."""
    known = {one.name for one in fields(Result)}
    plain = {name: value for name, value in record.items() if name in known}
    started = record.get("started")
    return Result(
        **plain
        | {
            "key": key_of(record),
            "status": Status(record["status"]),
            "usage": Usage(**record.get("usage", {})),
            "started": datetime.fromisoformat(started) if started else None,
            "cost_usd": _money(record.get("cost_usd")),
            "discarded_usd": _money(record.get("discarded_usd")),
            "checks_usd": _money(record.get("checks_usd", "0")),
            "checks": tuple(Verdict(**one) for one in record.get("checks", ())),
        }
    )


def key_of(record: Mapping[str, Any]) -> Key:
    """The key of a record made by `result_record`. Raises KeyError, TypeError or ValueError for one without."""
    return Key(int(record["row"]), str(record["model"]), int(record["repeat"]))


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _money_text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
