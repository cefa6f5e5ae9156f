"""Questions to start from, and the settings of the article for reading documents closely, with where they stand."""

from dataclasses import dataclass

from catalog.loading import Catalog
from catalog.schema import Claim
from components.playground.controls import Controls

SYSTEM = (
    "You read documents closely. Answer from them alone. Quote what you rely on word for word, in quotation marks, "
    'each time with the document and the page. Where the documents say nothing, answer "not stated".'
)
_SCOPE = "deep document analysis"
_TEMPERATURE, _OUTPUT = 0.1, 4096


@dataclass(frozen=True, slots=True)
class Question:
    """A question to start from: `key` names it, `icon` is a name of Streamlit's Material icons."""

    key: str
    title: str
    icon: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Article:
    """The article's settings for the analysis of documents, and the claims that state them."""

    temperature: float
    max_output_tokens: int
    claims: tuple[Claim, ...]

    @property
    def controls(self) -> Controls:
        """These settings, with a system instruction that asks for quotations."""
        return Controls(
            system_instruction=SYSTEM, temperature=self.temperature, max_output_tokens=self.max_output_tokens
        )


QUESTIONS = (
    Question(
        "analysis",
        "Analysis",
        ":material/query_stats:",
        "Give an analysis of the documents: what they are, the five statements that matter most, and what a reader "
        "should ask next. Quote the passage behind each statement.",
    ),
    Question(
        "contradictions",
        "Contradictions",
        ":material/compare_arrows:",
        "Which statements in the documents contradict each other? Quote both sides of each contradiction with document "
        "and page, and say which of them is more likely to hold and why.",
    ),
    Question(
        "duties",
        "Duties, dates and amounts",
        ":material/event_note:",
        "List every duty, date and amount of money in a table: who, what, by when, how much. Give the passage that "
        "says so, word for word in quotation marks, with document and page.",
    ),
)


def article(catalog: Catalog) -> Article:
    """What the article sets for reading documents, as the catalog has it."""
    temperature, output = (_claim(catalog, f"suggested.{name}") for name in ("temperature", "max_output_tokens"))
    return Article(
        temperature=_TEMPERATURE if temperature is None else float(str(temperature.value)),
        max_output_tokens=_OUTPUT if output is None else int(str(output.value)),
        claims=tuple(claim for claim in (temperature, output) if claim is not None),
    )


def _claim(catalog: Catalog, path: str) -> Claim | None:
    claims = (claim for model in catalog.models.values() for claim in model.claims.get(path, ()))
    return next((claim for claim in claims if claim.full_scope == _SCOPE), None)
