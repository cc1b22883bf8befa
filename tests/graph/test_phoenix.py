"""A run as Phoenix knows it afterwards: `make test-traces` installs it and runs this."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.traces import PROJECT, traced
from tests.running import SMALL, run_scripted
from tests.serving import ROOT, until

START_S = 120.0
"""It makes its tables first: some 20 s on two busy cores."""

PHOENIX = ROOT / ".venv" / "phoenix" / "bin" / "python"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PHOENIX.exists(), reason="Phoenix is not installed: make test-traces"),
]


@pytest.fixture
def phoenix(tmp_path: Path) -> Iterator[str]:
    """Start a Phoenix that knows nothing yet; give its URL."""
    with socket.socket() as http, socket.socket() as grpc:
        http.bind(("127.0.0.1", 0))
        grpc.bind(("127.0.0.1", 0))
        ports = http.getsockname()[1], grpc.getsockname()[1]
    own = {
        "PHOENIX_WORKING_DIR": str(tmp_path),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(ports[0]),
        "PHOENIX_GRPC_PORT": str(ports[1]),
        "PHOENIX_TELEMETRY_ENABLED": "false",
    }
    command = [str(PHOENIX), "-m", "phoenix.server.main", "serve"]
    url = f"http://127.0.0.1:{ports[0]}"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
        try:
            until(lambda: _is_up(url), f"no answer, see {log.name}", START_S)
            yield url
        finally:
            process.terminate()
            process.wait(30)


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=5).is_success
    except httpx.TransportError:
        return False


def spans_at(url: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{url}/v1/projects/{PROJECT}/spans", params={"limit": 1000}, timeout=30)
    spans: list[dict[str, Any]] = answer.json()["data"] if answer.is_success else []
    return spans


def test_phoenix_shows_the_run_step_by_step(
    phoenix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", phoenix)
    folder = tmp_path / "run"
    folder.mkdir()
    with traced(os.environ):
        result = run_scripted(folder, SMALL)
    until(lambda: any(span["parent_id"] is None for span in spans_at(phoenix)), "no span came")
    spans = spans_at(phoenix)
    (root,) = [span for span in spans if span["parent_id"] is None]
    assert root["name"] == "explore"
    assert len({span["context"]["trace_id"] for span in spans}) == 1
    calls = [span for span in spans if span["span_kind"] == "LLM"]
    assert len(calls) == result["spent"]["calls"]
    names = {span["name"] for span in spans}
    assert names >= {"prepare", "select", "lookahead", "backtrack", "generate", "filter", "finish"}
    task = "Change the tone of a message"
    (call,) = [span for span in calls if span["name"] == f"lookahead: {task}"]
    assert call["attributes"]["metadata.path"] == f"Rewriting of texts > {task}"
    assert call["attributes"]["metadata.why"].startswith("among the deepest open tasks")
    assert f"filter: {task}" in names
