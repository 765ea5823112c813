"""Documents were given their legal numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal
from uuid import UUID

from kernel.events import Event, Message


class NumberedV1(Message):
    """A document and its legal number."""

    document: UUID
    legal_number: str


class DocumentsNumberedV1(Event):
    """What a series numbered in one step, in the order of the numbers, without a gap.

    A document is posted first and told of as issued; its legal number follows a moment later.
    """

    type: ClassVar = "billing.documents-numbered.v1"
    kind: ClassVar = "fact"
    entity: ClassVar = "series"

    series: str
    company: str
    kind_of_document: Literal["invoice", "credit-note", "payment", "interest", "fee"]
    documents: Sequence[NumberedV1]
