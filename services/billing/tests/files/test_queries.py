from __future__ import annotations

from typing import Any

import pytest

from billing.files import queries as files

NEVER = "sha256:" + "0" * 64


async def test_a_file_that_was_uploaded_is_there_with_its_content(file_store: Any):
    receipt = file_store.put(b"un recibo")
    await files.require(receipt)
    assert await files.content(receipt) == b"un recibo"


@pytest.mark.parametrize("file", [NEVER, "sha256:../../../etc/passwd"])
async def test_a_file_that_nobody_uploaded_is_unknown(file_store: Any, file: str):
    with pytest.raises(files.UnknownFile):
        await files.require(file)
    with pytest.raises(files.UnknownFile):
        await files.content(file)


async def test_without_a_store_billing_says_that_it_cannot_read(monkeypatch: Any):
    monkeypatch.delenv("GERENCIA_FILES", raising=False)
    with pytest.raises(files.StoreUnreachable):
        await files.require(NEVER)
