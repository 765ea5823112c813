from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.notifications.notification_created import NotificationCreatedV1
from contracts.samples import SAMPLES
from kernel import clock
from kernel.events import Event
from notifications.notices.news import TOLD, news_of
from notifications.notices.rules import NEWS_FOR, PATIENCE, RULES
from notifications.notices.words import title_and_text
from notifications.recipients.model import Recipient

from ..conftest import (
    ANA,
    BEN,
    CLARA,
    EVA,
    HELD,
    NOON,
    Notifications,
    everybody,
    person,
    received,
    unit,
    user,
)

AGAIN = "tell who was not known"


async def titles(notifications: Notifications, who: Any) -> list[str]:
    return [each.title for each in await notifications.told(who)]


async def test_a_held_order_is_told_to_who_decides_and_to_the_rep_each_in_their_language(
    notifications: Notifications,
):
    await notifications.hear(*everybody(), HELD)
    assert await titles(notifications, EVA) == ["Order P-5001 waits for a decision"]
    [mine] = await notifications.told(ANA)
    assert mine.title == "Su pedido P-5001 está retenido"
    assert "$1,600.00" in mine.text
    assert (mine.topic, mine.link, mine.mail) == ("order-held", f"/orders/{HELD.order}", "none")
    assert await notifications.told(BEN) == []


async def test_the_others_hear_of_each_notification_once(notifications: Notifications):
    message = received(HELD)
    await notifications.hear(*everybody(), message, message)
    bodies = [NotificationCreatedV1.model_validate(row.body) for row in await told(notifications)]
    assert {body.person for body in bodies} == {ANA, EVA}
    assert len(bodies) == 2


async def told(notifications: Notifications) -> list[Any]:
    return await notifications.rows("event_log")


async def test_the_nearest_manager_above_decides_where_the_unit_has_none(
    notifications: Notifications,
):
    await notifications.hear(
        *everybody(), user(EVA, "Eva", ("rep", "mty")), person(ANA, "Ana"), HELD
    )
    assert await titles(notifications, BEN) == ["El pedido P-5001 espera una decisión"]
    assert await notifications.told(EVA) == []


async def test_who_decides_and_sold_is_told_once(notifications: Notifications):
    await notifications.hear(*everybody(), user(ANA, "Ana", ("manager", "mty")), HELD)
    assert await titles(notifications, ANA) == ["El pedido P-5001 espera una decisión"]


async def test_somebody_who_left_decides_nothing(notifications: Notifications):
    gone = user(EVA, "Eva", ("manager", "mty"), active=False)
    await notifications.hear(*everybody(), gone, person(ANA, "Ana"), HELD)
    assert await notifications.told(EVA) == []
    assert len(await notifications.told(BEN)) == 1


@pytest.mark.parametrize(
    ("sample", "who", "title"),
    [
        ("billing.order-released.v1", ANA, "Su pedido P-5001 fue liberado"),
        ("billing.order-rejected.v1", ANA, "Su pedido P-5001 fue rechazado"),
        ("billing.invoice-overdue.v1", ANA, "La factura P-5001 está vencida"),
        ("billing.invoice-overdue.v1", CLARA, "La factura P-5001 está vencida"),
        ("billing.reservation-expired.v1", ANA, "La reserva de crédito del pedido P-5001 venció"),
        ("billing.credit-alert.v1", ANA, "El cliente C-1042 llegó al 80% de su límite"),
        ("billing.credit-alert.v1", CLARA, "El cliente C-1042 llegó al 80% de su límite"),
        ("billing.credit-review-due.v1", ANA, "Toca revisar el crédito del cliente C-1042"),
        ("billing.credit-review-due.v1", CLARA, "Toca revisar el crédito del cliente C-1042"),
        ("billing.account-feedback-ready.v1", ANA, "Así cerraron sus cuentas en 2026-03"),
        ("billing.promise-broken.v1", ANA, "El cliente C-1042 no cumplió su promesa de pago"),
        ("billing.promise-broken.v1", CLARA, "El cliente C-1042 no cumplió su promesa de pago"),
        ("billing.plan-broken.v1", ANA, "El cliente C-1042 se atrasó en su convenio"),
        (
            "billing.collection-escalated.v1",
            EVA,
            "You are asked to step in with customer C-1042",
        ),
        (
            "billing.collection-escalated.v1",
            ANA,
            "El caso de su cliente C-1042 pasó a su superior",
        ),
        (
            "billing.handed-to-agency.v1",
            ANA,
            "Su cliente C-1042 está con un despacho de cobranza",
        ),
        ("billing.discount-decided.v1", ANA, "Su descuento para C-881 fue autorizado"),
        (
            "billing.price-breach-found.v1",
            EVA,
            "Order P-5001 is below the floor price",
        ),
        ("billing.contract-reviewed.v1", ANA, "Su contrato CT-2026-17 fue aprobado"),
        ("billing.expense-approved.v1", ANA, "Sus gastos por $820.00 fueron autorizados"),
        ("billing.budget-exceeded.v1", EVA, "A budget of 2026-03 was passed"),
        ("targets.attainment-reached.v1", ANA, "Alcanzó su cuota: 111.11%"),
        ("targets.attainment-reached.v1", EVA, "Ana reached the quota: 111.11%"),
    ],
)
async def test_each_topic_reaches_whom_it_concerns(
    notifications: Notifications, sample: str, who: Any, title: str
):
    await notifications.hear(*everybody(), SAMPLES[sample])
    assert await titles(notifications, who) == [title]
    assert await notifications.rows("awaiting") == []


def limit(sample: str, **more: Any) -> Any:
    return SAMPLES[f"billing.approval-{sample}.v1"].model_copy(update={"act": "set-limit"} | more)


@pytest.mark.parametrize(
    ("event", "who", "title"),
    [
        (limit("requested"), EVA, "A request waits for your approval"),
        (limit("decided"), ANA, "Su solicitud fue autorizada"),
        (limit("decided", approved=False), ANA, "Su solicitud fue rechazada"),
    ],
)
async def test_who_may_approve_and_who_asked_are_told(
    notifications: Notifications, event: Any, who: Any, title: str
):
    await notifications.hear(*everybody(), event)
    assert await titles(notifications, who) == [title]


async def test_a_held_order_is_told_with_its_own_words_only(notifications: Notifications):
    asked, decided = (SAMPLES[f"billing.approval-{what}.v1"] for what in ("requested", "decided"))
    await notifications.hear(*everybody(), asked, decided)
    assert await notifications.rows("notifications") == []


async def test_history_is_no_news(notifications: Notifications):
    await notifications.hear(*everybody(), received(HELD, origin="import"))
    assert await notifications.rows("notifications") == []


async def test_what_happened_long_ago_is_no_news(notifications: Notifications):
    long_ago = clock.now() - NEWS_FOR - timedelta(seconds=1)
    await notifications.hear(*everybody(), received(HELD, occurred_at=long_ago))
    assert await notifications.rows("notifications") == []


async def test_an_event_that_comes_before_the_people_waits_for_them(
    notifications: Notifications,
):
    await notifications.hear(HELD)
    assert await notifications.rows("notifications") == []
    await notifications.hear(*everybody())
    with clock.stopped_at(clock.now() + timedelta(seconds=2)):
        await notifications.run(AGAIN)
    assert await titles(notifications, ANA) == ["Su pedido P-5001 está retenido"]
    assert len(await notifications.told(EVA)) == 1
    assert await notifications.rows("awaiting") == []


async def test_who_is_known_is_told_at_once_and_the_rest_later(notifications: Notifications):
    with clock.stopped_at(NOON):
        await notifications.hear(unit("mty", None), person(ANA, "Ana", EVA), HELD)
        assert len(await notifications.told(ANA)) == 1
        await notifications.run(AGAIN)
    with clock.stopped_at(NOON + timedelta(seconds=1)):
        await notifications.hear(person(EVA, "Eva"))
        await notifications.run(AGAIN)
    assert len(await notifications.told(EVA)) == 1
    assert len(await notifications.told(ANA)) == 1


async def test_after_a_day_nobody_is_waited_for(notifications: Notifications):
    with clock.stopped_at(NOON):
        await notifications.hear(HELD)
    with clock.stopped_at(NOON + PATIENCE - timedelta(seconds=1)):
        await notifications.run(AGAIN)
        assert len(await notifications.rows("awaiting")) == 2
    with clock.stopped_at(NOON + PATIENCE + timedelta(hours=1)):
        await notifications.run(AGAIN)
    assert await notifications.rows("awaiting") == []


def samples() -> Iterator[Event]:
    """A sample of all that people are told of, granted and refused."""
    for sample in (SAMPLES[name] for name in TOLD):
        yield sample
        yield sample.model_copy(update={"approved": False})


@pytest.mark.parametrize("locale", ["es", "en", "es_ES", "fr"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_every_rule_has_words_in_every_language(rule: Any, locale: str):
    news = next(
        news
        for event in samples()
        if (news := news_of(received(event).id, event)).topic == rule.topic
    )
    ana = Recipient(ANA, "Ana", None, locale)
    title, text = title_and_text(rule, news, ana, None)
    assert title
    assert "{" not in title + text


def test_an_event_that_was_put_aside_is_read_again():
    from notifications.notices.news import read

    for name in TOLD:
        event: Event = SAMPLES[name]
        assert read(name, event.model_dump(mode="json")) == event


async def test_what_was_refused_says_so_and_what_one_granted_oneself_is_no_news(
    notifications: Notifications,
):
    discount, contract = (
        SAMPLES[f"billing.{name}.v1"] for name in ("discount-decided", "contract-reviewed")
    )
    await notifications.hear(
        *everybody(),
        discount.model_copy(update={"approved": False}),
        discount.model_copy(update={"discount": UUID(int=5), "decided_by": ANA}),
        contract.model_copy(update={"approved": False}),
    )
    assert sorted(await titles(notifications, ANA)) == [
        "Su contrato CT-2026-17 fue rechazado",
        "Su descuento para C-881 fue rechazado",
    ]
