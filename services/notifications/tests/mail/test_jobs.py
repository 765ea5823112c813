from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from aiosmtpd import smtp

from kernel import clock
from notifications.mail.rules import message_id

from ..conftest import ANA, EVA, HELD, Notifications, everybody

SEND = "send mails"


@dataclass
class MailServer:
    """A real SMTP server; `answer` says what it says to each message that it took."""

    answer: Callable[[int], str] = lambda _: "250 taken"
    taken: list[Message] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        said = self.answer(len(self.taken))
        if said == "drop":
            server.transport.abort()
        return said

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.taken]


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MailServer]:
    handler = MailServer()
    listening = await asyncio.get_running_loop().create_server(
        lambda: smtp.SMTP(handler), "127.0.0.1", 0
    )
    port = listening.sockets[0].getsockname()[1]
    monkeypatch.setenv("GERENCIA_SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("GERENCIA_PUBLIC_ORIGIN", "https://ventas.example.com")
    yield handler
    listening.close()


async def states(notifications: Notifications) -> dict[Any, tuple[str, int]]:
    return {row.person: (row.state, row.attempts) for row in await notifications.rows("mails")}


async def sent_after(notifications: Notifications, seconds: int) -> None:
    """Let the postman go round until there is nothing more to do."""
    with clock.stopped_at(clock.now() + timedelta(seconds=seconds)):
        while await notifications.run(SEND):
            pass


async def test_a_notice_goes_out_by_mail_once_in_the_persons_language(
    notifications: Notifications, server: MailServer
):
    await notifications.hear(*everybody(), HELD)
    await sent_after(notifications, 0)
    await sent_after(notifications, 3600)
    mine, evas = sorted(server.taken, key=lambda message: message["To"])
    assert (mine["To"], evas["To"]) == ("ana@example.com", "eva@example.com")
    assert mine["Subject"] == "Su pedido P-5001 está retenido"
    assert "Hola, Ana:" in mine.get_content()
    assert f"https://ventas.example.com/orders/{HELD.order}" in mine.get_content()
    assert "Hello, Eva," in evas.get_content()
    [notice] = await notifications.told(ANA)
    assert mine["Message-ID"] == message_id(notice.notification)
    assert notice.mail == "sent"
    assert len(server.taken) == 2


async def test_a_server_that_takes_the_mail_and_drops_the_line_gets_it_again_under_its_id(
    notifications: Notifications, server: MailServer
):
    server.answer = lambda nth: "drop" if nth <= 2 else "250 taken"
    await notifications.hear(*everybody(), HELD)
    await sent_after(notifications, 0)
    assert set((await states(notifications)).values()) == {("waiting", 1)}
    await sent_after(notifications, 2)
    assert set((await states(notifications)).values()) == {("sent", 2)}
    assert len(server.ids) == 4
    assert len(set(server.ids)) == 2


async def test_a_claim_that_a_crash_left_behind_is_sent_under_its_id(
    notifications: Notifications, server: MailServer
):
    await notifications.hear(*everybody(), HELD)
    assert await notifications.run(SEND)  # claims, and the process dies here
    assert server.taken == []
    assert set((await states(notifications)).values()) == {("claimed", 1)}
    assert (await notifications.told(ANA))[0].mail == "waiting"
    await sent_after(notifications, 0)
    assert len(set(server.ids)) == len(server.ids) == 2


async def test_a_mail_that_is_refused_for_good_is_not_tried_again(
    notifications: Notifications, server: MailServer
):
    server.answer = lambda _: "550 no such user here"
    await notifications.hear(*everybody(), HELD)
    await sent_after(notifications, 0)
    await sent_after(notifications, 3600)
    assert len(server.taken) == 2
    reasons = {row.reason for row in await notifications.rows("mails")}
    assert reasons == {"550 no such user here"}
    assert (await notifications.told(EVA))[0].mail == "failed"


async def test_a_mail_that_is_put_off_is_tried_again(
    notifications: Notifications, server: MailServer
):
    server.answer = lambda nth: "451 later" if nth <= 2 else "250 taken"
    await notifications.hear(*everybody(), HELD)
    await sent_after(notifications, 0)
    await sent_after(notifications, 2)
    assert set((await states(notifications)).values()) == {("sent", 2)}


async def test_while_the_server_is_away_the_mails_wait(
    notifications: Notifications, server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    await notifications.hear(*everybody(), HELD)
    with monkeypatch.context() as away:
        away.setenv("GERENCIA_SMTP_URL", "smtp://127.0.0.1:1")
        await sent_after(notifications, 0)
    assert set((await states(notifications)).values()) == {("waiting", 1)}
    await sent_after(notifications, 2)
    assert len(server.taken) == 2


async def test_what_was_sent_leaves_no_address_behind(
    notifications: Notifications, server: MailServer
):
    await notifications.hear(*everybody(), HELD)
    await sent_after(notifications, 0)
    assert {row.recipient for row in await notifications.rows("mails")} == {None}


async def test_without_a_mail_server_no_mail_is_made(notifications: Notifications):
    await notifications.hear(*everybody(), HELD)
    assert await notifications.rows("mails") == []
    assert not await notifications.run(SEND)
