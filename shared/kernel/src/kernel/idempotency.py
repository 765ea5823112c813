"""A command sent twice under one key is done once and answered the same both times.

The key belongs to the principal and the operation; with it the answer is kept, a refusal too,
for 30 days. The row is written in the transaction of the effect, so both are there or neither.

Whether the first request still runs is asked with an advisory try-lock: nobody waits, and a
process that died holds nothing. The lock, the stored answer and the scope come in one statement,
for every round trip is felt in what the gateway can carry. That statement looks with a snapshot
that may be older than the lock it got, so two requests could both find nothing; the primary key
stops the second at its end, its effect is undone, and it is answered from the first.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from kernel.database import Transaction
    from kernel.scope import Principal

KEEP_DAYS = 30

_BEGIN = """
SELECT set_config('gerencia.units', $1, true), set_config('gerencia.person', $2, true),
       set_config('gerencia.own', $3, true), pg_try_advisory_xact_lock($4) AS free,
       kept.request, kept.status, kept.answer, kept.mark
FROM (VALUES (1)) AS one
LEFT JOIN idempotency AS kept
    ON kept.actor = $5 AND kept.operation = $6 AND kept.key = $7
   AND kept.done_at > now() - make_interval(days => $8)
"""

_KEEP = """
INSERT INTO idempotency (actor, operation, key, request, status, answer, mark)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


def tables(service: str) -> list[str]:
    """The table of keys and answers, and who may use it."""
    return [
        """
        CREATE TABLE idempotency (
            actor uuid NOT NULL,
            operation text COLLATE "C" NOT NULL,
            key text COLLATE "C" NOT NULL,
            request bytea NOT NULL,
            status smallint NOT NULL,
            answer bytea NOT NULL,
            mark text,
            done_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (actor, operation, key)
        )
        """,
        "CREATE INDEX idempotency_done_at ON idempotency USING brin (done_at)",
        f"GRANT SELECT, INSERT ON idempotency TO {service}_app",
        f"GRANT SELECT, DELETE ON idempotency TO {service}_worker",
    ]


@dataclass(frozen=True, slots=True)
class Key:
    """The name of one attempt at a command."""

    actor: UUID
    operation: str
    key: str
    request: bytes
    """Digest of the body: under the same key another body is a mistake."""

    @classmethod
    def of(cls, actor: UUID, operation: str, key: str, body: bytes) -> Key:
        """The key of a request with this body."""
        return cls(actor, operation, key, hashlib.sha256(body).digest())

    @property
    def lock(self) -> int:
        """The advisory lock of this key, a signed 64-bit number."""
        name = f"idempotency/{self.actor}/{self.operation}/{self.key}".encode()
        return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a request was answered: the status, the body and the mark of its events."""

    status: int
    answer: bytes
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a key: whether it is free to run, and what was answered before."""

    free: bool
    kept: Kept | None
    same_request: bool


async def begin(tx: Transaction, who: Principal, key: Key) -> Found:
    """Set the scope, try the lock and look the key up: one statement."""
    from kernel.scope import settings

    row: Any = await tx.driver.fetchrow(
        _BEGIN, *settings(who), key.lock, key.actor, key.operation, key.key, KEEP_DAYS
    )
    kept = Kept(row["status"], row["answer"], row["mark"]) if row["status"] else None
    return Found(row["free"], kept, row["request"] == key.request)


async def keep(tx: Transaction, key: Key, kept: Kept) -> None:
    """Remember the answer with the effect."""
    await tx.driver.execute(
        _KEEP, key.actor, key.operation, key.key, key.request, kept.status, kept.answer, kept.mark
    )


async def forget_old(tx: Transaction) -> None:
    """Delete the keys that nobody will send again."""
    await tx.driver.execute(
        "DELETE FROM idempotency WHERE done_at < now() - make_interval(days => $1)", KEEP_DAYS
    )
