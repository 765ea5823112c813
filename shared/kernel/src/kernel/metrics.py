"""What the doors count and measure, for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

REGISTRY = CollectorRegistry()
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

OPERATIONS = Histogram(
    "gerencia_operation_seconds",
    "Questions and commands by operation and outcome (done, refused, failed).",
    ["operation", "outcome"],
    buckets=SECONDS,
    registry=REGISTRY,
)
REQUESTS = Histogram(
    "gerencia_http_request_seconds",
    "HTTP requests by route, method and status.",
    ["route", "method", "status"],
    buckets=SECONDS,
    registry=REGISTRY,
)
ANNOUNCED = Counter(
    "gerencia_events_announced",
    "Events written into the log, by type.",
    ["type"],
    registry=REGISTRY,
)
PUBLISHED = Counter(
    "gerencia_events_published",
    "Events given to the broker, by how (batch, single, again).",
    ["how"],
    registry=REGISTRY,
)
RELAY_LAG = Gauge(
    "gerencia_relay_lag_events",
    "Committed events that the broker does not have yet.",
    registry=REGISTRY,
)
HANDLED = Counter(
    "gerencia_events_handled",
    "Events by type and outcome (applied, seen before, older, parked, retried).",
    ["type", "outcome"],
    registry=REGISTRY,
)
HANDLING = Histogram(
    "gerencia_event_handling_seconds",
    "One transaction of a subscriber, by source.",
    ["source"],
    buckets=SECONDS,
    registry=REGISTRY,
)
EVENT_AGE = Histogram(
    "gerencia_event_age_seconds",
    "From what happened being recorded to its effect here, by source.",
    ["source"],
    buckets=(*SECONDS, 30.0, 60.0, 300.0),
    registry=REGISTRY,
)
PARKED = Gauge(
    "gerencia_events_parked",
    "Events that could not be handled and wait for somebody.",
    registry=REGISTRY,
)
JOBS = Histogram(
    "gerencia_job_seconds",
    "Background jobs by name and outcome (done, failed).",
    ["job", "outcome"],
    buckets=(*SECONDS, 30.0, 60.0, 300.0),
    registry=REGISTRY,
)
BROKER_CONNECTED = Gauge(
    "gerencia_broker_connected", "1 while the broker answers.", registry=REGISTRY
)


@contextmanager
def timed(histogram: Histogram, **labels: str) -> Iterator[dict[str, str]]:
    """Measure a block; it may set labels that are known only at its end, such as the outcome."""
    began = time.perf_counter()
    try:
        yield labels
    finally:
        histogram.labels(**labels).observe(time.perf_counter() - began)


def exposition() -> bytes:
    """Everything as Prometheus reads it."""
    return generate_latest(REGISTRY)
