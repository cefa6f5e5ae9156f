"""What `decision.yaml` may say: criteria, scales and uses of the advisor, and the rules for working out bills."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from catalog.schema import Entry, Kind, Name, PartialDate, Words

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Ratio = Annotated[float, Field(gt=1, le=1000, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, le=10**12, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=0, le=10**12)]


class Figure(Entry):
    """A number that rules rest on, with its unit and the source that states it."""

    value: Amount
    unit: Words
    kind: Kind
    source: Name
    as_of: PartialDate
    locator: Words | None = None
    note: Words | None = None
    also_stated_by: tuple[Name, ...] = ()

    @property
    def decimal(self) -> Decimal:
        """The value as it is written, without binary rounding."""
        return Decimal(str(self.value))


class Criterion(Entry):
    """One question of the decision and the measures of the catalog that answer it.

    `fields` are paths of the register, `benchmarks` ids; `bill` is the workload's bill a month, `lifecycle` the stage
    of the model on the day. `article` says in our words what the article advises, under its heading `locator`.
    """

    id: Name
    label: Words
    question: Words
    explained: Words
    article: Words
    locator: Words
    fields: tuple[Name, ...] = ()
    benchmarks: tuple[Name, ...] = ()
    bill: bool = False
    lifecycle: bool = False


class Scales(Entry):
    """How far apart two models must be on a measure for the whole scale from 0 to 1.

    `points` of 100 on a test, `rating` points of votes; `size`, `time` and `money` are ratios. `stages` gives each
    stage of a model's life its place on the scale, `ending` the highest place of a model that is to be shut down.
    """

    points: Annotated[float, Field(gt=0, le=100)]
    rating: Annotated[float, Field(gt=0, le=1000)]
    size: Ratio
    time: Ratio
    money: Ratio
    stages: Mapping[str, Share]
    ending: Share


class Noise(Entry):
    """What is assumed of a figure whose noise no source states: that of a test of so many questions, or a ratio."""

    questions: Annotated[int, Field(gt=0, le=10**6)]
    ratio: Ratio


class Nearness(Entry):
    """Weightings near the reader's: each weight times a random factor that two in three times is within `factor`."""

    factor: Ratio
    draws: Annotated[int, Field(ge=100, le=100_000)]
    seed: Whole


class Strength(Entry):
    """From which share of the draws a recommendation is called clear, likely or slight; below that there is none."""

    clear: Share
    likely: Share
    slight: Share


class Needs(Entry):
    """What a use demands of a model before anything is weighed. None and empty demand nothing.

    `capabilities` are paths of the register; `usd_a_month` is US dollars for 30 days, `time_to_first_token` seconds.
    """

    context_window: Whole | None = None
    output_limit: Whole | None = None
    input_modalities: tuple[Words, ...] = ()
    output_modalities: tuple[Words, ...] = ()
    capabilities: tuple[Name, ...] = ()
    callable: bool = False
    generally_available: bool = False
    platform: Words | None = None
    usd_a_month: Amount | None = None
    time_to_first_token: Amount | None = None


class Volume(Entry):
    """A use's workload as `catalog.workload.Workload` takes it; see there for the meaning and the units."""

    requests_per_day: Amount
    input_tokens: Whole
    output_tokens: Whole
    thinking_tokens: Whole = 0
    cached_tokens: Whole = 0
    long_share: Share = 0
    long_input_tokens: Whole = 0
    batch_share: Share = 0
    images: Amount = 0
    audio_minutes: Amount = 0
    video_minutes: Amount = 0
    stored_tokens: Whole = 0
    storage_hours: Annotated[float, Field(ge=0, le=24)] = 0
    growth: Annotated[float, Field(ge=-0.9, le=10)] = 0


class Use(Entry):
    """A situation to start from: its demands, its weights in percent by criterion, and its workload.

    `criterion` is the one of the article's five that it stands for, `article_tier` the tier that the article picks.
    """

    id: Name
    label: Words
    about: Words
    criterion: Name
    article_tier: Literal["pro", "flash"]
    article_says: Words
    needs: Needs
    weights: Mapping[str, Annotated[int, Field(ge=0, le=100)]]
    workload: Volume


class Conversion(Entry):
    """How many tokens a thing of everyday life is taken for.

    `basis` says how that is worked out, `rests_on` which source it rests on.
    """

    id: Name
    one: Words
    many: Words
    tokens: Annotated[float, Field(gt=0, le=10**9)]
    basis: Words
    rests_on: Name | None = None


class MediaFigures(Entry):
    """How images, audio and video are counted by the models of some families, as the catalog names them.

    `image_tokens` are tokens an image, `audio_tokens` and `video_tokens` tokens a second.
    """

    families: tuple[Words, ...]
    image_tokens: Figure
    audio_tokens: Figure
    video_tokens: Figure


class Rules(Entry):
    """What holds for bills beyond the prices of a model.

    `batch_share` is what a batch request costs of the list price where no batch price is listed, on `batch_platforms`;
    `batch_cached_share` is what cached tokens in batch cost of the price for cached tokens where no price of their own
    is listed. `implicit_storage` is what a cache costs that the service keeps by itself, for a model that has no other.
    `image_tokens` are tokens an image, `audio_tokens` and `video_tokens` tokens a second, for the families that
    `media` does not name.
    """

    batch_share: Figure
    batch_platforms: tuple[Words, ...]
    batch_cached_share: Figure | None = None
    implicit_storage: Figure | None = None
    image_tokens: Figure
    audio_tokens: Figure
    video_tokens: Figure
    media: tuple[MediaFigures, ...] = ()

    def media_of(self, family: str | None) -> MediaFigures:
        """How a family of models counts images, audio and video; the general figures where nothing else is known."""
        for each in self.media:
            if family in each.families:
                return each
        return MediaFigures(
            families=(),
            image_tokens=self.image_tokens,
            audio_tokens=self.audio_tokens,
            video_tokens=self.video_tokens,
        )


class Decision(Entry):
    """Everything in `decision.yaml`."""

    criteria: tuple[Criterion, ...]
    scales: Scales
    noise: Noise
    near: Nearness
    strength: Strength
    rules: Rules
    conversions: tuple[Conversion, ...]
    uses: tuple[Use, ...]
