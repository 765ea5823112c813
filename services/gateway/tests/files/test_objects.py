from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.files.objects import Objects, received
from gateway.files.rules import ContentMissing, NoStore

CONTENT = b"x" * 3_000_000
NEVER = "sha256:" + "0" * 64


async def pieces() -> AsyncIterator[bytes]:
    for start in range(0, len(CONTENT), 65_536):
        yield CONTENT[start : start + 65_536]


async def read(objects: Objects, file: str) -> bytes:
    return b"".join([piece async for piece in await objects.get(file)])


@pytest.mark.parametrize("kind", ["folder", "memory"])
async def test_a_folder_and_an_address_keep_contents_alike(kind: str, tmp_path: Path):
    objects = Objects(str(tmp_path) if kind == "folder" else "memory:///")
    async with received(pieces()) as upload:
        assert upload.size == len(CONTENT)
        assert upload.file == f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
        await objects.put(upload)
        await objects.put(upload)
    assert await read(objects, upload.file) == CONTENT
    with pytest.raises(ContentMissing):
        await objects.get(NEVER)


async def test_a_store_that_does_not_answer_is_said_so(tmp_path: Path):
    (tmp_path / "sha256").write_text("a file where the folder should be")
    objects = Objects(str(tmp_path))
    async with received(pieces()) as upload:
        with pytest.raises(NoStore):
            await objects.put(upload)
