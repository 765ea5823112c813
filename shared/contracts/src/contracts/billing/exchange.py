"""Exchange rates: dated facts of a company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from contracts.billing.limits import APPROVERS
from kernel.events import Message
from kernel.operations import EVERYONE, Command, Question

CURRENCY = r"^[A-Z]{3}$"


class ExchangeRate(Message):
    """One unit of `currency` is worth `rate` of `into` from this day on, until the next rate."""

    currency: str
    into: str
    dated_on: date
    rate: Decimal


class ExchangeRates(Message):
    """A page of rates, the latest first; `next` continues it."""

    items: Sequence[ExchangeRate]
    next: str | None = None


class ListExchangeRates(Question[ExchangeRates]):
    """The exchange rates of a company."""

    operation: ClassVar = "billing.list-exchange-rates"
    answer: ClassVar = ExchangeRates
    roles: ClassVar = EVERYONE
    company: str
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=1000)


class SetExchangeRate(Command[ExchangeRate]):
    """Say what a currency is worth from a day on; what was posted by the old rate stays."""

    operation: ClassVar = "billing.set-exchange-rate"
    answer: ClassVar = ExchangeRate
    roles: ClassVar = APPROVERS
    company: str
    currency: str = Field(pattern=CURRENCY)
    into: str = Field(pattern=CURRENCY)
    dated_on: date
    rate: Decimal = Field(max_digits=24, decimal_places=12)
