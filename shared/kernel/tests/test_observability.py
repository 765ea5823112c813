"""Logs, traces, metrics and health: what an operator sees of a service."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator, Mapping

import httpx
import pytest
import structlog
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from kernel import logs, metrics, telemetry
from kernel.health import health_app, serving

CALLER = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process logs; its own set-up is put back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = io.StringIO()
    logs.configure("billing", "INFO", stream)
    yield stream
    root.handlers, root.level = before, level
    structlog.reset_defaults()


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    telemetry.start("billing", None, exporter)
    yield exporter
    telemetry.stop()


def test_an_entry_names_service_correlation_and_trace(log: io.StringIO) -> None:
    with telemetry.span("request", CALLER), logs.about(correlation="c-1", person=None):
        logs.logger("billing.exposure").info("order held", order="P-5001")
    entry = json.loads(log.getvalue())
    assert entry["event"] == "order held"
    assert entry["service"] == "billing"
    assert entry["correlation"] == "c-1"
    assert entry["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert "person" not in entry


def test_libraries_log_in_the_same_form(log: io.StringIO) -> None:
    logging.getLogger("some.library").warning("lost %s of %s", 3, 10)
    entry = json.loads(log.getvalue())
    assert (entry["event"], entry["service"]) == ("lost 3 of 10", "billing")


def test_a_defect_is_one_line_with_its_traceback(log: io.StringIO) -> None:
    try:
        raise RuntimeError("¡ay!")
    except RuntimeError:
        logs.logger("billing").exception("it failed")
    [line] = log.getvalue().splitlines()
    assert "RuntimeError: ¡ay!" in json.loads(line)["exception"]


def test_the_trace_travels_although_nobody_records_it() -> None:
    assert telemetry.traceparent() is None
    with telemetry.span("request", CALLER):
        sent = telemetry.inject({})
    with telemetry.span("handle", sent):
        assert (telemetry.traceparent() or "").split("-")[1] == CALLER["traceparent"].split("-")[1]


def test_a_trace_begins_where_none_is_named() -> None:
    with telemetry.span("one", {}):
        one = telemetry.traceparent()
    with telemetry.span("other", {"traceparent": "nonsense"}):
        other = telemetry.traceparent()
    assert one and other and one.split("-")[1] != other.split("-")[1]


def test_recorded_spans_hang_together(spans: InMemorySpanExporter) -> None:
    with telemetry.span("request", CALLER):
        sent = telemetry.inject({})
    with telemetry.span("handle", sent, event="billing.order-held.v1"):
        pass
    telemetry.stop()
    request, handle = spans.get_finished_spans()
    assert request.context and handle.parent
    assert handle.parent.span_id == request.context.span_id
    assert f"{handle.context.trace_id:032x}" == CALLER["traceparent"].split("-")[1]  # type: ignore[union-attr]


def test_without_an_endpoint_nothing_is_loaded() -> None:
    telemetry.start("billing", None)
    with telemetry.span("request") as span:
        assert not span.is_recording()


def test_a_block_is_measured_also_when_it_fails() -> None:
    with (
        pytest.raises(RuntimeError),
        metrics.timed(metrics.OPERATIONS, operation="t", outcome="done") as labels,
    ):
        labels["outcome"] = "failed"
        raise RuntimeError
    assert b'operation="t",outcome="failed"} 1.0' in metrics.exposition()


async def nothing() -> Mapping[str, str]:
    return {}


async def database() -> Mapping[str, str]:
    return {"database": "does not answer"}


async def test_health_metrics_and_asyncapi_are_served() -> None:
    app = health_app("billing", nothing, {"asyncapi": "3.0.0"})
    async with serving(app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        assert (await http.get("/health/live")).json()["live"]
        assert (await http.get("/health/ready")).status_code == 200
        assert "gerencia_operation_seconds" in (await http.get("/metrics")).text
        assert (await http.get("/asyncapi.json")).json() == {"asyncapi": "3.0.0"}
        assert (await http.get("/anything")).status_code == 404


async def test_a_service_says_what_it_still_waits_for() -> None:
    app = health_app("billing", database)
    async with serving(app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        answer = await http.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["waiting_for"] == {"database": "does not answer"}


async def test_a_taken_port_is_an_error_and_not_the_end_of_the_process() -> None:
    app = health_app("billing", nothing)
    async with serving(app) as port:
        with pytest.raises(OSError, match="in use"):
            async with serving(app, port=port):
                pass
