"""What can be asked of the file store: whether a file is there, and what is in it.

Services hold references only, `sha256:…`; the content is read where the gateway has put it.

Source: BI7, BI9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from obstore import get_async, head_async
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url
from pydantic_settings import BaseSettings, SettingsConfigDict

from kernel.problems import Refusal

REFERENCE = re.compile(r"sha256:[0-9a-f]{64}")


class FileSettings(BaseSettings):
    """`GERENCIA_FILES`: where the gateway keeps files, a folder or a bucket (`s3://…`)."""

    model_config = SettingsConfigDict(env_prefix="GERENCIA_", extra="ignore", frozen=True)

    files: str | None = None


@dataclass(eq=False)
class UnknownFile(Refusal):
    """Nobody uploaded this file, or its content is not there any more."""

    code = "files.unknown"
    title = "The file has not been uploaded"
    file: str


@dataclass(eq=False)
class StoreUnreachable(Refusal):
    """Billing was not told where files are kept, or cannot reach the place."""

    code = "files.unreachable"
    title = "The file store cannot be reached"


STATUS: dict[type[Refusal], int] = {UnknownFile: 422, StoreUnreachable: 503}


async def require(file: str) -> None:
    """Make sure that a file is in the store, before something refers to it.

    Raises:
        UnknownFile, StoreUnreachable
    """
    with _saying_no(file):
        await head_async(_store(), _place(file))


async def content(file: str) -> bytes:
    """The whole content of a file; the gateway's limit says how large it can be.

    Raises:
        UnknownFile, StoreUnreachable
    """
    with _saying_no(file):
        found = await get_async(_store(), _place(file))
        return bytes(await found.bytes_async())


@contextmanager
def _saying_no(file: str) -> Iterator[None]:
    if not REFERENCE.fullmatch(file):
        raise UnknownFile(file[:80])
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise UnknownFile(file) from error
    except (BaseError, OSError) as error:
        raise StoreUnreachable from error


def _store() -> ObjectStore:
    where = FileSettings().files
    if where is None:
        raise StoreUnreachable
    return from_url(where) if "://" in where else LocalStore(Path(where).absolute(), mkdir=True)


def _place(file: str) -> str:
    """Where the gateway puts it: a folder for each of 256 beginnings."""
    kind, _, digest = file.partition(":")
    return f"{kind}/{digest[:2]}/{digest}"
