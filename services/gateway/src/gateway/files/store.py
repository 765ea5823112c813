"""Who uploaded which file, for which unit: what decides who may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from contracts.gateway.files import StoredFile
from gateway.tables import files

if TYPE_CHECKING:
    from kernel.database import Transaction

_shown = [files.c[name] for name in StoredFile.model_fields]


async def keep(tx: Transaction, file: StoredFile, person: UUID) -> None:
    """Remember an upload; the same file for the same unit again is no news."""
    values = file.model_dump() | {"uploaded_by": person}
    await tx.execute(insert(files).values(values).on_conflict_do_nothing())


async def known(tx: Transaction, file: str) -> StoredFile | None:
    """A file in the person's scope, as it was uploaded last."""
    newest = sa.select(*_shown).where(files.c.file == file).order_by(files.c.uploaded_at.desc())
    row = (await tx.execute(newest.limit(1))).one_or_none()
    return None if row is None else StoredFile.model_validate(row._asdict())
