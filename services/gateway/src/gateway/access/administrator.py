"""The local administrator: whoever may read the token file is trusted with the installation."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.access import store
from gateway.access.bearers import new_secret
from gateway.access.events import published
from gateway.access.model import EVERYWHERE, Grant, User
from kernel.clock import now
from kernel.ids import imported_id
from kernel.operations import ADMINISTRATOR

if TYPE_CHECKING:
    from gateway.access.sessions import Sessions

USERNAME = "local-administrator"
LASTS = timedelta(days=3660)
_ID = imported_id("gateway", "user", USERNAME)
LOCAL = User(
    id=_ID,
    username=USERNAME,
    name="Administración local",
    email=None,
    person=_ID,
    locale="es",
    active=True,
    grants=(Grant(ADMINISTRATOR, EVERYWHERE),),
)


async def establish(sessions: Sessions, file: Path) -> None:
    """See to it that the local administrator exists and the token in the file is theirs."""
    secret = _read_or_make(file)
    async with sessions.database.working("establish administrator") as tx:
        if await store.user_named(tx, USERNAME) is None:
            await store.save(tx, LOCAL, None, now())
            tx.announce(published(LOCAL))
    await sessions.issue(LOCAL, "token", str(file.name), LASTS, secret=secret)


def _read_or_make(file: Path) -> str:
    """The token in the file; a new one in a file that only its owner may read."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = file.read_text("ascii").strip()
        if kept:
            return kept
        descriptor = os.open(file, os.O_WRONLY | os.O_TRUNC)
    secret = new_secret()
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secret + "\n")
    return secret
