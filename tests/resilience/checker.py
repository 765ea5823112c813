"""Says what a run did wrong: it knows the contracts and the client's history, not the code.

Every check returns sentences, one for each thing that is wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from history import Entry, History
from streams import Told, matches

ZERO = Decimal(0)


@dataclass
class Evidence:
    """All that a run left behind."""

    history: History
    told: Sequence[Told]
    credit: Mapping[str, Mapping[str, Any]]
    """Credit account of each customer, as the gateway answers it."""
    commissions: Sequence[Mapping[str, Any]]
    sales: Sequence[Mapping[str, Any]]
    """Sales by rep."""
    order_states: Mapping[str, str]
    rate: Decimal
    notices: Mapping[str, Sequence[Mapping[str, Any]]]
    """Notifications of each person, as the gateway answers them."""
    mails: Mapping[str, set[str]]
    """Distinct Message-IDs that arrived, by person."""
    ledger_sum: Decimal
    verified: Sequence[str]
    """What the services' own verification complains about."""
    addressees: Mapping[str, Sequence[tuple[str, str]]]
    """Of each subscriber the streams and subjects that it wants."""
    taken: Mapping[str, set[str]]
    """Ids of the messages that each subscriber wrote down as taken."""
    logs: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    """Event id and position of every log row, by service."""

    def of(self, event_type: str) -> list[Told]:
        """The events of one type, each once."""
        unique = {told.id: told for told in self.told if told.type == event_type}
        return list(unique.values())


def problems(evidence: Evidence) -> list[str]:
    """Everything that is wrong with a run."""
    return [wrong for check in CHECKS for wrong in check(evidence)]


def acknowledged_orders_exist_once(evidence: Evidence) -> Iterator[str]:
    """An acknowledged order is told once, a refused one never, an unknown one at most once."""
    told = Counter(event.body["number"] for event in evidence.of("customers.order-placed.v1"))
    asked = {entry.body["number"]: entry for entry in evidence.history.of("place-order")}
    for number, entry in asked.items():
        yield from _once(f"order {number}", entry, told[number])
    yield from (f"order {number} was never asked for" for number in set(told) - set(asked))


def acknowledged_payments_exist_once(evidence: Evidence) -> Iterator[str]:
    """The same of payments, by the reference that the client gave."""
    told = Counter(event.body["number"] for event in evidence.of("billing.payment-received.v1"))
    for entry in evidence.history.of("record-payment"):
        reference = entry.body["reference"]
        yield from _once(f"payment {reference}", entry, told[reference])


def _once(what: str, entry: Entry, times: int) -> Iterator[str]:
    allowed = {"done": (1,), "refused": (0,), "unknown": (0, 1)}[entry.outcome]
    if times not in allowed:
        yield f"{what} was {entry.outcome} (status {entry.status}) and is told {times} times"


def commands_about_orders_happened_once(evidence: Evidence) -> Iterator[str]:
    """Deliveries, returns and decisions of an order are as many as were acknowledged."""
    for op, event_type in (
        ("deliver-order", "customers.order-delivered.v1"),
        ("return-order", "customers.order-returned.v1"),
        ("release-order", "billing.order-released.v1"),
        ("reject-order", "billing.order-rejected.v1"),
    ):
        told = Counter(event.body["order"] for event in evidence.of(event_type))
        done = Counter(entry.about for entry in evidence.history.of(op, "done"))
        unknown = Counter(entry.about for entry in evidence.history.of(op, "unknown"))
        for order in set(told) | set(done):
            if not done[order] <= told[order] <= done[order] + unknown[order]:
                yield f"{op} {order}: {done[order]} acknowledged, {told[order]} told"


def every_order_has_one_credit_decision(evidence: Evidence) -> Iterator[str]:
    """Billing answers each placed order once: reserved or held."""
    decisions = Counter(
        event.body["order"]
        for event in evidence.of("billing.credit-reserved.v1")
        + evidence.of("billing.order-held.v1")
    )
    for event in evidence.of("customers.order-placed.v1"):
        if decisions[event.body["order"]] != 1:
            yield f"order {event.body['number']} has {decisions[event.body['order']]} decisions"


def every_delivery_has_one_invoice(evidence: Evidence) -> Iterator[str]:
    """An order has as many invoices as deliveries, of the same amounts; so do returns."""
    for goods, paper in (
        ("customers.order-delivered.v1", "billing.invoice-issued.v1"),
        ("customers.order-returned.v1", "billing.credit-note-issued.v1"),
    ):
        moved, papers = _amounts(evidence.of(goods)), _amounts(evidence.of(paper))
        for order in set(moved) | set(papers):
            if moved[order] != papers[order]:
                yield f"order {order}: {goods} {moved[order]}, {paper} {papers[order]}"


def _amounts(events: Iterable[Told]) -> Mapping[str, Sequence[Decimal]]:
    by_order: dict[str, list[Decimal]] = defaultdict(list)
    for event in events:
        by_order[event.body["order"]].append(_amount(event.body["gross"]))
    return defaultdict(list, {order: sorted(amounts) for order, amounts in by_order.items()})


def orders_stand_as_their_events_say(evidence: Evidence) -> Iterator[str]:
    """What the gateway shows of an order follows from what was told about it."""
    facts: dict[str, set[str]] = defaultdict(set)
    for event in evidence.told:
        if event.body.get("order"):
            facts[event.body["order"]].add(event.type.split(".")[1])
    for order, state in evidence.order_states.items():
        if state not in _possible_states(facts[order]):
            yield f"order {order} is {state}, its events are {sorted(facts[order])}"


def _possible_states(facts: set[str]) -> set[str]:
    if "order-cancelled" in facts:
        return {"cancelled"}
    if "order-returned" in facts:
        return {"returned", "partly-returned", "delivered"}
    if "order-delivered" in facts:
        return {"delivered", "partly-delivered"}
    if facts & {"credit-reserved", "order-released"}:
        return {"confirmed"}
    return {"held"} if "order-held" in facts else {"placed"}


def credit_used_is_what_is_open(evidence: Evidence) -> Iterator[str]:
    """Used credit = invoices - credit notes - payments + orders accepted and not yet invoiced."""
    used: dict[str, Decimal] = defaultdict(Decimal)
    for event_type, sign in (
        ("billing.invoice-issued.v1", 1),
        ("billing.credit-note-issued.v1", -1),
    ):
        for event in evidence.of(event_type):
            used[event.body["customer"]] += sign * _amount(event.body["gross"])
    for event in evidence.of("billing.payment-received.v1"):
        used[event.body["customer"]] -= _amount(event.body["amount"])
    for customer, amount in _open_orders(evidence):
        used[customer] += amount
    for customer, account in evidence.credit.items():
        if _amount(account["used"]) != used[customer]:
            yield f"customer {customer} uses {account['used']}, events say {used[customer]}"


def _open_orders(evidence: Evidence) -> Iterator[tuple[str, Decimal]]:
    accepted = {
        event.body["order"]
        for event in evidence.of("billing.credit-reserved.v1")
        + evidence.of("billing.order-released.v1")
    }
    gone = {
        event.body["order"]
        for event in evidence.of("customers.order-cancelled.v1")
        + evidence.of("customers.order-delivered.v1")
    }
    for event in evidence.of("customers.order-placed.v1"):
        if event.body["order"] in accepted - gone:
            yield event.body["customer"], _amount(event.body["gross"])


def no_invoice_is_settled_twice(evidence: Evidence) -> Iterator[str]:
    """What payments settle of an invoice is never more than it was."""
    left = {
        event.body["invoice"]: _amount(event.body["gross"])
        for event in evidence.of("billing.invoice-issued.v1")
    }
    for event in evidence.of("billing.payment-allocated.v1"):
        left[event.body["invoice"]] -= _amount(event.body["amount"])
    for invoice, amount in left.items():
        if amount < 0:
            yield f"invoice {invoice} is settled {-amount} beyond what it was"


def the_ledger_sums_to_zero(evidence: Evidence) -> Iterator[str]:
    """Every posting is balanced, so the sum of all entries is nothing."""
    if evidence.ledger_sum != 0:
        yield f"the ledger sums to {evidence.ledger_sum}"


def sales_and_commissions_follow_from_documents(evidence: Evidence) -> Iterator[str]:
    """Net sales are invoices less credit notes, commission is the rate of them, to the cent."""
    net: dict[str, Decimal] = defaultdict(Decimal)
    for event in evidence.of("billing.invoice-issued.v1"):
        net[event.body["rep"]] += _amount(event.body["net"])
    for event in evidence.of("billing.credit-note-issued.v1"):
        net[event.body["rep"]] -= _amount(event.body["net"])
    expected = Counter(amount.normalize() for amount in net.values() if amount)
    reported = Counter(Decimal(row["net"]).normalize() for row in evidence.sales)
    if expected != reported:
        yield f"sales by rep are {dict(reported)}, documents say {dict(expected)}"
    paid = sum((Decimal(row["amount"]) for row in evidence.commissions), ZERO)
    due = sum((_cents(amount * evidence.rate) for amount in net.values()), ZERO)
    if paid != due:
        yield f"commissions are {paid}, documents say {due}"


def everybody_concerned_was_told_once(evidence: Evidence) -> Iterator[str]:
    """No person has two notices of one event, and each held order was told to somebody."""
    seen: Counter[str] = Counter()
    for person, notices in evidence.notices.items():
        for event, times in Counter(notice["event"] for notice in notices).items():
            seen[event] += 1
            if times > 1:
                yield f"{person} was told {times} times of {event}"
        if len(evidence.mails[person]) != len(notices):
            yield f"{person} has {len(notices)} notices and {len(evidence.mails[person])} e-mails"
    for event in evidence.of("billing.order-held.v1"):
        if not seen[event.id]:
            yield f"nobody was told of the held order {event.body['number']}"


def streams_are_gapless_and_in_order(evidence: Evidence) -> Iterator[str]:
    """Positions of a stream and sequences of an entity are 1, 2, 3 … in the order of the stream."""
    by_stream: dict[str, list[Told]] = defaultdict(list)
    for told in evidence.told:
        by_stream[told.stream].append(told)
    for stream, events in by_stream.items():
        yield from _in_order(f"positions of {stream}", [event.position for event in events])
        by_entity: dict[str, list[int]] = defaultdict(list)
        for event in events:
            by_entity[event.entity].append(event.sequence)
        for entity, sequences in by_entity.items():
            yield from _in_order(f"sequences of {entity} in {stream}", sequences)
        if len({event.logid for event in events}) != 1:
            yield f"{stream} has several log ids"


def _in_order(what: str, numbers: Sequence[int]) -> Iterator[str]:
    if list(numbers) != list(range(1, len(numbers) + 1)):
        at = next(i for i, number in enumerate(numbers) if number != i + 1)
        yield f"{what}: {numbers[max(0, at - 2) : at + 3]} at {at + 1}"


def every_subscriber_took_what_is_for_it(evidence: Evidence) -> Iterator[str]:
    """What was told to a subscriber is written down there as taken."""
    for subscriber, wanted in evidence.addressees.items():
        told = {
            event.id
            for event in evidence.told
            for stream, subjects in wanted
            if event.stream == stream and matches(event.subject, subjects)
        }
        if missed := told - evidence.taken[subscriber]:
            yield f"{subscriber} did not take {len(missed)} of {len(told)} messages"


def the_log_and_the_stream_agree(evidence: Evidence) -> Iterator[str]:
    """Every row of a log lies in its stream, at its position, and nothing else does."""
    for service, rows in evidence.logs.items():
        told = {(e.id, e.position) for e in evidence.told if e.stream.endswith(f"-{service}")}
        missing, extra = set(rows) - told, told - set(rows)
        if missing or extra:
            yield f"{service}: {len(missing)} rows are not in the stream, {len(extra)} are extra"


def the_services_find_nothing_wrong(evidence: Evidence) -> Iterator[str]:
    """The services' own verification is quiet."""
    yield from evidence.verified


def _amount(money: Mapping[str, str]) -> Decimal:
    return Decimal(money["amount"])


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), "ROUND_HALF_UP")


CHECKS: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    acknowledged_orders_exist_once,
    acknowledged_payments_exist_once,
    commands_about_orders_happened_once,
    every_order_has_one_credit_decision,
    every_delivery_has_one_invoice,
    orders_stand_as_their_events_say,
    credit_used_is_what_is_open,
    no_invoice_is_settled_twice,
    the_ledger_sums_to_zero,
    sales_and_commissions_follow_from_documents,
    everybody_concerned_was_told_once,
    streams_are_gapless_and_in_order,
    every_subscriber_took_what_is_for_it,
    the_log_and_the_stream_agree,
    the_services_find_nothing_wrong,
)
