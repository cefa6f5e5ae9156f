"""The register of what can be claimed of a model: one entry a field, in the order in which pages show them."""

from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """What kind of value a field holds."""

    COUNT = "a whole number above 0"
    AMOUNT = "a number of 0 or more"
    DATE = "a date as YYYY, YYYY-MM or YYYY-MM-DD"
    TEXT = "a text"
    LIST = "a list of words"
    FLAG = "true or false"
    SUPPORT = "supported, not supported, experimental, preview, public preview, private preview or implicit only"
    PARAMETER = "supported, ignored or refused"
    STATUS = "a lifecycle status"
    LINK = "an address that begins with http"


SUPPORT_WORDS = (
    "supported",
    "not supported",
    "experimental",
    "preview",
    "public preview",
    "private preview",
    "implicit only",
)
PARAMETER_WORDS = ("supported", "ignored", "refused")
STATUS_WORDS = (
    "experimental",
    "preview",
    "generally available",
    "available",
    "public access",
    "deprecated",
    "rerouted",
    "shut down",
    "listed",
    "renamed",
    "withdrawn",
)


class Group(StrEnum):
    """The groups in which fields are shown."""

    LIFECYCLE = "Lifecycle"
    LIMITS = "Limits"
    MODALITIES = "Modalities and knowledge"
    SPEED = "Speed"
    PRICES = "Prices"
    BENCHMARKS = "Benchmark scores"
    CAPABILITIES = "Capabilities"
    PARAMETERS = "Request parameters"
    ARCHITECTURE = "Architecture and size"
    ACCESS = "Names and access"
    SETTINGS = "Suggested settings"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model.

    `units` are the units it may be stated in, an empty tuple meaning none. `plan` marks statements about the future,
    where the newest statement replaces older ones whoever made it. `many` marks fields whose claims add up rather
    than compete. `first_scope` marks fields that are shown for the scope their file names first, such as the maker's
    own platform before others. `measures` is what a number of the field counts, as a reader says it.
    """

    path: str
    label: str
    group: Group
    holds: Holds
    units: tuple[str, ...] = ()
    plan: bool = False
    many: bool = False
    first_scope: bool = False
    measures: str = ""
    term: str = ""


_USD = ("USD per 1M tokens",)
_USD_AN_HOUR = ("USD per 1M tokens per hour",)
_PRO = ("x of Gemini 2.0 Pro",)


def _capability(name: str, label: str, term: str = "") -> Field:
    return Field(f"capabilities.{name}", label, Group.CAPABILITIES, Holds.SUPPORT, term=term)


def _parameter(name: str, label: str, term: str) -> Field:
    return Field(f"parameters.{name}", label, Group.PARAMETERS, Holds.PARAMETER, term=term)


def _thinking_budget(name: str, label: str, measures: str) -> Field:
    return Field(
        f"parameters.thinking_budget_{name}",
        label,
        Group.PARAMETERS,
        Holds.COUNT,
        ("tokens",),
        measures=measures,
        term="thinking budget",
    )


def _price(name: str, label: str, term: str, units: tuple[str, ...] = _USD) -> Field:
    return Field(
        f"prices.{name}",
        label,
        Group.PRICES,
        Holds.AMOUNT,
        units,
        first_scope=True,
        measures="the price",
        term=term,
    )


_FIELDS = (
    Field("current_status", "Status", Group.LIFECYCLE, Holds.STATUS, ("status",), term="status"),
    Field("release_date", "Released", Group.LIFECYCLE, Holds.DATE, ("date",)),
    Field("shutdown_date", "Shutdown date", Group.LIFECYCLE, Holds.DATE, ("date",), plan=True, term="shutdown"),
    Field("successor", "Successor", Group.LIFECYCLE, Holds.TEXT, ("model id",), term="successor"),
    Field(
        "context_window",
        "Context window",
        Group.LIMITS,
        Holds.COUNT,
        ("tokens",),
        measures="the context",
        term="context window",
    ),
    Field(
        "output_limit",
        "Output limit",
        Group.LIMITS,
        Holds.COUNT,
        ("tokens",),
        measures="the output limit",
        term="output limit",
    ),
    Field("input_modalities", "Input modalities", Group.MODALITIES, Holds.LIST, term="modality"),
    Field("output_modalities", "Output modalities", Group.MODALITIES, Holds.LIST, term="modality"),
    Field("knowledge_cutoff", "Knowledge cutoff", Group.MODALITIES, Holds.DATE, ("date",), term="knowledge cutoff"),
    Field(
        "relative_speed",
        "Output speed against Gemini 2.0 Pro",
        Group.SPEED,
        Holds.AMOUNT,
        _PRO,
        measures="the speed",
        term="output speed",
    ),
    Field(
        "relative_latency",
        "Waiting time against Gemini 2.0 Pro",
        Group.SPEED,
        Holds.AMOUNT,
        _PRO,
        measures="the waiting time",
        term="latency",
    ),
    Field(
        "output_speed",
        "Output speed, median",
        Group.SPEED,
        Holds.AMOUNT,
        ("tokens per second",),
        measures="the speed",
        term="output speed",
    ),
    Field(
        "time_to_first_token",
        "Time to first token",
        Group.SPEED,
        Holds.AMOUNT,
        ("seconds",),
        measures="the wait for the first token",
        term="time to first token",
    ),
    _price("input", "Input tokens, per million", "input tokens"),
    _price("output", "Output tokens, per million", "output tokens"),
    _price("cached_input", "Cached tokens, per million", "cached tokens"),
    _price("audio_input", "Audio input, per million", "input tokens"),
    _price("batch_input", "Input tokens in batch, per million", "batch"),
    _price("batch_output", "Output tokens in batch, per million", "batch"),
    _price("batch_cached_input", "Cached tokens in batch, per million", "batch"),
    _price("cache_storage", "Cache storage, per million tokens an hour", "cache storage", _USD_AN_HOUR),
    _capability("function_calling", "Function calling", "function calling"),
    _capability("structured_output", "Structured output", "structured output"),
    _capability("search_grounding", "Google Search grounding", "grounding"),
    _capability("maps_grounding", "Google Maps grounding", "grounding"),
    _capability("url_context", "Reads web addresses", "url context"),
    _capability("file_search", "File search", "file search"),
    _capability("code_execution", "Code execution", "code execution"),
    _capability("computer_use", "Computer use", "computer use"),
    _capability("thinking", "Thinking", "thinking"),
    Field("thinking_levels", "Thinking levels", Group.CAPABILITIES, Holds.LIST, term="thinking"),
    _capability("caching", "Context caching", "cached tokens"),
    _capability("batch", "Batch requests", "batch"),
    _capability("pdf_input", "PDF input"),
    _capability("image_generation", "Image output"),
    _capability("audio_generation", "Audio output"),
    _capability("live_api", "Live API", "live api"),
    _capability("embeddings", "Embeddings", "embeddings"),
    _capability("workspace", "Google Workspace"),
    _capability("tool_integration", "Native tools for agents", "function calling"),
    _parameter("temperature", "Temperature (request parameter)", "temperature"),
    Field("parameters.max_temperature", "Highest temperature", Group.PARAMETERS, Holds.AMOUNT, term="temperature"),
    _parameter("top_p", "Top-p (request parameter)", "top-p"),
    _parameter("top_k", "Top-k (request parameter)", "top-k"),
    _parameter("seed", "Seed (request parameter)", "seed"),
    _parameter("thinking_budget", "Thinking budget (request parameter)", "thinking budget"),
    _thinking_budget("min", "Smallest thinking budget above 0", "the smallest thinking budget"),
    _thinking_budget("max", "Largest thinking budget", "the largest thinking budget"),
    _parameter("thinking_off", "Thinking switched off by a budget of 0", "thinking budget"),
    _parameter("thinking_level", "Thinking level (request parameter)", "thinking level"),
    _parameter("json_with_tools", "JSON mode together with tools", "structured output"),
    Field("architecture.type", "Architecture", Group.ARCHITECTURE, Holds.TEXT, term="mixture-of-experts"),
    Field(
        "architecture.parameters_total",
        "Parameters",
        Group.ARCHITECTURE,
        Holds.AMOUNT,
        ("billion parameters",),
        measures="the parameters",
        term="parameters",
    ),
    Field(
        "architecture.parameters_active",
        "Active parameters",
        Group.ARCHITECTURE,
        Holds.AMOUNT,
        ("billion parameters",),
        measures="the active parameters",
        term="parameters",
    ),
    Field(
        "architecture.training_tokens",
        "Training tokens",
        Group.ARCHITECTURE,
        Holds.AMOUNT,
        ("billion tokens",),
        measures="the training tokens",
        term="training tokens",
    ),
    Field(
        "architecture.token_to_parameter_ratio",
        "Token:parameter ratio, as stated",
        Group.ARCHITECTURE,
        Holds.AMOUNT,
        ("tokens per parameter",),
        term="token:parameter ratio",
    ),
    Field(
        "architecture.alscore",
        "ALScore, as stated",
        Group.ARCHITECTURE,
        Holds.AMOUNT,
        ("sqrt(billion parameters x billion tokens) / 300",),
        term="alscore",
    ),
    Field("architecture.dataset_type", "Training data", Group.ARCHITECTURE, Holds.LIST, term="training tokens"),
    Field("open_weights", "Open weights", Group.ARCHITECTURE, Holds.FLAG, term="open weights"),
    Field("api_ids", "API model ids", Group.ACCESS, Holds.TEXT, ("model id",), many=True, term="model id"),
    Field("platforms", "Offered on", Group.ACCESS, Holds.TEXT, many=True, term="platform"),
    Field("access", "Access", Group.ACCESS, Holds.TEXT),
    Field("tags", "Tags", Group.ACCESS, Holds.LIST),
    Field("links", "Links", Group.ACCESS, Holds.LINK, many=True),
    Field("suggested.temperature", "Temperature", Group.SETTINGS, Holds.AMOUNT, term="temperature"),
    Field(
        "suggested.max_output_tokens",
        "Max output tokens",
        Group.SETTINGS,
        Holds.COUNT,
        ("tokens",),
        term="output limit",
    ),
)

FIELDS: dict[str, Field] = {entry.path: entry for entry in _FIELDS}
SECTIONS = ("capabilities", "parameters", "prices", "architecture", "suggested")
