"""Rows of results as a table: the prompt, and of each model what it said and whether that passed. Text is escaped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from components.archive.filters import link
from components.archive.wording import first_line, for_attribute, one_line
from components.batch.names import Named
from components.batch.records import Result, Status, Verdict
from components.batch.wording import kind_words

_EXCERPT = 220
_MARKS = {True: ("✓", "good", "passed"), False: ("✗", "bad", "failed"), None: ("–", "none", "not decided")}


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: its number, its prompt, the answers to it, and whether the two models that are compared differ."""

    number: int
    prompt: str
    results: tuple[Result, ...]
    differs: bool


def result_table(
    rows: Sequence[Listed], models: Sequence[Named], here: Mapping[str, str], words: str, page: str = "batch"
) -> str:
    """A table with a column a model; `words` is its caption, `page` and `here` are the page and its parameters."""
    heads = "".join(f'<th scope="col">{each.html}</th>' for each in models)
    body = "".join(_row(each, models, page, here) for each in rows)
    return (
        f'<table class="facts batch-rows"><caption>{escape(words)}</caption><thead><tr>'
        f'<th scope="col" class="field">Prompt</th>{heads}</tr></thead><tbody>{body}</tbody></table>'
    )


def _row(row: Listed, models: Sequence[Named], page: str, here: Mapping[str, str]) -> str:
    target = escape(link(page, here, row=str(row.number), page=""))
    title = escape(first_line(row.prompt, 160))
    mark = ' <span class="verdict verdict-close" title="The two models have different outcomes">≠ differs</span>'
    cells = "".join(
        f'<td data-model="{escape(each.text)}">{_cell([one for one in row.results if one.key.model == each.id])}</td>'
        for each in models
    )
    return (
        f'<tr><th scope="row" class="field"><span class="count">Row {row.number:,}</span>{mark if row.differs else ""}'
        f'<a href="{target}" target="_self"><bdi dir="auto">{title}</bdi></a></th>{cells}</tr>'
    )


def _cell(results: Sequence[Result]) -> str:
    if not results:
        return '<span class="none">no answer yet</span>'
    first = results[0]
    more = f'<span class="count"> and {len(results) - 1} more</span>' if len(results) > 1 else ""
    if first.status is not Status.OK:
        words = f'<span class="bad-words">✕ {escape(kind_words(first.error_kind))}</span>'
        return f'{words}{more}<span class="also">{escape(one_line(first.error, _EXCERPT))}</span>'
    excerpt = f'<bdi dir="auto" class="said">{escape(one_line(first.text, _EXCERPT))}</bdi>'
    return f"{check_marks(_over_repeats(results))}{more}{excerpt}"


def _over_repeats(results: Sequence[Result]) -> list[tuple[str, str, str]]:
    """For each check its mark, its class and its words; over several repeats how many passed."""
    labels = dict.fromkeys(verdict.check for result in results for verdict in result.checks)
    found = []
    for label in labels:
        said = [verdict.passed for result in results for verdict in result.checks if verdict.check == label]
        if len(said) == 1:
            mark, style, words = _MARKS[said[0]]
            found.append((mark, style, f"{label}: {words}"))
        else:
            passed, decided = said.count(True), len(said) - said.count(None)
            style = "good" if decided and passed == decided else "bad" if decided else "none"
            found.append((f"{passed}/{decided}", style, f"{label}: {passed} of {decided} repeats passed"))
    return found


def check_marks(found: Sequence[tuple[str, str, str]]) -> str:
    """Small marks, a check each, with the words one hover away and in the text for those who do not see."""
    marks = "".join(
        f'<span class="check check-{style}" title="{told}" role="img" aria-label="{told}">{mark}</span>'
        for mark, style, words in found
        if (told := escape(for_attribute(words)))
    )
    return f'<span class="checks">{marks}</span>' if marks else ""


def verdict_list(verdicts: Sequence[Verdict]) -> str:
    """Every check of one answer with what it found and why."""
    items = []
    for verdict in verdicts:
        mark, style, words = _MARKS[verdict.passed]
        note = f'<span class="also">{escape(verdict.note)}</span>' if verdict.note else ""
        items.append(
            f'<li><span class="check check-{style}" aria-hidden="true">{mark}</span> '
            f"<bdi>{escape(verdict.check)}</bdi>: {words}{note}</li>"
        )
    return f'<ul class="verdicts">{"".join(items)}</ul>' if items else ""
