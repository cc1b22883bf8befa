"""An endpoint asked through a real server, and through scripted LangChain chat models."""

import asyncio
import json
import os
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from models.chat import Answer, Endpoint, endpoint_of
from models.endpoint import endpoint
from models.refusal import EndpointRefused, NotAnswered
from models.request import ChatRequest
from tests.fake_openai import FakeOpenAI, FakeReply

KEY = "sk-test-0123456789abcdef"
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
PROMPT: list[BaseMessage] = [SystemMessage("Be brief."), HumanMessage("Name a fruit.")]

Reply = Callable[[dict[str, Any]], FakeReply]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


async def asked(endpoint: Endpoint, schema: dict[str, Any] | None = SCHEMA) -> Answer:
    request = ChatRequest(
        messages=PROMPT, schema=schema, seed=7, max_tokens=50, temperature=0.8, run_name="test"
    )
    return await endpoint.ask(request)


async def asked_at(url: str, *, times: int = 1, timeout_s: float = 120) -> list[Answer]:
    model = endpoint("openai:fake", url, timeout_s=timeout_s)
    try:
        return [await asked(model) for _ in range(times)]
    finally:
        await model.aclose()


def scripted(*replies: FakeReply) -> Reply:
    """Answer with one reply after the other, the last one again and again."""
    remaining: Iterator[FakeReply] = iter(replies)
    return lambda _request: next(remaining, replies[-1])


def refusing(setting: str, words: str, status: int = 400) -> Reply:
    """Refuse every request that holds the setting, with these words."""
    return lambda request: (
        FakeReply(status=status, content=words) if setting in request else FakeReply(content="ok")
    )


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


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


async def test_a_truncated_answer_keeps_its_text() -> None:
    reply = FakeReply(content='{"records": [{"ins', finish_reason="length")
    with FakeOpenAI(scripted(reply)) as server:
        (answer,) = await asked_at(server.url)
    assert (answer.text, answer.finish_reason) == ('{"records": [{"ins', "length")


async def test_without_token_counts_they_are_estimated() -> None:
    with FakeOpenAI(scripted(FakeReply(content="x" * 40, usage=None))) as server:
        (answer,) = await asked_at(server.url)
    assert answer.estimated
    assert (answer.prompt_tokens, answer.completion_tokens) == (5, 10)


@pytest.mark.parametrize("status", [400, 422])
async def test_a_refused_schema_is_left_out_from_then_on(status: int) -> None:
    answer = refusing("response_format", "json_schema is not available here", status)
    with FakeOpenAI(answer) as server:
        answers = await asked_at(server.url, times=2)
    assert [answer.text for answer in answers] == ["ok", "ok"]
    assert ["response_format" in request for request in server.requests] == [True, False, False]


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


async def test_a_prompt_that_is_too_long_is_an_answer_and_leaves_the_settings_alone() -> None:
    words = "This model's maximum context length is 8 tokens; max_tokens is not supported so high"
    with FakeOpenAI(
        scripted(FakeReply(status=400, content=words), FakeReply(content="ok"))
    ) as server:
        first, second = await asked_at(server.url, times=2)
    assert (first.text, first.finish_reason, first.refusal) == ("", "refused", words)
    assert second.text == "ok"
    assert server.requests[1] == server.requests[0]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"<html>It works!</html>", "text/html"),
        (b"<html>It works!</html>", "application/json"),
        (b'{"choices": null}', "application/json"),
        (b"{}", "application/json"),
        (b'{"choices": []}', "application/json"),
    ],
)
async def test_what_is_no_completion_is_an_answer(raw: bytes, kind: str) -> None:
    with FakeOpenAI(scripted(FakeReply(raw=raw, headers={"Content-Type": kind}))) as server:
        (answer,) = await asked_at(server.url)
    assert answer.finish_reason == "refused"
    assert answer.refusal


@pytest.mark.parametrize("count", [-5, "a", None, 1.5])
async def test_token_counts_that_are_none_are_estimated(count: Any) -> None:  # noqa: ANN401 - any JSON
    usage = {"prompt_tokens": count, "completion_tokens": count, "total_tokens": count}
    with FakeOpenAI(scripted(FakeReply(content="fruit" * 8, usage=usage))) as server:
        (answer,) = await asked_at(server.url)
    if answer.finish_reason != "refused":  # the client itself may refuse the answer
        assert (answer.estimated, answer.completion_tokens) == (True, 10)
    assert answer.prompt_tokens == 5


async def test_lone_surrogates_become_question_marks() -> None:
    with FakeOpenAI(scripted(FakeReply(content="a \ud800 fruit"))) as server:
        (answer,) = await asked_at(server.url)
    assert answer.text == "a ? fruit"


async def test_a_refusal_is_shown_without_control_characters() -> None:
    reply = scripted(FakeReply(status=401, content="no \x1b[31m\u202e key"))
    with FakeOpenAI(reply) as server, pytest.raises(EndpointRefused) as refused:
        await asked_at(server.url)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("reply", "fix"),
    [
        (FakeReply(status=401, content=f"Incorrect API key provided: {KEY}."), "check the prov"),
        (FakeReply(status=403, content="no"), "check the provider's key"),
        (FakeReply(status=404, content="The model `x` does not exist"), "check the model's name"),
        (FakeReply(status=400, content="x is not a valid model ID. Unknown model."), "check the m"),
        (FakeReply(status=402, content="pay"), "no credit left"),
        (FakeReply(status=429, content="q", error={"code": "insufficient_quota"}), "no credit"),
        (FakeReply(status=429, content="slow down"), "rate limit"),
        (FakeReply(status=500, content="oh dear " * 200), "keeps failing"),
    ],
)
async def test_a_final_refusal_stops_with_the_fix_and_without_the_key(
    reply: FakeReply, fix: str
) -> None:
    with FakeOpenAI(scripted(reply)) as server, pytest.raises(EndpointRefused) as refusal:
        await asked_at(server.url)
    message = str(refusal.value)
    assert fix in message
    assert len(message) < 450
    assert "\n" not in message
    assert KEY not in "".join(traceback.format_exception(refusal.value))


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (429, {"retry-after": "7"}, (True, False, 7)),
        (503, {"retry-after-ms": "1500"}, (True, False, 1.5)),
        (529, {"retry-after": "soon"}, (True, False, None)),
        (429, {"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, (True, False, 0)),
        (500, {}, (False, False, None)),
        (408, {}, (False, True, None)),
        (504, {}, (False, True, None)),
    ],
)
async def test_a_passing_failure_says_what_it_means(
    status: int, headers: dict[str, str], told: tuple[bool, bool, float | None]
) -> None:
    bad = FakeReply(status=status, content="later", headers=headers)
    with FakeOpenAI(scripted(bad)) as server, pytest.raises(NotAnswered) as failure:
        await asked_at(server.url)
    assert (failure.value.slow_down, failure.value.lost, failure.value.wait_s) == told
    assert len(server.requests) == 1


async def test_an_answer_cut_off_on_its_way_may_have_been_billed() -> None:
    cut = scripted(FakeReply(cut=True))
    with FakeOpenAI(cut) as server, pytest.raises(NotAnswered, match="be reached") as failure:
        await asked_at(server.url)
    assert failure.value.lost


async def test_an_answer_that_takes_too_long_may_have_been_billed() -> None:
    gone = threading.Event()

    def answer(_request: dict[str, Any]) -> FakeReply:
        gone.wait()
        return FakeReply(content="too late")

    with FakeOpenAI(answer) as server, ExitStack() as at_the_end:
        at_the_end.callback(gone.set)
        with pytest.raises(NotAnswered, match="no answer in time") as failure:
            await asked_at(server.url, timeout_s=0.05)
    assert failure.value.lost


async def test_where_nobody_is_nothing_was_billed() -> None:
    with pytest.raises(NotAnswered, match="cannot be reached") as failure:
        await asked_at(f"http://127.0.0.1:{unused_port()}/v1")
    assert not failure.value.lost


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


class Scripted(BaseChatModel):
    """A chat model without structured output, whose answer shows the settings it got."""

    seed: int = 0
    num_predict: int = 0
    reply: AIMessage | None = None

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - BaseChatModel's
        **kwargs: Any,  # noqa: ANN401 - BaseChatModel's
    ) -> ChatResult:
        assert not stop
        assert not kwargs
        message = self.reply or AIMessage(f"{self.seed} {self.num_predict} {len(messages)}")
        return ChatResult(generations=[ChatGeneration(message=message)])


class Structured(Scripted):
    """The same, with structured output by tool call."""

    def with_structured_output(
        self,
        schema: Any,  # noqa: ANN401 - BaseChatModel's
        *,
        include_raw: bool = False,
        **kwargs: Any,  # noqa: ANN401 - BaseChatModel's
    ) -> Runnable[LanguageModelInput, Any]:
        assert include_raw
        assert schema["title"]
        assert not kwargs
        return self | RunnableLambda(lambda message: {"raw": message, "parsed": None})


async def test_another_provider_gets_the_settings_it_has_fields_for() -> None:
    answer = await asked(endpoint_of(Scripted(), "some:model"))
    assert answer == Answer("7 50 2", "stop", 5, 1, "some:model", estimated=True)


async def test_a_tool_call_is_read_as_the_json_of_its_arguments() -> None:
    call = {"name": "answer", "args": {"name": "梨"}, "id": "1", "type": "tool_call"}
    said = {"stop_reason": "tool_use", "model": "m"}
    reply = AIMessage("", tool_calls=[call], response_metadata=said)
    answer = await asked(endpoint_of(Structured(reply=reply), "some:model"))
    assert json.loads(answer.text) == {"name": "梨"}
    assert (answer.finish_reason, answer.model) == ("stop", "m")


async def test_a_cut_off_tool_call_keeps_its_text() -> None:
    call = {"name": "answer", "args": '{"na', "id": "1", "error": None, "type": "invalid_tool_call"}
    said = {"stop_reason": "max_tokens"}
    reply = AIMessage("", invalid_tool_calls=[call], response_metadata=said)
    answer = await asked(endpoint_of(Structured(reply=reply), "some:model"))
    assert (answer.text, answer.finish_reason) == ('{"na', "length")


async def test_a_model_that_declines_is_an_answer() -> None:
    reply = AIMessage("", additional_kwargs={"refusal": "I would rather not."})
    answer = await asked(endpoint_of(Scripted(reply=reply), "some:model"))
    assert (answer.finish_reason, answer.refusal) == ("refused", "I would rather not.")


@pytest.mark.parametrize("role", ["model", "user", "system", "tool", None, 5])
async def test_an_answer_in_any_role_is_read(role: object) -> None:
    message = {"role": role, "content": "Plum"}
    body = {"choices": [{"message": message, "finish_reason": "stop"}]}
    with FakeOpenAI(scripted(FakeReply(raw=json.dumps(body).encode()))) as server:
        (answer,) = await asked_at(server.url)
    assert (answer.text, answer.finish_reason) == ("Plum", "stop")


async def test_what_is_no_answer_costs_what_it_says() -> None:
    body = {"choices": None, "usage": {"prompt_tokens": 500, "completion_tokens": 200}}
    with FakeOpenAI(scripted(FakeReply(raw=json.dumps(body).encode()))) as server:
        (answer,) = await asked_at(server.url)
    assert (answer.text, answer.finish_reason) == ("", "refused")
    assert (answer.prompt_tokens, answer.completion_tokens) == (500, 200)
    assert not answer.estimated


async def test_a_count_of_tokens_that_nobody_has_is_estimated() -> None:
    usage = {"prompt_tokens": 10**400, "completion_tokens": 1, "total_tokens": 1}
    with FakeOpenAI(scripted(FakeReply(content="Plum", usage=usage))) as server:
        (answer,) = await asked_at(server.url)
    assert answer.estimated
    assert answer.prompt_tokens < 100
