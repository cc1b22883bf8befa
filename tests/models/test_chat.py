"""An endpoint asked: what the request holds, and what is left out once it was refused."""

import asyncio
import os

import pytest
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from models.answer import Answer
from models.chat import Endpoint, endpoint_of
from models.endpoint import endpoint
from models.providers.ollama import OLLAMA
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.models.asked import KEY, SCHEMA, Scripted, asked, asked_at, refusing, scripted

pytestmark = pytest.mark.usefixtures("_key")


async def test_the_request_says_what_was_asked_and_the_answer_what_came() -> None:
    with FakeOpenAI(scripted(FakeReply(content="plum"))) as server:
        (answer,) = await asked_at(server.url)
    assert answer == Answer("plum", "stop", 5, 1, "fake")
    (request,) = server.requests
    assert request["model"] == "fake"
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert (request["seed"], request["max_tokens"], request["temperature"]) == (7, 50, 0.8)
    assert request["response_format"]["json_schema"]["schema"] == SCHEMA
    assert request["response_format"]["json_schema"]["strict"] is True
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("status", [400, 422])
async def test_a_refused_schema_is_left_out_from_then_on(status: int) -> None:
    answer = refusing("response_format", "json_schema is not available here", status)
    with FakeOpenAI(answer) as server:
        answers = await asked_at(server.url, times=2)
    assert [answer.text for answer in answers] == ["ok", "ok"]
    formats = [request.get("response_format", {}).get("type") for request in server.requests]
    assert formats == ["json_schema", "json_object", None, None]
    assert answers[1].left_out == ["json_schema", "response_format"]


async def test_a_refused_temperature_is_left_out_from_then_on() -> None:
    words = "Unsupported value: 'temperature' does not support 0.8 with this model."
    with FakeOpenAI(refusing("temperature", words)) as server:
        await asked_at(server.url, times=2)
    assert ["temperature" in request for request in server.requests] == [True, False, False]


async def test_max_tokens_gives_way_to_its_newer_name() -> None:
    words = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    with FakeOpenAI(refusing("max_tokens", words)) as server:
        await asked_at(server.url)
    assert server.requests[-1]["max_completion_tokens"] == 50


async def test_without_a_key_a_placeholder_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with FakeOpenAI(scripted(FakeReply(content="ok"))) as server:
        await asked_at(server.url)
    assert server.headers[0]["authorization"] == "Bearer none"


def test_one_endpoint_serves_one_event_loop_after_another() -> None:
    async def several(model: Endpoint) -> list[Answer]:
        try:
            return await asyncio.gather(*(asked(model) for _ in range(5)))
        finally:
            await model.aclose()

    with FakeOpenAI(scripted(FakeReply(content="ok"))) as server:
        model = endpoint("openai:fake", server.url)
        for _ in range(3):
            assert [answer.text for answer in asyncio.run(several(model))] == ["ok"] * 5


def test_neither_key_nor_password_is_in_what_is_printed() -> None:
    model = endpoint("openai:fake", "http://somebody:secret-word@127.0.0.1:1/v1")
    assert repr(model) == "Endpoint('openai:fake')"
    assert os.environ["OPENAI_API_KEY"] not in repr(vars(model))


async def test_a_given_chat_openai_keeps_what_it_adds_to_requests() -> None:
    with FakeOpenAI(scripted(FakeReply(content="ok"))) as server:
        chat = ChatOpenAI(
            model="mine", base_url=server.url, api_key=SecretStr(KEY), extra_body={"top_k": 5}
        )
        await asked(endpoint_of(chat, "openai:mine"))
        await chat.root_async_client.close()
    assert server.requests[0]["top_k"] == 5
    assert server.requests[0]["seed"] == 7


async def test_another_provider_gets_the_settings_it_has_fields_for() -> None:
    answer = await asked(endpoint_of(Scripted(), "some:model", OLLAMA.traits))
    assert answer == Answer("7 50 2", "stop", 5, 1, "some:model", estimated=True)
