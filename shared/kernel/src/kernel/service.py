"""A service: what it answers, what it listens to, what it does by the clock; and how it runs.

`running` wires one together. Everything that can be away at the start (the database, the broker)
is waited for, and may go away and come back later; the health page says what is missing. SIGTERM
lets what is being done end: requests first, then the batch of each consumer, then the job.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kernel import idempotency, inbox
from kernel.inbox import Subscriptions, merged
from kernel.jobs import Job, Jobs
from kernel.jobs import run as run_job
from kernel.logs import logger
from kernel.rpc import Door, Operations
from kernel.settings import Settings
from kernel.turn import cancelled, first_of

if TYPE_CHECKING:
    from faststream.nats import NatsBroker
    from nats.aio.client import Client as Nats

    from kernel.client import Client
    from kernel.database import Database
    from kernel.following import Following
    from kernel.ops import Check
    from kernel.relay import Relay

STOP_SECONDS = 4.0
HOUSEKEEPING_SECONDS = 3600.0
RECONCILE_SECONDS = 3600.0
"""The whole stream is read for it, so not often."""

log = logger("kernel.service")


@dataclass(frozen=True)
class Service:
    """Everything one program is made of.

    Args:
        checks: look for what must never be; `gerencia verify` asks them.
        projections: the tables that are fed by others' events alone, in an order in which they
            can be emptied; a rebuild empties them and fills them from the owners' snapshots. Only
            for a service all of whose handlers do nothing else.
    """

    name: str
    operations: Sequence[Operations] = ()
    subscriptions: Sequence[Subscriptions] = ()
    jobs: Sequence[Jobs] = ()
    checks: Sequence[Check] = ()
    projections: Sequence[str] = field(default=())


@dataclass
class Program:
    """A service that runs: its parts, for whoever started it."""

    service: Service
    settings: Settings
    database: Database
    broker: NatsBroker
    nats: Nats
    client: Client
    relay: Relay
    following: Following
    failed: asyncio.Event
    """Set when it cannot go on and must be started anew."""


def main(service: Service, settings: type[Settings] = Settings) -> None:
    """`python -m billing` runs the service, `python -m billing migrate` prepares its database."""
    from kernel import logs

    given = settings()
    logs.configure(service.name, given.log_level)
    if sys.argv[1:] == ["migrate"]:
        from kernel.migrations import upgrade

        asyncio.run(upgrade(service.name, given.owner_dsn))
    elif sys.argv[1:]:
        sys.exit(f"usage: python -m {service.name} [migrate]")
    else:
        sys.exit(run(service, given))


def run(service: Service, settings: Settings) -> int:
    """Run until SIGTERM or SIGINT (0), or until it has to be started anew (1)."""
    import uvloop

    return uvloop.run(_until_told(service, settings))


async def _until_told(service: Service, settings: Settings) -> int:
    told, started = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    work = asyncio.create_task(_run(service, settings, told, started))
    await first_of(work, told.wait())
    if not started.is_set():
        work.cancel()  # it still waits for something: there is nothing to end gracefully
    try:
        return await work
    except asyncio.CancelledError:
        return 0


async def _run(
    service: Service, settings: Settings, told: asyncio.Event, started: asyncio.Event
) -> int:
    async with running(service, settings) as program:
        started.set()
        log.info("running", service=service.name, site=settings.site)
        await first_of(told.wait(), program.failed.wait())
        return 1 if program.failed.is_set() else 0


@asynccontextmanager
async def running(
    service: Service, settings: Settings, database: Database | None = None
) -> AsyncIterator[Program]:
    """Run a service while the block lasts; it answers requests when the block begins.

    Args:
        database: one that is there already, as in a test; else it is opened from the settings.
    """
    from kernel import telemetry

    telemetry.start(service.name, settings.otlp_endpoint)
    async with AsyncExitStack() as stack:
        stack.callback(telemetry.stop)
        waiting = {"broker": "connecting", "database": "connecting"}
        failed = asyncio.Event()
        port = await stack.enter_async_context(_health(service, settings, waiting))
        log.info("health page is there", service=service.name, port=port)
        database = database or await _opened(settings, stack)
        await _answering(database)
        waiting.pop("database")
        program = await _connected(service, settings, database, failed, stack)
        waiting.pop("broker")
        yield program


def _health(service: Service, settings: Settings, waiting: Mapping[str, str]) -> Any:
    from kernel.asyncapi import document, told_by
    from kernel.health import health_app, serving

    async def ready() -> Mapping[str, str]:
        return waiting

    page = document(
        service.name,
        sends=told_by(service.name),
        receives=[one[0].event for one in merged(service.subscriptions).values()],
        operations=[door.contract for ops in service.operations for door in ops.doors.values()],
    )
    app = health_app(service.name, ready, page)
    return serving(app, host=settings.http_host, port=settings.http_port)


async def _opened(settings: Settings, stack: AsyncExitStack) -> Database:
    from kernel.database import Database

    database = Database(settings.app_dsn, settings.worker_dsn)
    stack.push_async_callback(database.close)
    return database


async def _answering(database: Database) -> None:
    """Wait until the database answers and its tables are there."""
    while True:
        try:
            async with database.working("start") as tx:
                await tx.driver.execute("SELECT 1 FROM relay_cursor")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not there yet
            log.info("waiting for the database", error=repr(error))
            await asyncio.sleep(0.3)
        else:
            return


async def _connected(
    service: Service,
    settings: Settings,
    database: Database,
    failed: asyncio.Event,
    stack: AsyncExitStack,
) -> Program:
    from kernel.bus import broker, connected
    from kernel.client import Client
    from kernel.following import Following
    from kernel.relay import Relay
    from kernel.streams import require_synced_broker

    bus = broker(settings.nats_url, service.name)
    stack.push_async_callback(bus.stop)
    nats = await connected(bus)
    if not settings.allow_unsynced_broker:
        await require_synced_broker(settings.nats_monitoring_url)
    relay = Relay(database, nats, settings.site, service.name)

    def give_up(reason: str) -> None:
        log.critical("cannot go on", service=service.name, reason=reason)
        failed.set()

    following = Following(
        service.name,
        settings.site,
        merged(service.subscriptions),
        nats=nats,
        database=database,
        give_up=give_up,
        projections=service.projections,
    )
    client = Client(nats, site=settings.site)
    program = Program(service, settings, database, bus, nats, client, relay, following, failed)
    await _started(program, stack)
    return program


async def _started(program: Program, stack: AsyncExitStack) -> None:
    """Start the parts; they end in the other order: requests first, the relay last."""
    from kernel.answering import Answering
    from kernel.bus import answer_requests, stop_answering
    from kernel.sync import Snapshots

    service, database = program.service, program.database
    tasks = _Tasks(program.failed)
    stack.push_async_callback(tasks.stop)
    tasks.start("relay", program.relay.run())
    tasks.start("reconcile", _reconcile(program))
    stopping = asyncio.Event()
    for job in _all_jobs(service):
        seconds = program.settings.background_seconds or job.seconds
        tasks.start(job.name, run_job(job, database, stopping, seconds), stop=stopping.set)
    tasks.start("following", program.following.run(), stop=program.following.stop)
    answering = Answering(service.name, _doors(program), database, program.following)
    answer_requests(program.broker, program.settings.site, answering)
    snapshots = Snapshots(database, program.nats, program.settings.site, service.name)
    stack.push_async_callback(snapshots.stop)
    stack.push_async_callback(stop_answering, program.broker)
    await program.broker.start()
    await snapshots.start()
    await program.nats.flush()


async def _reconcile(program: Program) -> None:
    """Send again, now and then, what the stream lost; what fails is tried the next time."""
    from kernel.reconcile import reconcile
    from kernel.streams import Stream

    name, site = program.service.name, program.settings.site
    stream = Stream(program.nats, site, name)
    while True:
        await asyncio.sleep(RECONCILE_SECONDS)
        try:
            done = await reconcile(program.database, program.nats, stream, site, name)
        except Exception as error:  # noqa: BLE001 - the log still has what is missing
            log.warning("not reconciled", service=name, error=repr(error))
        else:
            if done and done.missing:
                log.error("the stream had lost events", service=name, count=len(done.missing))


def _doors(program: Program) -> dict[str, Door]:
    from kernel.ops import tools

    doors: dict[str, Door] = {}
    for one in (tools(program), *program.service.operations):
        for name, door in one.doors.items():
            token = name.partition(".")[2]
            assert token not in doors, f"{name} is there twice"
            doors[token] = door
    return doors


def _all_jobs(service: Service) -> list[Job]:
    own = [job for jobs in service.jobs for job in jobs.all]
    keeping = Jobs()
    keeping.every(seconds=HOUSEKEEPING_SECONDS, name="forget old keys")(idempotency.forget_old)
    keeping.every(seconds=HOUSEKEEPING_SECONDS, name="forget the old inbox")(inbox.forget_old)
    return [*own, *keeping.all]


class _Tasks:
    """The parts that run beside each other; one that ends by a defect ends the program."""

    def __init__(self, failed: asyncio.Event) -> None:
        self._failed = failed
        self._endless: list[asyncio.Task[None]] = []
        self._graceful: list[asyncio.Task[None]] = []
        self._stops: list[Callable[[], None]] = []

    def start(
        self, name: str, work: Coroutine[Any, Any, None], stop: Callable[[], None] | None = None
    ) -> None:
        """Run a part; with `stop` it ends by itself when told, else it is cancelled."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        if stop is None:
            self._endless.append(task)
        else:
            self._graceful.append(task)
            self._stops.append(stop)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("a part failed", part=task.get_name(), exc_info=error)
            self._failed.set()

    async def stop(self) -> None:
        """Let what is being done end, then end the rest."""
        for stop in self._stops:
            stop()
        if self._graceful:
            await asyncio.wait(self._graceful, timeout=STOP_SECONDS)
        await cancelled([*self._graceful, *self._endless])
