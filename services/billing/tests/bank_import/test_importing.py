from __future__ import annotations

import asyncio
from typing import Any

import pytest

from billing.bank_import import rules
from billing.files.queries import UnknownFile
from contracts.billing import bank
from kernel.problems import NotFound, NotYourUnit, Refusal

from ..conftest import COMPANY, Billing
from .conftest import IBAN, Bank, camt, ntry, ofx, stmttrn

CSV = {"booked_on": "day", "amount": "amount", "text": ["text"]}


async def count(billing: Billing, table: str) -> int:
    async with billing.database.working("test") as tx:
        return int(await tx.driver.fetchval(f"SELECT count(*) FROM {table}"))


async def test_the_same_file_twice_changes_nothing(billing: Billing, bank_: Bank):
    content = camt(ntry("5.00", ref="A1"), ntry("6.00"), closing="111.00")
    [first] = await bank_.take(content)
    await bank_.match()
    [second] = await bank_.take(content)
    assert (first.new, second.new) == (True, False)
    assert second.statement == first.statement
    assert await count(billing, "bank_entries") == 2
    await bank_.match()
    assert len(await billing.told("statement-matched")) == 1


async def test_the_same_statement_in_another_file_changes_nothing(billing: Billing, bank_: Bank):
    entries = (ntry("5.00", ref="A1"), ntry("6.00"))
    await bank_.take(camt(*entries))
    [again] = await bank_.take(camt(*entries, version="04") + b"\n<!-- downloaded again -->")
    assert again.new is False
    assert await count(billing, "bank_entries") == 2


async def test_entries_that_came_with_an_earlier_statement_come_once(billing: Billing, bank_: Bank):
    await bank_.take(camt(ntry("5.00", ref="A1"), ntry("6.00", "x", on="2026-03-11")))
    [week] = await bank_.take(
        camt(ntry("5.00", ref="A1"), ntry("6.00", "x", on="2026-03-11"), ntry("7.00"), key="W")
    )
    assert (week.entries, week.known) == (1, 2)
    assert await count(billing, "bank_entries") == 3


async def test_one_entry_in_two_formats_is_one_when_the_bank_names_it(bank_: Bank):
    await bank_.take(camt(ntry("5.00", ref="A1")))
    [other] = await bank_.take(ofx(stmttrn("5.00", "A1"), stmttrn("6.00", "A2")))
    assert (other.format, other.entries, other.known) == ("ofx", 1, 1)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (camt(ntry("5.01", ref="A1"), key="S-2"), rules.EntryDiffers),
        (camt(ntry("5.00", ref="A1", on="2026-03-09"), key="S-2"), rules.EntryDiffers),
        (camt(ntry("7.00", ref="A7")), rules.StatementDiffers),
        (camt(ntry("5.00", ref="A8"), ntry("5.00", ref="A8"), key="S-2"), rules.EntryTwice),
        (camt(ntry("5.00"), account="999900001111", key="S-2"), rules.UnknownAccount),
        (camt(ntry("5.00"), closing="1.00", key="S-2"), rules.ControlSumDiffers),
        (camt(ntry("5.00"), currency="USD", key="S-2"), rules.OtherCurrency),
        (camt(key="S-2"), rules.MalformedStatement),
        (b"day,amount\n", rules.AccountNeeded),
    ],
)
async def test_a_refused_file_leaves_nothing_and_says_why(
    billing: Billing, bank_: Bank, content: bytes, refusal: type[Refusal]
):
    await bank_.take(camt(ntry("5.00", ref="A1")))
    with pytest.raises(refusal):
        await bank_.take(content)
    assert await count(billing, "bank_entries") == 1
    assert await count(billing, "bank_statements") == 1


async def test_one_wrong_statement_of_a_file_refuses_all_of_it(billing: Billing, bank_: Bank):
    good, bad = camt(ntry("5.00")), camt(ntry("7.00"), key="S-2", closing="1.00")
    inner = bad[bad.index(b"<Stmt>") : bad.index(b"</BkToCstmrStmt>")]
    with pytest.raises(rules.ControlSumDiffers):
        await bank_.take(good.replace(b"</BkToCstmrStmt>", inner + b"</BkToCstmrStmt>"))
    assert await count(billing, "bank_statements") == 0


async def test_a_csv_is_taken_in_by_the_accounts_mapping(bank_: Bank):
    await bank_.put(mapping=CSV)
    content = b"day,amount,text\n2026-03-10,5.00,uno\n2026-03-10,5.00,uno\n2026-03-11,7.00,dos\n"
    [statement] = await bank_.take(content, account=bank_.account)
    assert (statement.format, statement.entries) == ("csv", 3)
    [more] = await bank_.take(content + b"2026-03-12,1.00,\n", account=bank_.account)
    assert (more.entries, more.known) == (1, 3)


async def test_a_statement_of_another_account_than_was_said_is_refused(bank_: Bank):
    other = await bank_.put(number="999900001111", name="Otra")
    with pytest.raises(rules.UnknownAccount):
        await bank_.take(camt(ntry("5.00")), account=other.account)


async def test_two_imports_of_one_file_at_once_are_one(billing: Billing, bank_: Bank):
    content = camt(*(ntry("5.00", ref=f"A{n}") for n in range(20)))
    taken = await asyncio.gather(*(bank_.take(content) for _ in range(4)))
    assert sorted(each.new for [each] in taken) == [False, False, False, True]
    assert await count(billing, "bank_entries") == 20


async def test_a_file_that_was_never_uploaded_is_refused(billing: Billing, bank_: Bank):
    asked = bank.ImportStatement(company=COMPANY, file="sha256:" + "0" * 64)
    with pytest.raises(UnknownFile) as refused:
        await billing.ask(asked)
    assert billing.status_of(asked, refused.value) == 422


async def test_an_account_belongs_to_a_unit_in_scope_and_keeps_its_currency(
    billing: Billing, bank_: Bank
):
    with pytest.raises(NotYourUnit):
        await bank_.put(unit="cdmx")
    with pytest.raises(rules.OtherCurrency):
        await bank_.put(currency="USD")
    with pytest.raises(Refusal, match="unknown-currency"):
        await bank_.put(number="5555555", currency="QQQ")
    again = await bank_.put(name="Banorte pesos", automatic_from="0.95")
    assert (again.account, again.name) == (bank_.account, "Banorte pesos")
    assert len((await billing.ask(bank.ListBankAccounts())).items) == 1


async def test_an_account_of_another_branch_cannot_be_taken_over(billing: Billing, bank_: Bank):
    asked = bank.PutBankAccount(
        company=COMPANY, unit="gdl", number=IBAN, name="Nuestra", currency="MXN"
    )
    with pytest.raises(NotFound):
        await billing.ask(asked, billing.asks("director", units=("gdl",)))
    [kept] = (await billing.ask(bank.ListBankAccounts())).items
    assert (kept.name, kept.unit) == ("Banorte", COMPANY)


async def test_an_account_that_is_not_there_is_not_found(bank_: Bank):
    with pytest.raises(NotFound):
        await bank_.take(b"x", account="00000000-0000-0000-0000-000000000009")


@pytest.mark.parametrize(
    "mapping",
    [{"booked_on": "d"}, {"booked_on": "d", "amount": "a", "money_in": "i", "money_out": "o"},
     {"booked_on": "d", "amount": "a", "decimal": ",", "thousands": ","},
     {"booked_on": "d", "amount": "a", "encoding": "utf-7"},
     {"booked_on": "d", "amount": "a", "colour": "red"}],
)  # fmt: skip
def test_a_mapping_that_cannot_be_right_is_refused(mapping: dict[str, Any]):
    with pytest.raises(ValueError):
        bank.CsvMapping(**mapping)
