"""What every service can be asked by whoever runs the installation.

These are operations like any other, answered by the kernel as the worker and open to
administrators only; their subject names the service: `rpc.<site>.<service>.status`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from pydantic import Field

from kernel import parking
from kernel.context import current
from kernel.events import Message
from kernel.operations import ADMINISTRATOR, Command, Question
from kernel.problems import NotFound, NotThereYet
from kernel.reconcile import reconcile
from kernel.rpc import Tools
from kernel.streams import Stream
from kernel.verify import log_is_whole, stream_agrees

if TYPE_CHECKING:
    from kernel.database import Transaction
    from kernel.service import Program

ADMINISTRATORS = frozenset({ADMINISTRATOR})
Check = Callable[["Transaction"], Awaitable[list[str]]]
"""Looks for what must never be; returns each violation in words."""


class SourceStatus(Message):
    """How far this service is with the events of another; None is not known at the moment."""

    source: str
    following: bool
    """Whether this very process is the one that reads it."""
    position: int | None
    pending: int | None
    """Messages that the broker has and nobody took yet."""
    unacknowledged: int | None


class StatusAnswer(Message):
    """What a service is doing, and what waits."""

    service: str
    site: str
    position: int
    """The highest position given in its own log."""
    published: int
    relay_lag: int
    """Committed events that the broker does not have yet."""
    sources: Sequence[SourceStatus]
    parked: int


class Status(Question[StatusAnswer]):
    """What waits anywhere in this service."""

    operation: ClassVar = "kernel.status"
    answer: ClassVar = StatusAnswer
    roles: ClassVar = ADMINISTRATORS


class ParkedMessage(Message):
    """An event that could not be handled."""

    id: UUID
    source: str
    type: str
    entity: str
    reason: str
    tries: int
    parked_at: datetime
    retry_at: datetime | None
    """When it is tried again; None when a person has to say so."""


class ParkedAnswer(Message):
    """The oldest first; `total` counts those not shown too."""

    total: int
    messages: Sequence[ParkedMessage]


class ListParked(Question[ParkedAnswer]):
    """The events that wait because they, or one before them, could not be handled."""

    operation: ClassVar = "kernel.parked-list"
    answer: ClassVar = ParkedAnswer
    roles: ClassVar = ADMINISTRATORS
    type: str | None = None
    after: UUID | None = None
    """The last one of the page before."""
    limit: int = Field(default=100, ge=1, le=1000)


class ParkedInFull(ParkedMessage):
    """A parked event with everything that came."""

    headers: dict[str, str]
    body: str
    """As text; what is no UTF-8 is shown as \\x escapes."""


class ShowParked(Question[ParkedInFull]):
    """One parked event, as it came."""

    operation: ClassVar = "kernel.parked-show"
    answer: ClassVar = ParkedInFull
    roles: ClassVar = ADMINISTRATORS
    id: UUID


class ReplayAnswer(Message):
    """How many events are on their way again."""

    count: int


class ReplayParked(Command[ReplayAnswer]):
    """Try parked events again at once: those named, those of a type, or all."""

    operation: ClassVar = "kernel.parked-replay"
    answer: ClassVar = ReplayAnswer
    roles: ClassVar = ADMINISTRATORS
    ids: Sequence[UUID] | None = None
    type: str | None = None


class VerifyAnswer(Message):
    """What must never be and is; nothing when all is well."""

    violations: Sequence[str]


class Verify(Question[VerifyAnswer]):
    """Look for what must never be: gaps in the log, sums that don't add up."""

    operation: ClassVar = "kernel.verify"
    answer: ClassVar = VerifyAnswer
    roles: ClassVar = ADMINISTRATORS


class PositionAnswer(Message):
    """The place of an event in its log."""

    position: int


class MarkPosition(Question[PositionAnswer]):
    """The position of an event of this service, as soon as it has one."""

    operation: ClassVar = "kernel.mark-position"
    answer: ClassVar = PositionAnswer
    roles: ClassVar = ADMINISTRATORS
    event: UUID


class CaughtUpAnswer(Message):
    """Whether a service has taken in everything up to a position."""

    caught_up: bool
    listens: bool
    """False when this service wants nothing of that source: then it is always caught up."""


class CaughtUp(Question[CaughtUpAnswer]):
    """Whether everything of another service up to a position has its effect here."""

    operation: ClassVar = "kernel.caught-up"
    answer: ClassVar = CaughtUpAnswer
    roles: ClassVar = ADMINISTRATORS
    source: str
    """The other service's name."""
    position: int
    wait_seconds: float = Field(default=0.0, ge=0, le=300)


class RebuildAnswer(Message):
    """What was emptied and will be filled again."""

    projections: Sequence[str]
    sources: Sequence[str]


class Rebuild(Command[RebuildAnswer]):
    """Empty what is fed by others' events alone, and fill it again from their logs."""

    operation: ClassVar = "kernel.rebuild"
    answer: ClassVar = RebuildAnswer
    roles: ClassVar = ADMINISTRATORS


class ReconcileAnswer(Message):
    """What a comparison of the log with its stream found; `busy` when another was at it."""

    busy: bool = False
    published: int = 0
    floor: int = 0
    """What lies at or below it has aged out of the stream."""
    sent_again: Sequence[int] = ()
    """Positions that the stream should have had and had not."""


class Reconcile(Command[ReconcileAnswer]):
    """Compare the log with its stream, and send again what is missing."""

    operation: ClassVar = "kernel.reconcile"
    answer: ClassVar = ReconcileAnswer
    roles: ClassVar = ADMINISTRATORS


class Replay(Command[ReplayAnswer]):
    """Ask an owner for events again and take in those that never came; the answer counts all.

    Narrowed by type, branch, entity, time or position; what was taken before counts once.
    """

    operation: ClassVar = "kernel.replay"
    answer: ClassVar = ReplayAnswer
    roles: ClassVar = ADMINISTRATORS
    source: str
    """The owner's name."""
    types: Sequence[str] | None = None
    units: Sequence[str] | None = None
    entity: str | None = None
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None
    position_from: int | None = None
    position_to: int | None = None


def tools(program: Program) -> Tools:
    """The operator's tools of one running service."""
    tools = Tools()
    _look(tools, program)
    _set_right(tools, program)
    _wait(tools, program)
    return tools


def _look(tools: Tools, program: Program) -> None:
    """Tools that show how it stands."""
    database, service = program.database, program.service

    @tools.tool(Status)
    async def status(asked: Status) -> StatusAnswer:
        async with database.working("status") as tx:
            own = await tx.driver.fetchrow(_OWN_LOG)
            assert own is not None, "relay_cursor has one row"
            return StatusAnswer(
                service=service.name,
                site=program.settings.site,
                position=own["assigned"],
                published=own["published"],
                relay_lag=own["assigned"] - own["published"] + own["without"],
                sources=await program.following.status(tx),
                parked=await parking.waiting(tx),
            )

    @tools.tool(ListParked)
    async def parked_list(asked: ListParked) -> ParkedAnswer:
        async with database.working("parked") as tx:
            rows = await tx.driver.fetch(_PARKED, asked.type, asked.after, asked.limit)
            messages = [ParkedMessage.model_validate(dict(row)) for row in rows]
            return ParkedAnswer(total=await parking.waiting(tx), messages=messages)

    @tools.tool(ShowParked)
    async def parked_show(asked: ShowParked) -> ParkedInFull:
        async with database.working("parked") as tx:
            row = await tx.driver.fetchrow("SELECT * FROM parked WHERE id = $1", asked.id)
        if row is None:
            raise NotFound("parked event", str(asked.id))
        return _in_full(row)

    @tools.tool(Verify)
    async def verify(asked: Verify) -> VerifyAnswer:
        async with database.working("verify") as tx:
            found = [
                wrong for check in (log_is_whole, *service.checks) for wrong in await check(tx)
            ]
        return VerifyAnswer(violations=found + await stream_agrees(database, _stream(program)))


def _set_right(tools: Tools, program: Program) -> None:
    """Tools that do something about it."""
    database, service, following = program.database, program.service, program.following

    @tools.tool(ReplayParked)
    async def parked_replay(asked: ReplayParked) -> ReplayAnswer:
        async with database.working("replay") as tx:
            count = await parking.replay(tx, kind=asked.type, ids=asked.ids)
        following.retry_soon()
        return ReplayAnswer(count=count)

    @tools.tool(Reconcile)
    async def reconcile_now(asked: Reconcile) -> ReconcileAnswer:
        site = program.settings.site
        done = await reconcile(database, program.nats, _stream(program), site, service.name)
        if done is None:
            return ReconcileAnswer(busy=True)
        return ReconcileAnswer(
            published=done.published, floor=done.floor, sent_again=list(done.missing)
        )

    @tools.tool(Replay)
    async def replay(asked: Replay) -> ReplayAnswer:
        return ReplayAnswer(count=await following.replay(asked))

    if service.projections:

        @tools.tool(Rebuild)
        async def rebuild(asked: Rebuild) -> RebuildAnswer:
            async with database.working("rebuild") as tx:
                await following.rebuild(tx)
            return RebuildAnswer(
                projections=service.projections, sources=sorted(following.consumers)
            )


def _wait(tools: Tools, program: Program) -> None:
    """Tools that wait until something has happened."""
    relay, following = program.relay, program.following

    @tools.tool(MarkPosition)
    async def mark_position(asked: MarkPosition) -> PositionAnswer:
        left = current().seconds_left() or 5.0
        position = await relay.position_of(asked.event, max(0.0, left - 0.1))
        if position is None:
            raise NotThereYet(str(asked.event))
        return PositionAnswer(position=position)

    @tools.tool(CaughtUp)
    async def caught_up(asked: CaughtUp) -> CaughtUpAnswer:
        listens = asked.source in following.consumers
        done = await following.caught_up(asked.source, asked.position, asked.wait_seconds)
        return CaughtUpAnswer(caught_up=done, listens=listens)


def _stream(program: Program) -> Stream:
    return Stream(program.nats, program.settings.site, program.service.name)


_OWN_LOG = """
SELECT assigned, published,
       (SELECT count(*) FROM event_log WHERE position IS NULL) AS without
FROM relay_cursor
"""

_PARKED = """
SELECT id, source, type, entity, reason, tries, parked_at, retry_at FROM parked
WHERE ($1::text IS NULL OR type = $1)
  AND ($2::uuid IS NULL OR place > (SELECT place FROM parked WHERE id = $2))
ORDER BY place LIMIT $3
"""


def _in_full(row: Any) -> ParkedInFull:
    values = dict(row)
    values["headers"] = json.loads(values["headers"])
    values["body"] = values["body"].decode("utf-8", "backslashreplace")
    return ParkedInFull.model_validate(values)
