"""The advisor's answer, demands, measures and situations as HTML without Streamlit; all text is escaped."""

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from catalog.criteria import Measured, Part
from catalog.gates import Check, Gated
from catalog.lifecycle import first_day
from catalog.loading import Catalog
from catalog.schema import Claim, Model
from catalog.words import capital, day, listing, number
from components.advisor import wording
from components.advisor.answers import Worked
from components.advisor.situations import Situation
from components.advisor.wording import Headline
from components.frame.markup import KIND_WORDS, model_name, source_line
from components.frame.palette import Colour, colours

_OF_A_DAY = ("callable", "generally_available")
_AGREES = {True: ("✓", "small"), False: ("≠", "close"), None: ("?", "unknown")}


def answer_html(headline: Headline, ways: Sequence[tuple[str, str]], hint: str = "") -> str:
    """The answer with its strength, what must be said with it, and ways on as (label, address)."""
    further = lines_html(headline.further, "further")
    items = "".join(f'<li><a href="{escape(to)}" target="_self">{escape(label)}</a></li>' for label, to in ways)
    links = f'<ul class="ways">{items}</ul>' if items else ""
    return (
        f'<section class="advice advice-{headline.style}" aria-label="The answer"><p><b>{escape(headline.lead)}</b> '
        f"{chip(headline, hint)} {escape(headline.rest)}</p>{further}{links}</section>"
    )


def chip(headline: Headline, hint: str = "") -> str:
    """How firm an answer is, as a mark that differs in shape and a word."""
    return _chip(headline.mark, headline.style, headline.word, hint)


def _chip(mark: str, style: str, word: str, hint: str = "") -> str:
    title = f' title="{escape(hint)}"' if hint else ""
    return f'<span class="verdict verdict-{style}"{title}><span aria-hidden="true">{mark}</span> {escape(word)}</span>'


def demands_table(catalog: Catalog, worked: Worked) -> str:
    """A row a demand, a column a model: whether it passes, the value, and the claims behind it to unfold."""
    gated = worked.answer.gated
    accents = colours(worked.models)
    heads = "".join(_head(model, accents[model.id]) for model in worked.models)
    gates = list(dict.fromkeys(check.gate for each in gated for check in each.checks))
    rows = "".join(_demand(catalog, gated, gate, worked.on) for gate in gates)
    return (
        '<table class="facts demands"><thead><tr><th scope="col" class="field">You demand</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _head(model: Model, accent: Colour) -> str:
    return f'<th scope="col">{model_name(model, accent, short=True)}</th>'


def _demand(catalog: Catalog, gated: Sequence[Gated], gate: str, on: date) -> str:
    found = [next((check for check in each.checks if check.gate == gate), None) for each in gated]
    label = next(check.label for check in found if check)
    cells = "".join(_outcome(catalog, each, check, on) for each, check in zip(gated, found, strict=True))
    return f'<tr><th scope="row" class="field">{escape(label)}</th>{cells}</tr>'


def _outcome(catalog: Catalog, gated: Gated, check: Check | None, on: date) -> str:
    name = f'<td data-model="{escape(gated.model.short_name)}">'
    if check is None:
        return f'{name}<span class="none">not checked</span></td>'
    mark, style, word = wording.OUTCOMES[check.outcome]
    decided = ""
    if check.is_open and check not in gated.undecided:
        decided = f"; you {'leave it out' if check in gated.against else 'keep it in'}"
    shown = _chip(mark, f"gate-{style}", f"{word}{decided}")
    return f"{name}{shown}{_proof(catalog, check, on)}</td>"


def _proof(catalog: Catalog, check: Check, on: date) -> str:
    if not check.claims:
        return f'<span class="also">{escape(check.sentence)}</span>'
    count = len(check.claims)
    # What was said of a model's life later than the day does not hold for the day; its history does.
    told = on if check.gate in _OF_A_DAY else None
    items = "".join(_claim(catalog, claim, told) for claim in check.claims)
    return (
        f'<details class="proof line"><summary><span class="also">{escape(check.sentence)}</span> '
        f'<span class="count">{count} claim{"" if count == 1 else "s"}</span></summary>'
        f'<ul class="claims">{items}</ul></details>'
    )


def _claim(catalog: Catalog, claim: Claim, on: date | None) -> str:
    value = claim.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown = f"{number(value)}{f' {claim.unit}' if claim.unit else ''}"
    else:
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)
    later = on is not None and first_day(claim.as_of) > on
    stated = f"{day(claim.as_of)}{', later than the day asked about' if later else ''}"
    facts = ", ".join(each for each in (claim.full_scope, KIND_WORDS[claim.kind], stated) if each)
    return f"<li><b>{escape(shown)}</b> {escape(facts)}: {source_line(catalog, claim.source, claim.locator)}</li>"


def measures_html(catalog: Catalog, worked: Worked) -> str:
    """Each criterion with its weight, to unfold into its measures: values, places, basis, sources."""
    return (
        f'<div class="criteria">{"".join(_criterion(catalog, worked, at) for at in range(len(worked.weights)))}</div>'
    )


def _criterion(catalog: Catalog, worked: Worked, at: int) -> str:
    found = worked.answer.measured[at]
    criterion = found.criterion
    count = len(found.parts)
    measures = f"{count} measure{'' if count == 1 else 's'}" if count else "no measure that the models share"
    missing = "".join(f"<li>{escape(each)}</li>" for each in found.missing)
    lacks = f'<p class="remark">What is missing:</p><ul class="claims">{missing}</ul>' if missing else ""
    said = f"The article: {criterion.article} ({criterion.locator})"
    return (
        f'<details class="proof line"><summary><b>{escape(criterion.label)}</b> weighs '
        f'{number(100 * worked.weights[at], 0)}% <span class="count">{escape(measures)}</span></summary>'
        f'<p class="remark">{escape(criterion.explained)}</p>{_parts(catalog, worked.left, found)}{lacks}'
        f'<p class="remark">{escape(said)}</p></details>'
    )


def _parts(catalog: Catalog, models: Sequence[Model], found: Measured) -> str:
    if not found.parts:
        return ""
    accents = colours(models)
    heads = "".join(_head(model, accents[model.id]) for model in models)
    rows = "".join(_part(catalog, models, part) for part in found.parts)
    return (
        '<table class="facts tests measures"><thead><tr><th scope="col" class="field">Measure</th>'
        f'{heads}<th scope="col" class="rests">Why the values may be compared</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _part(catalog: Catalog, models: Sequence[Model], part: Part) -> str:
    cells = "".join(_value(model, part, at) for at, model in enumerate(models))
    return (
        f'<tr><th scope="row" class="field">{escape(part.label)}{_tags(part)}</th>{cells}'
        f'<td class="rests" data-label="Basis">{_basis(catalog, part)}</td></tr>'
    )


def _value(model: Model, part: Part, at: int) -> str:
    place = part.places[at]
    if place is None:
        shown = f'<span class="none">{escape(part.shown[at])}</span>'
    else:
        ends = f"{number(100 * max(place.low, 0), 0)} to {number(100 * min(place.high, 1), 0)}"
        also = f'<span class="also">{number(100 * place.middle, 0)} of 100 ({ends})</span>'
        shown = f'<span class="value">{escape(part.shown[at])}</span>{also}'
    return f'<td data-model="{escape(model.short_name)}">{shown}</td>'


def _tags(part: Part) -> str:
    """Whether the figures are the reader's own, and whether their noise is an assumption."""
    tags = []
    if part.own_runs:
        tags.append(
            f'<span class="kind kind-own">your own, {part.own_runs:,} run{"" if part.own_runs == 1 else "s"}</span>'
        )
    if part.assumed_noise:
        why = "No source states how noisy these values are, so the noise is assumed"
        tags.append(f'<span class="kind kind-estimate" title="{why}">noise assumed</span>')
    return f'<span class="also">{" ".join(tags)}</span>' if tags else ""


def _basis(catalog: Catalog, part: Part) -> str:
    """Why the values may be compared, with the sources as links: within the words where they name them, else below."""
    words = escape(capital(part.basis))
    below = []
    for name in dict.fromkeys([*(each.source for each in part.claims), *(each.source for each in part.results)]):
        line, title = source_line(catalog, name), escape(catalog.sources[name].title)
        if title in words:
            words = words.replace(title, line, 1)
        else:
            below.append(line)
    return f'{words}<span class="also">{"; ".join(below)}</span>' if below else words


def situations_table(catalog: Catalog, found: Sequence[Situation]) -> str:
    """A row a situation of the article: what it says, what is recommended here, whether they agree, and why."""
    rows = "".join(_situation(each) for each in found)
    return (
        '<table class="facts tests situations"><thead><tr><th scope="col" class="field">Situation</th>'
        '<th scope="col">The article</th><th scope="col">The advisor</th>'
        '<th scope="col">Do they agree?</th><th scope="col" class="rests">Why</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _situation(each: Situation) -> str:
    mark, style = _AGREES[each.agrees]
    return (
        f'<tr><th scope="row" class="field"><a href="{escape(each.address)}" target="_self">{escape(each.label)}</a>'
        f'<span class="also">{escape(each.about)}</span></th>'
        f'<td data-label="The article">{escape(each.article)}</td>'
        f'<td data-label="The advisor"><span class="value">{escape(capital(each.take))}</span>'
        f"<div>{chip(each.headline)}</div></td>"
        f'<td data-label="Do they agree?">{_chip(mark, style, each.agreement)}</td>'
        f'<td class="rests" data-label="Why">{escape(each.why)}</td></tr>'
    )


def saved_table(found: Sequence[tuple[str, str, Worked, Headline]]) -> str:
    """Questions side by side, a column each: what is asked, what the answer is now, and the bills.

    Each has a name, and an address to open it, which is empty for the one on screen.
    """
    heads = "".join(f'<th scope="col">{_saved_name(name, address)}</th>' for name, address, *_ in found)
    rows = "".join(
        f'<tr><th scope="row" class="field">{label}</th>'
        + "".join(f'<td data-model="{escape(name)}">{words(worked, said)}</td>' for name, _, worked, said in found)
        + "</tr>"
        for label, words in _SAVED_ROWS
    )
    return (
        f'<table class="facts saved"><thead><tr><th scope="col" class="field">Side by side</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _saved_name(name: str, address: str) -> str:
    shown = f'<bdi dir="auto">{escape(name)}</bdi>'
    return f'<a href="advisor?{escape(address)}" target="_self">{shown}</a>' if address else shown


def _saved_answer(worked: Worked, said: Headline) -> str:
    return f'{chip(said)}<span class="also">{escape(said.sentence)}</span>'


def _saved_bills(worked: Worked, said: Headline) -> str:
    return "".join(
        f'<span class="also">{escape(wording.bill_words(model, worked.bill_of(model.id)))}</span>'
        for model in worked.models
    )


_SAVED_ROWS: tuple[tuple[str, Callable[[Worked, Headline], str]], ...] = (
    ("Models", lambda worked, said: escape(listing([model.short_name for model in worked.models]))),
    ("Day", lambda worked, said: escape(day(worked.on))),
    ("Answer", _saved_answer),
    ("Bill", _saved_bills),
)


def lines_html(lines: Sequence[str], style: str = "turns") -> str:
    """Sentences as a list."""
    return f'<ul class="{style}">{"".join(f"<li>{escape(each)}</li>" for each in lines)}</ul>' if lines else ""


def folded_lines(lines: Sequence[str]) -> str:
    """Evidence that is missing, folded, since there are many sentences of it."""
    if not lines:
        return ""
    label = f"Evidence that would make it surer ({len(lines)})"
    return f'<details class="twin"><summary>{label}</summary>{lines_html(lines)}</details>'


def asked_html(sentences: Sequence[str]) -> str:
    """The question in words, which is seen on paper alone."""
    return f'<div class="printed">{"".join(f"<p>{escape(each)}</p>" for each in sentences)}</div>'
