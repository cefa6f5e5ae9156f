"""The process in which PDF, DOCX and HTML files are taken apart: `python -m components.documents.parsing`.

It reads a line of JSON with the job and then the file's bytes from its standard input, and answers with a line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

from components.documents.document import Refused

_DEEPEST = 20_000


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer jobs until there are no more, or until one took so much memory that a new process is the safer place."""
    while line := jobs.readline():
        job = json.loads(line)
        _limit_time(job["seconds"])
        answer = _answer(job, jobs.read(job["size"]))
        answers.write(json.dumps(answer, ensure_ascii=True).encode("ascii") + b"\n")
        answers.flush()
        if answer.get("spent"):
            return


def _answer(job: dict[str, Any], content: bytes) -> dict[str, Any]:
    name = job["name"]
    try:
        pages, warnings = _parsed(job, content)
    except Refused as refused:
        return {"refused": refused.sentence}
    except MemoryError:
        return {"refused": f"{name} takes more memory than a file may take here. Split it.", "spent": True}
    except Exception:
        return {"refused": f"{name} is damaged, so that it cannot be read. Save it anew and try again."}
    return {"pages": [[page.number, page.heading, page.text] for page in pages], "warnings": warnings}


def _parsed(job: dict[str, Any], content: bytes) -> tuple[list[Any], list[str]]:
    name, kind, characters = job["name"], job["kind"], job["characters"]
    if kind == "PDF":
        from components.documents.pdf import pdf_pages

        return pdf_pages(name, content, job["pages"], characters)
    if kind == "DOCX":
        from components.documents.word import docx_sections

        return docx_sections(name, content, characters)
    from components.documents.web import html_sections

    return html_sections(name, content.decode("utf-8"), characters)


def _limit_memory(most_bytes: int) -> None:
    """No more memory than this, no file written, no core dumped; Windows has no such limits, so time alone counts."""
    try:
        import resource
    except ImportError:
        return
    for limit, most in ((resource.RLIMIT_AS, most_bytes), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _limit_time(seconds: float) -> None:
    """The caller ends this process when a job takes too long; this ends it where the caller is gone."""
    try:
        import resource
    except ImportError:
        return
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 2, hard))


def main() -> None:
    """Serve on the standard streams; what libraries print goes nowhere."""
    _limit_memory(int(sys.argv[1]))
    sys.setrecursionlimit(_DEEPEST)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
