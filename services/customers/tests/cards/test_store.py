from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from sqlalchemy.dialects import postgresql

from customers.cards.store import Cards
from kernel.database import Database, Transaction

from ..conftest import asks

MANY_CARDS = """
    INSERT INTO cards (customer, company, unit, number, kind, currency, name, sort_key)
    SELECT gen_random_uuid(), 'refacciones', 'mty', n::text, 'person', 'MXN', 'x', md5(n::text)
    FROM generate_series(1, 6000) n;
    INSERT INTO card_words (word, customer, unit, owner, sort_key)
    SELECT word, customer, unit, owner, sort_key
    FROM cards, LATERAL (VALUES (md5(number || 'x')), ('aw' || number)) AS w (word);
    ANALYZE
"""


@pytest.fixture
async def crowded(database: Database) -> Database:
    """Six thousand cards, each with a word of its own and one that begins as all others do."""
    owner = await asyncpg.connect(database.dsns.owner)
    await owner.execute(MANY_CARDS)
    await owner.close()
    return database


async def plan(tx: Transaction, statement: Any) -> str:
    literal = statement.compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    return "\n".join(row[0] for row in await tx.driver.fetch(f"EXPLAIN {literal}"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The statements that were executed, in order."""
    statements: list[Any] = []
    execute = Transaction.execute

    async def remember(self: Transaction, statement: Any, params: Any = None) -> Any:
        statements.append(statement)
        return await execute(self, statement, params)

    monkeypatch.setattr(Transaction, "execute", remember)
    return statements


async def test_a_rare_word_is_looked_up_in_its_index_also_under_row_security(
    crowded: Database, asked: list[Any]
):
    async with crowded.acting_as(asks("manager")) as tx:
        await Cards(tx).page(beginnings=("abc",), limit=101)
        way = await plan(tx, asked[-1])
    assert "Index Only Scan using card_words_pkey" in way
    assert "Index Cond: ((word >=" in way
    assert "Seq Scan on card_words" not in way


async def test_for_a_common_beginning_the_cards_are_walked_in_their_order(
    crowded: Database, asked: list[Any]
):
    async with crowded.acting_as(asks("manager")) as tx:
        found = await Cards(tx).page(beginnings=("aw",), limit=101)
        way = await plan(tx, asked[-1])
    assert len(found) == 101
    assert "Index Scan using cards_in_order" in way
    assert "Sort Key" not in way.split("Limit")[1]


async def test_a_page_further_on_begins_at_its_key(crowded: Database, asked: list[Any]):
    async with crowded.acting_as(asks("manager")) as tx:
        first = await Cards(tx).page(limit=101)
        await Cards(tx).page(after=("8", first[0].id), limit=101)
        way = await plan(tx, asked[-1])
    assert "Index Cond: (ROW(sort_key, customer) >" in way
