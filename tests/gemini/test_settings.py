import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.gemini.settings import PLACEHOLDER_KEY, Connection, connection

SIMULATOR = "http://127.0.0.1:4000"


def known(environment: dict[str, str], typed_key: str | None = None) -> Connection:
    found = connection(environment, typed_key, SIMULATOR)
    assert found is not None
    return found


def test_google_key_wins_over_gemini_key_and_a_typed_key_over_both() -> None:
    both = {"GOOGLE_API_KEY": "google-key", "GEMINI_API_KEY": "gemini-key"}
    assert known(both).api_key == "google-key"
    assert known(both).origin == "GOOGLE_API_KEY in the environment"
    assert known({"GEMINI_API_KEY": "gemini-key"}).api_key == "gemini-key"
    assert known(both, "typed-key").api_key == "typed-key"
    assert known(both, "typed-key").origin == "typed in for this session"


def test_blank_settings_count_as_absent() -> None:
    blank = {"GOOGLE_API_KEY": "  ", "GEMINI_API_KEY": "", "GOOGLE_GEMINI_BASE_URL": " "}
    assert known(blank, " ").simulated


def test_a_key_is_stripped_of_the_space_around_it() -> None:
    assert known({}, " typed-key\n").api_key == "typed-key"


def test_without_anything_the_simulator_answers() -> None:
    found = known({})
    assert (found.simulated, found.base_url, found.api_key) == (True, SIMULATOR, PLACEHOLDER_KEY)
    assert found.origin == "no key: built-in simulator"
    assert connection({}) is None


def test_an_address_without_a_key_is_a_private_endpoint() -> None:
    found = known({"GOOGLE_GEMINI_BASE_URL": "http://models.internal:8080/gemini"})
    assert not found.simulated
    assert found.api_key == PLACEHOLDER_KEY
    assert found.base_url == "http://models.internal:8080/gemini"
    assert found.secrets == ()


def test_the_address_goes_with_every_kind_of_key() -> None:
    address = {"GOOGLE_GEMINI_BASE_URL": "https://proxy.example"}
    assert known({**address, "GEMINI_API_KEY": "gemini-key"}).base_url == "https://proxy.example"
    assert known(address, "typed-key").base_url == "https://proxy.example"


@pytest.mark.parametrize(
    ("value", "expected"), [(None, "v1beta"), ("beta", "v1beta"), ("v1", "v1"), ("v1alpha", "v1alpha")]
)
def test_the_api_version_is_a_setting(value: str | None, expected: str) -> None:
    environment = {"GEMINI_API_KEY": "gemini-key", **({"GOOGLE_GENAI_API_VERSION": value} if value else {})}
    assert known(environment).api_version == expected


def test_vertex_ai_with_a_project_leaves_the_key_in_the_environment_alone() -> None:
    found = known(
        {
            "GOOGLE_GENAI_USE_VERTEXAI": "true",
            "GOOGLE_CLOUD_PROJECT": "acme",
            "GOOGLE_CLOUD_LOCATION": "europe-west4",
            "GEMINI_API_KEY": "gemini-key",
        }
    )
    assert (found.vertexai, found.project, found.location, found.api_key) == (True, "acme", "europe-west4", None)
    assert found.api_version == "v1beta1"


def test_vertex_ai_takes_a_typed_key_instead_of_the_project() -> None:
    found = known({"GOOGLE_GENAI_USE_VERTEXAI": "1", "GOOGLE_CLOUD_PROJECT": "acme"}, "typed-key")
    assert (found.vertexai, found.project, found.api_key) == (True, None, "typed-key")


def test_vertex_ai_takes_a_key_where_there_is_no_project() -> None:
    found = known({"GOOGLE_GENAI_USE_VERTEXAI": "1", "GEMINI_API_KEY": "gemini-key"})
    assert (found.vertexai, found.api_key) == (True, "gemini-key")


def test_the_newer_name_of_the_vertex_switch_wins() -> None:
    both = {"GOOGLE_GENAI_USE_ENTERPRISE": "false", "GOOGLE_GENAI_USE_VERTEXAI": "true", "GEMINI_API_KEY": "gemini-key"}
    assert not known(both).vertexai


@pytest.mark.parametrize(
    "address",
    ["models.internal:8080", "ftp://models.internal", "http://", "https://[::1", "http://host:port", "//host", "a b"],
)
def test_an_address_that_cannot_be_right_is_named(address: str) -> None:
    with pytest.raises(ValueError, match="GOOGLE_GEMINI_BASE_URL is not a web address"):
        connection({"GOOGLE_GEMINI_BASE_URL": address})


@pytest.mark.parametrize("address", ["https://user:word@host", "https://host/?key=AIzaSecret", "https://host/#part"])
def test_an_address_with_secrets_in_it_is_refused_without_quoting_it(address: str) -> None:
    with pytest.raises(ValueError, match="a host and a path only") as caught:
        connection({"GOOGLE_GEMINI_BASE_URL": address})
    assert address not in str(caught.value)


@pytest.mark.parametrize("key", ["two words", "Schlüssel", "line\nbreak", "\u200bAIzaSecret", "AIza\x00Secret"])
def test_a_key_that_cannot_travel_is_refused_without_quoting_it(key: str) -> None:
    with pytest.raises(ValueError, match="typed in for this session") as caught:
        connection({}, key)
    assert key not in str(caught.value)


def test_connections_are_equal_by_value_and_hashable() -> None:
    assert known({}, "typed-key") == known({}, "typed-key")
    assert len({known({}, "typed-key"), known({}, "typed-key"), known({}, "other-key")}) == 2


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=24, max_size=60))
def test_no_connection_shows_its_key(key: str) -> None:
    found = known({}, key)
    assert key not in repr(found)
    assert key not in str(found)
    assert found.secrets == (key,)
