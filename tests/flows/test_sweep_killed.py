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
from collections.abc import Sequence
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
from tests.flows.test_crash import FILES, Constable, Executioner, identity, stored_answers
from tests.sweep.samples import write_sweep

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.flows.test_sweep_killed", "tests.flows.warm"])

FULL: dict[str, Any] = {
    "domains": ["rewriting", "brainstorming"],
    "strategies": ["adaptive", "depth-first", "self-instruct"],
    "seeds": [1, 2, 3],
    "settings": {"per_call": 2, "records": 20, "depth": 2, "max_minutes": 60},
}


def run_the_command(words: Sequence[str]) -> None:
    sys.argv = ["explore-instruct", "sweep", *words]
    main()


def ended(server: Executioner, *words: object) -> int | None:
    """Let a sweep go on until it ends, or the server ends it; return its exit code."""
    process = _context.Process(target=run_the_command, args=([str(word) for word in words],))
    process.start()
    server.victim = process
    process.join()
    server.victim = None
    return process.exitcode


def runs_of(out: Path) -> list[Path]:
    return sorted(path.parent for path in out.glob("*/run.db"))


def stored(out: Path) -> Counter[str]:
    """Return how many runs have an answer to each request, once no worker writes any more."""
    found = Counter[str]()
    for folder in runs_of(out):
        with FileLock(folder / "run.lock", timeout=30):
            found.update(stored_answers(Place.in_folder(folder)))
    return found


def check_killed(server: Executioner, file: Path, draw: Random, *words: str) -> None:
    """Kill a sweep three times; see that it ends as one that was left alone."""
    whole, out = file.parent / "whole", file.parent / "out"
    assert ended(server, file, "--out", whole) == 0
    asked = Counter(server.asked)
    for _ in range(3):
        known = stored(out)
        server.seen, server.asked = 0, []
        server.at = draw.randint(1, (asked.total() - known.total()) // 2)
        assert ended(server, file, "--out", out, *words) == -signal.SIGKILL
        left = asked - known
        assert known + Counter() <= asked
        assert Counter(server.asked) <= left, "an answered call was asked again"
    left, server.at, server.seen, server.asked = asked - stored(out), 0, 0, []
    assert ended(server, file, "--out", out, *words) == 0
    assert Counter(server.asked) == left
    assert (out / "table.json").read_bytes() == (whole / "table.json").read_bytes()
    assert [path.name for path in runs_of(out)] == [path.name for path in runs_of(whole)]
    for folder in runs_of(out):
        for name in FILES:
            assert (folder / name).read_bytes() == (whole / folder.name / name).read_bytes()


def sweep_at(folder: Path, endpoint: FakeOpenAI, **more: Any) -> Path:  # noqa: ANN401 - any content
    return write_sweep(folder, models=[{"model": "openai:fake", "base_url": endpoint.url}], **more)


def test_killed_three_times_it_ends_as_one_left_alone(tmp_path: Path) -> None:
    server = Executioner()
    with FakeOpenAI(server) as endpoint:
        check_killed(server, sweep_at(tmp_path, endpoint), Random(1))


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
    server, options = Executioner(), Options()

    def simulated(request: dict[str, Any]) -> FakeReply:
        messages = request["messages"]
        key = key_of(messages, request["seed"])
        return FakeReply(content=answer(options.taxonomy, messages, key, options.repetition).text)

    server.script = simulated
    with FakeOpenAI(server) as endpoint:
        check_killed(server, sweep_at(tmp_path, endpoint, **FULL), Random(len(words)), *words)


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
