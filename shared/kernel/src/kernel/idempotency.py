"""A command sent twice under one key is done once and answered the same both times.

The key belongs to the principal and the operation; with it the answer is kept, a refusal too,
for 30 days. The row is written in the transaction of the effect, so both are there or neither.

Whether the first request still runs is asked with an advisory try-lock: nobody waits, and a
process that died holds nothing. The lock and the savepoint travel with the BEGIN, for every round
trip is felt in what the gateway can carry; the look-up that follows takes the lock again, which
tells whether it is ours, and sees whatever the one before had committed. The answer travels with
the COMMIT.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kernel.database import literal

if TYPE_CHECKING:
    from kernel.database import Transaction

KEEP_DAYS = 30

_FIND = """
SELECT pg_try_advisory_xact_lock($1) AS free, kept.request, kept.status, kept.answer, kept.mark
FROM (VALUES (1)) AS one
LEFT JOIN idempotency AS kept
    ON kept.actor = $2 AND kept.operation = $3 AND kept.key = $4
"""

_KEEP = """
INSERT INTO idempotency (actor, operation, key, request, status, answer, mark)
VALUES ('{actor}', {operation}, {key}, '\\x{request}', {status}, '\\x{answer}', {mark})
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


def beginning(key: Key) -> str:
    """What travels with BEGIN: our lock, and the savepoint that a refused effect goes back to."""
    return f"; SELECT pg_try_advisory_xact_lock({key.lock}); SAVEPOINT effect"


async def find(tx: Transaction, key: Key) -> Found:
    """Look the key up; only after `beginning`."""
    row: Any = await tx.driver.fetchrow(_FIND, key.lock, key.actor, key.operation, key.key)
    kept = Kept(row["status"], row["answer"], row["mark"]) if row["status"] else None
    return Found(row["free"], kept, row["request"] == key.request)


async def undo(tx: Transaction) -> None:
    """Take the effect back; the lock and what follows stay in the transaction."""
    await tx.driver.execute("ROLLBACK TO SAVEPOINT effect")
    tx.withdraw()


def keep(tx: Transaction, key: Key, kept: Kept) -> None:
    """Remember the answer with the effect: it travels with COMMIT, which fails without it."""
    tx.closing = _KEEP.format(
        actor=key.actor,
        operation=literal(key.operation),
        key=literal(key.key),
        request=key.request.hex(),
        status=kept.status,
        answer=kept.answer.hex(),
        mark="NULL" if kept.mark is None else literal(kept.mark),
    )


async def forget_old(tx: Transaction) -> None:
    """Delete the keys that nobody will send again."""
    await tx.driver.execute(
        "DELETE FROM idempotency WHERE done_at < now() - make_interval(days => $1)", KEEP_DAYS
    )
