"""Contents in object storage: a folder, or a bucket of an S3-compatible store."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from uuid import uuid4

from obstore import get_async, head_async, put_async, rename_async
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from gateway.files.rules import ContentMissing, NoStore, place, reference
from kernel.logs import logger

PIECE = 256 * 1024

_log = logger("gateway.files")


@dataclass(frozen=True)
class Received:
    """A whole upload, beside the store; it is gone when it is closed."""

    file: str
    size: int
    content: IO[bytes]


@asynccontextmanager
async def received(pieces: AsyncIterator[bytes]) -> AsyncIterator[Received]:
    """Take an upload in piece by piece and find out what it is called.

    It has no name on the disk: an upload that is cut off, or too large, leaves nothing behind.
    """
    digest, size = hashlib.sha256(), 0
    with TemporaryFile() as content:
        async for piece in pieces:
            digest.update(piece)
            size += content.write(piece)
        content.seek(0)
        yield Received(reference(digest.hexdigest()), size, content)


class Objects:
    """The contents of all files; each is written whole or not at all, and only once."""

    def __init__(self, where: str | None) -> None:
        self._where = where
        self._store: ObjectStore | None = None

    async def put(self, upload: Received) -> None:
        """Keep a content; from then on it outlasts a power cut.

        Raises:
            NoStore: there is no store, or it does not answer.
        """
        store, path = self._opened(), place(upload.file)
        try:
            if not await _is_there(store, path):
                await _write(store, path, upload.content)
            if isinstance(store, LocalStore):
                await asyncio.to_thread(_sync_folders, _folder(store), path)
        except (BaseError, OSError) as error:
            _log.error("file not kept", error=repr(error))
            raise NoStore from error

    async def get(self, file: str) -> AsyncIterator[bytes]:
        """The content in pieces; the first await says whether it is there.

        Raises:
            ContentMissing: it is not there any more.
            NoStore: there is no store, or it does not answer.
        """
        try:
            found = await get_async(self._opened(), place(file))
        except (NotFoundError, FileNotFoundError) as error:
            raise ContentMissing(file) from error
        except (BaseError, OSError) as error:
            _log.error("file not read", error=repr(error))
            raise NoStore from error
        return (bytes(piece) async for piece in found.stream(min_chunk_size=PIECE))

    def _opened(self) -> ObjectStore:
        if self._where is None:
            raise NoStore
        if self._store is None:
            self._store = store_at(self._where)
        return self._store


def store_at(where: str) -> ObjectStore:
    """The store at a folder or an address: `/var/lib/gerencia/files`, `s3://bucket/prefix`.

    An S3-compatible store is told of its endpoint and keys by `AWS_…` in the environment.
    """
    if "://" in where:
        return from_url(where)
    folder = Path(where).absolute()
    new = [each for each in (folder, *folder.parents) if not each.exists()]
    store = LocalStore(folder, mkdir=True)
    for each in new:
        _sync(each.parent)
    return store


def _folder(store: LocalStore) -> Path:
    assert store.prefix is not None
    return Path(store.prefix)


async def _write(store: ObjectStore, path: str, content: IO[bytes]) -> None:
    """Write a content: a bucket answers when it is safe, a folder before it is on the disk.

    So in a folder it gets its name only when its bytes are on the disk: after a power cut there
    is no name with half a content.
    """
    if not isinstance(store, LocalStore):
        await put_async(store, path, content)
        return
    nameless = f"{path}.{uuid4().hex}"
    try:
        await put_async(store, nameless, content)
        await asyncio.to_thread(_sync, _folder(store) / nameless)
        await rename_async(store, nameless, path)
    finally:
        (_folder(store) / nameless).unlink(missing_ok=True)


def _sync_folders(root: Path, path: str) -> None:
    """Bring the name of a content to the disk, and those of the folders that it is in."""
    for folder in Path(path).parents:
        _sync(root / folder)


def _sync(path: Path) -> None:
    """Bring what a file or folder holds to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _is_there(store: ObjectStore, path: str) -> bool:
    try:
        await head_async(store, path)
    except (NotFoundError, FileNotFoundError):
        return False
    return True
