"""What every reader of a foreign file shares: what it is told, how it finds names, and what it hands back."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from catalog.checks import Fault, shown
from catalog.loading import Catalog
from catalog.schema import Benchmark, Claim, Model, Result, Source

LONGEST = 500  # characters, as many as the schema takes


class Unusable(Exception):
    """The file cannot be used at all; the text says why, without a full stop."""


class NotUnderstood(Exception):
    """One row or entry cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """What was not understood: the row and column, or the entry, and why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class NewModel:
    """A model that a file knows and the catalog does not."""

    id: str
    name: str
    lab: str
    family: str
    tier: str = "not stated"


@dataclass(frozen=True, slots=True)
class Match:
    """The model that a name means; `version` is the API id where the name is that of one version of it."""

    model: str
    version: str | None = None


@dataclass
class Reading:
    """What a file says in the catalog's terms, and what of it was left out and why.

    `results` are by benchmark id, `claims` by model id and field path, in the order of the file.
    """

    results: list[tuple[str, Result]] = field(default_factory=list)
    claims: list[tuple[str, str, Claim]] = field(default_factory=list)
    models: dict[str, NewModel] = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unknown_models: Counter[str] = field(default_factory=Counter)
    unknown_benchmarks: Counter[str] = field(default_factory=Counter)

    def missed(self, place: str, why: object) -> None:
        """Notes what was not understood."""
        self.misfits.append(Misfit(place, str(why)))


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a person knows about a file and the file does not say.

    `names` has the catalog's id by a name of the file. `only` limits the import to these models, and those in `skip`
    are left out; `lab` makes the new ones. `benchmark` is what a table without such a column is about, and
    `fractions` says that 0.791 means 79.1%.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()
    benchmark: str | None = None
    fractions: bool = False
    new_models: bool = False
    lab: str | None = None


@dataclass(frozen=True)
class Terms:
    """How a file is to be read: `source` is the one to name where a row names none, `sources` has that one too."""

    as_of: str
    source: str | None
    sources: Mapping[str, Source]
    options: Options


class Names:
    """Finds what a foreign name means. Spelling may differ in case and separators; a similar name is never taken."""

    def __init__(self, catalog: Catalog, options: Options) -> None:
        self._catalog = catalog
        self._given = {name_key(name): target for name, target in options.names.items()}
        # A short name leaves the version out, which a foreign table may be about, so it is only ever a hint.
        self._models = _by_key((model.id, model.name) for model in catalog.models.values())
        self._hints = _by_key((model.id, model.name, model.short_name) for model in catalog.models.values())
        self._benchmarks = _by_key((each.id, each.name) for each in catalog.benchmarks.values())
        self._versions = {model.id: _versions(model) for model in catalog.models.values()}
        self._only, self._skip = self._ids(options.only), self._ids(options.skip)

    def model(self, name: str) -> Match | None:
        """The model that `name` means: its id, name or an API id, with or without its maker before it."""
        key = name_key(self._given.get(name_key(name), name)).removeprefix("models/")
        maker, _, rest = key.rpartition("/")
        model = self._named(key)
        if model is None and (model := self._named(rest)) is not None and self.lab(maker) != model.lab:
            return None
        if model is None:
            return None
        return Match(model.id, next((each for each in (key, rest) if each in self._versions[model.id]), None))

    def _named(self, key: str) -> Model | None:
        found = self._models.get(key, ())
        return self._catalog.models[found[0]] if len(found) == 1 else self._catalog.find(key)

    def benchmark(self, name: str) -> Benchmark | None:
        """The benchmark that `name` means: its id or name, with or without a percent sign behind it."""
        key = name_key(re.sub(r"\s*[(\[]?%[)\]]?$", "", self._given.get(name_key(name), name)))
        found = self._benchmarks.get(key, ())
        return self._catalog.benchmarks[found[0]] if len(found) == 1 else None

    def lab(self, maker: str) -> str | None:
        """The lab of the catalog that `maker` names, such as google-deepmind for google or meta for meta-llama."""
        first = name_key(maker).split("/")[-1].split("-")[0]
        found = [lab for lab in self._catalog.labs if first in lab.split("-")]
        return found[0] if len(found) == 1 else None

    def wanted(self, model: str) -> bool:
        """Whether the import is to have this model."""
        return (not self._only or model in self._only) and model not in self._skip

    def _ids(self, names: Iterable[str]) -> set[str]:
        return {match.model if (match := self.model(name)) else name_key(name) for name in names}

    def similar(self, name: str, benchmarks: bool = False) -> tuple[str, ...]:
        """Ids of up to three models, or of benchmarks, whose names look like `name`."""
        known = self._benchmarks if benchmarks else self._hints
        near = difflib.get_close_matches(name_key(name)[:100], known, n=5, cutoff=0.6)
        return tuple(dict.fromkeys(each for key in near for each in known[key]))[:3]

    def new_model(self, name: str, title: str, lab: str | None, family: str) -> NewModel:
        """A model for a name that the catalog lacks. Raises NotUnderstood where it cannot be one."""
        key = name_key(name)
        if lab is None or lab not in self._catalog.labs:
            raise NotUnderstood(f"no lab of labs.yaml is known to make {shown(name)}; name it with --lab")
        if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,99}", key) is None:
            raise NotUnderstood(f"{shown(name)} cannot be the name of a file, so it cannot be the id of a new model")
        return NewModel(key, title[:LONGEST] or key, lab, family[:LONGEST] or title[:LONGEST] or key)


def name_key(name: str) -> str:
    """A name as names are compared: case and separators make no difference."""
    return re.sub(r"[\s_–-]+", "-", name.strip().casefold()).strip("-")


def _by_key(entries: Iterator[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The ids by each name; the first name of an entry is its id."""
    found: dict[str, tuple[str, ...]] = {}
    for names in entries:
        for key in {name_key(name) for name in names}:
            found[key] = (*found.get(key, ()), names[0])
    return found


def _versions(model: Model) -> set[str]:
    """API ids of single versions: all but the model's own id and the one that its file names first."""
    ids = [str(claim.value).lower() for claim in model.claims.get("api_ids", ())]
    return set(ids) - {model.id.lower(), *ids[:1]}


def not_understood(fault: Fault) -> NotUnderstood:
    """What the schema or a check found wrong, as the reason why a row or entry cannot be used."""
    place, found, expected = fault
    return NotUnderstood(f"{place[-1] if place else 'it'} is {found}, expected {expected}")
