"""Starts an installation in the foreground and stops it again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gerencia.installation import GerenciaError, Installation
from gerencia.programs import PORTS, SERVICES, Programs, ServiceProgram, servers
from gerencia.programs import service_environment as environment_of
from gerencia.provisioning import fingerprint
from gerencia.servers.process import Program, last_words
from gerencia.supervisor import Backoff, Supervisor, end_left_over

Say = Callable[[str], None]
READY_SECONDS = float(os.environ.get("GERENCIA_READY_SECONDS", "90"))


def run(installation: Installation, *, port: int | None, demo: bool, say: Say) -> None:
    """Run the installation until SIGINT or SIGTERM.

    Raises:
        GerenciaError: it runs already, its port is taken, or a program does not become ready.
    """
    installation.prepare()
    with installation.claimed():
        left = end_left_over(installation.recall("programs") or [])
        if left:
            say(f"Ended what a killed gerencia had left: {', '.join(left)}.")
        asyncio.run(Run(installation, port, demo=demo, say=say).until_told_to_stop())


class Run:
    """One run of an installation, from the first program to the last."""

    def __init__(
        self, installation: Installation, port: int | None, *, demo: bool, say: Say
    ) -> None:
        self.installation = installation
        self.ports = installation.ports(PORTS, port)
        self.address = f"http://127.0.0.1:{self.ports['gateway']}"
        self.first = installation.recall("started") is None
        self._demo = demo
        self._say = say
        self._supervisor = Supervisor(
            Backoff.from_environment(),
            note=lambda standings: installation.remember("programs", standings),
            say=say,
        )
        postgres, nats = servers(installation, self.ports)
        self.programs = Programs(postgres, nats, [])

    async def until_told_to_stop(self) -> None:
        """Start everything, say so, wait for a signal, stop everything."""
        stop = _told_to_stop()
        starting = asyncio.create_task(self._start())
        told = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await told
        finally:
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await starting
            await self._stop()

    async def _start(self) -> None:
        await self._start_servers_and_services()
        self.installation.write("address", f"{self.address}\n")
        if self.first:
            await self._first_start()
        _tell_the_world(self.address)
        self._say(_what_to_try(self.installation, self.address))

    async def _start_servers_and_services(self) -> None:
        """Start the services beside the servers, or after them where there is work to do first."""
        self._supervisor.start(self.programs.servers)
        if not self._is_migrated():
            await self._all_ready(self.programs.servers)
            await self._migrate()
        self.programs.services.extend(self._services())
        self._supervisor.start(self.programs.services)
        await self._all_ready([*self.programs.servers, *self.programs.services])

    def _services(self) -> list[ServiceProgram]:
        postgres, nats = self.programs.postgres, self.programs.nats
        return [
            ServiceProgram(
                service,
                self.installation.logs / f"{service}.log",
                self.ports[f"{service}-health"],
                environment_of(self.installation, service, self.ports, postgres, nats),
            )
            for service in SERVICES
        ]

    async def _all_ready(self, programs: Sequence[Program]) -> None:
        try:
            await asyncio.wait_for(self._supervisor.ready(programs), READY_SECONDS)
        except TimeoutError:
            raise GerenciaError(self._not_ready()) from None

    def _not_ready(self) -> str:
        late = self._supervisor.waiting()
        words = (f"{p.name} ({p.log}):\n{last_words(p.log)}" for p in late)
        return f"Not ready after {READY_SECONDS:g} s: " + "\n".join(words)

    @property
    def _migrated(self) -> Path:
        """A note beside the databases: when they are replaced, it goes with them."""
        return self.programs.postgres.cluster / "gerencia-migrated"

    def _is_migrated(self) -> bool:
        """Whether the revisions are those which the databases were brought to."""
        return self._migrated.exists() and self._migrated.read_text() == fingerprint(SERVICES)

    async def _migrate(self) -> None:
        self._say("Preparing the databases …")
        await _python(
            "gerencia.provisioning",
            *SERVICES,
            log=self.installation.logs / "migrations.log",
            GERENCIA_ADMIN_DSN=self.programs.postgres.admin_dsn,
        )
        self._migrated.write_text(fingerprint(SERVICES))

    async def _first_start(self) -> None:
        """Make the demonstration company; when that fails, it is tried again on the next start."""
        try:
            if self._demo:
                await self._make_demo()
        except GerenciaError as error:
            self._say(f"The demonstration company is not complete. {error}")
        else:
            self.installation.remember("started", {"demo": self._demo})

    async def _make_demo(self) -> None:
        self._say("Making a small demonstration company …")
        await _python(
            "gerencia.demo",
            log=self.installation.logs / "demo.log",
            GERENCIA_URL=self.address,
            GERENCIA_TOKEN=self.installation.token or "",
            GERENCIA_DATA=str(self.installation.data),
        )

    async def _stop(self) -> None:
        """Stop whom people reach first, and what everything stands on last."""
        for programs in (self.programs.gateway, self.programs.inner, self.programs.servers):
            await self._supervisor.stop(programs)


async def _python(module: str, *arguments: str, log: Path, **environment: str) -> None:
    """Run a module of ours to its end.

    Raises:
        GerenciaError: it failed; with its last words.
    """
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", module, *arguments),
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            process.kill()
            raise
    if code != 0:
        raise GerenciaError(f"{module} failed; {log} ends with:\n{last_words(log)}")


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _tell_the_world(address: str) -> None:
    """The one line that scripts wait for."""
    print(f"ready {address}", flush=True)


def _what_to_try(installation: Installation, address: str) -> str:
    demo = installation.recall("demo")
    users = demo["users"] if demo else []
    return "\n".join(
        [
            f"Gerencia is at {address}; Ctrl-C stops it and keeps the data.",
            *(f"  {user['username']:10} {user['password']:24} {user['what']}" for user in users),
            "Try, in another terminal: gerencia status, gerencia report --help",
        ]
    )
