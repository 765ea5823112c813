"""The tables of the service, as statements speak of them; migrations make them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Sequence,
    Table,
    Text,
    Uuid,
    any_,
    literal,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

units = Table(
    "units",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("company", Text),
    Column("key", Text),
    Column("name", Text),
    Column("parent", Text),
    Column("currency", Text),
    Column("country", Text),
)

people = Table(
    "people",
    metadata,
    Column("person", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("key", Text),
    Column("name", Text),
)

cards = Table(
    "cards",
    metadata,
    Column("customer", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("owner", Uuid),
    Column("number", Text),
    Column("kind", Text),
    Column("currency", Text),
    Column("active", Boolean),
    # Personal: erased with the customer.
    Column("name", Text),
    Column("tax_id", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("sort_key", Text),
    # Of the imported record, to know it again when it comes a second time.
    Column("digest", LargeBinary),
)

contacts = Table(
    "contacts",
    metadata,
    Column("contact", Uuid, primary_key=True),
    Column("customer", Uuid),
    Column("unit", Text),
    Column("owner", Uuid),
    Column("place", Integer),
    # Personal: erased with the customer.
    Column("name", Text),
    Column("job", Text),
    Column("email", Text),
    Column("phone", Text),
)

card_words = Table(
    "card_words",
    metadata,
    Column("word", Text, primary_key=True),
    Column("customer", Uuid, primary_key=True),
    Column("unit", Text),
    Column("owner", Uuid),
    Column("sort_key", Text),
)

orders = Table(
    "orders",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("customer", Uuid),
    Column("number", Text),
    Column("origin", Text),
    Column("state", Text),
    Column("placed_on", Date),
    Column("confirmed_on", Date),
    Column("terms_days", Integer),
    Column("currency", Text),
    Column("net", Numeric),
    Column("gross", Numeric),
    Column("missing", Numeric),
    Column("reason", Text),
    Column("lines", JSONB),
    Column("digest", LargeBinary),
    Column("order_class", Text),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery", Uuid, primary_key=True),
    Column("order_id", Uuid),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("place", Integer),
    Column("delivered_on", Date),
    Column("due_on", Date),
    Column("net", Numeric),
    Column("gross", Numeric),
    # NULL: all lines of the order, whole. Most deliveries are.
    Column("lines", JSONB),
)

goods_returns = Table(
    "goods_returns",
    metadata,
    Column("goods_return", Uuid, primary_key=True),
    Column("delivery", Uuid),
    Column("order_id", Uuid),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("place", Integer),
    Column("returned_on", Date),
    Column("net", Numeric),
    Column("gross", Numeric),
    Column("lines", JSONB),
    Column("reason", Text),
)

customer_numbers = Sequence("customer_numbers", metadata=metadata)
order_numbers = Sequence("order_numbers", metadata=metadata)


def among(column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column has one of many values: one array, however many they are."""
    return column == any_(literal(list(values), ARRAY(column.type)))
