"""Contents in object storage: a folder, or a bucket of an S3-compatible store."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from obstore import get_async, head_async, put_async
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
        """Keep a content.

        Raises:
            NoStore: there is no store, or it does not answer.
        """
        store, path = self._opened(), place(upload.file)
        try:
            if not await _is_there(store, path):
                await put_async(store, path, upload.content)
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
    return LocalStore(Path(where).absolute(), mkdir=True)


async def _is_there(store: ObjectStore, path: str) -> bool:
    try:
        await head_async(store, path)
    except (NotFoundError, FileNotFoundError):
        return False
    return True
