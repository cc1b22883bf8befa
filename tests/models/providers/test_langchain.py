"""LangChain's providers, each with its own client and exceptions, at a real server."""

import asyncio
import gc
import json
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from errors import InputError
from models.answer import Answer
from models.chat import Endpoint
from models.endpoint import endpoint
from models.probe import probe
from models.refusal import EndpointRefused, NotAnswered
from tests.models.asked import asked
from tests.models.test_refusal import unused_port
from tests.serving import until

KEY = "abcdef0123456789"
KEYED = ("anthropic", "deepseek", "groq", "mistralai")
PROVIDERS = (*KEYED, "ollama")
VARIABLES = {p: f"{p.upper().removesuffix('AI')}_API_KEY" for p in KEYED}


@dataclass
class Page:
    """A server that answers every request with one status and one error, as all providers do."""

    status: int = 200
    words: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)
    """Those that are open."""

    def reply(self) -> bytes:
        error = {"message": self.words, "type": "t", "code": self.status}
        return json.dumps({"type": "error", "error": error, "message": self.words}).encode()


@pytest.fixture
def page() -> Iterator[tuple[Page, str]]:
    """Return the page, and its URL."""
    shown = Page()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            shown.connections.add(self)
            super().setup()

        def finish(self) -> None:
            shown.connections.discard(self)
            super().finish()

        def log_message(self, *_: object) -> None: ...

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            shown.requests.append(json.loads(self.rfile.read(length) or "{}"))
            body = shown.reply()
            self.send_response(shown.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield shown, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES.values():
        monkeypatch.setenv(variable, KEY)


def opened(provider: str, url: str) -> Endpoint:
    return endpoint(f"{provider}:some-model", url)


async def answer_of(provider: str, url: str) -> Answer:
    async with aclosing(opened(provider, url)) as model:
        return await asked(model)


async def probed(provider: str, url: str) -> None:
    async with aclosing(opened(provider, url)) as model:
        await probe(model)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_refused_key_stops_and_names_its_variable(
    provider: str, page: tuple[Page, str]
) -> None:
    page[0].status, page[0].words = 401, "invalid api key"
    with pytest.raises(EndpointRefused) as refused:
        await answer_of(provider, page[1])
    assert not isinstance(refused.value, NotAnswered)
    assert "invalid api key" in str(refused.value)
    assert provider == "ollama" or VARIABLES[provider] in str(refused.value)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_busy_provider_is_asked_again_once_by_us_alone(
    provider: str, page: tuple[Page, str]
) -> None:
    page[0].status, page[0].words = 429, "please try again in 7s"
    with pytest.raises(NotAnswered) as failure:
        await answer_of(provider, page[1])
    assert (failure.value.slow_down, failure.value.lost, failure.value.wait_s) == (True, False, 7)
    assert len(page[0].requests) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_unknown_model_stops(provider: str, page: tuple[Page, str]) -> None:
    page[0].status, page[0].words = 404, "model some-model not found"
    with pytest.raises(EndpointRefused, match=f"not found .*{page[1]}") as refused:
        await answer_of(provider, page[1])
    assert not isinstance(refused.value, NotAnswered)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_refused_prompt_costs_nothing(provider: str, page: tuple[Page, str]) -> None:
    page[0].status, page[0].words = 400, "blocked by our content policy"
    answer = await answer_of(provider, page[1])
    assert (answer.finish_reason, answer.refusal) == ("content_filter", page[0].words)
    assert answer.prompt_tokens == answer.completion_tokens == 0


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_where_nobody_is_the_url_is_named_at_once(provider: str) -> None:
    url = f"http://127.0.0.1:{unused_port()}"
    with pytest.raises(InputError, match=f"at {url}/? cannot be reached"):
        await probed(provider, url)


@pytest.mark.parametrize("provider", KEYED)
def test_a_key_that_is_none_is_named_before_anything_is_sent(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLES[provider], "“abcdef”")
    with pytest.raises(InputError, match=VARIABLES[provider]):
        opened(provider, "http://127.0.0.1:1")


@pytest.mark.parametrize("provider", KEYED)
async def test_a_missing_key_is_named(
    provider: str, monkeypatch: pytest.MonkeyPatch, page: tuple[Page, str]
) -> None:
    page[0].status, page[0].words = 401, "who is there?"
    monkeypatch.delenv(VARIABLES[provider])
    with pytest.raises(InputError, match=f"{VARIABLES[provider]}"):
        await probed(provider, page[1])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_it_is_asked_in_one_loop_after_another_and_leaves_no_connection(
    provider: str, page: tuple[Page, str]
) -> None:
    page[0].status, page[0].words = 429, "please try again in 7s"

    async def ask(model: Endpoint) -> None:
        async with aclosing(model):
            for _ in range(2):
                with pytest.raises(NotAnswered, match="try again"):
                    await asked(model)
            assert len(page[0].connections) == 1

    model = opened(provider, page[1])
    for _ in range(2):
        asyncio.run(ask(model))
        until(lambda: not page[0].connections, "a connection stays open")
    del model
    gc.collect()  # a connection that was left open fails the test here
