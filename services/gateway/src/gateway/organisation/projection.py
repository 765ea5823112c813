"""The organisation as this process knows it: kept in memory, for every request needs it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from gateway.organisation import store
from gateway.organisation.tree import Tree

if TYPE_CHECKING:
    from kernel.database import Database

READ_AGAIN_SECONDS = 2.0
"""Another process may have consumed the event; so long may this one not know of it."""
UNSETTLED_SECONDS = 1.0
"""Within this time after an event reached us, its transaction will have committed."""
GLANCE_SECONDS = 0.05
"""Until then the tree is read so often."""


class Organisation:
    """The tree of units, read from the database when it may have changed."""

    def __init__(self) -> None:
        self.version = 0
        """Goes up with every tree that differs from the one before."""
        self._tree = Tree.of(())
        self._good_until = 0.0
        self._unsettled_until = 0.0
        self._reading = asyncio.Lock()

    def heard(self) -> None:
        """An event of the organisation is being applied in this process."""
        self._unsettled_until = time.monotonic() + UNSETTLED_SECONDS
        self.forget()

    def forget(self) -> None:
        """Whoever asks next gets the tree as the database has it by then."""
        self._good_until = 0.0

    async def current(self, database: Database) -> Tree:
        """The tree, at most a moment old."""
        if time.monotonic() >= self._good_until:
            async with self._reading:
                if time.monotonic() >= self._good_until:
                    await self._read(database)
        return self._tree

    async def _read(self, database: Database) -> None:
        began = time.monotonic()
        async with database.working("read organisation") as tx:
            tree = Tree.of(await store.every(tx))
        if tree.units != self._tree.units:
            self._tree = tree
            self.version += 1
        unsettled = began < self._unsettled_until
        self._good_until = began + (GLANCE_SECONDS if unsettled else READ_AGAIN_SECONDS)


ORGANISATION = Organisation()
"""Of this process: its consumer tells it, its sessions ask it."""
