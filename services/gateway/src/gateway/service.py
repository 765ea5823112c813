"""The gateway as a service among the others: what it answers and hears on the bus."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.access import store
from gateway.access.operations import operations as users
from gateway.organisation.subscribers import subscriptions as organisation
from kernel.clock import now
from kernel.jobs import Jobs
from kernel.service import Service

if TYPE_CHECKING:
    from kernel.database import Transaction

REMEMBERED = timedelta(days=7)
"""So long an expired session is told that it has expired, and not that nobody knows it."""

jobs = Jobs()


@jobs.every(seconds=3600, name="forget expired sessions")
async def forget_expired_sessions(tx: Transaction) -> None:
    """Sessions and tokens that expired long ago are deleted."""
    await store.forget_expired(tx, now() - REMEMBERED)


SERVICE = Service(
    "gateway",
    operations=[users],
    subscriptions=[organisation],
    jobs=[jobs],
    projections=["units"],
)
