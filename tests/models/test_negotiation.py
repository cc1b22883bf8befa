"""What an endpoint does not take is found out once, at a real server, and told once."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from models.answer import Answer
from models.endpoint import endpoint
from models.refusal import EndpointRefused, NotAnswered
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.models.asked import Reply, asked

pytestmark = pytest.mark.usefixtures("_key")

Request = dict[str, Any]
OK = FakeReply(content="ok")


async def several(
    server: FakeOpenAI, times: int, extra_body: Mapping[str, Any] | None = None
) -> tuple[list[Answer], list[str]]:
    """Ask so many times; return the answers and what was found out."""
    model = endpoint("openai:fake", server.url, extra_body=extra_body)
    try:
        return [await asked(model) for _ in range(times)], model.notices
    finally:
        await model.aclose()


def only(taken: Callable[[Request], bool], words: str, status: int = 400) -> Reply:
    """Refuse, with these words, every request that is not taken."""
    return lambda request: OK if taken(request) else FakeReply(status=status, content=words)


def roles(request: Request) -> list[str]:
    return [message["role"] for message in request["messages"]]


@pytest.mark.parametrize(
    ("taken", "words", "status", "notices"),
    [
        (
            lambda r: "seed" not in r,
            "got an unexpected keyword argument 'seed'",
            500,
            ["seed is left out"],
        ),
        (
            lambda r: "seed" not in r and "temperature" not in r,
            "unknown: seed, temperature",
            422,
            ["seed is left out", "temperature is left out"],
        ),
        (
            lambda r: roles(r) == ["user"],
            "System role not supported",
            400,
            ["the system message goes into the first user message"],
        ),
        (lambda r: r["max_tokens"] <= 32 + 32, "max_tokens may be 64 at most", 400, []),
        (
            lambda r: r["response_format"]["type"] == "json_object",
            "json_schema is unknown",
            400,
            ["the JSON schema is left out, any JSON object is asked for"],
        ),
        (
            lambda r: "response_format" not in r,
            "No endpoints found that support response_format",
            404,
            [
                "the JSON schema is left out, any JSON object is asked for",
                "the answer's format is left out, it is asked for in words",
            ],
        ),
        (lambda r: "temperature" not in r, "Bad Request", 400, ["temperature is left out"]),
    ],
)
async def test_the_endpoint_gets_what_it_takes(
    taken: Callable[[Request], bool], words: str, status: int, notices: list[str]
) -> None:
    with FakeOpenAI(only(taken, words, status)) as server:
        answers, told = await several(server, 3)
    assert [answer.text for answer in answers] == ["ok"] * 3
    assert told == notices
    assert all(taken(request) for request in server.requests[-2:])


async def test_a_system_message_is_said_by_the_user() -> None:
    with FakeOpenAI(only(lambda r: roles(r) == ["user"], "role 'system' is invalid")) as server:
        await several(server, 1)
    assert server.requests[-1]["messages"][0]["content"] == "Be brief.\n\nName a fruit."


async def test_an_endpoint_that_only_streams_is_asked_for_a_stream() -> None:
    def answer(request: Request) -> FakeReply:
        if not request.get("stream"):
            return FakeReply(status=400, content="This model only supports stream mode")
        chunk = b'data: {"choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":%s}]%s}\n\n'
        usage = b',"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}'
        lines = [chunk % (b"pl", b"null", b""), chunk % (b"um", b'"stop"', usage)]
        body = b"".join(lines) + b"data: [DONE]\n\n"
        return FakeReply(raw=body, headers={"Content-Type": "text/event-stream"})

    with FakeOpenAI(answer) as server:
        answers, told = await several(server, 2)
    assert [(a.text, a.prompt_tokens, a.completion_tokens) for a in answers] == [("plum", 9, 2)] * 2
    assert told == ["answers are streamed"]
    assert [request["stream"] for request in server.requests] == [False, True, True]


async def test_one_refused_answer_is_no_refused_format() -> None:
    def answer(_: Request) -> FakeReply:
        is_second = len(server.requests) == 2
        words = "The schema is fine; generated JSON does not match it"
        return FakeReply(status=400, content=words) if is_second else OK

    with FakeOpenAI(answer) as server:
        answers, told = await several(server, 3)
    assert [answer.finish_reason for answer in answers] == ["stop", "refused", "stop"]
    assert (answers[1].prompt_tokens, answers[1].completion_tokens) == (0, 0)
    assert not told
    assert all("response_format" in request for request in server.requests)


async def test_a_format_that_is_refused_again_and_again_is_left_out() -> None:
    def answer(request: Request) -> FakeReply:
        later = len(server.requests) > 1 and "response_format" in request
        return FakeReply(status=400, content="no schema on this route") if later else OK

    with FakeOpenAI(answer) as server:
        answers, _ = await several(server, 8)
    assert [answer.finish_reason for answer in answers][:3] == ["stop", "refused", "refused"]
    assert answers[-1].text == "ok"


async def test_a_field_that_a_person_adds_is_sent_and_never_left_out() -> None:
    words = "top_k is not supported"
    with FakeOpenAI(only(lambda r: "top_k" not in r, words)) as server:
        answers, _ = await several(server, 1, extra_body={"top_k": 5})
    assert answers[0].refusal == words
    assert all(request["top_k"] == 5 for request in server.requests)


@pytest.mark.parametrize("words", ["API key not valid", "The model `fake` does not exist"])
async def test_what_no_setting_mends_is_not_tried_out(words: str) -> None:
    refused = FakeReply(status=400, content=words)
    with FakeOpenAI(lambda _: refused) as server, pytest.raises(EndpointRefused, match=words):
        await several(server, 1)
    assert len(server.requests) == 1


async def test_failures_are_taken_for_a_refusal_only_when_nothing_else_comes() -> None:
    failing = FakeReply(status=500, content="oh dear")
    with FakeOpenAI(lambda r: failing if "seed" in r else OK) as server:
        model = endpoint("openai:fake", server.url)
        for _ in range(3):
            with pytest.raises(NotAnswered):
                await asked(model)
        assert (await asked(model)).text == "ok"
        await model.aclose()
    assert model.notices == ["seed is left out"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"message": "slow down", "code": 429}, 429),
        ({"message": "slow down", "type": "rate_limit_exceeded"}, 429),
        ({"message": "no key", "code": "invalid_api_key"}, 401),
        ({"message": "try later", "code": "503"}, 503),
    ],
)
async def test_an_error_in_an_answer_counts_as_what_it_says(
    error: dict[str, object], status: int
) -> None:
    raw = FakeReply(raw=json.dumps({"error": error}).encode())
    with FakeOpenAI(lambda _: raw) as server, pytest.raises(EndpointRefused) as refused:
        await several(server, 1)
    assert isinstance(refused.value, NotAnswered) == (status != 401)
    assert str(error["message"]) in str(refused.value)
