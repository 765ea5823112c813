from __future__ import annotations

import errno
import hashlib
import os
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


Synced = list[tuple[Path, bytes | list[str]]]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> Synced:
    """What was brought to the disk, and what it held at that moment."""
    seen: Synced = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        what = Path(f"/proc/self/fd/{descriptor}").readlink()
        within = [each.name for each in what.iterdir()] if what.is_dir() else what.read_bytes()
        seen.append((what, within))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return seen


async def test_a_content_is_on_the_disk_before_it_has_its_name_and_its_folders_after(
    synced: Synced, tmp_path: Path
):
    root = tmp_path / "new" / "files"
    async with received(pieces()) as upload:
        await Objects(str(root)).put(upload)
    digest = upload.file.removeprefix("sha256:")
    named = root / "sha256" / digest[:2] / digest
    [(written, content)] = [each for each in synced if each[0].parent == named.parent]
    assert content == CONTENT
    assert written != named  # it did not have its name yet
    held = dict(synced)
    for folder in (named, *named.parents):
        if folder == tmp_path:
            break
        assert folder.name in held[folder.parent]
    assert [each.name for each in named.parent.iterdir()] == [digest]


async def test_a_content_that_is_there_is_on_the_disk_too_before_it_is_said_to_be(
    synced: Synced, tmp_path: Path
):
    async with received(pieces()) as upload:
        await Objects(str(tmp_path)).put(upload)
        synced.clear()
        await Objects(str(tmp_path)).put(upload)  # the first may not have come so far
    digest = upload.file.removeprefix("sha256:")
    assert digest in dict(synced)[tmp_path / "sha256" / digest[:2]]


async def test_what_the_disk_does_not_take_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(_: int) -> None:
        raise OSError(errno.EIO, "the disk")

    objects = Objects(str(tmp_path))
    async with received(pieces()) as upload:
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", full)
            with pytest.raises(NoStore):
                await objects.put(upload)
        assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
        upload.content.seek(0)
        await objects.put(upload)
    assert await read(objects, upload.file) == CONTENT


async def test_a_store_that_does_not_answer_is_said_so(tmp_path: Path):
    (tmp_path / "sha256").write_text("a file where the folder should be")
    objects = Objects(str(tmp_path))
    async with received(pieces()) as upload:
        with pytest.raises(NoStore):
            await objects.put(upload)
