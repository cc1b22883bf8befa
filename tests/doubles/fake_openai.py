"""A real HTTP server on 127.0.0.1 that speaks the OpenAI protocol and says what a test tells it.

    def answer(request: dict[str, Any]) -> FakeReply:
        return FakeReply('{"records": []}')

    with FakeOpenAI(answer) as server:
        ...  # server.url is the base URL; server.requests holds the request bodies in order

The callable runs in the server's thread of that connection, so a test may let it wait on a
`threading.Event` to hold a request back. Nothing in an answer depends on time.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast

COUNTED: Mapping[str, int] = {}
"""As FakeReply.usage: four characters are counted as one token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeReply:
    """What the server sends back to one chat request.

    With a status other than 200, `content` is the error's message and `error` adds fields such
    as `code` and `param` to it. `usage` None leaves the token counts out. `raw` replaces the
    whole body. `cut` ends the connection in the middle of the body.
    """

    content: str = ""
    finish_reason: str = "stop"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: Mapping[str, int] | None = field(default_factory=lambda: COUNTED)
    error: Mapping[str, Any] = field(default_factory=dict)
    raw: bytes | None = None
    cut: bool = False


class FakeOpenAI:
    """The server, as a context manager: it listens on a free port from construction to exit."""

    def __init__(
        self,
        answer: Callable[[dict[str, Any]], FakeReply],
        *,
        models: tuple[str, ...] = ("fake",),
        models_status: int = 200,
    ) -> None:
        self.answer = answer
        self.models = models
        self.models_status = models_status
        self.requests: list[dict[str, Any]] = []
        """The bodies of the chat requests, in order of arrival."""
        self.headers: list[dict[str, str]] = []
        """The headers of the same requests, their names in lower case."""
        self.listings = 0
        """How often /models was asked for."""
        self._lock = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """The base URL to give to a client, with /v1."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
        self._server.server_close()

    def record(self, request: dict[str, Any], headers: Mapping[str, str]) -> None:
        with self._lock:
            self.requests.append(request)
            self.headers.append({name.lower(): value for name, value in headers.items()})

    def record_listing(self) -> None:
        with self._lock:
            self.listings += 1


class _Server(ThreadingHTTPServer):
    def __init__(self, fake: FakeOpenAI) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.fake = fake
        self.daemon_threads = False  # so that server_close() waits for every connection's thread
        self.request_queue_size = 256
        self.socket.listen(256)
        self._open: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's signature
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - socketserver's signature
        self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End the connections that clients keep alive, whose threads wait for a next request."""
        for request in list(self._open):
            try:
                request.shutdown(2)
            except OSError:  # its client was first
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's signature
        """Stay quiet: a client that a test killed leaves a broken connection behind."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave in one packet
    disable_nagle_algorithm = True

    @property
    def fake(self) -> FakeOpenAI:
        return cast("_Server", self.server).fake

    def do_GET(self) -> None:
        if self.path != "/v1/models":
            self._send(404, _error(f"no such page: {self.path}"))
            return
        self.fake.record_listing()
        if self.fake.models_status != 200:
            self._send(self.fake.models_status, _error("refused"))
            return
        data = [{"id": name, "object": "model", "owned_by": "test"} for name in self.fake.models]
        self._send(200, json.dumps({"object": "list", "data": data}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v1/chat/completions":
            self._send(404, _error(f"no such page: {self.path}"))
            return
        request = json.loads(body)
        self.fake.record(request, dict(self.headers.items()))
        reply = self.fake.answer(request)
        self._send(reply.status, _body(request, reply), reply.headers, cut=reply.cut)

    def _send(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        cut: bool = False,
    ) -> None:
        self.send_response(status)
        sent = {"Content-Type": "application/json", **(headers or {})}
        for name, value in sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection |= cut

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - http.server's signature
        """Stay quiet."""


def _error(message: str, **fields: Any) -> bytes:  # noqa: ANN401 - any JSON
    error = {"message": message, "type": "error", "param": None, "code": None, **fields}
    return json.dumps({"error": error}).encode()


def _body(request: Mapping[str, Any], reply: FakeReply) -> bytes:
    if reply.raw is not None:
        return reply.raw
    if reply.status != 200:
        return _error(reply.content, **reply.error)
    message = {"role": "assistant", "content": reply.content}
    completion: dict[str, Any] = {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason}],
    }
    if reply.usage is not None:
        completion["usage"] = dict(reply.usage) or _counted(request, reply.content)
    return json.dumps(completion).encode()


def _counted(request: Mapping[str, Any], content: str) -> dict[str, int]:
    prompt = sum(len(str(message["content"])) for message in request["messages"]) // 4
    completion = len(content) // 4
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
