import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest
from google.auth import exceptions as sign_in
from google.genai import errors, types
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from components.gemini.errors import Failure, FailureKind, failure_of, failure_of_finish, spoken_wait

MODEL = "gemini-2.0-flash"
KEY = "own-key-of-this-connection"


def failure(exception: BaseException, partial: bool = False) -> Failure:
    return failure_of(exception, partial=partial, model=MODEL, secrets=(KEY,))


def refused(
    code: int, status: str | None = None, message: str = "No.", details: list[Any] | None = None, **headers: str
) -> errors.APIError:
    body = {"error": {"code": code, "status": status, "message": message, "details": details or []}}
    response = httpx2.Response(code, headers=[(name.replace("_", "-"), value) for name, value in headers.items()])
    wrong = errors.ServerError if code >= 500 else errors.ClientError
    return wrong(code, body, response)


def retry_info(delay: str) -> dict[str, str]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


def quota(period: str) -> dict[str, Any]:
    violation = {"quotaId": f"GenerateRequestsPer{period}PerProjectPerModel-FreeTier", "quotaValue": "10"}
    return {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}


@pytest.mark.parametrize(
    ("code", "status", "message", "kind"),
    [
        (302, "Found", "Moved.", FailureKind.CONNECTION_REFUSED),
        (400, "INVALID_ARGUMENT", "Request contains an invalid argument.", FailureKind.BAD_REQUEST),
        (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", FailureKind.INVALID_KEY),
        (400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.", FailureKind.INVALID_KEY),
        (
            400,
            "INVALID_ARGUMENT",
            "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).",
            FailureKind.PROMPT_TOO_LONG,
        ),
        (
            400,
            "INVALID_ARGUMENT",
            "Request payload size exceeds the limit: 9 bytes.",
            FailureKind.PROMPT_TOO_LONG,
        ),
        (400, "FAILED_PRECONDITION", "User location is not supported for the API use.", FailureKind.NO_ACCESS),
        (401, "UNAUTHENTICATED", "Expected OAuth 2 access token.", FailureKind.INVALID_KEY),
        (403, "PERMISSION_DENIED", "The caller does not have permission", FailureKind.NO_ACCESS),
        (403, "PERMISSION_DENIED", "Your API key was reported as leaked.", FailureKind.INVALID_KEY),
        (404, "NOT_FOUND", "models/x is not found", FailureKind.NOT_FOUND),
        (408, None, "Request Timeout", FailureKind.TIMED_OUT),
        (413, None, "Payload Too Large", FailureKind.PROMPT_TOO_LONG),
        (418, None, "I'm a teapot", FailureKind.BAD_REQUEST),
        (429, "RESOURCE_EXHAUSTED", "Resource exhausted.", FailureKind.RATE_LIMITED),
        (500, "INTERNAL", "An internal error has occurred.", FailureKind.SERVER_ERROR),
        (502, "Bad Gateway", "<html><title>502</title></html>", FailureKind.SERVER_ERROR),
        (503, "UNAVAILABLE", "The model is overloaded.", FailureKind.OVERLOADED),
        (504, "DEADLINE_EXCEEDED", "Deadline expired.", FailureKind.TIMED_OUT),
    ],
)
def test_a_refusal_is_told_by_its_status(code: int, status: str | None, message: str, kind: FailureKind) -> None:
    found = failure(refused(code, status, message))
    assert found.kind is kind
    assert found.http_status == code
    assert found.detail.startswith(f"{code}")


def test_a_wrong_key_is_known_by_its_reason_alone() -> None:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    assert failure(refused(400, "INVALID_ARGUMENT", "Nope.", [info])).kind is FailureKind.INVALID_KEY


def test_the_wait_is_read_from_retry_info_and_told() -> None:
    found = failure(refused(429, "RESOURCE_EXHAUSTED", "Slow down.", [quota("Minute"), retry_info("12s")]))
    assert (found.kind, found.retry_after_s) == (FailureKind.RATE_LIMITED, 12)
    assert "12 seconds" in found.sentence


def test_retry_info_wins_over_the_header_and_the_header_over_the_message() -> None:
    both = refused(429, "RESOURCE_EXHAUSTED", "Please retry in 34.07s.", [retry_info("1.5s")], retry_after="7")
    assert failure(both).retry_after_s == 1.5
    assert failure(refused(429, None, "Please retry in 34.07s.", retry_after="7")).retry_after_s == 7
    assert failure(refused(429, None, "Please retry in 34.07s.")).retry_after_s == 34.07


def test_the_header_may_hold_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    wait = failure(refused(503, "UNAVAILABLE", retry_after=later)).retry_after_s
    assert wait is not None
    assert 85 < wait <= 90


@pytest.mark.parametrize("delay", ["", "soon", "-3s", "nan", "infs", "9" * 400 + "s", "99999999s"])
def test_a_wait_that_makes_no_sense_is_ignored(delay: str) -> None:
    found = failure(refused(429, None, details=[retry_info(delay)], retry_after=delay or "x"))
    assert found.retry_after_s is None
    assert "about a minute" in found.sentence


def test_a_used_up_day_is_not_told_as_a_wait_of_seconds() -> None:
    found = failure(refused(429, "RESOURCE_EXHAUSTED", "Quota.", [quota("Minute"), quota("Day"), retry_info("38s")]))
    assert (found.kind, found.retry_after_s) == (FailureKind.QUOTA_EXHAUSTED, None)
    assert "tomorrow" in found.sentence
    assert "38" not in found.sentence


def test_a_used_up_day_tells_a_wait_of_hours() -> None:
    found = failure(refused(429, "RESOURCE_EXHAUSTED", "Quota.", [quota("Day"), retry_info("39600s")]))
    assert found.retry_after_s == 39600
    assert "11 hours" in found.sentence


def test_a_quota_of_zero_says_that_waiting_is_useless() -> None:
    message = "Quota exceeded for metric: free_tier_requests, limit: 0, model: gemini-2.0-pro"
    found = failure(refused(429, "RESOURCE_EXHAUSTED", message, [quota("Minute"), retry_info("12s")]))
    assert found.kind is FailureKind.QUOTA_EXHAUSTED
    assert "no quota at all" in found.sentence
    assert "12" not in found.sentence


def test_html_in_an_error_is_reduced_to_its_title() -> None:
    response = {"message": "<!DOCTYPE html><html><title>Error 502</title><p>Long</html>", "status": "Bad Gateway"}
    found = failure(errors.ServerError(502, response, None))
    assert found.detail == "502 Bad Gateway: Error 502"


@pytest.mark.parametrize("body", [None, "text", 7, [], [1, 2], {"error": "text"}, {"error": {"details": "text"}}])
def test_a_refusal_of_any_shape_is_read(body: Any) -> None:
    try:
        exception = errors.ClientError(429, body, None)
    except Exception:
        pytest.skip("the SDK itself cannot build this error")
    assert failure(exception).kind is FailureKind.RATE_LIMITED


def _validation_error() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        types.GenerateContentResponse.model_validate({"candidates": 3})
    return caught.value


@pytest.mark.parametrize(
    ("exception", "kind"),
    [
        (httpx2.ConnectError("refused"), FailureKind.CONNECTION_REFUSED),
        (httpx2.ConnectTimeout("silence"), FailureKind.CONNECTION_REFUSED),
        (httpx2.ProxyError("no"), FailureKind.CONNECTION_REFUSED),
        (httpx2.UnsupportedProtocol("ftp"), FailureKind.CONNECTION_REFUSED),
        (httpx2.TooManyRedirects("loop"), FailureKind.CONNECTION_REFUSED),
        (ConnectionRefusedError(111, "refused"), FailureKind.CONNECTION_REFUSED),
        (httpx2.ReadTimeout("silence"), FailureKind.TIMED_OUT),
        (httpx2.PoolTimeout("full"), FailureKind.TIMED_OUT),
        (TimeoutError(), FailureKind.TIMED_OUT),
        (httpx2.RemoteProtocolError("peer closed connection"), FailureKind.CONNECTION_LOST),
        (httpx2.ReadError("reset"), FailureKind.CONNECTION_LOST),
        (ConnectionResetError(104, "reset"), FailureKind.CONNECTION_LOST),
        (httpx2.StreamClosed(), FailureKind.CONNECTION_LOST),
        (socket.gaierror(-2, "Name or service not known"), FailureKind.CONNECTION_REFUSED),
        (httpx2.LocalProtocolError("Illegal header value"), FailureKind.BAD_REQUEST),
        (ValueError("contents are required."), FailureKind.BAD_REQUEST),
        (ValueError("No API key was provided. Please pass a valid API key."), FailureKind.NO_KEY),
        (sign_in.DefaultCredentialsError("not found"), FailureKind.NO_KEY),
        (sign_in.RefreshError("expired"), FailureKind.INVALID_KEY),
        (sign_in.TransportError("offline"), FailureKind.CONNECTION_REFUSED),
        (errors.UnknownApiResponseError("Failed to parse response as JSON."), FailureKind.MALFORMED_RESPONSE),
        (json.JSONDecodeError("Expecting value", "{", 1), FailureKind.MALFORMED_RESPONSE),
        (TypeError("'<=' not supported between instances of 'int' and 'NoneType'"), FailureKind.MALFORMED_RESPONSE),
        (AttributeError("'str' object has no attribute 'get'"), FailureKind.MALFORMED_RESPONSE),
        (KeyError("candidates"), FailureKind.MALFORMED_RESPONSE),
        (_validation_error(), FailureKind.MALFORMED_RESPONSE),
        (RuntimeError("who knows"), FailureKind.UNKNOWN),
        (MemoryError(), FailureKind.UNKNOWN),
    ],
)
def test_an_exception_is_told_by_its_class(exception: BaseException, kind: FailureKind) -> None:
    assert failure(exception).kind is kind


def test_every_kind_has_words_with_all_three_parts() -> None:
    told = [failure(refused(404)), failure(refused(404), partial=True), failure(RuntimeError("?"))]
    for found in told:
        assert found.message
        assert found.next_step
        assert found.sentence == f"{found.message} {found.safe} {found.next_step}"
    assert told[0].safe == "Your prompt is kept; other answers are not affected."
    assert "the part of the answer that arrived" in told[1].safe


@given(st.text(max_size=60), st.sampled_from([400, 401, 403, 404, 429, 500, 503]), st.booleans())
def test_no_failure_shows_a_key(noise: str, code: int, partial: bool) -> None:
    spoken = f"{noise} {KEY} {noise} AIzaSyOther-key_0123 ?key=third-key-456&x"
    for exception in (
        refused(code, spoken, spoken),
        httpx2.LocalProtocolError(f"Illegal header value {KEY.encode()!r}"),
        errors.UnknownApiResponseError(f"Raw response: {spoken}"),
        RuntimeError(spoken),
    ):
        shown = repr(failure(exception, partial)) + failure(exception, partial).sentence
        assert KEY not in shown
        assert "AIzaSyOther" not in shown
        assert "third-key-456" not in shown


@given(st.binary(max_size=200), st.integers(min_value=100, max_value=999))
def test_no_body_of_an_error_upsets_the_reader(body: bytes, code: int) -> None:
    raw = {"message": body.decode(errors="replace"), "status": body.hex()}
    assert len(failure(errors.APIError(code, raw, None)).detail) <= 500


@pytest.mark.parametrize(
    ("finish", "block", "has_text", "kind"),
    [
        ("STOP", None, False, FailureKind.EMPTY_ANSWER),
        ("MAX_TOKENS", None, True, FailureKind.OUTPUT_LIMIT),
        ("MAX_TOKENS", None, False, FailureKind.OUTPUT_LIMIT),
        ("CONTINUATION", None, True, FailureKind.OUTPUT_LIMIT),
        ("SAFETY", None, True, FailureKind.SAFETY),
        ("RECITATION", None, True, FailureKind.SAFETY),
        ("BLOCKLIST", None, False, FailureKind.SAFETY),
        ("PROHIBITED_CONTENT", None, False, FailureKind.SAFETY),
        ("SPII", None, True, FailureKind.SAFETY),
        ("MALFORMED_FUNCTION_CALL", None, False, FailureKind.MALFORMED_RESPONSE),
        (None, None, True, FailureKind.TRUNCATED),
        (None, None, False, FailureKind.TRUNCATED),
        (None, "SAFETY", False, FailureKind.BLOCKED_PROMPT),
        ("OTHER", None, True, FailureKind.UNKNOWN),
        ("INVENTED_LATER", None, True, FailureKind.UNKNOWN),
    ],
)
def test_an_end_without_an_exception_is_judged(
    finish: str | None, block: str | None, has_text: bool, kind: FailureKind
) -> None:
    found = failure_of_finish(finish, block, has_text=has_text, model=MODEL)
    assert found is not None
    assert found.kind is kind
    assert (finish or block or "no finish reason") in found.detail


def test_every_finish_reason_of_the_sdk_has_a_judgement() -> None:
    unexplained = {
        reason.value
        for reason in types.FinishReason
        if (found := failure_of_finish(reason.value, None, has_text=True, model=MODEL)) is not None
        and found.kind is FailureKind.UNKNOWN
    }
    assert unexplained == {"FINISH_REASON_UNSPECIFIED", "OTHER", "IMAGE_OTHER", "NO_IMAGE"}


def test_a_whole_answer_is_no_failure() -> None:
    assert failure_of_finish("STOP", None, has_text=True, model=MODEL) is None


def test_thinking_that_used_up_the_limit_is_named_with_its_tokens() -> None:
    found = failure_of_finish("MAX_TOKENS", None, has_text=False, model=MODEL, thinking_tokens=1024)
    assert found is not None
    assert "Thinking used up the output limit" in found.message
    assert "1,024 tokens" in found.message


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (0.2, "1 second"),
        (12, "12 seconds"),
        (89.5, "90 seconds"),
        (91, "2 minutes"),
        (39600, "11 hours"),
    ],
)
def test_a_wait_in_words(seconds: float, words: str) -> None:
    assert spoken_wait(seconds) == words
