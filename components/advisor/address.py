"""A question to the advisor as the parameters of an address, and back. No Streamlit.

An address says what is asked with these parameters, every one of them optional; what a use demands and how it weighs
stands unless a parameter says otherwise:

- `use`: id of a use in `decision.yaml`
- `on`: the day whose prices and lifecycles count, YYYY-MM-DD; the current day without it
- `weigh`: sliders or pairs, where the weights come from
- `weights`: whole percents, one a criterion in the order of the file, joined by commas
- `pairs`: answers to the pairwise questions in their order, joined by commas, from 8 (the first matters 9 times as
  much) to -8 (the second does)
- `context`, `out`: tokens that must go in at once and come out at least, or none
- `in_modalities`, `out_modalities`, `can`: what must go in, what must come out, names of capabilities, or none
- `callable`, `ga`: yes or no, whether a model must answer on the day and be generally available
- `platform`: gemini-api, vertex-ai or none
- `ceiling`, `wait`: US dollars a month at most, seconds to the first token at most, or none
- `decided`: what the reader decided where a value is not known or sources conflict, gate~model~in or gate~model~out
- `own`: votes, latency, cost; own measurements that count in place of published ones

The models and the workload have parameters of their own, which other parts of the product read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite

from catalog.decision import Decision, Needs
from catalog.fields import FIELDS, Group
from catalog.prices import GEMINI_API, VERTEX_AI
from catalog.words import listing
from components.advisor.weights import STRONGEST, answers_of, in_percent
from components.workload.address import day_asked, quoted

SLIDERS, PAIRS = "sliders", "pairs"
MODALITIES = ("text", "image", "audio", "video")
PLATFORMS = {"gemini-api": GEMINI_API, "vertex-ai": VERTEX_AI}
OWN = ("votes", "latency", "cost")
CAPABILITIES = tuple(path for path, each in FIELDS.items() if each.group is Group.CAPABILITIES and "." in path)
PARAMETERS = (
    *("use", "on", "weigh", "weights", "pairs", "context", "out", "in_modalities", "out_modalities", "can"),
    *("callable", "ga", "platform", "ceiling", "wait", "decided", "own"),
)
_NONE = "none"
_SECTION = "capabilities."
_MOST = 10**12
_MOST_DECIDED = 60


@dataclass(frozen=True, slots=True)
class Decided:
    """Whether a reader keeps a model in although it is not known whether it passes a gate."""

    gate: str
    model: str
    keep: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader asks of the advisor, apart from the models and the workload.

    `weights` are whole percents that sum to 100 and `pairs` answers from -8 to 8, both in the order of the criteria;
    `weigh` says which of the two counts. `on` None is the current day.
    """

    use: str
    needs: Needs
    weights: tuple[int, ...]
    pairs: tuple[int, ...]
    weigh: str = SLIDERS
    on: date | None = None
    decided: tuple[Decided, ...] = ()
    own: tuple[str, ...] = ()


def preset(decision: Decision, use: str) -> Question:
    """The question that a use of the file stands for, before a reader changes anything."""
    chosen = next(each for each in decision.uses if each.id == use)
    weights = in_percent([chosen.weights.get(each.id, 0) for each in decision.criteria])
    return Question(use, chosen.needs, weights, answers_of(weights))


def parse(params: Mapping[str, str], decision: Decision, today: date) -> tuple[Question, tuple[str, ...]]:
    """The question that an address asks, and a sentence for each thing in it that cannot be had. Never raises."""
    reader = _Reader(params)
    uses = [each.id for each in decision.uses]
    base = preset(decision, reader.option("use", uses, uses[0]))
    question = replace(
        base,
        needs=_needs(reader, base.needs),
        weights=_weights(reader, base.weights),
        pairs=_pairs(reader, base.pairs),
        weigh=reader.option("weigh", [SLIDERS, PAIRS], SLIDERS),
        on=_day(reader, today),
        decided=_decided(reader),
        own=tuple(reader.names("own", OWN, ())),
    )
    return question, tuple(reader.complaints)


def params_of(question: Question, decision: Decision) -> dict[str, str]:
    """The parameters that say a question; what is as in the use, or usual, is left out."""
    base = preset(decision, question.use)
    said = {"use": question.use} if question.use != decision.uses[0].id else {}
    said |= {"on": question.on.isoformat()} if question.on else {}
    said |= {"weigh": question.weigh} if question.weigh != SLIDERS else {}
    said |= {"weights": _joined(question.weights)} if question.weights != base.weights else {}
    said |= {"pairs": _joined(question.pairs)} if question.pairs != base.pairs else {}
    mine, usual = _needs_words(question.needs), _needs_words(base.needs)
    said |= {name: text for name, text in mine.items() if text != usual[name]}
    if question.decided:
        said["decided"] = ",".join(
            f"{each.gate}~{each.model}~{'in' if each.keep else 'out'}" for each in question.decided
        )
    return said | ({"own": ",".join(question.own)} if question.own else {})


def _joined(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


def _needs_words(needs: Needs) -> dict[str, str]:
    platforms = {name: key for key, name in PLATFORMS.items()}
    return {
        "context": _amount_words(needs.context_window),
        "out": _amount_words(needs.output_limit),
        "in_modalities": ",".join(needs.input_modalities) or _NONE,
        "out_modalities": ",".join(needs.output_modalities) or _NONE,
        "can": ",".join(path.removeprefix(_SECTION) for path in needs.capabilities) or _NONE,
        "callable": "yes" if needs.callable else "no",
        "ga": "yes" if needs.generally_available else "no",
        "platform": platforms.get(needs.platform or "", _NONE),
        "ceiling": _amount_words(needs.usd_a_month),
        "wait": _amount_words(needs.time_to_first_token),
    }


def _amount_words(amount: float | None) -> str:
    if amount is None:
        return _NONE
    return str(int(amount)) if float(amount).is_integer() else repr(float(amount))


@dataclass
class _Reader:
    """Reads parameters one by one and collects what cannot be had."""

    params: Mapping[str, str]
    complaints: list[str] = field(default_factory=list)

    def text(self, parameter: str) -> str:
        return self.params.get(parameter, "").strip()

    def refuse(self, parameter: str, why: str) -> None:
        self.complaints.append(f"The address asks for `{parameter}={quoted(self.text(parameter))}`, {why}")

    def option(self, parameter: str, options: Sequence[str], usual: str) -> str:
        text = self.text(parameter)
        if text and text not in options:
            self.refuse(parameter, f"but there are {listing([f'`{each}`' for each in options])}; the usual is shown.")
        return text if text in options else usual

    def flag(self, parameter: str, usual: bool) -> bool:
        return self.option(parameter, ["yes", "no"], "yes" if usual else "no") == "yes"

    def names(self, parameter: str, known: Sequence[str], usual: Sequence[str]) -> list[str]:
        text = self.text(parameter)
        if not text:
            return list(usual)
        asked = [] if text == _NONE else [part.strip() for part in text.split(",") if part.strip()]
        if any(each not in known for each in asked):
            self.refuse(parameter, "of which something is not to be had here; the rest counts.")
        return [each for each in known if each in asked]

    def amount(self, parameter: str, usual: float | None) -> float | None:
        text = self.text(parameter)
        if text in ("", _NONE):
            return usual if not text else None
        try:
            found = float(text)
        except ValueError:
            found = -1.0
        if not isfinite(found) or not 0 <= found <= _MOST:
            self.refuse(parameter, "which is no amount that it could be, so it is left out.")
            return usual
        return found

    def whole(self, parameter: str, usual: int | None) -> int | None:
        found = self.amount(parameter, usual)
        return None if found is None else int(found)

    def numbers(self, parameter: str, count: int, low: int, high: int) -> tuple[int, ...] | None:
        """So many whole numbers between two ends, None where the address says nothing or something else."""
        text = self.text(parameter)
        if not text:
            return None
        try:
            found = tuple(int(part) for part in text[:200].split(","))
        except ValueError:
            found = ()
        if len(found) == count and all(low <= each <= high for each in found):
            return found
        self.refuse(parameter, f"but {count} whole numbers from {low} to {high} are needed, so the usual ones count.")
        return None


def _needs(reader: _Reader, usual: Needs) -> Needs:
    platforms = {name: key for key, name in PLATFORMS.items()}
    platform = reader.option("platform", [*PLATFORMS, _NONE], platforms.get(usual.platform or "", _NONE))
    short = [path.removeprefix(_SECTION) for path in CAPABILITIES]
    can = reader.names("can", short, [path.removeprefix(_SECTION) for path in usual.capabilities])
    return Needs(
        context_window=reader.whole("context", usual.context_window),
        output_limit=reader.whole("out", usual.output_limit),
        input_modalities=tuple(reader.names("in_modalities", MODALITIES, usual.input_modalities)),
        output_modalities=tuple(reader.names("out_modalities", MODALITIES, usual.output_modalities)),
        capabilities=tuple(f"{_SECTION}{each}" for each in can),
        callable=reader.flag("callable", usual.callable),
        generally_available=reader.flag("ga", usual.generally_available),
        platform=PLATFORMS.get(platform),
        usd_a_month=reader.amount("ceiling", usual.usd_a_month),
        time_to_first_token=reader.amount("wait", usual.time_to_first_token),
    )


def _weights(reader: _Reader, usual: tuple[int, ...]) -> tuple[int, ...]:
    found = reader.numbers("weights", len(usual), 0, 100)
    if found is not None and not any(found):
        reader.refuse("weights", "but one of them at least must be above 0, so the usual ones count.")
        return usual
    return usual if found is None else in_percent(found)


def _pairs(reader: _Reader, usual: tuple[int, ...]) -> tuple[int, ...]:
    return reader.numbers("pairs", len(usual), -STRONGEST, STRONGEST) or usual


def _day(reader: _Reader, today: date) -> date | None:
    found, problem = day_asked(reader.text("on"), today)
    reader.complaints += [problem] if problem else []
    return None if found == today else found


def _decided(reader: _Reader) -> tuple[Decided, ...]:
    parts = [part.split("~") for part in reader.text("decided").split(",")[:_MOST_DECIDED] if part]
    known = [part for part in parts if len(part) == 3 and _is_gate(part[0]) and part[1] and part[2] in ("in", "out")]
    if len(known) < len(parts):
        reader.refuse("decided", "of which something is not to be had here; the rest counts.")
    found = {(gate, model): how == "in" for gate, model, how in known}
    return tuple(Decided(gate, model, keep) for (gate, model), keep in found.items())


def _is_gate(name: str) -> bool:
    return name in Needs.model_fields or name in CAPABILITIES
