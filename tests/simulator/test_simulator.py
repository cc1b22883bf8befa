"""The simulated endpoint: what it answers, the faults it commits, its limits and its counts."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langchain_core.messages import BaseMessage

from errors import InputError
from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from prompts.parse import parse_records, parse_subtasks
from prompts.render import record_messages, retry_messages, subtask_messages
from simulator import Options, simulator
from simulator.answering import answer, identity
from simulator.faults import HUGE_CHARACTERS, latency, strike
from simulator.limits import Bucket
from simulator.reading import read_prompt
from simulator.taxonomy import ROOT, Taxonomy
from store.quality.names import broken_name_rule
from store.quality.rules import RecordRules, broken_rule

DOMAIN = load_preset("rewriting")
TAXONOMY = Taxonomy()
ROLES = {"system": "system", "human": "user", "ai": "assistant"}
RULES = RecordRules("en", "required", (25, 300), (40, 700), (30, 900))


def sent(messages: list[BaseMessage]) -> list[dict[str, Any]]:
    return [{"role": ROLES[m.type], "content": m.text} for m in messages]


LISTS = ("children", "peers", "related", "rejected", "banned")


def names_prompt(asked: int = 5, **shown: object) -> list[BaseMessage]:
    empty: dict[str, Any] = {name: [] for name in LISTS}
    told: dict[str, Any] = {"task": DOMAIN.task, "path": [DOMAIN.task], **empty, **shown}
    return subtask_messages(
        domain=DOMAIN,
        operation="lookahead" if not told["children"] else "backtrack",
        reason="People need it.",
        poor_rounds=0,
        asked=asked,
        **told,
    )


def records_prompt(asked: int = 1, existing: tuple[str, ...] = ()) -> list[BaseMessage]:
    seed = DOMAIN.seeds[0].name
    return record_messages(
        domain=DOMAIN,
        task=seed,
        reason="People need it.",
        path=[DOMAIN.task, seed],
        demonstrations=[],
        existing=existing,
        topic="a letter",
        asked=asked,
    )


def told(messages: list[BaseMessage], seed: int, repetition: float = 0.1) -> str:
    return answer(TAXONOMY, sent(messages), identity(sent(messages), seed), repetition).text


def named(seed: int, asked: int = 5, **shown: object) -> list[str]:
    return [
        item.name
        for item in parse_subtasks(told(names_prompt(asked, **shown), seed), asked=20).items
    ]


def post(client: httpx.Client, url: str, seed: int = 0, text: str = "hello") -> httpx.Response:
    body = {"model": "any", "seed": seed, "messages": [{"role": "user", "content": text}]}
    return client.post(f"{url}/chat/completions", json=body)


def ask_records(client: httpx.Client, url: str, seed: int = 0) -> httpx.Response:
    body = {"model": "any", "seed": seed, "messages": sent(records_prompt())}
    return client.post(f"{url}/chat/completions", json=body)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10) as opened:
        yield opened


def test_a_prompt_of_the_project_is_read_as_it_was_rendered() -> None:
    messages = names_prompt(
        asked=4,
        task="Beta",
        path=["Alpha", "Beta"],
        children=["One", "Two"],
        peers=["Three"],
        related=["Four", "Five"],
        rejected=[("Six", "ROUGE-L 0.83 with t2"), ("Seven", "too long")],
    )
    prompt = read_prompt(sent(messages))
    assert prompt is not None
    assert (prompt.kind, prompt.path, prompt.asked) == ("subtasks", ("Alpha", "Beta"), 4)
    assert (prompt.children, prompt.peers) == (("One", "Two"), ("Three",))
    assert prompt.others == ("Four", "Five", "Six", "Seven")


def test_a_prompt_that_complains_is_read_as_the_request_it_repeats() -> None:
    messages = records_prompt(3)
    again = retry_messages(messages, "What?", ["there is no JSON"])
    assert read_prompt(sent(again)) == read_prompt(sent(messages))
    assert read_prompt([{"role": "user", "content": "hello"}]) is None


def test_the_taxonomy_is_large_and_every_name_of_it_is_fit_to_be_kept() -> None:
    assert len(TAXONOMY) > 2000
    for number, task in enumerate(TAXONOMY.tasks[1:], start=1):
        for wording in task.traits.wordings():
            assert broken_name_rule(wording, DOMAIN.task, language="en") is None
        assert number in TAXONOMY.tasks[task.parent].children
    weights = [TAXONOMY.tasks[child].weight for child in TAXONOMY.tasks[ROOT].children]
    assert sum(weights) == pytest.approx(1)
    assert weights[0] == pytest.approx(10 * weights[9])


def test_the_answer_follows_from_messages_and_seed_alone() -> None:
    assert told(records_prompt(), 1) == told(records_prompt(), 1)
    assert told(records_prompt(), 1) != told(records_prompt(), 2)
    assert told(records_prompt(1), 1) != told(records_prompt(2), 1)


def test_a_popular_task_is_named_again_and_again_unless_the_prompt_names_it() -> None:
    first = named(0, asked=8)
    unaware = [set(named(seed, asked=8)) & set(first) for seed in range(1, 41)]
    aware = [set(named(seed, asked=8, children=first)) & set(first) for seed in range(1, 41)]
    assert sum(map(len, unaware)) > 60
    assert sum(map(len, aware)) < sum(map(len, unaware)) / 5


def test_related_peers_and_rejected_names_are_avoided_too() -> None:
    first = named(0, asked=8)
    for shown in ({"related": first}, {"rejected": [(name, "known") for name in first]}):
        again = [set(named(seed, asked=8, **shown)) & set(first) for seed in range(1, 41)]
        assert sum(map(len, again)) < 40


def test_asking_with_what_was_found_covers_the_subtasks_of_a_task() -> None:
    found: list[str] = []
    for seed in range(12):
        found += [name for name in named(seed, asked=6, children=found[-20:]) if name not in found]
    children = {n for name in found if (n := TAXONOMY.number_of(name)) is not None}
    of_root = set(TAXONOMY.tasks[ROOT].children)
    assert len(children & of_root) > 0.8 * len(of_root)


def test_a_task_that_cannot_be_split_brings_its_siblings_and_what_lies_elsewhere() -> None:
    leaf = len(TAXONOMY)
    path = [DOMAIN.task, TAXONOMY.tasks[leaf].traits.wordings()[0]]
    numbers = {TAXONOMY.number_of(name) for name in named(0, asked=20, path=path)}
    siblings = set(TAXONOMY.tasks[TAXONOMY.tasks[leaf].parent].children) - {leaf}
    assert siblings < numbers
    assert leaf not in numbers


def test_records_obey_the_rules_and_only_stock_ones_repeat() -> None:
    texts = [told(records_prompt(5), seed, repetition=0) for seed in range(40)]
    records = [item for text in texts for item in parse_records(text, asked=5).items]
    for record in records:
        assert broken_rule(record, RULES) is None
    assert len({record.instruction for record in records}) == len(records) == 200
    stock = [told(records_prompt(5), seed, repetition=1) for seed in range(40)]
    repeated = [item for text in stock for item in parse_records(text, asked=5).items]
    assert len({record.instruction for record in repeated}) < 190


def test_a_fault_strikes_by_its_share_and_by_how_often_the_request_was_asked() -> None:
    faults = {"429": 0.1, "cut": 0.3}
    struck = [strike(faults, 0, str(n), 0) for n in range(5000)]
    assert struck.count("429") / 5000 == pytest.approx(0.1, abs=0.02)
    assert struck.count("cut") / 5000 == pytest.approx(0.3, abs=0.03)
    assert struck == [strike(faults, 0, str(n), 0) for n in range(5000)]
    assert struck != [strike(faults, 0, str(n), 1) for n in range(5000)]
    assert struck != [strike(faults, 1, str(n), 0) for n in range(5000)]


def test_the_mean_of_the_latencies_is_the_one_asked_for() -> None:
    drawn = [latency(2, 0.7, 0, str(n), 0) for n in range(20_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(2, rel=0.03)
    assert max(drawn) > 8
    assert latency(2, 0, 0, "any", 0) == 2


def test_unknown_faults_and_shares_above_one_are_refused() -> None:
    with pytest.raises(InputError, match="fault 'fire'"):
        Options(faults={"fire": 0.1})
    with pytest.raises(InputError, match="1 in all"):
        Options(faults={"429": 0.6, "500": 0.6})


def test_a_bucket_says_how_long_to_wait_and_fills_again() -> None:
    now = [0.0]
    bucket = Bucket(60, lambda: now[0])
    for _ in range(60):
        assert bucket.wait_s(1) == 0
        bucket.take(1)
    assert bucket.wait_s(1) == pytest.approx(1)
    assert bucket.wait_s(30) == pytest.approx(30)
    now[0] = 10.0
    assert bucket.wait_s(10) == 0
    assert bucket.wait_s(12) == pytest.approx(2)
    assert Bucket(0).wait_s(10**9) == 0


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
