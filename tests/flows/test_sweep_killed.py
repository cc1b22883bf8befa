"""A sweep that is killed goes on: the same table, the same data, and nothing answered asked twice.

The sweep is a process of its own, its workers processes of that; the server they ask is here, and
kills the sweep when the n-th request comes in. What a killed process had in flight was answered to
nobody, so it is asked again.
"""

import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from filelock import FileLock

from cli.main import main
from graph.database import Place
from simulator import Options
from simulator.answering import answer
from simulator.answering import identity as key_of
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve
from tests.flows.test_crash import FILES, Constable, Executioner, identity, stored_answers
from tests.sweep.samples import write_sweep

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.flows.test_sweep_killed", "tests.flows.warm"])

Script = Callable[[dict[str, Any]], FakeReply]

FULL: dict[str, Any] = {
    "domains": ["rewriting", "brainstorming"],
    "strategies": ["adaptive", "depth-first", "self-instruct"],
    "seeds": [1, 2, 3],
    "settings": {"per_call": 2, "records": 20, "depth": 2, "max_minutes": 60},
}


def run_the_command(words: Sequence[str], key: str) -> None:
    os.environ["OPENAI_API_KEY"] = key
    sys.argv = ["explore-instruct", "sweep", *words]
    main()


def ended(server: Executioner, *words: object, key: str = "none") -> int | None:
    """Let a sweep go on until it ends, or the server ends it; return its exit code."""
    process = _context.Process(target=run_the_command, args=([str(word) for word in words], key))
    process.start()
    server.victim = process
    process.join()
    server.victim = None
    return process.exitcode


def asked_by(endpoint: FakeOpenAI, key: str) -> Counter[str]:
    """Return what came from the process of this key; some of it came when that was dead already."""
    asked = zip(endpoint.requests, endpoint.headers, strict=True)
    return Counter(
        identity(request["messages"], request["seed"])
        for request, headers in asked
        if headers["authorization"] == f"Bearer {key}"
    )


def runs_of(out: Path) -> list[Path]:
    return sorted(path.parent for path in out.glob("*/run.db"))


def stored(out: Path) -> Counter[str]:
    """Return how many runs have an answer to each request, once no worker writes any more."""
    found = Counter[str]()
    for folder in runs_of(out):
        with FileLock(folder / "run.lock", timeout=30):
            found.update(stored_answers(Place.in_folder(folder)))
    return found


def check_killed(script: Script, draw: Random, folder: Path, more: Any, *words: str) -> None:  # noqa: ANN401 - any content
    """Kill a sweep three times; see that it ends as one that was left alone."""
    server, whole, out = Executioner(), folder / "whole", folder / "out"
    server.script = script
    known: list[Counter[str]] = []
    with FakeOpenAI(server) as endpoint:
        file = sweep_at(folder, endpoint, **more)
        assert ended(server, file, "--out", whole, key="whole") == 0
        size = server.seen
        for n in range(3):
            known.append(stored(out))
            server.seen, server.at = 0, draw.randint(1, (size - known[-1].total()) // 2)
            assert ended(server, file, "--out", out, *words, key=f"{n}") == -signal.SIGKILL
        known.append(stored(out))
        server.at = 0
        assert ended(server, file, "--out", out, *words, key="3") == 0
    asked = asked_by(endpoint, "whole")
    for n, before in enumerate(known):
        assert asked_by(endpoint, f"{n}") <= asked - before, "an answered call was asked again"
    assert asked_by(endpoint, "3") == asked - known[-1]
    assert (out / "table.json").read_bytes() == (whole / "table.json").read_bytes()
    assert [path.name for path in runs_of(out)] == [path.name for path in runs_of(whole)]
    for run in runs_of(out):
        for name in FILES:
            assert (run / name).read_bytes() == (whole / run.name / name).read_bytes()


def sweep_at(folder: Path, endpoint: FakeOpenAI, **more: Any) -> Path:  # noqa: ANN401 - any content
    return write_sweep(folder, models=[{"model": "openai:fake", "base_url": endpoint.url}], **more)


def test_killed_three_times_it_ends_as_one_left_alone(tmp_path: Path) -> None:
    check_killed(serve(), Random(1), tmp_path, {})


def test_stopped_it_stores_what_is_in_flight_and_goes_on(tmp_path: Path) -> None:
    server = Constable(signal.SIGINT, 1)
    with FakeOpenAI(server) as endpoint:
        file, out = sweep_at(tmp_path, endpoint), tmp_path / "out"
        server.at = 7
        assert ended(server, file, "--out", out) == 130
        assert Counter(server.asked) == stored(out)
        before, server.at, server.asked = stored(out), 0, []
        assert ended(server, file, "--out", out) == 0
        assert before + Counter(server.asked) == stored(out)
        assert len(runs_of(out)) == 4


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--workers", "2")], ids=["alone", "two workers"])
def test_the_whole_on_the_simulator(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Three strategies, two domains, three seeds."""
    options = Options()

    def simulated(request: dict[str, Any]) -> FakeReply:
        messages = request["messages"]
        key = key_of(messages, request["seed"])
        return FakeReply(content=answer(options.taxonomy, messages, key, options.repetition).text)

    check_killed(simulated, Random(len(words)), tmp_path, FULL, *words)


class Foreman(Executioner):
    """Kills one of the sweep's workers at a certain request, and lets the sweep be."""

    def __call__(self, request: dict[str, Any]) -> FakeReply:
        self.seen += 1
        self.asked.append(identity(request["messages"], request["seed"]))
        if self.seen == self.at and self.victim is not None:
            children = Path(f"/proc/{self.victim.pid}/task/{self.victim.pid}/children")
            os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        return self.script(request)


@pytest.mark.slow
def test_a_run_whose_worker_dies_goes_on_with_another(tmp_path: Path) -> None:
    server = Foreman()
    with FakeOpenAI(server) as endpoint:
        file = sweep_at(tmp_path, endpoint)
        assert ended(server, file, "--out", tmp_path / "whole") == 0
        asked, server.at, server.seen, server.asked = Counter(server.asked), 6, 0, []
        assert ended(server, file, "--out", tmp_path / "out", "--workers", "2") == 0
    again = Counter(server.asked) - asked
    assert 1 <= again.total() <= 8, (
        "what the worker had in flight, and nothing else, is asked again"
    )
    tables = [(tmp_path / name / "table.json").read_bytes() for name in ("whole", "out")]
    assert tables[0] == tables[1]
