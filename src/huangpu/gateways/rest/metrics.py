"""Figures about the running centre for `/metrics`, in the text form of Prometheus.

Rates, errors and durations of requests; queue depth, entries, and the time from receipt to durable answer. No member's name is a label.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from huangpu.engine import Gate

TEXT = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"})
_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)


class Metrics(Collector):
    """The figures of one centre and its edge, counted in plain numbers and put into their form when they are asked for."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._answers: Counter[tuple[str, int]] = Counter()
        self._durations = [0] * (len(_BUCKETS_S) + 1)
        self._seconds = 0.0
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def answered(self, method: str, status: int, started_s: float) -> None:
        """Count one answered request."""
        self._answers[method if method in _METHODS else "OTHER", status] += 1
        seconds = time.perf_counter() - started_s
        self._durations[bisect_left(_BUCKETS_S, seconds)] += 1
        self._seconds += seconds

    def collect(self) -> Iterator[Metric]:
        """Give all figures as they are now."""
        answers = CounterMetricFamily(
            "huangpu_requests", "Requests answered", labels=("method", "status")
        )
        for (method, status), count in sorted(self._answers.items()):
            answers.add_metric((method, str(status)), count)
        yield answers
        bounds = (*(str(float(bound)) for bound in _BUCKETS_S), "+Inf")
        yield HistogramMetricFamily(
            "huangpu_request_seconds",
            "Time to answer a request",
            buckets=list(zip(bounds, accumulate(self._durations), strict=True)),
            sum_value=self._seconds,
        )
        engine = self._gate.engine
        for name, what, value in (
            ("huangpu_journal_entries", "Entries in the journal", engine.next_seq - 1),
            ("huangpu_queue_commands", "Commands waiting for the engine", self._gate.queued),
            ("huangpu_engine_stopped", "1 while the journal is reopened", int(engine.stopped)),
        ):
            yield GaugeMetricFamily(name, what, value)

    def text(self) -> bytes:
        """Return all figures as they are now."""
        return generate_latest(self._registry)
