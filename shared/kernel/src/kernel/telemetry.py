"""Traces: one from the request to its last effect, over HTTP and the bus.

Without an endpoint nothing is recorded, but the trace id still travels: logs and events of one
request share it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags

TRACEPARENT = "traceparent"

_PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_NAME = "gerencia"


class _Recording:
    """Who records the spans of this process; None while nobody does."""

    provider: TracerProvider | None = None


def start(service: str, endpoint: str | None, exporter: SpanExporter | None = None) -> None:
    """Record the spans of this process and send them to an OTLP endpoint, when there is one."""
    if exporter is None and endpoint is None:
        return
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(exporter or _otlp(endpoint or "")))
    _Recording.provider = provider


def stop() -> None:
    """Send what is left and record no more."""
    provider, _Recording.provider = _Recording.provider, None
    if provider is not None:
        provider.shutdown()


def _otlp(endpoint: str) -> SpanExporter:
    # Loaded only when asked for: it costs memory in each program, and few installations have it.
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as missing:
        raise RuntimeError(
            "GERENCIA_OTLP_ENDPOINT is set, but the exporter is not installed: "
            "pip install 'gerencia-kernel[otlp]'"
        ) from missing
    exporter: SpanExporter = OTLPSpanExporter(endpoint=endpoint)
    return exporter


@contextmanager
def span(
    name: str,
    headers: Mapping[str, str] | None = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    **attributes: str | int,
) -> Iterator[Span]:
    """A step of the present trace, of the one that the headers name, or of a new one."""
    parent = extract(headers) if headers is not None else None
    if _Recording.provider is None:
        with _unrecorded(parent) as here:
            yield here
        return
    tracer = _Recording.provider.get_tracer(_NAME)
    with tracer.start_as_current_span(name, parent, kind=kind, attributes=attributes) as here:
        yield here


@contextmanager
def _unrecorded(parent: Context | None) -> Iterator[Span]:
    above = trace.get_current_span(parent).get_span_context()
    here = NonRecordingSpan(
        SpanContext(
            trace_id=above.trace_id or int.from_bytes(os.urandom(16), "big"),
            span_id=int.from_bytes(os.urandom(8), "big"),
            is_remote=False,
            trace_flags=above.trace_flags,
        )
    )
    token = context.attach(trace.set_span_in_context(here))
    try:
        yield here
    finally:
        context.detach(token)


def extract(headers: Mapping[str, str]) -> Context | None:
    """Where the sender was in its trace; None when the headers do not say."""
    found = _PARENT.fullmatch(headers.get(TRACEPARENT, ""))
    if found is None:
        return None
    sender = SpanContext(
        trace_id=int(found[1], 16),
        span_id=int(found[2], 16),
        is_remote=True,
        trace_flags=TraceFlags(int(found[3], 16)),
    )
    return trace.set_span_in_context(NonRecordingSpan(sender)) if sender.is_valid else None


def inject(headers: dict[str, str]) -> dict[str, str]:
    """Add where we are in the trace to the headers; returns them."""
    here = traceparent()
    if here is not None:
        headers[TRACEPARENT] = here
    return headers


def traceparent() -> str | None:
    """Where we are in the trace, as a header says it; None outside any trace."""
    here = trace.get_current_span().get_span_context()
    if not here.is_valid:
        return None
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"
