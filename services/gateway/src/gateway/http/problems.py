"""A refusal as an HTTP response, in the reader's words (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.access import refusals as access
from gateway.admin import refusals as admin
from gateway.files import rules as files
from gateway.reports import refusals as reports
from kernel.client import RemoteProblem
from kernel.ids import uuid7
from kernel.logs import logger
from kernel.problems import LANGUAGES, Failed, Malformed, Problem, Refusal

PROBLEM_JSON = "application/problem+json"
_log = logger("gateway.http")
STATUS: dict[type[Refusal], int] = access.STATUS | admin.STATUS | files.STATUS | reports.STATUS


@dataclass(eq=False)
class MethodNotAllowed(Refusal):
    """The address exists, but not for this method."""

    code = "request.method-not-allowed"
    title = "The method is not allowed here"
    method: str
    allowed: list[str]


@dataclass(eq=False)
class UnknownAddress(Refusal):
    """There is nothing at this address."""

    code = "request.unknown-address"
    title = "There is nothing at this address"
    path: str


OWN_STATUS: dict[type[Refusal], int] = {MethodNotAllowed: 405, UnknownAddress: 404}


def language_asked(headers: Mapping[str, str]) -> str | None:
    """The first language of `Accept-Language` that we speak; None when it names none.

    >>> language_asked({"accept-language": "fr;q=1, en-GB;q=0.8"})
    'en'
    """
    for wish in headers.get("accept-language", "").split(","):
        language = wish.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return None


def refused(refusal: Refusal, request: Request) -> Response:
    """The problem document of a refusal."""
    problem = Problem.of(
        refusal,
        status=STATUS.get(type(refusal)) or OWN_STATUS.get(type(refusal)),
        locale=reader_of(request),
        instance=request.url.path,
    )
    return respond(problem.status, problem.body(), _headers(refusal))


def respond(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """A problem document as it is."""
    return Response(body, status, headers, PROBLEM_JSON)


def reader_of(request: Request) -> str:
    """The language to answer in: as asked for, else the user's own, else Spanish."""
    known: str = getattr(request.state, "locale", "es")
    return language_asked(request.headers) or known


def _headers(refusal: Refusal) -> dict[str, str] | None:
    facts = refusal.facts()
    if "retry_after_seconds" in facts:
        return {"Retry-After": str(facts["retry_after_seconds"])}
    if isinstance(refusal, MethodNotAllowed):
        return {"Allow": ", ".join(refusal.allowed)}
    return None


async def on_refusal(request: Request, refusal: Exception) -> Response:
    """For the application: a rule of the gateway said no."""
    assert isinstance(refusal, Refusal)
    return refused(refusal, request)


async def on_remote_problem(_: Request, problem: Exception) -> Response:
    """For the application: a service said no, and has found the words already."""
    assert isinstance(problem, RemoteProblem)
    return respond(problem.status, Problem.model_validate(problem.problem).body())


async def on_validation(request: Request, error: Exception) -> Response:
    """For the application: a body or a query is not what the contract says."""
    assert isinstance(error, RequestValidationError)
    return refused(Malformed([_in_words(one) for one in error.errors()]), request)


async def on_http(request: Request, error: Exception) -> Response:
    """For the application: no such address, or not for this method."""
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "").split(", ")
        return refused(MethodNotAllowed(request.method, allowed), request)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return refused(UnknownAddress(request.url.path), request)
    return refused(Malformed([{"field": "", "problem": str(error.detail)}]), request)


async def on_defect(request: Request, error: Exception) -> Response:
    """For the application: a defect of ours, which the log tells in full under a reference."""
    reference = str(uuid7())
    _log.error("defect", path=request.url.path, reference=reference, exc_info=error)
    return refused(Failed(reference), request)


def _in_words(error: Mapping[str, Any]) -> dict[str, str]:
    place = [str(part) for part in error["loc"] if part not in ("body", "query", "path")]
    return {"field": ".".join(place), "problem": str(error["msg"])}
