"""Which sources, conflicts and terms a reader asks for, and in which order. No Streamlit."""

from collections.abc import Iterable, Mapping, Sequence

from catalog.conflicts import Conflict
from catalog.loading import Catalog
from catalog.schema import Source, Term
from catalog.usage import Use

SORTS = {"values": "Number of values", "date": "Date, newest first", "name": "Name"}


def chosen_sources(catalog: Catalog, used: Mapping[str, Sequence[Use]], words: str, kind: str, sort: str) -> list[str]:
    """The ids of the sources of a kind (empty for any) that have all words, sorted by a key of `SORTS`."""
    found = [
        name
        for name, source in catalog.sources.items()
        if kind in ("", source.kind.value) and _has(_text(name, source), words)
    ]
    found.sort(key=lambda name: catalog.sources[name].title.casefold())
    if sort == "values":
        found.sort(key=lambda name: -len(used[name]))
    elif sort == "date":
        found.sort(key=lambda name: catalog.sources[name].date, reverse=True)
    return found


def _text(name: str, source: Source) -> str:
    return " ".join(part for part in (name, source.title, source.url, source.licence, source.note) if part)


def _has(text: str, words: str) -> bool:
    lower = text.casefold()
    return all(word in lower for word in words.casefold().split())


def chosen_conflicts(catalog: Catalog, found: Iterable[Conflict], lab: str, model: str) -> list[Conflict]:
    """The conflicts of a lab and a model, each empty for any, in their own order."""
    return [each for each in found if model in ("", each.model) and lab in ("", catalog.models[each.model].lab)]


def chosen_terms(glossary: Mapping[str, Term], words: str) -> list[Term]:
    """The terms that have all words in label or sentence, in the order of the alphabet."""
    found = [each for key, each in glossary.items() if _has(f"{key} {each.label} {each.plain}", words)]
    return sorted(found, key=lambda each: each.label.casefold())
