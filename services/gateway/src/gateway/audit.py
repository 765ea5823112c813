"""Who did what, when and from where: every command, written down beside the work.

Notes are collected and written several at a time by a task of its own, so that no request waits
for them. A process that is killed loses the notes of its last moment; what was done is in the
services' event logs whatever happens here.

Source: GW5.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gateway.tables import audit
from kernel.clock import now
from kernel.ids import uuid7
from kernel.logs import logger

if TYPE_CHECKING:
    from starlette.requests import Request

    from gateway.http.reception import Caller
    from kernel.client import Forwarded
    from kernel.database import Database

AT_A_TIME = 500
EVERY_SECONDS = 0.5
AT_MOST = 20_000

_log = logger("gateway.audit")


class Audit:
    """The notes that wait to be written, and the task that writes them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._notes: list[dict[str, Any]] = []

    def note(self, caller: Caller, operation: str, request: Request, reply: Forwarded) -> None:
        """Take a note of a command and how it ended."""
        if len(self._notes) >= AT_MOST:
            return  # the database is away; memory is worth more than the notes of an outage
        self._notes.append(
            {
                "id": uuid7(),
                "at": now(),
                "user_id": caller.principal.user,
                "operation": operation,
                "path": request.scope["path"],
                "status": reply.status,
                "address": request.client.host if request.client else None,
                "key": request.headers.get("idempotency-key"),
                "mark": reply.mark,
            }
        )

    async def run(self) -> None:
        """Write the notes until cancelled, the last ones included."""
        try:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                await self._write()
        finally:
            with suppress(Exception):
                await asyncio.shield(self._write())

    async def _write(self) -> None:
        while self._notes:
            batch = self._notes[:AT_A_TIME]
            try:
                async with self.database.working("write audit") as tx:
                    await tx.execute(sa.insert(audit), batch)
            except Exception as error:  # noqa: BLE001 - the database is away: try again later
                _log.warning("audit waits", notes=len(self._notes), error=repr(error))
                return
            del self._notes[: len(batch)]
