from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.billing.bank import ImportStatement, Statements

from ..conftest import ANA, BEN, Gateway, know_units

STATEMENT = b"<Document>una cuenta</Document>"
REFERENCE = f"sha256:{hashlib.sha256(STATEMENT).hexdigest()}"
MTY = {"unit": "mty", "name": "marzo.xml"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
async def keeping(database: Any, started: Any, folder: Path) -> AsyncIterator[Gateway]:
    """A gateway that keeps files of up to 1 MiB in a folder."""
    async with started(database, files=str(folder), file_limit=2**20) as gateway:
        await know_units(database)
        yield gateway


async def upload(client: httpx.AsyncClient, content: Any = STATEMENT, **where: str):
    headers = {"Content-Type": "application/xml"}
    params = MTY | where
    return await client.post("/api/v1/files", params=params, content=content, headers=headers)


def kept(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


async def test_a_file_comes_back_as_it_was_under_the_name_of_its_content(
    keeping: Gateway, folder: Path
):
    async with keeping.client() as admin:
        stored = await upload(admin, name="C:\\banco\\año.xml")
        back = await admin.get(f"/api/v1/files/{REFERENCE}")
    assert stored.status_code == 201, stored.text
    assert stored.json() | {"uploaded_at": ""} == {
        "file": REFERENCE, "name": "año.xml", "media_type": "application/xml",
        "bytes": len(STATEMENT), "unit": "mty", "uploaded_at": "",
    }  # fmt: skip
    assert back.content == STATEMENT
    assert back.headers["content-type"] == "application/xml"
    assert back.headers["content-disposition"] == "attachment; filename*=UTF-8''a%C3%B1o.xml"
    assert kept(folder) == [REFERENCE.removeprefix("sha256:")]


async def test_the_same_content_is_kept_once(keeping: Gateway, folder: Path):
    async with keeping.client() as admin:
        answers = [await upload(admin), await upload(admin), await upload(admin, unit="gdl")]
    assert [answer.json()["file"] for answer in answers] == [REFERENCE] * 3
    assert len(kept(folder)) == 1


async def test_a_file_of_another_branch_is_not_there_and_none_can_be_put_there(keeping: Gateway):
    near = await keeping.user("ana", ("manager", "mty"))
    far = await keeping.user("ben", ("manager", "gdl"))
    async with keeping.client(near) as ana, keeping.client(far) as ben:
        stored = await upload(ana)
        seen = await ana.get(f"/api/v1/files/{REFERENCE}")
        hidden = await ben.get(f"/api/v1/files/{REFERENCE}")
        refused = await upload(ben)
    assert stored.status_code == 201
    assert seen.status_code == 200
    assert (hidden.status_code, hidden.json()["code"]) == (404, "request.not-found")
    assert (refused.status_code, refused.json()["code"]) == (403, "access.not-your-unit")


async def test_a_rep_sees_only_what_they_uploaded_themselves(keeping: Gateway):
    one = await keeping.user("ana", ("rep", "mty"), person=ANA)
    other = await keeping.user("ben", ("rep", "mty"), person=BEN)
    async with keeping.client(one) as ana, keeping.client(other) as ben:
        assert (await upload(ana)).status_code == 201
        assert (await ana.get(f"/api/v1/files/{REFERENCE}")).status_code == 200
        assert (await ben.get(f"/api/v1/files/{REFERENCE}")).status_code == 404


async def test_two_gigabytes_are_refused_before_they_are_read(keeping: Gateway, folder: Path):
    url = httpx.URL(keeping.address)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        b"POST /api/v1/files?unit=mty&name=x HTTP/1.1\r\nHost: x\r\n"
        b"Authorization: Bearer %b\r\nContent-Length: %d\r\n\r\n"
        % (keeping.token.encode(), 2 * 2**30)
    )
    refused = await reader.read()  # to the end: the connection is closed
    writer.close()
    assert refused.startswith(b"HTTP/1.1 413")
    assert b'"request.too-large"' in refused
    assert kept(folder) == []


async def test_a_file_that_does_not_say_its_size_is_counted(keeping: Gateway, folder: Path):
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b"x" * 65_536

    async with keeping.client() as admin:
        refused = await upload(admin, pieces())
    assert (refused.status_code, refused.json()["code"]) == (413, "request.too-large")
    assert kept(folder) == []


async def test_a_file_of_exactly_the_limit_is_taken(keeping: Gateway):
    async with keeping.client() as admin:
        exactly = await upload(admin, b"x" * 2**20)
        over = await upload(admin, b"x" * (2**20 + 1))
    assert (exactly.status_code, over.status_code) == (201, 413)


async def test_an_upload_that_is_cut_off_leaves_nothing(keeping: Gateway, folder: Path):
    async def cut() -> AsyncIterator[bytes]:
        yield b"x" * 65_536
        raise ConnectionResetError

    async with keeping.client() as admin:
        with pytest.raises(ConnectionResetError):
            await upload(admin, cut())
        assert (await admin.get("/api/v1/me")).status_code == 200
    assert kept(folder) == []


@pytest.mark.parametrize("file", ["sha256:00", "..%2F..%2Fadmin-token", "sha256:" + "0" * 64])
async def test_what_was_never_uploaded_is_not_there(keeping: Gateway, file: str):
    async with keeping.client() as admin:
        answer = await admin.get(f"/api/v1/files/{file}")
    assert answer.status_code == 404


async def test_an_empty_file_and_a_missing_store_say_so(
    keeping: Gateway, folder: Path, gateway: Gateway
):
    async with keeping.client() as admin, gateway.client() as other:
        empty = await upload(admin, b"")
        no_store = await upload(other)
    assert (empty.status_code, empty.json()["code"]) == (422, "files.empty")
    assert (no_store.status_code, no_store.json()["code"]) == (503, "files.no-store")


async def test_lost_content_says_so(keeping: Gateway, folder: Path):
    async with keeping.client() as admin:
        await upload(admin)
        next(path for path in folder.rglob("*") if path.is_file()).unlink()
        lost = await admin.get(f"/api/v1/files/{REFERENCE}")
    assert (lost.status_code, lost.json()["code"]) == (503, "files.content-missing")


async def test_nobody_uploads_or_reads_without_signing_in(keeping: Gateway):
    async with keeping.client("") as nobody:
        assert (await upload(nobody)).status_code == 401
        assert (await nobody.get(f"/api/v1/files/{REFERENCE}")).status_code == 401


async def test_what_was_uploaded_is_imported_by_its_reference(
    keeping: Gateway, stand_in: Any, other_database: Any, folder: Path
):
    async def imported(tx: Any, asked: ImportStatement, who: Any) -> Statements:
        digest = asked.file.removeprefix("sha256:")
        assert (folder / "sha256" / digest[:2] / digest).read_bytes() == STATEMENT
        return Statements(items=[])

    async with stand_in("billing", other_database, {ImportStatement: imported}):
        async with keeping.client() as admin:
            file = (await upload(admin)).json()["file"]
            body = {"company": "acme", "file": file}
            taken = await admin.post("/api/v1/bank-statements", json=body)
            wrong = await admin.post("/api/v1/bank-statements", json=body | {"file": "marzo.xml"})
    assert (taken.status_code, taken.json()) == (201, {"items": [], "next": None})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "request.malformed")
