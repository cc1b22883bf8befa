"""What an endpoint's refusals and failures mean, at a real server."""

import socket
import threading
import traceback
from contextlib import ExitStack
from typing import Any

import pytest

from models.refusal import EndpointRefused, NotAnswered, advice_for
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.models.asked import KEY, asked_at, scripted

pytestmark = pytest.mark.usefixtures("_key")


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def test_a_prompt_that_is_too_long_is_an_answer_and_leaves_the_settings_alone() -> None:
    words = "This model's maximum context length is 8 tokens; max_tokens is not supported so high"
    with FakeOpenAI(
        scripted(FakeReply(status=400, content=words), FakeReply(content="ok"))
    ) as server:
        first, second = await asked_at(server.url, times=2)
    assert (first.text, first.finish_reason, first.refusal) == ("", "refused", words)
    assert second.text == "ok"
    assert server.requests[1] == server.requests[0]


async def test_a_refusal_is_shown_without_control_characters() -> None:
    reply = scripted(FakeReply(status=401, content="no \x1b[31m\u202e key"))
    with FakeOpenAI(reply) as server, pytest.raises(EndpointRefused) as refused:
        await asked_at(server.url)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("reply", "fix"),
    [
        (
            FakeReply(status=401, content=f"Incorrect API key provided: {KEY}."),
            "check OPENAI_API_KEY",
        ),
        (FakeReply(status=403, content="no"), "check OPENAI_API_KEY"),
        (FakeReply(status=404, content="The model `x` does not exist"), "check the model's name"),
        (FakeReply(status=400, content="x is not a valid model ID. Unknown model."), "check the m"),
        (FakeReply(status=402, content="pay"), "no credit left"),
        (FakeReply(status=403, content="your account balance is insufficient"), "no credit left"),
        (FakeReply(status=400, content="账户余额不足，请充值"), "no credit left"),
        (FakeReply(status=400, content="Your credit balance is too low"), "no credit left"),
        (FakeReply(status=400, content="无效的API密钥"), "check OPENAI_API_KEY"),
        (FakeReply(status=451, raw=b"Unavailable For Legal Reasons"), "Legal Reasons (it will ref"),
        (FakeReply(status=401, raw=b'{"detail": "Unauthorized"}'), "Unauthorized (the key is"),
        (FakeReply(status=502, raw=b"<title>502 Bad Gateway</title>"), "502 Bad Gateway (the end"),
        (FakeReply(status=429, content="check your plan and billing details"), "no credit"),
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
        (421, {}, (False, False, None)),
        (499, {}, (False, False, None)),
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


async def test_a_limit_by_the_minute_that_speaks_of_billing_is_waited_out() -> None:
    words = "You exceeded your quota, check your plan and billing details. Please retry in 2.5s."
    slow = scripted(FakeReply(status=429, content=words))
    with FakeOpenAI(slow) as server, pytest.raises(NotAnswered) as failure:
        await asked_at(server.url)
    assert failure.value.wait_s == 2.5


@pytest.mark.parametrize(
    ("location", "words"),
    [("/login", "redirected to http://127.0.0.1"), ("/v1/chat/completions", "redirects")],
)
async def test_a_redirection_is_named(location: str, words: str) -> None:
    moved = FakeReply(status=301 if location == "/login" else 308, headers={"Location": location})
    with FakeOpenAI(scripted(moved)) as server, pytest.raises(EndpointRefused, match=words) as told:
        await asked_at(server.url)
    assert not isinstance(told.value, NotAnswered)


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("maximum context length is 256 tokens, you requested 1202", "with a larger context"),
        ("the request exceeds the available context size", "with a larger context"),
        ("账户余额不足", "no credit left"),
        ("enable_thinking must be set to false", "--extra-body"),
        ("not to our taste", "check the model's name"),
    ],
)
def test_the_advice_fits_the_words(words: str, fix: str) -> None:
    assert fix in advice_for(words)


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
    assert failure.value.timed_out


async def test_where_nobody_is_nothing_was_billed() -> None:
    with pytest.raises(NotAnswered, match="cannot be reached") as failure:
        await asked_at(f"http://127.0.0.1:{unused_port()}/v1")
    assert not failure.value.lost
