"""The settings to start from are the article's, as the catalog has them."""

from catalog.loading import load
from components.documents.questions import QUESTIONS, article


def test_the_articles_settings_for_documents_come_from_its_claims() -> None:
    found = article(load())
    assert (found.temperature, found.max_output_tokens) == (0.1, 4096)
    assert {claim.source for claim in found.claims} == {"seed_article"}
    assert found.controls.temperature == 0.1


def test_every_question_asks_for_quotations() -> None:
    assert all("uote" in each.prompt or "word for word" in each.prompt for each in QUESTIONS)
