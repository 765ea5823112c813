"""One run: a company at work while faults happen, then quiet, then all that it left behind."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from mailbox import Mailbox
from pathlib import Path
from typing import Any

import asyncpg
from caller import Caller
from checker import Evidence
from faults import SERVICES, Hurt
from history import History
from streams import read_addressees, read_all
from workload import COMPANY, RATE, Worker, World, found_company, pay_all_at_once

from gerencia.trial import Installation

WORKERS = 4
LOGS = ("customers", "billing", "targets", "notifications", "gateway")
QUIET_SECONDS = 90


@dataclass
class Run:
    """A seeded run against one installation.

    Args:
        kills: how many programs are killed on the way.
        pause: seconds from one fault to the next.
        stall: whether a program is also stopped for a while.
        victims: the services that are killed, all five unless told.
        at_work: whether a program is killed only once it has started again.
        quiet: seconds in which all effects must have come at the end.
    """

    installation: Installation
    mailbox: Mailbox
    folder: Path
    seed: int
    kills: int
    pause: float = 1.0
    stall: bool = True
    victims: Sequence[str] = SERVICES
    at_work: bool = False
    quiet: float = QUIET_SECONDS
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.history = History(self.folder / "history.jsonl")
        self._rng = random.Random(self.seed)  # a schedule, no secret

    async def play(self) -> Evidence:
        """Found the company, let it work while it is hurt, wait until all is quiet, and look."""
        admin = Caller(self.installation.url, self.installation.token, self.history, self._rng)
        try:
            world = await found_company(admin, self.mailbox.domain)
            await self._work(admin, world)
            await asyncio.to_thread(self.installation.wait_until_ready)
            await admin.get("/admin/settled", patience=self.quiet, timeout=4)
            return await self._evidence(admin, world)
        finally:
            await admin.close()

    async def _work(self, admin: Caller, world: World) -> None:
        stop = asyncio.Event()
        hurt = Hurt(
            self.installation,
            self._rng,
            nats_url(self.installation),
            self.victims,
            self.at_work,
        )
        async with asyncio.TaskGroup() as group:
            for number in range(WORKERS):
                worker = Worker(f"w{number}", admin, world, random.Random(self._rng.random()))
                group.create_task(worker.work(stop))
            await asyncio.sleep(self.pause)
            for fault in hurt.schedule(self.kills, stall=self.stall):
                await fault()
                await asyncio.sleep(self.pause)
            await pay_all_at_once(admin, world)
            stop.set()

    async def _evidence(self, admin: Caller, world: World) -> Evidence:
        verified = await admin.send("verify", "/admin/verify", {})
        return Evidence(
            history=self.history,
            told=await read_all(nats_url(self.installation)),
            credit={
                customer: await admin.get(f"/customers/{customer}/credit")
                for customer in world.customers
            },
            commissions=(await admin.get("/reports/commissions", company=COMPANY))["rows"],
            sales=(await admin.get("/reports/sales", by="rep", company=COMPANY))["rows"],
            order_states=await self._order_states(admin),
            rate=Decimal(RATE),
            notices=await self._notices(world),
            mails={name: await self.mailbox.wait_for(name) for name in world.tokens},
            ledger_sum=await self._ledger_sum(),
            verified=_complaints(verified.answer),
            addressees=await read_addressees(nats_url(self.installation)),
            taken={service: await self._taken(service) for service in LOGS},
            logs={service: await self._log(service) for service in LOGS},
        )

    async def _order_states(self, admin: Caller) -> Mapping[str, str]:
        return {order["order"]: order["state"] for order in await _all_pages(admin, "/orders")}

    async def _notices(self, world: World) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        notices: dict[str, Sequence[Mapping[str, Any]]] = {}
        for name, token in world.tokens.items():
            caller = Caller(self.installation.url, token, self.history, self._rng)
            notices[name] = await _all_pages(caller, "/notifications")
            self.mailbox.expect(name, len(notices[name]))
            await caller.close()
        return notices

    async def _ledger_sum(self) -> Decimal:
        [row] = await self._query("billing", "SELECT coalesce(sum(amount), 0) AS sum FROM entries")
        return Decimal(row["sum"])

    async def _log(self, service: str) -> Sequence[tuple[str, int]]:
        rows = await self._query(service, "SELECT id, position FROM event_log")
        return [(str(row["id"]), row["position"]) for row in rows]

    async def _taken(self, service: str) -> set[str]:
        return {str(row["id"]) for row in await self._query(service, "SELECT id FROM inbox")}

    async def _query(self, service: str, statement: str) -> Sequence[Mapping[str, Any]]:
        connection = await asyncpg.connect(self.installation.database(service))
        try:
            return list(await connection.fetch(statement))
        finally:
            await connection.close()


def nats_url(installation: Installation) -> str:
    """Where the broker of an installation answers, with its password."""
    configuration = (installation.data / "nats" / "nats.conf").read_text()
    address, password = (
        re.search(pattern, configuration)
        for pattern in (r'listen: "([^"]+)"', r'password: "([^"]+)"')
    )
    assert address
    assert password
    return f"nats://gerencia:{password[1]}@{address[1]}"


async def _all_pages(caller: Caller, path: str) -> list[Mapping[str, Any]]:
    items: list[Mapping[str, Any]] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        page = await caller.get(path, **query)
        items += page["items"]
        if page["next"] is None:
            return items
        query["after"] = page["next"]


def _complaints(answer: Mapping[str, Any]) -> list[str]:
    return [
        f"{service}: {sentence}"
        for service, found in answer["services"].items()
        for sentence in found.get("violations", [str(found)])
    ]
