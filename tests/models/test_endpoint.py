"""Which model a name means, and what is found out about it before a run."""

import socket

import pytest

from errors import InputError
from models.endpoint import Choice, choose, endpoint
from models.probe import probe, served_model
from tests.doubles.fake_openai import FakeOpenAI, FakeReply

URL = "http://127.0.0.1:8000/v1"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)


def ok(_request: dict[str, object]) -> FakeReply:
    return FakeReply(content="yes")


def unknown_model(_request: dict[str, object]) -> FakeReply:
    return FakeReply(status=404, content="model not found")


@pytest.mark.parametrize(
    ("model", "base_url", "environ", "expected"),
    [
        (None, None, {}, Choice("embedded", None)),
        (None, None, {"OPENAI_API_KEY": "k"}, Choice("openai:gpt-5.4-mini", None)),
        (None, URL, {"OPENAI_API_KEY": "k", "EXPLORE_MODEL": "openai:a"}, Choice(None, URL)),
        (None, None, {"EXPLORE_BASE_URL": URL}, Choice(None, URL)),
        (None, None, {"EXPLORE_MODEL": "m", "EXPLORE_BASE_URL": URL}, Choice("m", URL)),
        (None, None, {"EXPLORE_MODEL": "", "EXPLORE_BASE_URL": ""}, Choice("embedded", None)),
        ("openai:b", None, {"EXPLORE_BASE_URL": URL}, Choice("openai:b", URL)),
        ("embedded", None, {"EXPLORE_BASE_URL": URL}, Choice("embedded", None)),
        ("embedded:m.gguf", None, {"EXPLORE_BASE_URL": URL}, Choice("embedded:m.gguf", None)),
        ("anthropic:c", None, {"EXPLORE_BASE_URL": URL}, Choice("anthropic:c", None)),
        ("openai:b", URL, {"EXPLORE_BASE_URL": "http://x/v1"}, Choice("openai:b", URL)),
    ],
)
def test_what_is_asked(
    model: str | None, base_url: str | None, environ: dict[str, str], expected: Choice
) -> None:
    assert choose(model, base_url, environ) == expected


@pytest.mark.parametrize(
    ("model", "base_url", "words"),
    [
        ("openai:gpt-5.4-mini", None, "OPENAI_API_KEY is not set"),
        ("gpt-5.4-mini", None, "for example openai:gpt-5.4-mini"),
        ("openai:", None, "PROVIDER:NAME"),
        ("nobody:x", None, "model 'nobody:x': LangChain knows no provider 'nobody' .name it as"),
        ("cohere:command", None, "pip install langchain-cohere"),
        ("openai:x", "http://", "'http://'"),
        ("openai:x", "ftp://localhost/v1", "http://HOST:PORT/v1"),
        ("embedded", URL, "runs in this process"),
    ],
)
def test_an_unusable_name_says_what_to_do(model: str, base_url: str | None, words: str) -> None:
    with pytest.raises(InputError, match=words):
        endpoint(model, base_url)


def test_a_bare_name_at_a_base_url_is_openai_compatible() -> None:
    assert endpoint("qwen3", URL).name == "openai:qwen3"


async def probed(url: str) -> None:
    model = endpoint("openai:fake", url)
    try:
        await probe(model)
    finally:
        await model.aclose()


async def test_a_listed_model_costs_no_call() -> None:
    with FakeOpenAI(ok) as server:
        await probed(server.url)
    assert (server.listings, len(server.requests)) == (1, 0)


@pytest.mark.parametrize("status", [403, 404, 405, 500])
async def test_without_a_list_the_model_is_asked_for_a_word(status: int) -> None:
    with FakeOpenAI(ok, models_status=status) as server:
        await probed(server.url)
    assert len(server.requests) == 1


async def test_an_alias_that_is_not_listed_will_do() -> None:
    with FakeOpenAI(ok, models=("fake-2026-01-01",)) as server:
        await probed(server.url)


async def test_an_unknown_model_is_told_what_is_served() -> None:
    with (
        FakeOpenAI(unknown_model, models=("one", "two")) as server,
        pytest.raises(InputError, match=r"model not found .*serves one, two"),
    ):
        await probed(server.url)


async def test_a_page_that_is_no_endpoint_is_told_apart() -> None:
    page = FakeReply(raw=b"<html>", headers={"Content-Type": "text/html"})
    with (
        FakeOpenAI(lambda _request: page, models_status=404) as server,
        pytest.raises(InputError, match="OpenAI-compatible endpoint"),
    ):
        await probed(server.url)


async def test_a_refused_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret-of-mine")
    with (
        FakeOpenAI(ok, models_status=401) as server,
        pytest.raises(InputError, match="set OPENAI_API_KEY to a valid one") as refusal,
    ):
        await probed(server.url)
    assert "secret-of-mine" not in str(refusal.value)


async def test_nobody_there_names_the_url_without_its_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(
        InputError, match=f"http://127.0.0.1:{port}/v1/? cannot be reached"
    ) as error:
        await probed(f"http://me:password@127.0.0.1:{port}/v1")
    assert "password" not in str(error.value)


async def test_the_only_served_model_is_taken() -> None:
    with FakeOpenAI(ok, models=("only",)) as server:
        assert await served_model(server.url) == "openai:only"


@pytest.mark.parametrize(
    ("models", "words"), [(("a", "b"), "serves a, b: name one"), ((), "does not say which")]
)
async def test_otherwise_one_must_be_named(models: tuple[str, ...], words: str) -> None:
    with FakeOpenAI(ok, models=models) as server, pytest.raises(InputError, match=words):
        await served_model(server.url)
