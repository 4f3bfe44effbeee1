"""Figures about the running centre for `/metrics`, in the text form of Prometheus.

Rates, errors and durations of requests; queue depth, entries, and the time from receipt to durable answer. No member's name is a label.
"""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from huangpu.engine import Gate

TEXT = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"})
_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)


class Metrics:
    """The figures of one centre and its edge."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "huangpu_requests", "Requests answered", ("method", "status"), registry=self._registry
        )
        self._durations = Histogram(
            "huangpu_request_seconds",
            "Time to answer a request",
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self._entries = Gauge(
            "huangpu_journal_entries", "Entries in the journal", registry=self._registry
        )
        self._queued = Gauge(
            "huangpu_queue_commands", "Commands waiting for the engine", registry=self._registry
        )
        self._stopped = Gauge(
            "huangpu_engine_stopped", "1 while the journal is reopened", registry=self._registry
        )
        self._counters: dict[tuple[str, int], Counter] = {}

    def answered(self, method: str, status: int, started_s: float) -> None:
        """Count one answered request."""
        key = (method if method in _METHODS else "OTHER", status)
        counter = self._counters.get(key)
        if counter is None:
            counter = self._counters[key] = self._requests.labels(key[0], str(status))
        counter.inc()
        self._durations.observe(time.perf_counter() - started_s)

    def text(self) -> bytes:
        """Return all figures as they are now."""
        engine = self._gate.engine
        self._entries.set(engine.next_seq - 1)
        self._queued.set(self._gate.queued)
        self._stopped.set(int(engine.stopped))
        return generate_latest(self._registry)
