"""The gateway's own tables."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

METADATA = sa.MetaData()

_INSTANT = sa.DateTime(timezone=True)

users = sa.Table(
    "users",
    METADATA,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("username", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text),
    sa.Column("person", UUID(as_uuid=True), nullable=False, unique=True),
    sa.Column("password_hash", sa.Text),
    sa.Column("locale", sa.Text, nullable=False, server_default="es"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("changed_at", _INSTANT, nullable=False),
)

grants = sa.Table(
    "grants",
    METADATA,
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
)

credentials = sa.Table(
    "credentials",
    METADATA,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("expires_at", _INSTANT, nullable=False, index=True),
)

units = sa.Table(
    "units",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
)

files = sa.Table(
    "files",
    METADATA,
    sa.Column("file", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("uploaded_by", UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("uploaded_at", _INSTANT, nullable=False),
)

audit = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("at", _INSTANT, nullable=False, index=True),
    sa.Column("user_id", UUID(as_uuid=True), nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("address", sa.Text),
    sa.Column("key", sa.Text),
    sa.Column("mark", sa.Text),
)
