"""Bank statements."""

from __future__ import annotations

from alembic import op

from kernel.migrations import grants
from kernel.scope import policies

revision = "0008"
down_revision = "0007"

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"

# As `rules.plain` does it: numbers and names are compared without accents, signs and spaces.
PLAIN = """
CREATE FUNCTION bank_plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(upper(translate($1,
        'ÁÀÄÂÃÅÉÈËÊÍÌÏÎÓÒÖÔÕÚÙÜÛÑÇáàäâãåéèëêíìïîóòöôõúùüûñç',
        'AAAAAAEEEEIIIIOOOOOUUUUNCaaaaaaeeeeiiiiooooouuuunc')), '[^A-Z0-9]', '', 'g')
$$
"""

TABLES = """
CREATE TABLE bank_accounts (
    id uuid PRIMARY KEY, company text NOT NULL, unit text NOT NULL,
    number text NOT NULL CHECK (number ~ '^[0-9A-Z]{4,40}$'), name text NOT NULL,
    currency text NOT NULL, mapping jsonb,
    automatic_from numeric NOT NULL CHECK (automatic_from > 0 AND automatic_from <= 1),
    UNIQUE (company, number)
);
COMMENT ON COLUMN bank_accounts.mapping IS 'which column of its CSV says what; null reads none';
CREATE TABLE bank_statements (
    id uuid PRIMARY KEY, account uuid NOT NULL REFERENCES bank_accounts,
    company text NOT NULL, unit text NOT NULL, key text NOT NULL, digest text NOT NULL,
    format text NOT NULL CHECK (format IN ('camt.053', 'ofx', 'csv')), file text NOT NULL,
    from_on date NOT NULL, to_on date NOT NULL CHECK (to_on >= from_on),
    currency text NOT NULL, opening numeric, closing numeric,
    entries int NOT NULL CHECK (entries >= 0), known int NOT NULL CHECK (known >= 0),
    left_out int NOT NULL CHECK (left_out >= 0),
    imported_by uuid NOT NULL, imported_at timestamptz NOT NULL DEFAULT now(),
    matched_at timestamptz,
    UNIQUE (account, key)
);
COMMENT ON COLUMN bank_statements.digest IS 'of entries and balances: the same statement again';
CREATE INDEX bank_statements_latest ON bank_statements (to_on, id);
CREATE INDEX bank_statements_to_match ON bank_statements (id) WHERE matched_at IS NULL;
CREATE TABLE bank_entries (
    id uuid PRIMARY KEY, account uuid NOT NULL, statement uuid NOT NULL,
    company text NOT NULL, unit text NOT NULL, key text NOT NULL,
    booked_on date NOT NULL, value_on date, currency text NOT NULL,
    amount numeric NOT NULL CHECK (amount <> 0),
    reference text, text text NOT NULL, payer text, payer_account text,
    is_return boolean NOT NULL,
    state text NOT NULL
        CHECK (state IN ('new', 'matched', 'open', 'outgoing', 'returned', 'set-aside')),
    customer uuid, payment uuid, score numeric CHECK (score > 0 AND score <= 1), reason text,
    note text, decided_by uuid, decided_at timestamptz,
    UNIQUE (account, key),
    CHECK ((state IN ('matched', 'returned')) = (payment IS NOT NULL AND customer IS NOT NULL)),
    CHECK (state <> 'matched' OR amount > 0), CHECK (state <> 'returned' OR amount < 0)
) WITH (fillfactor = 70);
COMMENT ON TABLE bank_entries IS 'what a statement says stays; whose money it is, is found out';
COMMENT ON COLUMN bank_entries.payment IS 'of a returned one: the payment that was given back';
CREATE INDEX bank_entries_new ON bank_entries (statement, id) WHERE state = 'new';
CREATE INDEX bank_entries_open ON bank_entries (booked_on, id) WHERE state = 'open';
CREATE INDEX bank_entries_of ON bank_entries (statement, state);
CREATE INDEX bank_entries_reference ON bank_entries (account, reference)
    WHERE state = 'matched' AND reference IS NOT NULL;
CREATE INDEX bank_entries_by_day ON bank_entries (booked_on, id);
CREATE TABLE bank_payers (
    company text NOT NULL, number text NOT NULL, customer uuid NOT NULL,
    unit text NOT NULL, owner uuid, known_since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company, number, customer)
);
COMMENT ON TABLE bank_payers IS 'from which accounts customers paid before';
CREATE INDEX documents_by_plain_number ON documents (company, bank_plain(number))
    WHERE kind = 'invoice';
CREATE INDEX customers_by_plain_number ON customers (company, bank_plain(number));
CREATE INDEX customers_by_plain_name ON customers (company, bank_plain(name));
"""

SCOPED = {
    "bank_accounts": (None, KEEP, READ),
    "bank_statements": (None, KEEP, KEEP),
    "bank_entries": (None, KEEP, KEEP),
    "bank_payers": ("owner", "SELECT, INSERT, DELETE", "SELECT, INSERT, DELETE"),
}


def upgrade() -> None:
    """Accounts, statements, entries, and who paid from where."""
    op.execute(PLAIN)
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table, (owner, app, worker) in SCOPED.items():
        for statement in policies(table, service="billing", owner=owner):
            op.execute(statement)
        for statement in grants("billing", table, app=app, worker=worker):
            op.execute(statement)
