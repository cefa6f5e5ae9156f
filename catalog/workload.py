"""What is asked of a model over a day, and what that amounts to in tokens and in things of everyday life."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from catalog.decision import Conversion, Rules, Volume

_SHARES = ("long_share", "batch_share")


@dataclass(frozen=True, slots=True)
class Workload:
    """The requests of a day, all alike but for a share of long ones.

    Tokens are those of one request: `input_tokens` of text, `cached_tokens` of them kept by the service from before,
    `output_tokens` to read and `thinking_tokens` before them. `long_share` (0 to 1) of the requests have
    `long_input_tokens` of text instead. `batch_share` (0 to 1) of all requests can wait and go through batch. `images`,
    `audio_minutes` and `video_minutes` come with each request. `stored_tokens` lie in caches for `storage_hours` of
    each day. `growth` is the share by which the requests grow from month to month, 0.05 for 5%.
    """

    requests_per_day: Decimal
    input_tokens: int
    output_tokens: int
    thinking_tokens: int = 0
    cached_tokens: int = 0
    long_share: Decimal = Decimal(0)
    long_input_tokens: int = 0
    batch_share: Decimal = Decimal(0)
    images: Decimal = Decimal(0)
    audio_minutes: Decimal = Decimal(0)
    video_minutes: Decimal = Decimal(0)
    stored_tokens: int = 0
    storage_hours: Decimal = Decimal(0)
    growth: Decimal = Decimal(0)


def workload_of(volume: Volume) -> Workload:
    """The workload of a use in `decision.yaml`."""
    return Workload(
        requests_per_day=_exact(volume.requests_per_day),
        input_tokens=volume.input_tokens,
        output_tokens=volume.output_tokens,
        thinking_tokens=volume.thinking_tokens,
        cached_tokens=volume.cached_tokens,
        long_share=_exact(volume.long_share),
        long_input_tokens=volume.long_input_tokens,
        batch_share=_exact(volume.batch_share),
        images=_exact(volume.images),
        audio_minutes=_exact(volume.audio_minutes),
        video_minutes=_exact(volume.video_minutes),
        stored_tokens=volume.stored_tokens,
        storage_hours=_exact(volume.storage_hours),
        growth=_exact(volume.growth),
    )


def _exact(value: float) -> Decimal:
    """The number as it is written, without binary rounding."""
    return Decimal(str(value))


def faults(workload: Workload) -> tuple[str, ...]:
    """What is impossible about a workload, a sentence each; empty where nothing is."""
    found = [f"{name.replace('_', ' ')} is below 0." for name in _below_zero(workload)]
    found += [f"{name.replace('_', ' ')} is above 100%." for name in _SHARES if getattr(workload, name) > 1]
    if workload.cached_tokens > workload.input_tokens:
        found.append("The cached tokens are a part of the input tokens and cannot be more.")
    if workload.storage_hours > 24:
        found.append("A day has 24 hours of storage.")
    if workload.growth < Decimal("-0.9") or workload.growth > 10:
        found.append("Growth is between -90% and 1,000% a month.")
    return tuple(each[:1].upper() + each[1:] for each in found)


def _below_zero(workload: Workload) -> list[str]:
    return [each.name for each in fields(workload) if each.name != "growth" and getattr(workload, each.name) < 0]


@dataclass(frozen=True, slots=True)
class Media:
    """The tokens that images, audio and video add to one request."""

    images: Decimal
    audio: Decimal
    video: Decimal

    @property
    def total(self) -> Decimal:
        """All of them."""
        return self.images + self.audio + self.video


def media_tokens(workload: Workload, rules: Rules, family: str | None = None) -> Media:
    """What images, audio and video of one request come to in input tokens, as the models of a family count them."""
    figures = rules.media_of(family)
    return Media(
        workload.images * figures.image_tokens.decimal,
        workload.audio_minutes * 60 * figures.audio_tokens.decimal,
        workload.video_minutes * 60 * figures.video_tokens.decimal,
    )


def in_everyday_units(tokens: Decimal, conversions: Sequence[Conversion]) -> tuple[str, ...]:
    """Tokens as pages, e-mails and so on, each rounded to two digits, in the order of the conversions."""
    return tuple(_everyday(tokens, each) for each in conversions)


def _everyday(tokens: Decimal, conversion: Conversion) -> str:
    count = tokens / Decimal(str(conversion.tokens))
    if count == 0:
        return f"0 {conversion.many}"
    if count < Decimal("0.095"):
        return f"under 0.1 {conversion.many}"
    rounded = Decimal(f"{count:.2g}").normalize()
    return f"{rounded:,f} {conversion.one if rounded == 1 else conversion.many}"
