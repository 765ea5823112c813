"""Uploading and downloading, over HTTP; files never travel on the bus.

Source: BI7, BI9, GW4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from contracts.gateway.files import StoredFile
from gateway.files import rules, store
from gateway.files.objects import Objects, received
from kernel.client import Forwarded
from kernel.clock import now
from kernel.problems import NotFound, NotYourUnit

if TYPE_CHECKING:
    from gateway.http.reception import Caller
    from gateway.wiring import Gateway

CREATED = 201
_BYTES = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
_ANSWER: dict[int | str, dict[str, Any]] = {200: {"description": "The content"} | _BYTES}


def router(gateway: Gateway) -> APIRouter:
    """The addresses of files."""
    routes = APIRouter(prefix="/files", tags=["files"])
    objects = Objects(gateway.settings.files)

    @routes.post(
        "", status_code=CREATED, openapi_extra={"requestBody": {"required": True} | _BYTES}
    )
    async def upload(
        request: Request,
        unit: str,
        name: Annotated[str, Query(min_length=1, max_length=1000)],
    ) -> StoredFile:
        """Keep the body as a file of a unit; the answer says how services refer to it."""
        caller = await gateway.reception.receive(request)
        if unit not in caller.principal.units:
            raise NotYourUnit(unit)
        file = await _kept(gateway, objects, caller, request, unit, rules.plain_name(name))
        gateway.audit.note(caller, "gateway.store-file", request, Forwarded(CREATED, b"", {}))
        return file

    @routes.get("/{file}", response_class=StreamingResponse, responses=_ANSWER)
    async def download(file: str, request: Request) -> StreamingResponse:
        """The content of a file that was uploaded for a unit in scope."""
        caller = await gateway.reception.receive(request)
        known = await _known(gateway, caller, file)
        headers = {
            "Content-Disposition": rules.disposition(known.name),
            "Content-Length": str(known.bytes),
            "ETag": f'"{known.file}"',
        }
        return StreamingResponse(
            await objects.get(known.file), headers=headers, media_type=known.media_type
        )

    return routes


async def _kept(
    gateway: Gateway, objects: Objects, caller: Caller, request: Request, unit: str, name: str
) -> StoredFile:
    async with received(request.stream()) as upload:
        if not upload.size:
            raise rules.EmptyFile(name)
        await objects.put(upload)
        file = StoredFile(
            file=upload.file,
            name=name,
            media_type=rules.media_type(request.headers.get("content-type")),
            bytes=upload.size,
            unit=unit,
            uploaded_at=now(),
        )
    async with gateway.database.acting_as(caller.principal) as tx:
        await store.keep(tx, file, caller.principal.person)
    return file


async def _known(gateway: Gateway, caller: Caller, file: str) -> StoredFile:
    if rules.is_reference(file):
        async with gateway.database.acting_as(caller.principal) as tx:
            known = await store.known(tx, file)
        if known is not None:
            return known
    raise NotFound("file", file)
