"""Traces, when somebody collects them: surface, desk, operation and call, with their ids.

Nothing of OpenTelemetry is imported unless OTEL_EXPORTER_OTLP_ENDPOINT names a collector.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

from bot.settings import HalfConfigured
from store.lifecycle import Moved

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
NAME = "vouchdesk"


class Spans(Protocol):
    """Where spans go. Attributes are ids and names of ours; an error is named, never quoted."""

    def span(self, name: str, **about: str) -> AbstractContextManager[None]: ...

    def tell(self, moved: Moved) -> None:
        """Of the span at hand: what is on record now."""

    def close(self) -> None:
        """Hand over what is left."""


class NoSpans:
    """Nobody collects them."""

    def span(self, name: str, **about: str) -> AbstractContextManager[None]:  # noqa: ARG002  Spans
        return nullcontext()

    def tell(self, moved: Moved) -> None:
        """Nobody listens."""

    def close(self) -> None:
        """There is nothing to hand over."""


class Otel:
    """Spans of OpenTelemetry."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry import trace

        self._trace, self._provider = trace, provider
        self._tracer = provider.get_tracer(NAME)

    @contextmanager
    def span(self, name: str, **about: str) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name,
            attributes={f"{NAME}.{key}": value for key, value in about.items()},
            record_exception=False,  # its words may quote what somebody typed
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(self._trace.StatusCode.ERROR)
                raise

    def tell(self, moved: Moved) -> None:
        ids = {f"{NAME}.request": moved.request, f"{NAME}.action": moved.action}
        if moved.operation:
            ids[f"{NAME}.operation"] = moved.operation
        span = self._trace.get_current_span()
        span.set_attributes(ids)
        span.add_event(moved.became, ids)

    def close(self) -> None:
        self._provider.shutdown()


def spans() -> Spans:
    """To the collector that the environment names, if it names one."""
    if not os.environ.get(ENDPOINT):
        return NoSpans()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise HalfConfigured([f"{ENDPOINT} needs: pip install 'vouchdesk[otel]'"]) from None
    provider = TracerProvider(resource=Resource.create({"service.name": NAME}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Otel(provider)
