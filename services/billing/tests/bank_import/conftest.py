"""Statement files as banks write them, and a company whose customers owe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from billing.bank_import import commands
from contracts.billing import bank
from kernel.database import Database

from ..conftest import COMPANY, Billing, FileStore

IBAN = "MX12 0123 4567 8901 2345"
NUMBER = "MX120123456789012345"


def camt(
    *entries: str,
    key: str = "S-1",
    account: str = NUMBER,
    opening: str = "100.00",
    closing: str | None = None,
    version: str = "08",
    currency: str = "MXN",
    head: str = "",
    before: str = "",
) -> bytes:
    """A camt.053 with these entries."""
    balances = _balance("OPBD", opening, currency)
    balances += _balance("CLBD", closing, currency) if closing is not None else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-31T20:00:00</CreDtTm></GrpHdr>
<Stmt><Id>{key}</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{balances}{head}{"".join(entries)}</Stmt></BkToCstmrStmt></Document>""".encode()


def _balance(code: str, amount: str, currency: str) -> str:
    side = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount.lstrip("-")}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        "<Dt><Dt>2026-03-31</Dt></Dt></Bal>"
    )


def ntry(
    amount: str,
    text: str = "",
    *,
    ref: str = "",
    on: str = "2026-03-10",
    payer: str = "",
    iban: str = "",
    e2e: str = "",
    more: str = "",
    inside: str = "",
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    currency: str = "MXN",
) -> str:
    """An entry of a camt.053; a negative amount went out."""
    side, other = ("DBIT", "Cdtr") if amount.startswith("-") else ("CRDT", "Dbtr")
    parties = f"<{other}><Pty><Nm>{payer}</Nm></Pty></{other}>" if payer else ""
    parties += f"<{other}Acct><Id><IBAN>{iban}</IBAN></Id></{other}Acct>" if iban else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount.lstrip("-")}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        f"{status}<BookgDt><Dt>{on}</Dt></BookgDt>"
        + (f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else "")
        + f"{more}<NtryDtls><TxDtls><Refs><EndToEndId>{e2e or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"<RltdPties>{parties}</RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>{inside}"
        "</TxDtls></NtryDtls></Ntry>"
    )


OFX_HEAD = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:UTF-8
CHARSET:NONE
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""


def ofx(*transactions: str, currency: str = "MXN", account: str = NUMBER) -> bytes:
    """An OFX 1.0.2 file with these transactions."""
    ok = "<STATUS><CODE>0<SEVERITY>INFO</STATUS>"
    return (
        f"{OFX_HEAD}<OFX><SIGNONMSGSRSV1><SONRS>{ok}<DTSERVER>20260401<LANGUAGE>SPA</SONRS>"
        f"</SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><TRNUID>1{ok}<STMTRS><CURDEF>{currency}"
        f"<BANKACCTFROM><BANKID>012<ACCTID>{account}<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260301<DTEND>20260331{''.join(transactions)}</BANKTRANLIST>"
        "<LEDGERBAL><BALAMT>500.00<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>"
    ).encode()


def stmttrn(amount: str, id_: str, memo: str = "", on: str = "20260310220000[-6:CST]") -> str:
    """A transaction of an OFX file."""
    kind = "DEBIT" if amount.startswith("-") else "CREDIT"
    return (
        f"<STMTTRN><TRNTYPE>{kind}<DTPOSTED>{on}<TRNAMT>{amount}<FITID>{id_}<NAME>Peña"
        + (f"<MEMO>{memo}" if memo else "")
        + "</STMTTRN>"
    )


@dataclass
class Bank:
    """A bank account of the company, statements of it, and the step that matches."""

    billing: Billing
    files: FileStore
    account: UUID = field(default_factory=lambda: UUID(int=0))

    async def put(self, **more: Any) -> bank.BankAccount:
        said = {"company": COMPANY, "unit": COMPANY, "number": IBAN, "name": "Banorte",
                "currency": "MXN"} | more  # fmt: skip
        return await self.billing.ask(bank.PutBankAccount(**said))

    async def take(self, content: bytes, **more: Any) -> list[bank.Statement]:
        """Upload and import a file."""
        asked = bank.ImportStatement(company=COMPANY, file=self.files.put(content), **more)
        return list((await self.billing.ask(asked)).items)

    async def match(self, at_once: int = 100) -> None:
        """Let the job do all that there is to do."""
        more = True
        while more:
            async with self.billing.database.working("test") as tx:
                more = await commands.match_next(tx, at_once)

    async def entries(self, **which: Any) -> Sequence[bank.BankEntry]:
        return (await self.billing.ask(bank.ListBankEntries(**which))).items


@pytest.fixture
async def bank_(billing: Billing, file_store: FileStore, database: Database) -> Bank:
    made = Bank(billing, file_store)
    made.account = (await made.put()).account
    return made
