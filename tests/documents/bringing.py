"""Documents as they stand on the page's shelf."""

from components.documents.document import DocumentKind, Page, document
from components.documents.sending import Brought, brought
from tests.documents.making import pdf


def text(name: str, words: str, digest: str = "") -> Brought:
    found = document(name, DocumentKind.TEXT, [Page(None, "", words)], digest or f"digest of {name}", ())
    return brought(found, "test")


def paper(name: str, *pages: str) -> Brought:
    """A PDF with a text a page, and its own bytes."""
    made = document(name, DocumentKind.PDF, [Page(at, "", words) for at, words in enumerate(pages, 1)], "of pdf", ())
    return brought(made, "test", pdf(pages))
