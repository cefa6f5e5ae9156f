"""Documents on their way to a model: as text with their pages named, or a PDF as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256

from catalog.evidence import rule
from catalog.fields import FIELDS
from catalog.schema import Claim, Model
from components.documents.document import Document, DocumentKind
from components.gemini.content import Part, PartKind, Role, Turn
from components.gemini.counting import Estimate, estimate_file, estimate_tokens
from components.gemini.files import LARGEST_PDF_BYTES, digest_of
from components.gemini.request import Request

_TEXT = "text/plain"
_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Brought:
    """A document that somebody brought: as text, and as its own file where that is a PDF. `source` is its upload."""

    document: Document
    source: str
    text: Part = field(repr=False)
    file: Part | None = field(default=None, repr=False)

    @property
    def size_bytes(self) -> int:
        """The size of the file, else that of its text."""
        return len((self.file or self.text).data)


@dataclass(frozen=True, slots=True)
class Choice:
    """A document, and whether its PDF goes to models that read PDF."""

    brought: Brought
    as_pdf: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What one model gets of a document: the part, or None with the sentence that says why it gets nothing.

    `note` says that it gets something else than was chosen, `claim` what that rests on.
    """

    choice: Choice
    part: Part | None
    note: str = ""
    claim: Claim | None = None


def brought(found: Document, source: str, content: bytes = b"") -> Brought:
    """Make a document ready to be sent. `content` are the bytes of its file, which only a PDF needs."""
    is_pdf = found.kind is DocumentKind.PDF and 0 < len(content) <= LARGEST_PDF_BYTES
    return Brought(found, source, text_part(found.name, sent_text(found)), _file(found, content) if is_pdf else None)


def text_part(name: str, text: str) -> Part:
    """A text as a file that travels by its digest, so that the history keeps its name and not megabytes."""
    data = text.encode("utf-8")
    digest = sha256(data).hexdigest()
    return Part(PartKind.DATA, name=name, mime_type=_TEXT, data=data, size_bytes=len(data), digest=digest)


def sent_text(found: Document) -> str:
    """The text of a document under its name, each page under its number, so that an answer can say where it read."""
    if all(page.number is None for page in found.pages):
        return f"[{found.name}]\n{found.text}"
    return "\n\n".join(f"[{found.name}, page {page.number}]\n{page.text}" for page in found.pages)


def reads_pdf(model: Model | None, on: date) -> tuple[bool | None, Claim | None]:
    """Whether a model reads PDF files, None where no source says so, and the claim that stands."""
    claims = model.claims.get("capabilities.pdf_input") if model else None
    standing = rule(claims, FIELDS["capabilities.pdf_input"], on).standing if claims else None
    if standing is None or standing.absent is not None:
        return None, None
    return standing.value == "supported", standing


def given(choice: Choice, model: Model | None, on: date) -> Given:
    """What a model gets of a document."""
    one, name = choice.brought, model.short_name if model else "This model"
    reads, claim = reads_pdf(model, on)
    has_text = one.document.has_text
    if not choice.as_pdf or one.file is None:
        if has_text:
            return Given(choice, one.text)
        return Given(choice, None, f"{one.document.name} has no text to send. Send the PDF itself, or leave it out.")
    if reads is not False:
        note = "" if reads else f"No source says whether {name} reads PDF files; {one.document.name} is sent as one."
        return Given(choice, one.file, note, claim)
    if has_text:
        return Given(
            choice, one.text, f"{name} does not read PDF files, so it gets {one.document.name} as text.", claim
        )
    return Given(choice, None, f"{name} does not read PDF files, and {one.document.name} has no text to send.", claim)


def estimated(part: Part, model_id: str) -> Estimate:
    """The tokens of what is sent of a document, without asking anybody."""
    if part.mime_type == _TEXT:
        return estimate_tokens(Request(model_id, part.data.decode("utf-8")))
    return estimate_file(part, model_id)


def counted_alone(part: Part, model_id: str) -> Request:
    """The request by which the service counts one document."""
    return Request(model_id, "", attachments=(part,))


def document_parts(request: Request) -> tuple[Part, ...]:
    """The documents of a conversation in their order, each once, those of the turns before included."""
    turns = [turn for turn in (*request.turns, request.own_turn) if turn.role is Role.USER]
    found = {digest_of(part): part for turn in turns for part in turn.parts if part.is_file}
    return tuple(found.values())


def without_documents(request: Request) -> Request:
    """The conversation without its documents, for a model that has them already."""
    turns = tuple(Turn(turn.role, tuple(part for part in turn.parts if not part.is_file)) for turn in request.turns)
    return replace(request, turns=turns, attachments=tuple(part for part in request.attachments if not part.is_file))


def with_parts(request: Request, parts: Sequence[tuple[Part, Part]]) -> Request:
    """The conversation with parts in place of others, such as uploaded ones in place of those at hand."""
    others = {digest_of(old): new for old, new in parts}

    def other(part: Part) -> Part:
        return others.get(digest_of(part), part) if part.is_file else part

    turns = tuple(Turn(turn.role, tuple(map(other, turn.parts))) for turn in request.turns)
    return replace(request, turns=turns, attachments=tuple(map(other, request.attachments)))


def _file(found: Document, content: bytes) -> Part:
    return Part(
        PartKind.DATA, name=found.name, mime_type=_PDF, data=content, size_bytes=len(content), digest=found.digest
    )
