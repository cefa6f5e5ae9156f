"""Where a call goes and with which key: read from the environment or typed in, checked before it is used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# The SDK refuses to build a client without a key, also where nobody asks for one.
PLACEHOLDER_KEY = "no-key-needed"
DEVELOPER_API_VERSION = "v1beta"
VERTEX_API_VERSION = "v1beta1"


@dataclass(frozen=True)
class Connection:
    """One place to call: an endpoint and a key.

    Equal and hashable by value, so that one client serves everybody with the same settings. The key takes part in
    that and in nothing else: it is never part of `repr`.
    """

    api_key: str | None = field(repr=False)
    base_url: str | None
    api_version: str = DEVELOPER_API_VERSION
    vertexai: bool = False
    project: str | None = None
    location: str | None = None
    simulated: bool = False
    origin: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not appear in anything that is shown, stored or logged."""
        return (self.api_key,) if self.api_key and self.api_key != PLACEHOLDER_KEY else ()


def connection(
    environment: Mapping[str, str], typed_key: str | None = None, simulator_url: str | None = None
) -> Connection | None:
    """Decide where calls go, from settings under the names that google-genai uses.

    A typed key wins over GOOGLE_API_KEY, and that over GEMINI_API_KEY. An address without a key is a private
    endpoint. With neither key nor address nor Vertex AI, the simulator answers; None when there is no simulator.

    Raises ValueError, with a sentence fit for the screen, for an address or a key that cannot be right.
    """
    key, origin = _key(environment, typed_key)
    if _uses_vertex(environment):
        return _vertex(environment, key, origin, typed=bool(_clean(typed_key)))
    address = _address(environment, "GOOGLE_GEMINI_BASE_URL")
    version = _api_version(environment, DEVELOPER_API_VERSION)
    if key:
        return Connection(api_key=key, base_url=address, api_version=version, origin=origin)
    if address:
        origin = "no key: private endpoint from GOOGLE_GEMINI_BASE_URL"
        return Connection(api_key=PLACEHOLDER_KEY, base_url=address, api_version=version, origin=origin)
    if simulator_url:
        return Connection(
            api_key=PLACEHOLDER_KEY, base_url=simulator_url, simulated=True, origin="no key: built-in simulator"
        )
    return None


def _key(environment: Mapping[str, str], typed_key: str | None) -> tuple[str | None, str]:
    candidates = (
        (_clean(typed_key), "typed in for this session"),
        (_clean(environment.get("GOOGLE_API_KEY")), "GOOGLE_API_KEY in the environment"),
        (_clean(environment.get("GEMINI_API_KEY")), "GEMINI_API_KEY in the environment"),
    )
    for key, origin in candidates:
        if key:
            _check_key(key, origin)
            return key, origin
    return None, ""


def _check_key(key: str, origin: str) -> None:
    # Anything else cannot travel in an HTTP header, and the error it causes there would quote the key.
    if not all("!" <= character <= "~" for character in key):
        raise ValueError(
            f"The key ({origin}) contains a space or another character that no key has. "
            "Copy the key again, without quotes or line breaks."
        )


def _vertex(environment: Mapping[str, str], key: str | None, origin: str, *, typed: bool) -> Connection:
    project = _clean(environment.get("GOOGLE_CLOUD_PROJECT"))
    location = _clean(environment.get("GOOGLE_CLOUD_LOCATION"))
    # As in the SDK: a project in the environment beats a key there, and a key given by hand beats both.
    if typed:
        project = location = None
    elif project or location or not key:
        key, origin = None, "Vertex AI, with this server's Google Cloud sign-in"
    return Connection(
        api_key=key,
        base_url=_address(environment, "GOOGLE_VERTEX_BASE_URL"),
        api_version=_api_version(environment, VERTEX_API_VERSION),
        vertexai=True,
        project=project,
        location=location,
        origin=origin,
    )


def _uses_vertex(environment: Mapping[str, str]) -> bool:
    for name in ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI"):
        value = _clean(environment.get(name))
        if value is not None:
            return value.lower() in ("true", "1")
    return False


def _api_version(environment: Mapping[str, str], default: str) -> str:
    version = _clean(environment.get("GOOGLE_GENAI_API_VERSION"))
    return default if version is None or version == "beta" else version


def _address(environment: Mapping[str, str], name: str) -> str | None:
    value = _clean(environment.get(name))
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{name} is not a web address. It has to look like https://example.com or http://host:8080.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(
            f"{name} may hold a host and a path only. Leave out user names, passwords and anything after ? or #."
        )
    return value


def _clean(value: str | None) -> str | None:
    return (value or "").strip() or None
