"""An answer as it is read, from a real server and from LangChain's messages."""

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from models.answer import turned_down
from models.chat import endpoint_of
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.models.asked import PROMPT, Scripted, Structured, asked, asked_at, scripted

pytestmark = pytest.mark.usefixtures("_key")


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


async def test_json_in_the_field_for_reasoning_is_an_answer_without_another() -> None:
    written = {"reasoning_content": '{"name": "Plum"}'}
    for content, text in {"": '{"name": "Plum"}', "Pear": "Pear"}.items():
        reply = AIMessage(content, additional_kwargs=written)
        answer = await asked(endpoint_of(Scripted(reply=reply), "some:model"))
        assert (answer.text, answer.finish_reason) == (text, "stop")


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


class BadRequestError(Exception):
    """An error of an endpoint that checks answers, as the clients of openai and groq raise it."""

    def __init__(self, body: object) -> None:
        super().__init__("Generated JSON does not match the expected schema.")
        self.body = body


FAILED = {"code": "json_validate_failed", "failed_generation": '{"records": [{"in\ud800'}


@pytest.mark.parametrize("body", [FAILED, {"error": FAILED}])
def test_an_answer_that_did_not_fit_the_schema_is_the_answer(body: object) -> None:
    answer = turned_down("m", PROMPT, BadRequestError(body))
    assert (answer.text, answer.finish_reason) == ('{"records": [{"in?', "stop")
    assert (answer.refusal, answer.completion_tokens) == ("", 4)


@pytest.mark.parametrize("body", [None, "x", {}, {"error": "x"}, {"failed_generation": ""}])
def test_without_it_the_prompt_was_turned_down(body: object) -> None:
    answer = turned_down("m", PROMPT, BadRequestError(body))
    assert (answer.text, answer.finish_reason) == ("", "refused")
    assert answer.refusal in {"x", "Generated JSON does not match the expected schema."}
