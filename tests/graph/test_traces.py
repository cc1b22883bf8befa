"""No span holds a key; spans reach a collector over HTTP, and a missing one stops nothing."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from graph.traces import sent_to, traced
from models.endpoint import endpoint
from models.masking import secrets_of
from models.refusal import EndpointRefused
from models.request import ChatRequest
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.running import run_scripted

PLANTED = "planted-4f1c0ffee5ca1ab1e"


def all_of(span: ReadableSpan) -> str:
    events = [dict(event.attributes or {}) for event in span.events]
    return json.dumps([span.name, dict(span.attributes or {}), events, span.status.description])


async def ask(url: str) -> None:
    asked = endpoint("openai:fake", url)
    try:
        await asked.ask(
            ChatRequest(
                messages=[HumanMessage("Hello.")],
                schema=None,
                seed=1,
                max_tokens=10,
                temperature=0.0,
                run_name="lookahead: Hello",
            )
        )
    finally:
        await asked.aclose()


async def test_a_key_that_the_endpoint_repeats_is_in_no_span(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", PLANTED)
    kept = InMemorySpanExporter()
    refusing = FakeReply(status=401, content=f"Incorrect API key provided: {PLANTED}")
    with FakeOpenAI(lambda _: refusing) as model, sent_to(kept, {}):
        with pytest.raises(EndpointRefused):
            await ask(model.url)
        assert model.headers[0]["authorization"] == f"Bearer {PLANTED}"
    told = [all_of(span) for span in kept.get_finished_spans()]
    assert any("Incorrect API key provided: ***" in span for span in told)
    assert not any(PLANTED in span for span in told)


async def test_a_password_in_the_base_url_reaches_the_endpoint_but_no_span() -> None:
    kept = InMemorySpanExporter()
    with FakeOpenAI(lambda _: FakeReply(content="Hello!")) as model, sent_to(kept, {}):
        await ask(model.url.replace("://", "://me:opensesame@"))
        assert model.headers[0]["authorization"] == "Basic bWU6b3BlbnNlc2FtZQ=="
    told = [all_of(span) for span in kept.get_finished_spans()]
    assert told
    assert not any("opensesame" in span for span in told)


async def test_what_the_environment_holds_is_struck_out_of_any_span() -> None:
    kept = InMemorySpanExporter()
    environ = {"OTHER_API_KEY": PLANTED}
    says = FakeReply(content=f"Your key is {PLANTED}, isn't it?")
    with FakeOpenAI(lambda _: says) as model, sent_to(kept, environ):
        await ask(model.url)
    told = "".join(map(all_of, kept.get_finished_spans()))
    assert "Your key is ***" in told
    assert PLANTED not in told


def test_secrets_are_keys_each_of_several_and_passwords_in_urls() -> None:
    environ = {
        "EXPLORE_API_KEY": "first-key, second-key",
        "EXPLORE_DATABASE_URL": "postgresql://me:opensesame@host/name",
        "EXPLORE_BASE_URL": "http://host:8000/v1",
        "SHORT_TOKEN": "abc",
        "HOME": "/home/someone",
    }
    assert secrets_of(environ) == ["first-key, second-key", "opensesame", "second-key", "first-key"]


class Collector(BaseHTTPRequestHandler):
    """Keeps the body of every export."""

    bodies: list[bytes]

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the interface's name
        """Stay quiet."""


@contextmanager
def collecting() -> Iterator[tuple[str, list[bytes]]]:
    """Run a collector; give its URL, and the bodies that it gets."""
    bodies: list[bytes] = []
    server = HTTPServer(("127.0.0.1", 0), type("Kept", (Collector,), {"bodies": bodies}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", bodies
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_collector_that_the_environment_names_is_told_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collecting() as (url, bodies):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        with traced(os.environ):
            run_scripted(tmp_path)
    told = b"".join(bodies)
    assert b"explore-instruct" in told
    assert b"lookahead: Change the tone of a message" in told


def test_a_collector_that_is_not_there_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    with traced(os.environ):
        result = run_scripted(tmp_path)
    assert result["counts"]["records"] == 30
    assert "Failed to export" in caplog.text
