"""Files: what was uploaded, under the name that is made of its content."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from kernel.events import Message

FileReference: TypeAlias = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
"""How services refer to a file: by the SHA-256 of its content, so what it names never changes."""


class StoredFile(Message):
    """A file as it is kept; the same content is kept once."""

    file: FileReference
    name: str
    media_type: str
    bytes: int
    unit: str
    uploaded_at: datetime
