"""A presentation as bytes that depend on nothing but what it says."""

import re
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from pptx.presentation import Presentation

_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_FIRST_YEAR = 1980


def steady(deck: "Presentation", made: datetime) -> bytes:
    """The presentation as a file in which every time, those of the workbooks inside included, is `made`."""
    target = BytesIO()
    deck.save(target)
    return _packed(target.getvalue(), made)


def _packed(archive: bytes, made: datetime) -> bytes:
    target = BytesIO()
    # No date of an archive is before 1980.
    stamp = max(made.year, _FIRST_YEAR), made.month, made.day, made.hour, made.minute, made.second // 2 * 2
    with ZipFile(BytesIO(archive)) as source, ZipFile(target, "w") as packed:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = _packed(content, made)
            elif name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>" + f"{made:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<3>", content)
            packed.writestr(ZipInfo(name, stamp), content, ZIP_DEFLATED)
    return target.getvalue()
