"""The whole program on a real bus: a command in, an answer and an event out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from billing.app import SERVICE
from contracts.billing.ledger import ListDocuments
from contracts.billing.limits import GetCredit, SetLimit
from gerencia.testing import Running
from kernel.client import RemoteProblem

from .conftest import Billing


async def eventually(ask: Callable[[], Awaitable[Any]]) -> Any:
    for _ in range(100):
        if found := await ask():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("it never came")


async def test_it_answers_refuses_numbers_and_tells(billing: Billing, running: Running):
    customer = await billing.customer(origin="import")
    await billing.hear(billing.delivered("P-1", customer, "116"))
    async with running(SERVICE, billing.database) as program:
        director = billing.asks("director")
        limit = SetLimit(customer=customer, limit=billing.mxn(1000))
        answer = await program.client.send(limit, director, key="k1")
        assert answer.value.available == billing.mxn(884)
        again = await program.client.send(limit, director, key="k1")
        assert again.value == answer.value
        with pytest.raises(RemoteProblem) as no:
            await program.client.send(limit, billing.asks("rep"))
        assert (no.value.status, no.value.code) == (403, "access.not-your-role")
        credit = await program.client.ask(GetCredit(customer=customer), director, after=answer.mark)
        assert credit.limit == billing.mxn(1000)

        async def legal_number() -> str | None:
            page = await program.client.ask(ListDocuments(), director)
            return page.items[0].legal_number

        assert await eventually(legal_number) == "MTY-F-000001"
    assert len(await billing.told("limit-changed")) == 1
