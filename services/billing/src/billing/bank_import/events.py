"""What we tell the others about statements."""

from __future__ import annotations

from billing.bank_import import store
from billing.batch import Row
from contracts.billing.statement_matched import StatementMatchedV1


def statement_matched(row: Row) -> StatementMatchedV1:
    """All entries of a statement were looked at."""
    states = store.states(row)
    return StatementMatchedV1(
        unit=row["unit"],
        statement=row["id"],
        account=row["account"],
        account_name=row["account_name"],
        company=row["company"],
        from_on=row["from_on"],
        to_on=row["to_on"],
        entries=row["entries"],
        matched=states.get("matched", 0),
        open=states.get("open", 0),
        returned=states.get("returned", 0),
    )
