"""What LangSmith is sent of a run, taken by a server of LangSmith's own protocol."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from langchain_core.tracers.context import tracing_v2_enabled
from langsmith import Client

from tests.running import SMALL, run_scripted

Spans = dict[str, dict[str, Any]]


class LangSmith(BaseHTTPRequestHandler):
    """Keeps every run that it is sent, by id."""

    spans: Spans

    def do_POST(self) -> None:
        """Take a run that began, or what is to be added to it."""
        span = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.spans.setdefault(span.get("id") or self.path.rpartition("/")[2], {}).update(span)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_PATCH = do_POST  # noqa: N815 - the interface's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the interface's name
        """Stay quiet."""


@contextmanager
def langsmith() -> Iterator[Spans]:
    """Trace all that runs meanwhile; give the spans, which are whole afterwards."""
    spans: Spans = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Kept", (LangSmith,), {"spans": spans}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    client = Client(api_url=url, api_key="none", auto_batch_tracing=False)
    try:
        with tracing_v2_enabled(project_name="explore", client=client):
            yield spans
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_calls_lie_below_the_run(tmp_path: Path) -> None:
    with langsmith() as spans:
        result = run_scripted(tmp_path, SMALL)
    calls = [span for span in spans.values() if span["run_type"] == "llm"]
    assert len(calls) == result["spent"]["calls"]
    (root,) = [span for span in spans.values() if not span.get("parent_run_id")]
    assert root["name"] == "explore"
    for call in calls:
        above = spans[call["parent_run_id"]]
        told = call["extra"]["metadata"]
        assert above["name"] == "explore"
        assert call["dotted_order"].startswith(f"{above['dotted_order']}.")
        assert set(call["tags"]) >= {told["operation"], told["task"], f"depth:{told['task_depth']}"}
