"""A small company at work: several people place, deliver, pay, return and release, all at once."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from caller import Caller
from history import Entry

from kernel.ids import imported_id, unit_id

COMPANY = "norte"
CURRENCY = "MXN"
LIMIT = "20000"
TAX = "0.16"
RATE = "0.02"
TODAY = "2026-03-16"
BRANCHES = ("mty", "slw")
REPS = {"ana": "mty", "luis": "mty", "eva": "slw"}
MANAGERS = {"marta": "mty", "saul": "slw"}


def money(amount: str | int) -> dict[str, str]:
    """An amount as it travels."""
    return {"amount": f"{amount}", "currency": CURRENCY}


def person(key: str) -> UUID:
    """The person of a key."""
    return imported_id(COMPANY, "person", key)


def branch(key: str) -> str:
    """The unit of a branch's key."""
    return unit_id(COMPANY, key)


@dataclass
class World:
    """What the workload works on: customers, and a token for everybody who is told things."""

    customers: list[str]
    tokens: dict[str, str]


async def found_company(admin: Caller, domain: str) -> World:
    """Found a company with two branches, five people, their plan and twelve customers."""
    await _organisation(admin)
    for name, unit in (REPS | MANAGERS).items():
        await _user(admin, name, unit, domain)
    await admin.get("/admin/settled", patience=40, timeout=4)
    customers = [await _customer(admin, number) for number in range(12)]
    await admin.get("/admin/settled", patience=40, timeout=4)
    for customer in customers:
        await _limit(admin, customer)
    tokens = {name: await _token(admin, name) for name in REPS | MANAGERS}
    return World(customers, tokens)


async def _organisation(admin: Caller) -> None:
    since = "2020-01-01"
    units: list[dict[str, Any]] = [
        {
            "key": COMPANY,
            "name": "Grupo Norte",
            "level": "company",
            "currency": CURRENCY,
            "active_from": since,
        }
    ]
    units += [
        {"key": key, "name": key, "level": "branch", "parent": COMPANY, "active_from": since}
        for key in BRANCHES
    ]
    people = [_person(name, unit, "gerente", None) for name, unit in MANAGERS.items()]
    bosses = {unit: name for name, unit in MANAGERS.items()}
    people += [_person(name, unit, "asesor", bosses[unit]) for name, unit in REPS.items()]
    plans = [
        {"key": f"plan-{name}", "person": name, "rate": RATE, "valid_from": since} for name in REPS
    ]
    for operation, records in (
        ("targets.import-units", units),
        ("targets.import-people", people),
        ("targets.import-plans", plans),
    ):
        entry = await admin.send(
            operation, f"/batches/{operation}", {"company": COMPANY, "records": records}
        )
        assert entry.outcome == "done", entry
        assert not entry.answer["refused"], entry


def _person(name: str, unit: str, job: str, supervisor: str | None) -> dict[str, Any]:
    return {
        "key": name,
        "name": name.title(),
        "unit": unit,
        "job": job,
        "supervisor": supervisor,
        "employed_from": "2020-01-01",
    }


async def _user(admin: Caller, name: str, unit: str, domain: str) -> None:
    role = "rep" if name in REPS else "manager"
    body = {
        "name": name.title(),
        "email": f"{name}@{domain}",
        "password": f"{name}-una-frase-larga",
        "person": str(person(name)),
        "grants": [{"role": role, "unit": branch(unit)}],
    }
    entry = await admin.send("put-user", f"/users/{name}", body, method="PUT")
    assert entry.outcome == "done", entry


async def _token(admin: Caller, name: str) -> str:
    entry = await admin.send("make-token", "/tokens", {"name": "t", "days": 1, "user": name})
    return str(entry.answer["token"])


async def _customer(admin: Caller, number: int) -> str:
    rep = list(REPS)[number % len(REPS)]
    body = {
        "name": f"Cliente {number}",
        "number": f"C{number}",
        "unit": branch(REPS[rep]),
        "owner": str(person(rep)),
    }
    registered = await admin.send("register-customer", "/customers", body)
    assert registered.outcome == "done", registered
    return str(registered.answer["customer"])


async def _limit(admin: Caller, customer: str) -> None:
    path = f"/customers/{customer}/credit/limit"
    limited = await admin.send("set-limit", path, {"limit": money(LIMIT)}, method="PUT")
    assert limited.outcome == "done", limited


async def pay_all_at_once(admin: Caller, world: World) -> None:
    """Several payments of every customer at the same moment, for the same debts."""
    await asyncio.gather(
        *(
            admin.send("record-payment", "/payments", _payment(customer, 3000, f"rush-{i}-{n}"))
            for i, customer in enumerate(world.customers)
            for n in range(3)
        )
    )


def _payment(customer: str, amount: int, reference: str) -> dict[str, Any]:
    return {
        "customer": customer,
        "amount": money(amount),
        "paid_on": TODAY,
        "reference": reference,
    }


class Worker:
    """One person at a desk: takes whatever comes next, never two things at once."""

    def __init__(self, name: str, admin: Caller, world: World, rng: random.Random) -> None:
        self._name, self._admin, self._world, self._rng = name, admin, world, rng
        self._placed = self._paid = 0
        self._orders: list[str] = []

    async def work(self, stop: asyncio.Event) -> None:
        """Place an order, then do something about an earlier one, until told to stop."""
        while not stop.is_set():
            await self._place()
            if self._orders:
                await self._rng.choice(
                    [self._deliver, self._deliver, self._pay, self._return, self._decide]
                )()
            await asyncio.sleep(self._rng.uniform(0.02, 0.15))

    async def _place(self) -> None:
        self._placed += 1
        lines = [
            {
                "product": self._rng.choice(["A", "B", "C"]),
                "quantity": str(self._rng.randint(-1, 4) or 1),  # now and then one to refuse
                "unit_price": money(self._rng.randint(100, 3000)),
                "tax_rate": TAX,
            }
        ]
        body = {
            "customer": self._rng.choice(self._world.customers),
            "number": f"{self._name}-{self._placed}",
            "placed_on": TODAY,
            "lines": lines,
        }
        entry = await self._admin.send("place-order", "/orders", body)
        if entry.outcome == "done":
            self._orders.append(str(entry.answer["order"]))

    async def _deliver(self) -> None:
        await self._about("deliver-order", "deliveries", {"delivered_on": TODAY})

    async def _return(self) -> None:
        await self._about("return-order", "returns", {"returned_on": TODAY, "reason": "prueba"})

    async def _about(self, op: str, path: str, body: dict[str, Any]) -> Entry:
        order = self._rng.choice(self._orders[-20:])
        return await self._admin.send(op, f"/orders/{order}/{path}", body, about=order)

    async def _pay(self) -> None:
        self._paid += 1
        customer, amount = self._rng.choice(self._world.customers), self._rng.randint(500, 6000)
        body = _payment(customer, amount, f"{self._name}-p{self._paid}")
        await self._admin.send("record-payment", "/payments", body)

    async def _decide(self) -> None:
        page = await self._admin.get("/held-orders", limit=5)
        if page and page["items"]:
            order = self._rng.choice(page["items"])["order"]
            path = f"/held-orders/{order}"
            if self._rng.random() < 0.7:  # most are released
                await self._admin.send("release-order", f"{path}/release", {}, about=order)
            else:
                body = {"reason": "prueba"}
                await self._admin.send("reject-order", f"{path}/rejection", body, about=order)
