"""The addresses of the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from gateway.pages import guide

KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
STATIC = ("style.css", "landing.js")


def router(document: Callable[[], Mapping[str, Any]]) -> APIRouter:
    """The landing page, its two files, and the guide."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def landing() -> Response:
        return _file("landing.html")

    @routes.get("/docs")
    async def docs() -> Response:
        return HTMLResponse(_guide())

    @cache
    def _guide() -> str:
        return guide.page(document())

    for name in STATIC:
        routes.add_api_route(f"/static/{name}", _serving(name), methods=["GET"])
    return routes


def _serving(name: str) -> Callable[[], Response]:
    def serve() -> Response:
        return _file(name)

    return serve


@cache
def _bytes(name: str) -> bytes:
    return (resources.files("gateway") / "pages" / name).read_bytes()


def _file(name: str) -> Response:
    return Response(_bytes(name), media_type=KINDS[name.rpartition(".")[2]])
