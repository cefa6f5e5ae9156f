"""The address of the cost page without a screen: which models, for which workload, on which day and platform."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.bill import platforms
from catalog.decision import Use
from catalog.loading import Catalog
from catalog.schema import Model
from catalog.words import listing
from catalog.workload import Workload
from components.frame.picker import DEFAULT, read_choice
from components.workload.address import day_asked, parse, quoted

CHEAPEST = "cheapest"


@dataclass(frozen=True, slots=True)
class Scene:
    """What decides the bills: model ids, workload, day, and the platform that counts, `CHEAPEST` or its slug."""

    models: tuple[str, ...]
    workload: Workload
    on: date
    platform: str = CHEAPEST

    def models_of(self, catalog: Catalog) -> tuple[Model, ...]:
        """The chosen models."""
        return tuple(catalog.models[name] for name in self.models)

    @property
    def file(self) -> str:
        """The part of a file name that names models and day."""
        return f"{'-vs-'.join(self.models)}-{self.on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Read:
    """What an address comes to: the scene, the use it starts from, and a sentence for each part it gets wrong."""

    scene: Scene
    use: Use
    problems: tuple[str, ...]


def slug(platform: str) -> str:
    """A platform as it stands in an address: Gemini API (AI Studio) is gemini-api."""
    return re.sub(r"[^a-z0-9]+", "-", platform.split("(")[0].lower()).strip("-")


def offered(models: Sequence[Model]) -> dict[str, str]:
    """The platforms that any of the models is sold on, by slug, in the order of the models."""
    return {slug(platform): platform for model in models for platform in platforms(model)}


def parse_scene(params: Mapping[str, str], catalog: Catalog, today: date) -> Read:
    """Reads a whole address of the cost page, as far as it can be had; `today` stands in where it names no day."""
    choice = read_choice(catalog, params.get("models", ""))
    names = choice.models if len(choice.models) >= 2 else tuple(dict.fromkeys((*choice.models, *DEFAULT)))[:2]
    problems = [f"The catalog has no model called `{quoted(name)}`." for name in choice.unknown]
    if choice.dropped:
        left_out = listing([catalog.models[name].name for name in choice.dropped])
        problems.append(f"Left out, since there are too many models: {left_out}.")
    asked = parse(params, catalog.decision)
    on, no_day = day_asked(params.get("on", ""), today)
    wanted = params.get("platforms", CHEAPEST)
    known = (CHEAPEST, *offered([catalog.models[name] for name in names]))
    if wanted not in known:
        problems.append(f"The address asks for `platforms={quoted(wanted)}`, which none of these models is sold on.")
    scene = Scene(names, asked.workload, on, wanted if wanted in known else CHEAPEST)
    return Read(scene, asked.use, (*problems, *asked.problems, *([no_day] if no_day else [])))
