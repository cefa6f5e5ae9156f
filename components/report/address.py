"""The choices of a report as the parameters of its address, and back. No Streamlit.

An address says them with these parameters, every one of them optional:

- `models`: two to four ids, joined by commas
- `parts`: the sections, joined by commas; without it all but the runs
- `title`, `author`, `note`: text; without a title it comes from the models
- `audience`: executive or technical
- `platforms`: whose prices count, `cheapest` or a platform's slug, as on the page of costs
- `runs`, `batches`: ids from the history, joined by commas
- `votes`: yes, where all votes of the reader's own count

The workload has the parameters of `components.workload.address`, the question to the advisor and the day those of
`components.advisor.address`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.decision import Use
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import listing
from catalog.workload import Workload, faults, workload_of
from components.advisor import address as advisor_address
from components.advisor.address import Question
from components.cost.address import CHEAPEST, Scene, offered
from components.frame.picker import DEFAULT, read_choice
from components.report.state import Audience, Part
from components.workload import address as workload_address
from components.workload.address import quoted

USUAL_PARTS = tuple(part for part in Part if part is not Part.RUNS)
LONGEST_LINE, LONGEST_NOTE = 120, 1_500
MOST_RUNS = 10
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reader chooses for a report.

    `models` are ids, `parts` stand in the order of `Part`. An empty `title` is made from the models. The day is that
    of `question`, None for the current one. `platform` is `CHEAPEST` or a slug. `runs` and `batches` are ids;
    `votes` asks for how all votes of the reader's own fall.
    """

    models: tuple[str, ...]
    workload: Workload
    question: Question
    parts: tuple[Part, ...] = USUAL_PARTS
    title: str = ""
    author: str = ""
    audience: Audience = Audience.EXECUTIVE
    note: str = ""
    platform: str = CHEAPEST
    runs: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    votes: bool = False

    def models_of(self, catalog: Catalog) -> tuple[Model, ...]:
        """The chosen models."""
        return tuple(catalog.models[name] for name in self.models)

    def title_for(self, catalog: Catalog) -> str:
        """The title, or one from the models."""
        return self.title or " or ".join(model.short_name for model in self.models_of(catalog))

    def use_in(self, catalog: Catalog) -> Use:
        """The use that workload and question start from."""
        return next(each for each in catalog.decision.uses if each.id == self.question.use)

    def cost_scene(self, today: date) -> Scene:
        """What decides the bills, as the page of costs has it."""
        return Scene(self.models, self.workload, self.question.on or today, self.platform)


@dataclass(frozen=True, slots=True)
class Read:
    """What an address comes to: the choices, and a sentence for each part of it that cannot be had."""

    choices: Choices
    problems: tuple[str, ...]


def parse(params: Mapping[str, str], catalog: Catalog, today: date) -> Read:
    """Reads the parameters of an address as far as they can be had; `today` is the usual day. Never raises."""
    problems: list[str] = []
    models = _models(params, catalog, problems)
    asked = workload_address.parse(params, catalog.decision)
    question, wrong = advisor_address.parse(params, catalog.decision, today)
    problems += dict.fromkeys([*asked.problems, *_besides_use(params, wrong)])
    choices = Choices(
        models,
        _possible(asked.workload, asked.use, problems),
        question,
        _parts(params, problems),
        _text(params, "title", LONGEST_LINE, problems),
        _text(params, "author", LONGEST_LINE, problems),
        _audience(params, problems),
        _text(params, "note", LONGEST_NOTE, problems),
        _platform(params, [catalog.models[name] for name in models], problems),
        _ids(params, "runs", problems),
        _ids(params, "batches", problems),
        _votes(params, problems),
    )
    return Read(choices, tuple(problems))


def params_of(choices: Choices, catalog: Catalog) -> dict[str, str]:
    """The parameters that bring `parse` back to these choices; but for the models, what is usual is left out."""
    decision = catalog.decision
    said = {"models": ",".join(choices.models)}
    if choices.parts != USUAL_PARTS:
        said["parts"] = ",".join(choices.parts)
    said |= {"audience": choices.audience.value} if choices.audience is not Audience.EXECUTIVE else {}
    texts = {"title": choices.title, "author": choices.author, "note": choices.note}
    said |= {name: text for name, text in texts.items() if text}
    said |= workload_address.params_of(choices.workload, choices.use_in(catalog), decision)
    said |= advisor_address.params_of(choices.question, decision)
    said |= {"platforms": choices.platform} if choices.platform != CHEAPEST else {}
    lists = {"runs": choices.runs, "batches": choices.batches}
    said |= {name: ",".join(ids) for name, ids in lists.items() if ids}
    return said | ({"votes": "yes"} if choices.votes else {})


def _models(params: Mapping[str, str], catalog: Catalog, problems: list[str]) -> tuple[str, ...]:
    choice = read_choice(catalog, params.get("models", ""))
    problems += [f"The catalog has no model called `{quoted(name)}`, so the rest is shown." for name in choice.unknown]
    if choice.dropped:
        left_out = listing([catalog.models[name].name for name in choice.dropped])
        problems.append(f"Left out, since there are too many models: {left_out}.")
    if len(choice.models) >= 2:
        return choice.models
    if choice.models:
        problems.append("A report compares two models at least, so a usual one stands beside the one that was chosen.")
    return tuple(dict.fromkeys((*choice.models, *DEFAULT)))[:2]


def _possible(workload: Workload, use: Use, problems: list[str]) -> Workload:
    """The workload, or that of the use where its numbers contradict each other."""
    wrong = faults(workload)
    if wrong:
        problems.append(f"The workload of the address cannot be, so that of “{use.label}” counts: {' '.join(wrong)}")
    return workload_of(use.workload) if wrong else workload


def _besides_use(params: Mapping[str, str], wrong: Sequence[str]) -> list[str]:
    """The advisor's complaints without the one about the use, which the workload makes as well."""
    return [
        each for each in wrong if not each.startswith(f"The address asks for `use={quoted(params.get('use', ''))}`")
    ]


def _parts(params: Mapping[str, str], problems: list[str]) -> tuple[Part, ...]:
    text = params.get("parts", "").strip()
    if not text:
        return USUAL_PARTS
    asked = [each.strip() for each in text[:500].split(",") if each.strip()]
    unknown = [each for each in asked if each not in set(Part)]
    found = tuple(part for part in Part if part.value in asked)
    if unknown or not found:
        instead = "the rest is shown" if found else "the usual sections are shown"
        problems.append(f"The address asks for `parts={quoted(text)}`, not all of which a report has; {instead}.")
    return found or USUAL_PARTS


def _audience(params: Mapping[str, str], problems: list[str]) -> Audience:
    text = params.get("audience", "").strip()
    if text in set(Audience):
        return Audience(text)
    if text:
        problems.append(
            f"The address asks for `audience={quoted(text)}`, but there are `executive` and `technical`; executive is "
            "taken instead."
        )
    return Audience.EXECUTIVE


def _text(params: Mapping[str, str], name: str, most: int, problems: list[str]) -> str:
    """A text without idle space around it, cut at `most` characters."""
    text = params.get(name, "").strip()
    if len(text) <= most:
        return text
    problems.append(f"The {name} is longer than {most:,} characters, so its end was left out.")
    return text[:most].rstrip()


def _platform(params: Mapping[str, str], models: Sequence[Model], problems: list[str]) -> str:
    wanted = params.get("platforms", CHEAPEST)
    if wanted in (CHEAPEST, *offered(models)):
        return wanted
    problems.append(
        f"The address asks for `platforms={quoted(wanted)}`, which none of these models is sold on; the cheapest "
        "platform of each counts instead."
    )
    return CHEAPEST


def _ids(params: Mapping[str, str], name: str, problems: list[str]) -> tuple[str, ...]:
    asked = dict.fromkeys(each.strip() for each in params.get(name, "").split(",") if each.strip())
    found = [each for each in asked if _ID.fullmatch(each)]
    if len(found) < len(asked):
        problems.append(f"The address names something under `{name}=` that cannot be an id, so it was left out.")
    if len(found) > MOST_RUNS:
        problems.append(f"A report has at most {MOST_RUNS} {name}, so the first {MOST_RUNS} were taken.")
    return tuple(found[:MOST_RUNS])


def _votes(params: Mapping[str, str], problems: list[str]) -> bool:
    text = params.get("votes", "").strip()
    if text not in ("", "yes", "no"):
        problems.append(f"The address asks for `votes={quoted(text)}`, but there are `yes` and `no`; no is taken.")
    return text == "yes"
