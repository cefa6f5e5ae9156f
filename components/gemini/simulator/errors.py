"""Errors in the shape and, where it is known, the wording of the real service."""

from collections.abc import Mapping, Sequence
from typing import Any

HTML_ERROR_PAGE = """<!DOCTYPE html>
<html lang="en">
<title>Error 502 (Server Error)!!1</title>
<p><b>502.</b> That's an error.
<p>The server encountered a temporary error and could not complete your request.
<p>Please try again in 30 seconds.
</html>
"""


class ApiError(Exception):
    """A refusal that the client gets as an HTTP status and a `google.rpc.Status` in JSON."""

    def __init__(self, code: int, status: str, message: str, details: Sequence[Mapping[str, Any]] = ()):
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.details = tuple(details)

    def payload(self) -> dict[str, Any]:
        """Return the response body as a JSON object."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = [dict(detail) for detail in self.details]
        return {"error": error}


class BadGatewayPage(Exception):
    """A refusal by some proxy in between: an HTML page instead of JSON."""


def bad_request(violations: Sequence[tuple[str, str]], message: str = "") -> ApiError:
    """Return the 400 for (field, description) pairs; a field may be empty, as for the body itself."""
    field_violations = [
        {"field": field, "description": description} if field else {"description": description}
        for field, description in violations
    ]
    return ApiError(
        400,
        "INVALID_ARGUMENT",
        message or "\n".join(description for _, description in violations),
        [_detail("BadRequest", fieldViolations=field_violations)],
    )


def out_of_range(field: str, complaint: str) -> ApiError:
    """Return the 400 for a field with a value that the request may not have."""
    return bad_request([(field, complaint)], f"* GenerateContentRequest.{field}: {complaint}\n")


def prompt_too_long(tokens: int, limit: int) -> ApiError:
    """Return the 400 for a prompt of `tokens` where the model takes `limit`."""
    message = f"The input token count ({tokens}) exceeds the maximum number of tokens allowed ({limit})."
    return ApiError(400, "INVALID_ARGUMENT", message)


def body_too_large(limit_bytes: int) -> ApiError:
    """Return the 400 (the real service sends no 413) for a request of more than `limit_bytes`."""
    return ApiError(400, "INVALID_ARGUMENT", f"Request payload size exceeds the limit: {limit_bytes} bytes.")


def unknown_route() -> ApiError:
    """Return the 404 for an address that the simulator doesn't serve."""
    return ApiError(404, "NOT_FOUND", "Requested entity was not found.")


def unknown_model(model_id: str, version: str, method: str) -> ApiError:
    """Return the 404 for a model that is not served under API `version` for `method`."""
    return ApiError(
        404,
        "NOT_FOUND",
        f"models/{model_id} is not found for API version {version}, or is not supported for {method}. "
        "Call ModelService.ListModels to see the list of available models and their supported methods.",
    )


def retired(model_id: str) -> ApiError:
    """Return the 404 for a model that was shut down."""
    return ApiError(
        404,
        "NOT_FOUND",
        f"This model models/{model_id} is no longer available. "
        "Please update your code to use a newer model for the latest features and improvements.",
    )


def invalid_key() -> ApiError:
    """Return the 400 for a key that Google doesn't know."""
    message = "API key not valid. Please pass a valid API key."
    info = _detail(
        "ErrorInfo",
        reason="API_KEY_INVALID",
        domain="googleapis.com",
        metadata={"service": "generativelanguage.googleapis.com"},
    )
    return ApiError(
        400, "INVALID_ARGUMENT", message, [info, _detail("LocalizedMessage", locale="en-US", message=message)]
    )


def unauthenticated() -> ApiError:
    """Return the 401 for credentials of the wrong kind."""
    info = _detail(
        "ErrorInfo",
        reason="ACCESS_TOKEN_TYPE_UNSUPPORTED",
        metadata={"service": "generativelanguage.googleapis.com"},
    )
    return ApiError(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
        "valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        [info],
    )


def permission_denied() -> ApiError:
    """Return the 403 for a key without access."""
    return ApiError(403, "PERMISSION_DENIED", "The caller does not have permission")


def rate_limited(model_id: str, period: str, wait_s: float) -> ApiError:
    """Return the 429 for a quota per `period` ("Minute" or "Day") that is free again in `wait_s` seconds."""
    wait = f"{wait_s:.3f}".rstrip("0").rstrip(".")
    metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests"
    limit = 10 if period == "Minute" else 250
    violation = {
        "quotaMetric": metric,
        "quotaId": f"GenerateRequestsPer{period}PerProjectPerModel-FreeTier",
        "quotaDimensions": {"location": "global", "model": model_id},
        "quotaValue": str(limit),
    }
    link = {
        "description": "Learn more about Gemini API quotas",
        "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
    }
    return ApiError(
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details. For more information on this "
        "error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n"
        f"* Quota exceeded for metric: {metric}, limit: {limit}, model: {model_id}\n"
        f"Please retry in {wait}s.",
        [
            _detail("QuotaFailure", violations=[violation]),
            _detail("Help", links=[link]),
            _detail("RetryInfo", retryDelay=f"{wait}s"),
        ],
    )


def unknown_file(name: str) -> ApiError:
    """Return the 403 for a file that is not there, or not for this key: the real service does not say which."""
    message = f"You do not have permission to access the File {name} or it may not exist."
    return ApiError(403, "PERMISSION_DENIED", message)


def file_not_active(name: str) -> ApiError:
    """Return the 400 for a file that is used before it is ready, or that could not be read."""
    message = f"The File {name} is not in an ACTIVE state and usage is not allowed."
    return ApiError(400, "FAILED_PRECONDITION", message)


def not_downloadable(name: str) -> ApiError:
    """Return the 400 for the download of a file that somebody uploaded."""
    message = f"The File {name} was uploaded. Only generated files can be downloaded."
    return ApiError(400, "FAILED_PRECONDITION", message)


def unknown_cache() -> ApiError:
    """Return the 403 for a cache that is not there, or not any more: the real service does not say which."""
    return ApiError(403, "PERMISSION_DENIED", "CachedContent not found (or permission denied)")


def cache_too_small(tokens: int, least: int) -> ApiError:
    """Return the 400 for a cache of `tokens` where the model takes `least`."""
    message = f"Cached content is too small. total_token_count={tokens}, min_total_token_count={least}"
    return ApiError(400, "INVALID_ARGUMENT", message)


def cache_of_another_model(asked: str, cached: str) -> ApiError:
    """Return the 400 for a cache that was made for another model than the one that is asked."""
    used, made_for = f"models/{asked}", f"models/{cached}"
    message = f"Model used by GenerateContent request ({used}) and CachedContent ({made_for}) has to be the same."
    return ApiError(400, "INVALID_ARGUMENT", message)


def settings_beside_cache() -> ApiError:
    """Return the 400 for a request that sets what belongs into the cache that it names."""
    return ApiError(
        400,
        "INVALID_ARGUMENT",
        "CachedContent can not be used with GenerateContent request setting system_instruction, tools or "
        "tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request.",
    )


def unknown_batch(name: str) -> ApiError:
    """Return the 404 for a batch that is not there."""
    return ApiError(404, "NOT_FOUND", f"Requested entity was not found: batches/{name}.")


def too_many_batches(limit: int) -> ApiError:
    """Return the 429 for a batch beyond the `limit` that may be under way."""
    message = f"You exceeded your current quota: {limit} batches are under way. Please retry when one has ended."
    return ApiError(429, "RESOURCE_EXHAUSTED", message)


def batch_has_ended(name: str) -> ApiError:
    """Return the 400 for a batch that is to be cancelled and has ended."""
    return ApiError(400, "FAILED_PRECONDITION", f"The batch batches/{name} has ended and cannot be cancelled.")


def internal() -> ApiError:
    """Return the 500 that the real service gives without a reason."""
    return ApiError(
        500,
        "INTERNAL",
        "An internal error has occurred. Please retry or report in "
        "https://developers.generativeai.google/guide/troubleshooting",
    )


def unavailable() -> ApiError:
    """Return the 503 of an overloaded model."""
    return ApiError(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")


def _detail(kind: str, **fields: Any) -> dict[str, Any]:
    return {"@type": f"type.googleapis.com/google.rpc.{kind}", **fields}
