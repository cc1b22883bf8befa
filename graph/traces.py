"""Traces by OpenTelemetry: every step of a run, sent to the collector that the environment names.

The collector is named by OTEL_EXPORTER_OTLP_ENDPOINT and its kin, as everywhere (HTTP, protobuf).
LangSmith needs none of this: LangChain itself reads LANGSMITH_TRACING and what belongs to it.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from models.masking import secrets_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROJECT = "explore-instruct"
DELAY_MS = 1_000
"""A finished span leaves after so long, so that a run is seen while it goes on."""

_log = logging.getLogger(__name__)


@contextmanager
def traced(environ: Mapping[str, str]) -> Iterator[None]:
    """Send all that runs meanwhile to the collector that the environment names, if it names one."""
    named = any(environ.get(name) for name in ENDPOINTS)
    exporter = _exporter() if named else None
    with sent_to(exporter, environ) if exporter else nullcontext():
        yield


def _exporter() -> "SpanExporter | None":
    try:
        import openinference.instrumentation.langchain  # noqa: F401, PLC0415 - an extra of its own
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    except ImportError:
        _log.warning("a collector is named, but nothing is traced: pip install '.[traces]'")
        return None
    return OTLPSpanExporter()


@contextmanager
def sent_to(exporter: "SpanExporter", environ: Mapping[str, str]) -> Iterator[None]:
    """Turn every step that runs meanwhile into a span, and give it to the exporter.

    No span holds a key or a password of the environment.
    """
    from openinference.instrumentation.langchain import LangChainInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    from graph.discretion import Discreet  # noqa: PLC0415 - builds on them

    named = {"service.name": PROJECT, "openinference.project.name": PROJECT}
    provider = TracerProvider(resource=Resource(named).merge(Resource.create()))
    discreet = Discreet(exporter, secrets_of(environ))
    provider.add_span_processor(BatchSpanProcessor(discreet, schedule_delay_millis=DELAY_MS))
    LangChainInstrumentor().instrument(tracer_provider=provider)
    try:
        yield
    finally:
        LangChainInstrumentor().uninstrument()
        provider.shutdown()
