"""What a file is called, and what is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from kernel.problems import Refusal

OCTETS = "application/octet-stream"
LONGEST_NAME = 200
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}")
_REFERENCE = re.compile(r"sha256:[0-9a-f]{64}")
_SEPARATORS = re.compile(r"[/\\]")


@dataclass(eq=False)
class EmptyFile(Refusal):
    """There is nothing in the file."""

    code = "files.empty"
    title = "The file is empty"
    name: str


@dataclass(eq=False)
class NoStore(Refusal):
    """This installation was not told where to keep files, or cannot reach the place."""

    code = "files.no-store"
    title = "Files cannot be kept at the moment"


@dataclass(eq=False)
class ContentMissing(Refusal):
    """The file was uploaded, but the store does not have its content any more."""

    code = "files.content-missing"
    title = "The content of the file is missing"
    file: str


STATUS: dict[type[Refusal], int] = {EmptyFile: 422, NoStore: 503, ContentMissing: 503}


def reference(digest: str) -> str:
    """How services refer to the file with this SHA-256 (hexadecimal).

    >>> reference("ab" * 32)[:12]
    'sha256:ababa'
    """
    return f"sha256:{digest}"


def is_reference(text: str) -> bool:
    """Whether it can be a file of ours; anything else is never looked for in the store."""
    return _REFERENCE.fullmatch(text) is not None


def place(file: str) -> str:
    """Where the store keeps the content: a folder for each of 256 beginnings.

    >>> place("sha256:" + "ab" * 32)[:17]
    'sha256/ab/abababa'
    """
    kind, _, digest = file.partition(":")
    return f"{kind}/{digest[:2]}/{digest}"


def plain_name(given: str) -> str:
    r"""The last part of a path, without what a terminal or a header would take for more.

    >>> plain_name("C:\\banco\\marzo\r\n.xml")
    'marzo.xml'
    >>> plain_name("../")
    'file'
    """
    last = _SEPARATORS.split(given)[-1]
    name = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    return name[:LONGEST_NAME] or "file"


def media_type(given: str | None) -> str:
    """What kind of file it is said to be; what is no media type is bytes.

    >>> media_type("Text/CSV; charset=utf-8"), media_type("<b>"), media_type(None)
    ('text/csv', 'application/octet-stream', 'application/octet-stream')
    """
    said = (given or "").partition(";")[0].strip().lower()
    return said if _MEDIA_TYPE.fullmatch(said) else OCTETS


def disposition(name: str) -> str:
    """It is always saved, never shown as a page of ours: somebody else made it (RFC 6266).

    >>> disposition("señal.xml")
    "attachment; filename*=UTF-8''se%C3%B1al.xml"
    """
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
