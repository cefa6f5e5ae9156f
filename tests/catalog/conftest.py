"""The real catalog, and small data folders to break."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from catalog.loading import Catalog, CatalogError, load

_SOURCES = """\
maker: {title: Page of the maker, kind: official, date: 2026-02-01, licence: none}
broker: {title: A catalogue, kind: third_party, date: 2026-03-01, licence: none}
guess: {title: A guess, kind: estimate, date: 2026-04-01, licence: none}
"""
_LABS = "lab: {name: The Lab, url: 'https://lab.example', country: Nowhere}\n"
_GLOSSARY = "token: {label: Token, plain: A piece of text.}\n"
_DECISION = """\
criteria:
  - id: context
    label: Context
    question: How much?
    explained: Windows.
    article: Large.
    locator: First
    fields: [context_window]
scales: {points: 25, rating: 200, size: 8, time: 4, money: 10, stages: {available: 1}, ending: 0.3}
noise: {questions: 100, ratio: 1.25}
near: {factor: 1.5, draws: 100, seed: 1}
strength: {clear: 0.95, likely: 0.75, slight: 0.6}
rules:
  batch_share: {value: 0.5, unit: of the list price, source: maker, as_of: 2026-02}
  batch_platforms: [The platform]
  image_tokens: {value: 258, unit: tokens an image, source: maker, as_of: 2026-02}
  audio_tokens: {value: 32, unit: tokens a second, source: maker, as_of: 2026-02}
  video_tokens: {value: 263, unit: tokens a second, source: maker, as_of: 2026-02}
conversions: []
uses: []
"""
_BENCHMARK = """\
id: quiz
name: Quiz
area: knowledge
plain: Questions.
measures: Knowledge.
misses: Wisdom.
so_what: Little.
scoring: proportion
metric: accuracy
unit: percent
higher_is_better: true
lowest: 0
highest: 100
results:
"""
_CONTEXT = "context_window:\n  - {value: 1000, unit: tokens, source: maker, as_of: 2026-01}\n"


@dataclass
class Folder:
    """A sound data folder with one lab, one model `m` and three sources, until a test writes into it."""

    root: Path

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def model(self, body: str = _CONTEXT, name: str = "m", lab: str = "lab") -> Path:
        return self.write(f"models/{lab}/{name}.yaml", self.head(name, lab) + body)

    def head(self, name: str = "m", lab: str = "lab") -> str:
        return (
            f"id: {name}\nname: Model {name}\nshort_name: {name}\nlab: {lab}\n"
            "family: Family\ntier: pro\nidentity: [maker]\n"
        )

    @property
    def body_line(self) -> int:
        """The line on which the body of a model file begins."""
        return self.head().count("\n") + 1

    def benchmark(self, *results: str) -> Path:
        return self.write("benchmarks/quiz.yaml", _BENCHMARK + "".join(f"  - {{{each}}}\n" for each in results))

    @property
    def first_result_line(self) -> int:
        return _BENCHMARK.count("\n") + 1

    def load(self) -> Catalog:
        return load(self.root)

    def problems(self) -> list[str]:
        with pytest.raises(CatalogError) as caught:
            load(self.root)
        return str(caught.value).splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "data")
    folder.write("sources.yaml", _SOURCES)
    folder.write("labs.yaml", _LABS)
    folder.write("glossary.yaml", _GLOSSARY)
    folder.write("decision.yaml", _DECISION)
    folder.model()
    return folder


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load()
