"""Which news goes to whom, and what is kept for those who come back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kernel.scope import Principal

TO_ITS_PERSON_ONLY = frozenset({"notifications.notification-created"})
FOR_ADMINISTRATORS = frozenset({"gateway.user-changed"})
RECENT = timedelta(minutes=5)
ABOUT = (
    "customer",
    "order",
    "invoice",
    "credit_note",
    "payment",
    "person",
    "quota",
    "notification",
)
"""Fields of events that say which open page is concerned."""


@dataclass(frozen=True, slots=True)
class News:
    """Something happened: enough to know which part of a page to ask for again.

    It carries no amounts and no names; the page asks for these, and is shown what it may see.
    """

    id: str
    type: str
    unit: str
    entity: str
    person: str | None
    at: str
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def fact(self) -> str:
        """The type without its version: `billing.order-held`."""
        return self.type.rpartition(".v")[0]


def may_see(news: News, who: Principal) -> bool:
    """News of a unit in scope; for who sees only their own, of themselves alone.

    A notification is its person's and nobody else's.

    Source: GW1, GW3.
    """
    mine = news.person == str(who.person)
    if news.fact in TO_ITS_PERSON_ONLY:
        return mine
    if news.fact in FOR_ADMINISTRATORS:
        return "administrator" in who.roles and news.unit in who.units
    return news.unit in who.units and (mine or not who.own_only)


def is_news(origin: str, recorded_at: datetime, now: datetime) -> bool:
    """What is imported is history; what was recorded a while ago is told again, not new."""
    return origin != "import" and now - recorded_at <= RECENT


def about(body: Mapping[str, Any]) -> dict[str, str]:
    """What the body says of which pages are concerned.

    >>> about({"order": "o-1", "total": {"amount": "1"}, "rep": None})
    {'order': 'o-1'}
    """
    return {name: str(body[name]) for name in ABOUT if isinstance(body.get(name), str)}


class Ring:
    """The latest news, numbered, for pages that lost their connection for a moment.

    >>> ring = Ring("boot", size=2)
    >>> for name in "abc": _ = ring.add(News(name, "t.v1", "u", "e", None, ""))
    >>> [news.id for _, news in ring.since("boot-1")], ring.knows("boot-0")
    (['b', 'c'], False)
    """

    def __init__(self, boot: str, size: int = 4096) -> None:
        self.boot = boot
        self.last = 0
        self._kept: deque[tuple[int, News]] = deque(maxlen=size)

    def add(self, news: News) -> str:
        """Keep it; returns its number as a page will name it."""
        self.last += 1
        self._kept.append((self.last, news))
        return self.name(self.last)

    def name(self, number: int) -> str:
        """A number as pages know it; after a restart of the gateway others are given."""
        return f"{self.boot}-{number}"

    def knows(self, name: str) -> bool:
        """Whether everything after this number is still here."""
        boot, _, number = name.rpartition("-")
        if boot != self.boot or not number.isdecimal():
            return False
        oldest = self._kept[0][0] if self._kept else self.last + 1
        return oldest - 1 <= int(number) <= self.last

    def since(self, name: str) -> Iterator[tuple[str, News]]:
        """What came after this number."""
        after = int(name.rpartition("-")[2])
        return ((self.name(number), news) for number, news in self._kept if number > after)
