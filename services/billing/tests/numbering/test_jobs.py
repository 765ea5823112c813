from __future__ import annotations

from ..conftest import Billing


async def test_each_series_tells_which_numbers_it_gave(billing: Billing):
    customer = await billing.customer()
    for n in range(3):
        await billing.hear(billing.delivered(f"P-{n}", customer, "10"))
    await billing.hear(billing.delivered("G-1", customer, "10", unit="gdl"))
    await billing.numbered()
    await billing.numbered()
    told = {one["series"]: one for one in await billing.told("documents-numbered")}
    assert [one["legal_number"] for one in told["MTY-F"]["documents"]] == [
        f"MTY-F-{n:06}" for n in (1, 2, 3)
    ]
    assert (told["GDL-F"]["unit"], told["GDL-F"]["kind_of_document"]) == ("gdl", "invoice")
    assert len(told) == 2
