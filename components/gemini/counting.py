"""How many tokens a request sends in: asked of the service, or estimated without it."""

from __future__ import annotations

import asyncio
import json
import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from components.gemini.content import Part, PartKind
from components.gemini.errors import Failure, failure_of
from components.gemini.request import Request, sdk_config, sdk_contents

if TYPE_CHECKING:
    from google.genai import Client, types

CHARACTERS_PER_TOKEN = 4
AUDIO_TOKENS_PER_S = 32
TILE_TOKENS = 258
TILE_PIXELS = 768
SMALL_IMAGE_PIXELS = 384
# A sample of a long text tells which script it is written in.
_SCRIPT_SAMPLE = 20_000


@dataclass(frozen=True)
class Estimate:
    """A count that nobody has confirmed.

    `reasons` are the assumptions behind it, in plain words. With `at_least` something could not be counted, so that
    the true number is higher.
    """

    tokens: int
    reasons: tuple[str, ...] = ()
    at_least: bool = False


@dataclass(frozen=True)
class _Rates:
    """Tokens of one image (None: by tiles), of one page of a PDF, and of one second of video with its sound."""

    image: int | None
    page: int
    video_s: int
    named: str


_TILED = _Rates(image=None, page=258, video_s=263, named="models up to Gemini 2.5")
# Video is one frame of 70 tokens a second, and 32 tokens a second for the sound.
_BUDGETED = _Rates(image=1120, page=560, video_s=102, named="Gemini 3 and newer models at their default resolution")


async def count_tokens(
    client: Client, request: Request, *, vertexai: bool, secrets: Iterable[str] = (), timeout_s: float = 10
) -> int | Failure:
    """Ask the service what everything that the request sends in counts, in tokens. Never raises but for cancellation.

    `vertexai` says which platform the client calls, `secrets` are the connection's keys, kept out of the failure's
    words. The Developer API takes neither a system instruction nor tools here: both are counted as text in front of
    the conversation, which is close but not the same.
    """
    from google.genai import types

    try:
        async with asyncio.timeout(timeout_s):
            contents, config = sdk_contents(request), sdk_config(request)
            settings: dict[str, Any] = {"http_options": config.http_options}
            if vertexai:
                settings |= {"system_instruction": config.system_instruction, "tools": config.tools}
            else:
                contents = [*_spoken_settings(config), *contents]
            counted = await client.aio.models.count_tokens(
                model=request.model, contents=list(contents), config=types.CountTokensConfig(**settings)
            )
    except Exception as error:
        return _not_counted(failure_of(error, partial=False, model=request.model, secrets=secrets))
    if counted.total_tokens is None:
        error_of_shape = TypeError("the count of tokens is missing")
        return _not_counted(failure_of(error_of_shape, partial=False, model=request.model))
    return counted.total_tokens


def estimate_tokens(request: Request) -> Estimate:
    """Estimate what everything that the request sends in counts, without asking anybody; an estimate it stays.

    Text by Google's rule of four characters a token; images, pages, sound and video by the rates of
    https://ai.google.dev/gemini-api/docs/tokens and https://ai.google.dev/gemini-api/docs/media-resolution.
    """
    texts = [request.system_instruction or "", request.functions, *_said(request)]
    estimates = [_text_estimate(texts)]
    estimates += [estimate_file(part, request.model) for part in _files(request)]
    reasons = dict.fromkeys(reason for one in estimates for reason in one.reasons)
    return Estimate(
        tokens=sum(one.tokens for one in estimates),
        reasons=tuple(reasons),
        at_least=any(one.at_least for one in estimates),
    )


def estimate_file(part: Part, model: str) -> Estimate:
    """Estimate what one attachment counts with `model`. A file that cannot be read counts the least that it can.

    Never raises. Images with both sides up to 384 pixels are one tile of 258 tokens, larger ones tiles of 768 by 768
    pixels; a page of a PDF is 258 tokens, sound 32 and video 263 tokens a second
    (https://ai.google.dev/gemini-api/docs/tokens). From Gemini 3 on an image is up to 1,120 tokens, a page 560 and a
    video 70 tokens a second besides its sound (https://ai.google.dev/gemini-api/docs/media-resolution).
    """
    name = part.name or "A file"
    rates = _rates_of(model)
    kind = part.mime_type.partition("/")[0]
    if part.mime_type == "application/pdf":
        return _pages_estimate(part, name, rates)
    estimators: dict[str, Callable[[Part, str, _Rates], Estimate]] = {
        "image": _image_estimate,
        "audio": _timed_estimate,
        "video": _timed_estimate,
        "text": _text_file_estimate,
    }
    if kind not in estimators:
        return Estimate(0, (f"{name}: nothing is known about files of the type {part.mime_type or 'unknown'}.",), True)
    return estimators[kind](part, name, rates)


def _spoken_settings(config: types.GenerateContentConfig) -> Iterator[types.Content]:
    from google.genai import types

    declared = [
        one.model_dump(mode="json", exclude_none=True)
        for tool in config.tools or ()
        if isinstance(tool, types.Tool)
        for one in tool.function_declarations or ()
    ]
    texts = (config.system_instruction or "", json.dumps(declared, ensure_ascii=False) if declared else "")
    for text in texts:
        if text:
            yield types.Content(role="user", parts=[types.Part(text=str(text))])


def _not_counted(failure: Failure) -> Failure:
    return replace(
        failure,
        message=f"The service did not count the tokens. {failure.message}",
        next_step="Until it does, the number beside the prompt is an estimate.",
    )


def _said(request: Request) -> list[str]:
    parts = [part for turn in (*request.turns, request.own_turn) for part in turn.parts if not part.is_file]
    return [f"{part.name} {part.text}" if part.kind is not PartKind.TEXT else part.text for part in parts]


def _files(request: Request) -> list[Part]:
    return [part for turn in (*request.turns, request.own_turn) for part in turn.parts if part.is_file]


def _rates_of(model: str) -> _Rates:
    generation = model.rpartition("/")[2].removeprefix("gemini-").partition(".")[0].partition("-")[0]
    newer = "gemini-" in model and generation.isdecimal() and int(generation[:6]) >= 3
    return _BUDGETED if newer else _TILED


def _text_estimate(texts: Iterable[str]) -> Estimate:
    text = "".join(texts)
    tokens = -(-len(text) // CHARACTERS_PER_TOKEN)
    if not tokens:
        return Estimate(0)
    reasons = [f"Text: {CHARACTERS_PER_TOKEN} characters a token, which is Google's rule of thumb."]
    if dense := _is_dense(text[:_SCRIPT_SAMPLE]):
        reasons.append("Much of the text is in a script with fewer letters to a token, so the true number is higher.")
    return Estimate(tokens, tuple(reasons), dense)


def _is_dense(text: str) -> bool:
    """Whether a fifth of the letters stand for more than a letter of an alphabet does, as in Chinese or Japanese."""
    letters = [letter for letter in text if letter.isalpha()]
    dense = [letter for letter in letters if unicodedata.east_asian_width(letter) in "WF"]
    return len(dense) * 5 > len(letters)


def _text_file_estimate(part: Part, name: str, rates: _Rates) -> Estimate:
    if part.data:
        return _text_estimate([part.data.decode("utf-8", "replace")])
    return Estimate(0, (f"{name}: the text is not at hand, so it is not counted.",), True)


def _image_estimate(part: Part, name: str, rates: _Rates) -> Estimate:
    if rates.image is not None:
        return Estimate(rates.image, (f"{name}: up to {rates.image:,} tokens an image, for {rates.named}.",))
    size = _image_size(part.data)
    if size is None:
        return Estimate(TILE_TOKENS, (f"{name}: its size in pixels cannot be read; counted as one tile.",), True)
    width, height = size
    tiles = 1
    if max(size) > SMALL_IMAGE_PIXELS:
        tiles = -(-width // TILE_PIXELS) * -(-height // TILE_PIXELS)
    tiled = f"{tiles} tile{'' if tiles == 1 else 's'} of {TILE_PIXELS} by {TILE_PIXELS}"
    return Estimate(tiles * TILE_TOKENS, (f"{name}: {width} by {height} pixels, {tiled}, {TILE_TOKENS} tokens each.",))


def _image_size(data: bytes) -> tuple[int, int] | None:
    import warnings

    from PIL import Image

    try:
        # Pillow warns of huge pictures before anything is unpacked, and only the head is read here.
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(data)) as image:
            width, height = image.size
    except Exception:
        return None
    return (width, height) if width > 0 and height > 0 else None


def _pages_estimate(part: Part, name: str, rates: _Rates) -> Estimate:
    pages, why_not = pdf_pages(part.data) if part.data else (None, "is not at hand")
    if pages is None:
        return Estimate(rates.page, (f"{name}: the file {why_not}, so its pages are not known; counted as one.",), True)
    reason = f"{name}: {pages:,} page{'' if pages == 1 else 's'}, {rates.page} tokens each, for {rates.named}."
    return Estimate(pages * rates.page, (reason,))


def pdf_pages(data: bytes) -> tuple[int | None, str]:
    """Return how many pages a PDF has, or None and what is wrong with the file. Never raises."""
    from pypdf import PdfReader

    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            return None, "is encrypted"
        root: Any = reader.root_object
        pages = root["/Pages"]["/Count"]
        # The number stands in the file; what cannot be true is counted by hand.
        if not isinstance(pages, int) or not 0 < pages <= len(data):
            pages = len(reader.pages)
    except Exception:
        return None, "cannot be read"
    return (int(pages), "") if pages else (None, "has no pages")


def _timed_estimate(part: Part, name: str, rates: _Rates) -> Estimate:
    sound = part.mime_type.startswith("audio/")
    rate = AUDIO_TOKENS_PER_S if sound else rates.video_s
    by = f"{rate} tokens a second" + ("" if sound else f", for {rates.named}")
    seconds = _duration_s(part.data)
    if seconds is None:
        return Estimate(rate, (f"{name}: how long it plays cannot be read; counted as one second, {by}.",), True)
    whole = max(1, math.ceil(seconds))
    return Estimate(rate * whole, (f"{name}: {whole:,} second{'' if whole == 1 else 's'}, {by}.",))


def _duration_s(data: bytes) -> float | None:
    from tinytag import TinyTag

    try:
        seconds = TinyTag.get("", file_obj=BytesIO(data), tags=False).duration
    except Exception:
        return None
    return seconds if seconds is not None and 0 < seconds < 10_000_000 else None
