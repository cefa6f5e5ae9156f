"""The routes of the simulator: the part of the Gemini REST API that it answers."""

import asyncio
import re
import secrets
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.gemini.simulator.answer import Answer, compose
from components.gemini.simulator.controls import Controls, read_controls, split_directives
from components.gemini.simulator.errors import (
    HTML_ERROR_PAGE,
    ApiError,
    BadGatewayPage,
    bad_request,
    body_too_large,
    internal,
    prompt_too_long,
    unknown_model,
    unknown_route,
)
from components.gemini.simulator.families import caches_by_itself, check_family
from components.gemini.simulator.faults import bend_answer, bend_timeline, refuse
from components.gemini.simulator.files import FileService, FileStore
from components.gemini.simulator.models import SimulatedModel, SimulatorConfig, find_model
from components.gemini.simulator.playback import Framing, Playback
from components.gemini.simulator.prefixes import PrefixBook
from components.gemini.simulator.request import GenerateRequest, parse_count, parse_generate, parse_json
from components.gemini.simulator.timeline import Chunk, Pace, Timeline, stream, whole
from components.gemini.simulator.wire import Stamp, Usage, encode, model_record, to_json, token_count

API_VERSIONS = ("v1", "v1beta")

_STREAM_METHOD = ":streamGenerateContent"
_DEFAULT_PAGE_SIZE = 50
_LARGEST_PAGE = 1000


def create_app(config: SimulatorConfig) -> Starlette:
    """Return the ASGI application that plays the models of `config`.

    Between requests it keeps the records of uploaded files, without their bytes, and hashes of long prompts.
    """
    store = FileStore(config.max_stored_bytes)
    service = _Service(config, store, PrefixBook())
    files = FileService(store, config)
    uploads = [Route("/files", files.upload, methods=["POST"])]
    routes = [
        Route("/files", files.list, methods=["GET"]),
        Route("/files/{name}", files.get, methods=["GET"]),
        Route("/files/{name}", files.delete, methods=["DELETE"]),
        Route("/models", service.list_models, methods=["GET"]),
        Route("/models/{model:path}:generateContent", service.generate, methods=["POST"]),
        Route("/models/{model:path}" + _STREAM_METHOD, service.stream, methods=["POST"]),
        Route("/models/{model:path}:countTokens", service.count_tokens, methods=["POST"]),
        Route("/models/{model:path}", service.get_model, methods=["GET"]),
    ]
    return Starlette(
        routes=[
            *(Mount(f"/{version}", routes=routes) for version in API_VERSIONS),
            *(Mount(f"/upload/{version}", routes=uploads) for version in API_VERSIONS),
        ],
        middleware=[Middleware(_ServerTiming)],
        exception_handlers={
            ApiError: _on_api_error,
            BadGatewayPage: _on_bad_gateway,
            HTTPException: _on_unknown_route,
            Exception: _on_crash,
        },
    )


@dataclass(frozen=True)
class _Service:
    config: SimulatorConfig
    files: FileStore
    prefixes: PrefixBook

    async def list_models(self, request: Request) -> ASGIApp:
        """Answer one page of the model list."""
        controls = read_controls(request.headers.items(), [], "")
        size = _page_number(request, "pageSize", _DEFAULT_PAGE_SIZE) or _DEFAULT_PAGE_SIZE
        start = _page_number(request, "pageToken", 0)
        end = start + min(size, _LARGEST_PAGE)
        page: dict[str, Any] = {"models": [model_record(model) for model in self.config.models[start:end]]}
        if end < len(self.config.models):
            page["nextPageToken"] = str(end)
        return self._plain(page, controls, "")

    async def get_model(self, request: Request) -> ASGIApp:
        """Answer the record of one model."""
        model = self._model(request, "getModel")
        return self._plain(model_record(model), read_controls(request.headers.items(), [], model.id), model.id)

    async def count_tokens(self, request: Request) -> ASGIApp:
        """Answer the number of tokens in a prompt, counted as the usage of an answer is."""
        model = self._model(request, "countTokens")
        asked, controls = _controls(request, parse_count(await self._json(request)), model)
        return self._plain(token_count(self._with_files(asked).prompt_details), controls, model.id)

    async def generate(self, request: Request) -> ASGIApp:
        """Answer in one JSON document, when the last token is due."""
        return await self._answer(request, Framing.WHOLE)

    async def stream(self, request: Request) -> ASGIApp:
        """Answer chunk by chunk, as server-sent events or as one JSON array."""
        return await self._answer(request, Framing.EVENTS if _wants_events(request) else Framing.ARRAY)

    async def _answer(self, request: Request, framing: Framing) -> Playback:
        started = _now()
        model = self._model(request, "generateContent")
        asked, controls = _controls(request, parse_generate(await self._json(request)), model)
        refuse(controls.fault, model.id, streamed=framing is not Framing.WHOLE)
        check_family(asked, model)
        asked = self._with_files(asked)
        if asked.prompt_tokens > model.input_token_limit:
            raise prompt_too_long(asked.prompt_tokens, model.input_token_limit)
        answer = bend_answer(compose(asked, model), controls.fault)
        lay_out = whole if framing is Framing.WHOLE else stream
        usage = self._usage(asked, model, answer)
        timeline = lay_out(answer, usage, self._pace(model, controls), _stamp(model, controls))
        return Playback(bend_timeline(timeline, controls.fault, self.config.stall_s), framing, started)

    def _with_files(self, asked: GenerateRequest) -> GenerateRequest:
        """Add what the uploaded files count; a file that cannot be used is refused."""
        counted = tuple(self.files.counted(uri, _now()) for uri in asked.file_uris)
        return replace(asked, attached=asked.attached + counted)

    def _usage(self, asked: GenerateRequest, model: SimulatedModel, answer: Answer) -> Usage:
        """Return the usage before the first token of the answer."""
        cached = self.prefixes.cached_tokens(model.id, asked.prefixes) if caches_by_itself(model.id) else 0
        return Usage(asked.prompt_details, cached=min(cached, asked.prompt_tokens), tool=answer.tool_tokens)

    def _plain(self, payload: dict[str, Any], controls: Controls, model_id: str) -> Playback:
        refuse(controls.fault, model_id)
        timeline = Timeline((Chunk(0, to_json(payload)),))
        return Playback(bend_timeline(timeline, controls.fault, self.config.stall_s), Framing.WHOLE, _now())

    def _model(self, request: Request, method: str) -> SimulatedModel:
        model_id = str(request.path_params["model"]).removeprefix("models/")
        if not re.fullmatch(r"[\w.@-]{1,200}", model_id):
            raise bad_request([("model", "unexpected model name format")])
        model = find_model(self.config, model_id)
        if model is None:
            raise unknown_model(model_id, _api_version(request), method)
        return model

    def _pace(self, model: SimulatedModel, controls: Controls) -> Pace:
        return Pace(
            _either(controls.first_token_ms, model.first_token_ms),
            _either(controls.tokens_per_second, model.tokens_per_second),
            controls.tokens_per_chunk or self.config.tokens_per_chunk,
        )

    async def _json(self, request: Request) -> dict[str, Any]:
        body, size = bytearray(), 0
        async for part in request.stream():
            size += len(part)
            # Read to the end without keeping it: an answer during the upload would not reach every client.
            if size <= self.config.max_body_bytes:
                body += part
        if size > self.config.max_body_bytes:
            raise body_too_large(self.config.max_body_bytes)
        return parse_json(bytes(body))


@dataclass(frozen=True)
class _ServerTiming:
    """Adds the real service's header with the milliseconds from the request to the response's start."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = _now()

        async def send_timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                elapsed_ms = round((_now() - started) * 1000)
                MutableHeaders(scope=message)["server-timing"] = f"gfet4t7; dur={elapsed_ms}"
            await send(message)

        await self.app(scope, receive, send_timed)


def _controls(request: Request, asked: GenerateRequest, model: SimulatedModel) -> tuple[GenerateRequest, Controls]:
    """Take the directives out of the prompt and return both."""
    prompt, directives = split_directives(asked.prompt)
    return replace(asked, prompt=prompt), read_controls(request.headers.items(), directives, model.id)


def _stamp(model: SimulatedModel, controls: Controls) -> Stamp:
    version = "" if controls.no_model_version else model.model_version or model.id
    return Stamp(version, secrets.token_urlsafe(16))


def _page_number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise bad_request([(name, f"Invalid value at '{name}': {text[:100]}")])
    return int(text)


def _wants_events(request: Request) -> bool:
    return request.query_params.get("alt") == "sse"


def _api_version(request: Request) -> str:
    return request.url.path.split("/")[1]


def _either(asked: float | None, default: float) -> float:
    return default if asked is None else asked


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _on_api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    in_array = request.url.path.endswith(_STREAM_METHOD) and not _wants_events(request)
    payload = error.payload()
    content = encode(to_json([payload] if in_array else payload))
    return Response(content, error.code, media_type=Framing.WHOLE.value.content_type)


async def _on_bad_gateway(request: Request, error: Exception) -> Response:
    return HTMLResponse(HTML_ERROR_PAGE, 502)


async def _on_unknown_route(request: Request, error: Exception) -> Response:
    return await _on_api_error(request, unknown_route())


async def _on_crash(request: Request, error: Exception) -> Response:
    return await _on_api_error(request, internal())
