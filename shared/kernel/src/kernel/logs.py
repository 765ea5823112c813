"""Structured logs: one JSON object per line on stderr, with service, correlation and trace."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO
from uuid import UUID

import structlog
from opentelemetry import trace

Entry = MutableMapping[str, Any]


def configure(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log of this process, those of libraries too, to stderr as JSON lines."""
    shared = _shared_by_all(service)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(shared))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "uvicorn.error", "httpx", "asyncio", "faststream"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger: `log.info("order held", order=order)`; the first word group never varies."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


@contextmanager
def about(**facts: UUID | str | int | None) -> Iterator[None]:
    """Within this block every entry names these facts: the correlation, the event, the person."""
    given = {name: str(value) for name, value in facts.items() if value is not None}
    with structlog.contextvars.bound_contextvars(**given):
        yield


def _shared_by_all(service: str) -> list[structlog.typing.Processor]:
    def of_this_service(_: Any, __: str, entry: Entry) -> Entry:
        entry.setdefault("service", service)
        return entry

    return [
        structlog.contextvars.merge_contextvars,
        of_this_service,
        _with_trace,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _formatter(shared: list[structlog.typing.Processor]) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def _with_trace(_: Any, __: str, entry: Entry) -> Entry:
    here = trace.get_current_span().get_span_context()
    if here.is_valid:
        entry["trace_id"] = f"{here.trace_id:032x}"
        entry["span_id"] = f"{here.span_id:016x}"
    return entry
