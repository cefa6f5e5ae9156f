"""A workload in words, and its tokens as things of everyday life. HTML without Streamlit; all text is escaped."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from catalog.decision import Conversion, Decision
from catalog.loading import Catalog
from catalog.words import capital, listing, number
from catalog.workload import Workload, in_everyday_units
from components.frame.markup import kind_tag, source_line

_READ = ("page", "email")


def workload_sentences(workload: Workload) -> tuple[str, ...]:
    """Everything that is asked of a model in a day, in plain sentences; what is nothing is not named."""
    parts = [f"{count(workload.input_tokens)} tokens in", *_attached(workload)]
    cached = f", {count(workload.cached_tokens)} of the tokens in cached" if workload.cached_tokens else ""
    thinking = f" after {count(workload.thinking_tokens)} of thinking" if workload.thinking_tokens else ""
    said = [
        f"{count(workload.requests_per_day)} requests a day, each with {listing(parts)}{cached}, and "
        f"{count(workload.output_tokens)} out{thinking}."
    ]
    return (*said, *_shares(workload), *_stored(workload), *_growth(workload))


def _attached(workload: Workload) -> list[str]:
    pieces = [
        (workload.images, "image", "images"),
        (workload.audio_minutes, "minute of audio", "minutes of audio"),
        (workload.video_minutes, "minute of video", "minutes of video"),
    ]
    return [f"{count(amount)} {one if amount == 1 else many}" for amount, one, many in pieces if amount]


def _shares(workload: Workload) -> list[str]:
    said = []
    if workload.long_share:
        said.append(
            f"{percent(workload.long_share)} of them have {count(workload.long_input_tokens)} tokens in instead."
        )
    if workload.batch_share:
        said.append(f"{percent(workload.batch_share)} can wait and go through batch.")
    return said


def _stored(workload: Workload) -> list[str]:
    if not workload.stored_tokens or not workload.storage_hours:
        return []
    hours = f"{count(workload.storage_hours)} hour{'' if workload.storage_hours == 1 else 's'}"
    return [f"{count(workload.stored_tokens)} tokens are kept in caches for {hours} a day."]


def _growth(workload: Workload) -> list[str]:
    if not workload.growth:
        return []
    way = "grow" if workload.growth > 0 else "shrink"
    return [f"Requests {way} by {percent(abs(workload.growth))} a month."]


def count(value: Decimal | int) -> str:
    """A count with thin grouping and no idle zeros."""
    return number(float(value))


def percent(share: Decimal) -> str:
    """A share of one in percent."""
    return f"{number(float(share * 100))}%"


def workload_html(catalog: Catalog, decision: Decision, workload: Workload) -> str:
    """The workload in sentences, in pages and e-mails too, with the conversions and their sources to unfold."""
    text = escape(" ".join(workload_sentences(workload)))
    everyday = "; ".join(_everyday(decision, workload))
    items = "".join(_conversion(catalog, each) for each in decision.conversions) + _media(catalog, decision)
    return (
        f'<div class="workload"><p>{text}</p><details class="proof line"><summary>{everyday} '
        f'<span class="count">how tokens are counted</span></summary><ul class="claims">{items}</ul></details></div>'
    )


def _everyday(decision: Decision, workload: Workload) -> list[str]:
    read = [each for each in decision.conversions if each.id in _READ]
    parts = [("Input of one request: about", workload.input_tokens), ("answer: about", workload.output_tokens)]
    if workload.long_share:
        parts.append(("a long request: about", workload.long_input_tokens))
    return [f"{words} {listing(hints(Decimal(tokens), read), 'or')}" for words, tokens in parts if tokens]


def hints(tokens: Decimal, conversions: Sequence[Conversion]) -> list[str]:
    """Tokens as each everyday thing, with how that is worked out one hover away."""
    said = in_everyday_units(tokens, conversions)
    return [
        f'<abbr title="{escape(each.basis)}">{escape(words)}</abbr>'
        for words, each in zip(said, conversions, strict=True)
    ]


def _conversion(catalog: Catalog, each: Conversion) -> str:
    rests = f" {source_line(catalog, each.rests_on)}" if each.rests_on else ""
    return f"<li><b>{escape(capital(each.one))}: {number(each.tokens)} tokens.</b> {escape(each.basis)}{rests}</li>"


def _media(catalog: Catalog, decision: Decision) -> str:
    """How images, audio and video are counted, by most models and by the families that count them otherwise."""
    rules = decision.rules
    return "".join(
        f"<li><b>{name}, {escape(listing(each.families) or 'other models')}: {number(figure.value)} "
        f"{escape(figure.unit)}.</b> {escape(figure.note or '')} {kind_tag(figure.kind, catalog)} "
        f"{source_line(catalog, figure.source, figure.locator)}</li>"
        for each in (*rules.media, rules.media_of(None))
        for name, figure in (("Image", each.image_tokens), ("Audio", each.audio_tokens), ("Video", each.video_tokens))
    )
