"""Spans without secrets: what a provider's error or a URL repeats of a key does not leave."""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from models.masking import mask_secrets


class Discreet(SpanExporter):
    """An exporter that passes spans on to another, every secret in them struck out."""

    def __init__(self, exporter: SpanExporter, secrets: Sequence[str]) -> None:
        self._exporter = exporter
        self._secrets = secrets

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Pass the spans on."""
        return self._exporter.export([self._struck(span) for span in spans])

    def shutdown(self) -> None:
        """Close the exporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Let the exporter send what it still has."""
        return self._exporter.force_flush(timeout_millis)

    def _struck(self, span: ReadableSpan) -> ReadableSpan:
        description = span.status.description
        status = self._strike(description) if description else None
        return ReadableSpan(
            name=self._strike(span.name),
            context=span.context,
            parent=span.parent,
            resource=span.resource,
            attributes=self._each(span.attributes),
            events=[Event(e.name, self._each(e.attributes), e.timestamp) for e in span.events],
            links=span.links,
            kind=span.kind,
            status=Status(span.status.status_code, status),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )

    def _each(self, attributes: Mapping[str, Any] | None) -> dict[str, Any]:
        return {
            name: self._strike(value) if isinstance(value, str) else value
            for name, value in (attributes or {}).items()
        }

    def _strike(self, text: str) -> str:
        return mask_secrets(text, self._secrets)
