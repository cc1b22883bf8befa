"""The simulated endpoint over HTTP: the faults it commits, its limits and its counts."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.local import open_run
from nodes.settings import Settings
from prompts.parse import parse_records
from simulator import Options, simulator
from simulator.faults import HUGE_CHARACTERS, LONG
from store.quality.rules import broken_rule
from tests.simulator.asking import DOMAIN, RULES, records_prompt, sent


def post(client: httpx.Client, url: str, seed: int = 0, text: str = "hello") -> httpx.Response:
    body = {"model": "any", "seed": seed, "messages": [{"role": "user", "content": text}]}
    return client.post(f"{url}/chat/completions", json=body)


def ask_records(
    client: httpx.Client, url: str, seed: int = 0, most: dict[str, int] | None = None
) -> httpx.Response:
    body = {"model": "any", "seed": seed, "messages": sent(records_prompt()), **(most or {})}
    return client.post(f"{url}/chat/completions", json=body)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10) as opened:
        yield opened


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_error_is_answered_with_its_status(client: httpx.Client, status: int) -> None:
    with simulator(Options(faults={str(status): 1}, retry_after_s=2.5)) as server:
        response = post(client, server.url)
        counts = server.counts()
    assert response.status_code == status
    assert "error" in response.json()
    waits = {"retry-after": "3", "retry-after-ms": "2500"} if status != 500 else {}
    assert {k: v for k, v in response.headers.items() if k.startswith("retry")} == waits
    assert counts["by_fault"] == {str(status): 1}
    assert (counts["by_status"], counts["answered"]) == ({str(status): 1}, 0)


def test_every_answer_that_is_spoilt_is_a_whole_response(client: httpx.Client) -> None:
    faults = ("truncated", "malformed", "schema", "empty", "language", "refusal", "huge")
    got = {}
    for fault in faults:
        with simulator(Options(faults={fault: 1})) as server:
            response = ask_records(client, server.url).json()
            counts = server.counts()
        choice = response["choices"][0]
        got[fault] = choice["message"]["content"]
        assert (choice["finish_reason"] == "length") == (fault == "truncated")
        assert (choice["message"]["refusal"] is not None) == (fault == "refusal")
        assert response["usage"]["completion_tokens"] == counts["completion_tokens"]
        assert (counts["answered"], counts["good"], counts["by_fault"]) == (1, 0, {fault: 1})
    for fault in ("malformed", "schema", "empty", "refusal"):
        assert not parse_records(got[fault], asked=1).items
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(got["truncated"])
    [foreign] = parse_records(got["language"], asked=1).items
    assert (broken_rule(foreign, RULES) or ("",))[0] == "language"
    assert len(got["huge"]) > HUGE_CHARACTERS


def test_a_cut_connection_breaks_in_the_middle_of_the_answer(client: httpx.Client) -> None:
    with simulator(Options(faults={"cut": 1})) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            post(client, server.url)
        counts = server.counts()
    assert (counts["answered"], counts["by_status"], counts["by_fault"]) == (0, {}, {"cut": 1})
    assert counts["lost"] == 1
    assert counts["lost_completion_tokens"] > 0


def test_a_timeout_gives_no_answer(client: httpx.Client) -> None:
    with simulator(Options(faults={"timeout": 1})) as server:
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{server.url}/chat/completions", json={"messages": []}, timeout=0.05)
        counts = next(c for _ in range(10_000) if (c := server.counts())["abandoned"])
    assert (counts["by_fault"], counts["answered"]) == ({"timeout": 1}, 0)
    assert (counts["in_flight"], counts["lost"]) == (0, 1)


def test_a_request_is_held_no_longer_than_was_said(client: httpx.Client) -> None:
    with simulator(Options(faults={"timeout": 1}, hang_s=0.01)) as server:
        with pytest.raises(httpx.RemoteProtocolError):
            post(client, server.url)
        counts = server.counts()
    assert (counts["lost"], counts["by_status"], counts["abandoned"]) == (1, {}, 0)


def test_limits_turn_requests_away_and_say_when_to_come_back(client: httpx.Client) -> None:
    with simulator(Options(requests_a_minute=3)) as server:
        answers = [post(client, server.url, seed) for seed in range(5)]
        counts = server.counts()
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 15 <= int(answers[-1].headers["retry-after"]) <= 20
    assert (counts["limited"], counts["by_fault"], counts["requests"]) == (2, {}, 5)
    with simulator(Options(tokens_a_minute=500)) as server:
        long = "word " * 240
        assert [post(client, server.url, n, long).status_code for n in range(2)] == [200, 429]


def test_a_message_in_parts_is_the_message(client: httpx.Client) -> None:
    messages = sent(records_prompt())
    in_parts = [m | {"content": [{"type": "text", "text": m["content"]}]} for m in messages]
    with simulator() as server:
        replies = [
            client.post(f"{server.url}/chat/completions", json={"messages": m, "seed": 1}).json()
            for m in (messages, in_parts)
        ]
    assert replies[0]["choices"] == replies[1]["choices"]


def test_what_came_in_is_counted(client: httpx.Client) -> None:
    with simulator() as server:
        replies = [ask_records(client, server.url, seed).json() for seed in (1, 2, 1)]
        listed = client.get(f"{server.url}/models").json()
        bad = client.post(f"{server.url}/chat/completions", content=b"{").status_code
        counts = server.counts()
    assert len(listed["data"]) == 1
    assert bad == 400
    assert replies[0] == replies[2] != replies[1]
    assert counts["prompt_tokens"] == sum(r["usage"]["prompt_tokens"] for r in replies)
    assert counts["completion_tokens"] == sum(r["usage"]["completion_tokens"] for r in replies)
    assert (counts["requests"], counts["answered"], counts["asked_again"]) == (4, 3, 1)
    assert counts["by_status"] == {"200": 3, "400": 1}
    assert (counts["in_flight"], counts["most_in_flight"]) == (0, 1)
    assert 1 <= counts["tasks_written"] <= 2


def test_a_run_of_the_graph_explores_it_and_is_what_was_counted(tmp_path: Path) -> None:
    options = Options(faults={"429": 0.05, "malformed": 0.1, "empty": 0.05}, retry_after_s=0.001)

    def run(folder: Path) -> dict[str, Any]:
        folder.mkdir()
        with simulator(options) as server:
            settings = Settings(
                model="openai:any", base_url=server.url, depth=2, breadth=(6, 3), per_task=2
            )

            async def go() -> None:
                async with open_run(folder, settings) as opened:
                    await opened.go(DOMAIN, lambda _: None, lambda _: None)

            asyncio.run(go())
            return server.counts()

    counts = run(tmp_path / "one")
    stats = json.loads((tmp_path / "one" / "stats.json").read_text())
    assert counts["answered"] == stats["calls"]
    assert counts["prompt_tokens"] == stats["prompt_tokens"]
    assert counts["completion_tokens"] == stats["completion_tokens"]
    assert counts["tasks_named"] > 10
    assert stats["records"] > 30
    assert counts["by_fault"]["malformed"] > 0
    run(tmp_path / "two")
    for name in ("dataset.jsonl", "rejected.jsonl", "tree.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_an_answer_ends_where_the_request_says(client: httpx.Client, name: str) -> None:
    with simulator(Options()) as server:
        whole = ask_records(client, server.url).json()
        cut = ask_records(client, server.url, most={name: 20}).json()
    (before,), (after,) = whole["choices"], cut["choices"]
    assert before["message"]["content"].startswith(after["message"]["content"])
    assert (after["finish_reason"], cut["usage"]["completion_tokens"]) == ("length", 20)


def test_the_last_record_of_a_long_answer_is_longer_than_the_others(client: httpx.Client) -> None:
    with simulator(Options(faults={"long": 1})) as server:
        text = ask_records(client, server.url).json()["choices"][0]["message"]["content"]
    [record] = json.loads(text)["records"]
    assert len(record["output"]) > LONG * len(record["instruction"]) / 4


def test_what_the_model_thinks_stands_beside_its_answer_and_is_counted(
    client: httpx.Client,
) -> None:
    most = {"max_tokens": 60}
    with simulator(Options(reasoning=40)) as server:
        thinking = ask_records(client, server.url, most=most).json()
    with simulator(Options()) as server:
        plain = ask_records(client, server.url, most=most).json()
    message, alone = (answer["choices"][0]["message"] for answer in (thinking, plain))
    assert (len(message["reasoning_content"]), "reasoning_content" in alone) == (160, False)
    assert alone["content"].startswith(message["content"])
    assert (thinking["usage"]["completion_tokens"], len(message["content"])) == (60, 80)
