"""The tables of billing; `migrations/` makes them, with their policies and grants."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
)

metadata = MetaData()

units = Table(
    "units",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("company", Text),
    Column("parent", Text),
    Column("country", Text),
    Column("level", Text),
)

people = Table(
    "people",
    metadata,
    Column("person", Uuid, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("company", Text),
    Column("unit", Text),
)

customers = Table(
    "customers",
    metadata,
    Column("customer", Uuid, primary_key=True),
    Column("number", Text),
    Column("name", Text),
    Column("company", Text),
    Column("unit", Text),
    Column("owner", Uuid),
    Column("currency", Text),
)

credit_accounts = Table(
    "credit_accounts",
    metadata,
    Column("customer", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("owner", Uuid),
    Column("currency", Text),
    Column("limit_amount", Numeric),
    Column("temporary_amount", Numeric),
    Column("temporary_until", Date),
    Column("blocked", ARRAY(Text)),
    Column("group_id", Uuid),
    Column("alerted", Numeric),
)

balances = Table(
    "balances",
    metadata,
    Column("customer", Uuid, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("receivable", Numeric),
    Column("unallocated", Numeric),
    Column("ordered", Numeric),
    Column("reserved", Numeric),
)

commitments = Table(
    "commitments",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("number", Text),
    Column("customer", Uuid),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("currency", Text),
    Column("total", Numeric),
    Column("state", Text),
    Column("invoiced", Numeric),
    Column("complete", Boolean),
    Column("missing", Numeric),
    Column("known_at", DateTime(timezone=True)),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
    Column("order_class", Text),
    Column("why", Text),
    Column("expires_at", DateTime(timezone=True)),
)

authorities = Table(
    "authorities",
    metadata,
    Column("company", Text, primary_key=True),
    Column("act", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("amount", Numeric),
    Column("unit", Text, primary_key=True),
    Column("second_above", Numeric),
)

limit_changes = Table(
    "limit_changes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("customer", Uuid),
    Column("currency", Text),
    Column("before", Numeric),
    Column("after", Numeric),
    Column("changed_by", Uuid),
    Column("changed_at", DateTime(timezone=True)),
    Column("reason", Text),
    Column("kind", Text),
    Column("until", Date),
    Column("source", Text),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("customer", Uuid),
    Column("number", Text),
    Column("order_id", Uuid),
    Column("order_number", Text),
    Column("invoice", Uuid),
    Column("issued_on", Date),
    Column("due_on", Date),
    Column("currency", Text),
    Column("net", Numeric),
    Column("gross", Numeric),
    Column("origin", Text),
    Column("tendered", Numeric),
    Column("tendered_currency", Text),
    Column("reason", Text),
)

postings = Table(
    "postings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text),
    Column("document", Uuid),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("customer", Uuid),
    Column("dated_on", Date),
    Column("posted_by", Uuid),
)

entries = Table(
    "entries",
    metadata,
    Column("posting", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("account", Text),
    Column("item", Uuid),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("customer", Uuid),
    Column("dated_on", Date),
    Column("currency", Text),
    Column("amount", Numeric),
)

open_items = Table(
    "open_items",
    metadata,
    Column("item", Uuid, primary_key=True),
    Column("document", Uuid),
    Column("nth", Integer),
    Column("kind", Text),
    Column("company", Text),
    Column("unit", Text),
    Column("rep", Uuid),
    Column("customer", Uuid),
    Column("currency", Text),
    Column("due_on", Date),
    Column("open", Numeric),
    Column("disputed", Boolean),
    Column("live", Boolean),
    Column("overdue_on", Date),
    Column("reopened_on", Date),
)

unnumbered = Table(
    "unnumbered",
    metadata,
    Column("posted", BigInteger, primary_key=True),
    Column("document", Uuid),
    Column("company", Text),
    Column("unit", Text),
    Column("kind", Text),
)

series = Table(
    "series",
    metadata,
    Column("company", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("last", BigInteger),
)

legal_numbers = Table(
    "legal_numbers",
    metadata,
    Column("document", Uuid, primary_key=True),
    Column("company", Text),
    Column("unit", Text),
    Column("kind", Text),
    Column("number", BigInteger),
)

awaiting = Table(
    "awaiting",
    metadata,
    Column("goods_return", Uuid, primary_key=True),
    Column("delivery", Uuid),
    Column("body", Text),
    Column("origin", Text),
)

overdue_cursor = Table("overdue_cursor", metadata, Column("day", Date))
