"""The routes of the simulator: the part of the Gemini REST API that it answers."""

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from components.gemini.simulator.answer import Answer, compose
from components.gemini.simulator.batches import BatchService
from components.gemini.simulator.caches import CacheService, CacheStore
from components.gemini.simulator.controls import Controls, read_controls, split_directives
from components.gemini.simulator.errors import (
    HTML_ERROR_PAGE,
    ApiError,
    BadGatewayPage,
    bad_request,
    internal,
    prompt_too_long,
    unknown_model,
    unknown_route,
)
from components.gemini.simulator.families import caches_by_itself, check_family
from components.gemini.simulator.faults import Fault, bend_answer, bend_timeline, refuse
from components.gemini.simulator.fields import page_of
from components.gemini.simulator.files import FileService, FileStore
from components.gemini.simulator.log import ADDRESS, Line, Logged, RequestLog, line_of
from components.gemini.simulator.models import SimulatedModel, SimulatorConfig, find_model
from components.gemini.simulator.playback import Framing, Playback
from components.gemini.simulator.prefixes import PrefixBook
from components.gemini.simulator.replies import Replies, now
from components.gemini.simulator.request import GenerateRequest, parse_count, parse_generate
from components.gemini.simulator.timeline import Pace, stream, whole
from components.gemini.simulator.tokens import count_tokens
from components.gemini.simulator.wire import Stamp, Usage, encode, model_record, to_json, token_count

API_VERSIONS = ("v1beta", "v1")

_STREAM_METHOD = ":streamGenerateContent"
# Faults of a connection: a row of a batch has none, so there they end in an error.
_CONNECTION_FAULTS = (Fault.DROP_BEFORE, Fault.DROP_MID, Fault.STALL, Fault.BROKEN_JSON, Fault.ERROR_IN_STREAM)


def create_app(config: SimulatorConfig) -> Starlette:
    """Return the ASGI application that plays the models of `config`.

    Between requests it keeps records of files, caches and batches, the bytes of what batches read and write, hashes of
    long prompts, and the last lines of the request log; each of them up to a limit.
    """
    store, caches, log = (
        FileStore(config.max_stored_bytes, config.max_kept_bytes),
        CacheStore(),
        RequestLog(config.log_limit),
    )
    replies = Replies(config)
    service = _Service(config, store, caches, PrefixBook(), replies, log)
    files = FileService(store, config, replies)
    cached = CacheService(caches, config, replies, service.with_files)
    batches = BatchService(store, config, replies, service.answer_row)

    async def batch(request: Request) -> ASGIApp:
        return await batches.create(request, service.model(request, "batchGenerateContent"))

    downloads = [Route("/files/{name}:download", files.download, methods=["GET"])]
    uploads = [Route("/files", files.upload, methods=["POST"])]
    routes = [
        Route("/models/{model:path}" + _STREAM_METHOD, service.stream, methods=["POST"]),
        Route("/models/{model:path}:generateContent", service.generate, methods=["POST"]),
        Route("/models/{model:path}:countTokens", service.count_tokens, methods=["POST"]),
        Route("/models/{model:path}:batchGenerateContent", batch, methods=["POST"]),
        Route("/models", service.list_models, methods=["GET"]),
        Route("/models/{model:path}", service.get_model, methods=["GET"]),
        *downloads,
        Route("/files", files.list, methods=["GET"]),
        Route("/files/{name}", files.get, methods=["GET"]),
        Route("/files/{name}", files.delete, methods=["DELETE"]),
        Route("/cachedContents", cached.create, methods=["POST"]),
        Route("/cachedContents", cached.list, methods=["GET"]),
        Route("/cachedContents/{name}", cached.get, methods=["GET"]),
        Route("/cachedContents/{name}", cached.update, methods=["PATCH"]),
        Route("/cachedContents/{name}", cached.delete, methods=["DELETE"]),
        Route("/batches/{name}:cancel", batches.cancel, methods=["POST"]),
        Route("/batches", batches.list, methods=["GET"]),
        Route("/batches/{name}", batches.get, methods=["GET"]),
        Route("/batches/{name}", batches.delete, methods=["DELETE"]),
    ]
    return Starlette(
        routes=[
            *(Mount(f"/{version}", routes=routes) for version in API_VERSIONS),
            *(Mount(f"/upload/{version}", routes=uploads) for version in API_VERSIONS),
            *(Mount(f"/download/{version}", routes=downloads) for version in API_VERSIONS),
            Route(ADDRESS, log.read, methods=["GET"]),
            Route(ADDRESS, log.clear, methods=["DELETE"]),
        ],
        middleware=[Middleware(Logged, log)],
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
    caches: CacheStore
    prefixes: PrefixBook
    replies: Replies
    log: RequestLog

    async def list_models(self, request: Request) -> ASGIApp:
        """Answer one page of the model list."""
        controls = self.replies.controls(request)
        page = page_of(request, "models", self.config.models, model_record)
        return self.replies.json(page, controls)

    async def get_model(self, request: Request) -> ASGIApp:
        """Answer the record of one model."""
        model = self.model(request, "getModel")
        return self.replies.json(model_record(model), self.replies.controls(request, model_id=model.id), model.id)

    async def count_tokens(self, request: Request) -> ASGIApp:
        """Answer the number of tokens in a prompt, counted as the usage of an answer is."""
        model = self.model(request, "countTokens")
        asked, controls = self._controls(request, parse_count(await self.replies.body(request)), model, "countTokens")
        asked = self._completed(asked, model)
        cached = asked.cached.tokens if asked.cached else 0
        return self.replies.json(token_count(asked.prompt_details, cached), controls, model.id)

    async def generate(self, request: Request) -> ASGIApp:
        """Answer in one JSON document, when the last token is due."""
        return await self._answer(request, Framing.WHOLE)

    async def stream(self, request: Request) -> ASGIApp:
        """Answer chunk by chunk, as server-sent events or as one JSON array."""
        return await self._answer(request, Framing.EVENTS if _wants_events(request) else Framing.ARRAY)

    def answer_row(self, body: Mapping[str, Any], model: SimulatedModel) -> str:
        """Return the answer to one row of a batch as JSON; raise ApiError, or BadGatewayPage, for one that fails."""
        asked = parse_generate(body)
        line = Line(time.time(), "batchGenerateContent.row")
        line.asked(line.method, model.id, asked.prompt)
        self.log.add(line)
        line.answered, line.status = True, 400
        prompt, directives = split_directives(asked.prompt)
        controls = read_controls((), directives, model.id)
        line.fault = controls.fault.value if controls.fault else ""
        refuse(controls.fault, model.id, self.config.retry_delay_s)
        if controls.fault in _CONNECTION_FAULTS:
            raise internal()
        asked, answer = self._answered(replace(asked, prompt=prompt), model, controls)
        pace = self._pace(model, controls)
        timeline = whole(answer, self._usage(asked, model, answer), pace, _stamp(model, controls))
        line.status = 200
        _note_usage(line, asked, answer)
        return timeline.chunks[0].body

    async def _answer(self, request: Request, framing: Framing) -> Playback:
        started = now()
        model = self.model(request, "generateContent")
        method = "generateContent" if framing is Framing.WHOLE else "streamGenerateContent"
        asked, controls = self._controls(request, parse_generate(await self.replies.body(request)), model, method)
        self.replies.refuse(controls, model.id, streamed=framing is not Framing.WHOLE)
        asked, answer = self._answered(asked, model, controls)
        lay_out = whole if framing is Framing.WHOLE else stream
        usage = self._usage(asked, model, answer)
        timeline = lay_out(answer, usage, self._pace(model, controls), _stamp(model, controls))
        _note_usage(line_of(request), asked, answer)
        return Playback(bend_timeline(timeline, controls.fault, self.config.stall_s), framing, started)

    def _answered(
        self, asked: GenerateRequest, model: SimulatedModel, controls: Controls
    ) -> tuple[GenerateRequest, Answer]:
        """Return the request with all that it refers to, and its answer; raise ApiError for one that is refused."""
        check_family(asked, model)
        asked = self._completed(asked, model)
        if asked.prompt_tokens > model.input_token_limit:
            raise prompt_too_long(asked.prompt_tokens, model.input_token_limit)
        return asked, bend_answer(compose(asked, model), controls.fault)

    def _completed(self, asked: GenerateRequest, model: SimulatedModel) -> GenerateRequest:
        """Add what the cache holds and what the uploaded files count; what cannot be used is refused."""
        if asked.cache_name:
            asked = replace(asked, cached=self.caches.held(asked.cache_name, model.id))
        return self.with_files(asked)

    def with_files(self, asked: GenerateRequest) -> GenerateRequest:
        """Add what the uploaded files count; raise ApiError for a file that cannot be used."""
        if not asked.file_uris:
            return asked
        counted = tuple(self.files.active(uri, now()).counted for uri in asked.file_uris)
        return replace(asked, attached=asked.attached + counted)

    def _usage(self, asked: GenerateRequest, model: SimulatedModel, answer: Answer) -> Usage:
        """Return the usage before the first token of the answer."""
        cached = self.prefixes.cached_tokens(model.id, asked.prefixes) if caches_by_itself(model.id) else 0
        cached = asked.cached.tokens if asked.cached else min(cached, asked.prompt_tokens)
        return Usage(asked.prompt_details, cached=cached, tool=answer.tool_tokens)

    def _controls(
        self, request: Request, asked: GenerateRequest, model: SimulatedModel, method: str
    ) -> tuple[GenerateRequest, Controls]:
        """Take the directives out of the prompt and return both; the log gets the prompt as it was sent."""
        line_of(request).asked(method, model.id, asked.prompt)
        prompt, directives = split_directives(asked.prompt)
        return replace(asked, prompt=prompt), self.replies.controls(request, directives, model.id)

    def model(self, request: Request, method: str) -> SimulatedModel:
        """Return the model that the address names; raise ApiError for one that cannot be called."""
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


def _stamp(model: SimulatedModel, controls: Controls) -> Stamp:
    version = "" if controls.no_model_version else model.model_version or model.id
    return Stamp(version, secrets.token_urlsafe(16))


def _note_usage(line: Line, asked: GenerateRequest, answer: Answer) -> None:
    line.input_tokens = asked.prompt_tokens + answer.tool_tokens
    extras = sum(extra.tokens for extra in answer.extras)
    line.output_tokens = count_tokens(answer.text) + extras + count_tokens(answer.thoughts)


def _wants_events(request: Request) -> bool:
    return request.query_params.get("alt") == "sse"


def _api_version(request: Request) -> str:
    return request.url.path.split("/")[1]


def _either(asked: float | None, default: float) -> float:
    return default if asked is None else asked


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
