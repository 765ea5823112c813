"""The tables of the service, as statements speak of them; migrations make them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
_INSTANT = DateTime(timezone=True)

units = Table(
    "units",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("parent", Text),
)

people = Table(
    "people",
    metadata,
    Column("person", Uuid, primary_key=True),
    Column("supervisor", Uuid),
    Column("name", Text),
    Column("email", Text),
)

users = Table(
    "users",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("person", Uuid),
    Column("locale", Text),
    Column("active", Boolean),
    Column("name", Text),
    Column("email", Text),
)

user_grants = Table(
    "user_grants",
    metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
)

notifications = Table(
    "notifications",
    metadata,
    Column("notification", Uuid, primary_key=True),
    Column("person", Uuid),
    Column("unit", Text),
    Column("topic", Text),
    Column("event", Uuid),
    Column("title", Text),
    Column("text", Text),
    Column("link", Text),
    Column("created_at", _INSTANT),
    Column("acknowledged_at", _INSTANT),
)

mails = Table(
    "mails",
    metadata,
    Column("notification", Uuid, primary_key=True),
    Column("person", Uuid),
    Column("state", Text),
    Column("attempts", Integer),
    Column("due_at", _INSTANT),
    Column("made_at", _INSTANT),
    Column("sent_at", _INSTANT),
    Column("reason", Text),
    Column("recipient", Text),
    Column("subject", Text),
    Column("body", Text),
)

awaiting = Table(
    "awaiting",
    metadata,
    Column("event", Uuid, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("type", Text),
    Column("body", JSONB),
    Column("attempts", Integer),
    Column("due_at", _INSTANT),
    Column("since", _INSTANT),
)
