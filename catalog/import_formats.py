"""Files of others -> results and claims. What is not understood is named, never guessed."""

from catalog.import_prices import entries_of, read_prices
from catalog.import_reading import Names, Reading, Terms, Unusable
from catalog.import_tables import read_table
from catalog.loading import Catalog

FORMATS = ("results-csv", "models.dev", "litellm")


def guess(text: str) -> str:
    """Which of `FORMATS` a file has. Raises Unusable for JSON of another shape."""
    if not text.lstrip().startswith(("{", "[")):
        return "results-csv"
    values = [value for value in entries_of(text).values() if isinstance(value, dict)]
    if any(isinstance(value.get("models"), dict) for value in values):
        return "models.dev"
    if any("litellm_provider" in value for value in values):
        return "litellm"
    raise Unusable("it is JSON, but neither the api.json of models.dev nor the price file of LiteLLM")


def decode(content: bytes) -> str:
    """The text of a file. Raises Unusable where it is not UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unusable("it is UTF-16; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unusable(f"line {line:,} has a byte that is not UTF-8; save it as UTF-8") from None


def read(text: str, form: str, catalog: Catalog, names: Names, terms: Terms) -> Reading:
    """What a file of one of `FORMATS` says. Raises Unusable where nothing of it can be read."""
    if form == "results-csv":
        return read_table(text, catalog, names, terms)
    return read_prices(text, form, names, terms)
