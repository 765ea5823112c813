"""A bank statement of 50,000 entries: taken in, and every entry matched with what is owed."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.company import COMPANY, SINCE, found, installation, settle
from bench.figures import Figure
from bench.http import Connection
from gerencia.trial import Installation

ENTRIES = int(os.environ.get("GERENCIA_BENCH_ENTRIES", "50000"))
CUSTOMERS = 2_000
BATCH = 500
ACCOUNT = "MX120123456789012345"
OK = 300


def measure() -> list[Figure]:
    """Nine entries of ten name their invoice, the others only bear the payer's name."""
    with installation() as at, tempfile.TemporaryDirectory() as folder:
        asyncio.run(_owing(at))
        file = Path(folder) / "statement.xml"
        file.write_text("".join(_camt()), "utf-8")
        began = time.perf_counter()
        told = at.command("import", "statement", str(file), "--format", "json")
        seconds = time.perf_counter() - began
        [statement] = json.loads(told)["statements"]
        began = time.perf_counter()
        at.command("import", "statement", str(file), "--format", "json")
        again = time.perf_counter() - began
        wrong = asyncio.run(_wrong(at))
    states = statement["states"]
    return [
        Figure(f"statement of {ENTRIES:,} entries imported and matched", seconds, "s", 40),
        Figure("  matched by themselves", states.get("matched", 0) / ENTRIES * 100, "%"),
        Figure("  the same file again", again, "s"),
        Figure("  what the ledger's checks complain of", wrong, "", 0),
    ]


async def _owing(at: Installation) -> None:
    """An invoice for each entry, and the bank account."""
    await found(at, CUSTOMERS)
    async with Connection(at.url, at.token) as http:
        for start in range(0, ENTRIES, BATCH):
            records = [_invoice(number) for number in range(start, min(start + BATCH, ENTRIES))]
            body = {"company": COMPANY, "records": records}
            status, answer = await http.request("POST", "/batches/billing.import-invoices", body)
            assert status < OK, answer
        await settle(http)
        account = {"company": COMPANY, "unit": COMPANY, "name": "Banco", "currency": "MXN"}
        status, answer = await http.request("PUT", f"/bank-accounts/{ACCOUNT}", account)
        assert status < OK, answer


def _invoice(number: int) -> dict[str, object]:
    return {
        "key": f"FAC-{number:06}",
        "customer": f"C{number % CUSTOMERS}",
        "issued_on": SINCE,
        "due_on": SINCE,
        "gross": {"amount": _amount(number), "currency": "MXN"},
    }


def _amount(number: int) -> str:
    return f"{100 + number % 977}.{number % 100:02}"


def _camt() -> Iterator[str]:
    yield (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<Stmt><Id>S-1</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>MXN</Ccy></Acct>"
    )
    yield from (_entry(number) for number in range(ENTRIES))
    yield "</Stmt></BkToCstmrStmt></Document>"


def _entry(number: int) -> str:
    text = "abono" if number % 10 == 9 else f"pago de la factura FAC {number:06}"
    return (
        f'<Ntry><Amt Ccy="MXN">{_amount(number)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-{1 + number % 28:02}</Dt></BookgDt>"
        f"<AcctSvcrRef>B{number:08}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>T{number}"
        "</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Cliente "
        f"C{number % CUSTOMERS}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>MX00{number % CUSTOMERS:014}"
        f"</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
        "</NtryDtls></Ntry>\n"
    )


async def _wrong(at: Installation) -> int:
    async with Connection(at.url, at.token) as http:
        status, body = await http.request("POST", "/admin/billing/verify", {})
        assert status < OK, body
        return len(json.loads(body).get("violations", ()))
