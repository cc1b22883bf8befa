"""Killed anywhere, a run resumes to the same bytes and asks nothing again that was answered.

The run is a process of its own; the server it asks is here. It is killed with SIGKILL, each time at
another moment: when the n-th request comes in, when the n-th statement of the journal has been
executed and is not committed yet, or after so many seconds, wherever it is then.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Literal

import pytest
import sqlalchemy as sa

from cli.main import main
from graph.database import Database, Place
from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from store.files.folder import read_config
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve
from tests.postgres import Postgres

RUNS: dict[str, dict[str, Any]] = {
    "depth-first": {"depth": 1, "breadth": (4,), "per_task": 3, "per_call": 1, "window": 8},
    "adaptive": {"strategy": "adaptive", "records": 20, "per_call": 2, "window": 8},
    "capped": {
        "strategy": "self-instruct",
        "records": 36,
        "per_call": 1,
        "window": 8,
        "max_tokens": 9_000_000,
    },
    "judged": {
        "strategy": "adaptive",
        "records": 16,
        "per_call": 2,
        "window": 8,
        "judge_model": "openai:judge",
        "revise": True,
        "outputs": "apart",
    },
}
TRIALS = {
    kind: int(os.environ.get("KILL_TRIALS", usual))
    for kind, usual in (
        (("sqlite", "depth-first"), "20"),
        (("sqlite", "adaptive"), "8"),
        (("sqlite", "capped"), "6"),
        (("sqlite", "judged"), "8"),
        (("postgresql", "depth-first"), "5"),
        (("postgresql", "adaptive"), "3"),
        (("postgresql", "capped"), "2"),
        (("postgresql", "judged"), "3"),
    )
}
FILES = ("dataset.jsonl", "rejected.jsonl", "calls.jsonl", "tree.json")

# Children start from a process that has imported everything, so that each takes no time to begin.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.flows.test_crash", "tests.flows.warm"])


Blow = tuple[Literal["request", "statement", "moment"], float]
"""When a run is killed: at which request or statement, or after how many seconds."""
NEVER: Blow = ("request", 0)


def run_until_killed(folder: Path, place: Place, url: str, strategy: str, blow: Blow) -> None:
    kind, when = blow
    with counted_statements() as executed:
        if kind == "statement":
            executed.at = int(when)
        run_to_the_end(folder, place, url, strategy)


def run_to_the_end(folder: Path, place: Place, url: str, strategy: str) -> None:
    settings = Settings(model="openai:fake", base_url=url, **RUNS[strategy])

    async def go() -> None:
        async with open_run(folder, settings, place=place) as run:
            await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)

    asyncio.run(go())


class Statements:
    """Counts the journal's statements in this process, and kills it at a certain one."""

    def __init__(self) -> None:
        self.executed = 0
        self.at = 0

    def note(self, *_about: object) -> None:
        self.executed += 1
        if self.executed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def counted_statements() -> Iterator[Statements]:
    statements = Statements()
    sa.event.listen(sa.Engine, "after_cursor_execute", statements.note)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", statements.note)


class Executioner:
    """Answers as the script says, and kills the process it was given at a certain request."""

    def __init__(self) -> None:
        self.script = serve()
        self.victim: Any = None
        self.at = 0
        self.seen = 0
        self.asked: list[str] = []

    def __call__(self, request: dict[str, Any]) -> FakeReply:
        self.seen += 1
        self.asked.append(identity(request["messages"], request["seed"]))
        if self.seen == self.at and self.victim is not None:
            os.kill(self.victim.pid, signal.SIGKILL)
        return self.script(request)


def identity(messages: list[Any], seed: int) -> str:
    texts = [m["content"] if isinstance(m, dict) else m[1] for m in messages]
    return json.dumps([texts, seed])


def stored_answers(place: Place) -> set[str]:
    engine = sa.create_engine(place.database.journal_url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT request FROM answers")).all()
    except sa.exc.DBAPIError:  # killed before the tables were made
        rows = []
    finally:
        engine.dispose()
    requests = [json.loads(row) for (row,) in rows]
    return {identity(request["messages"], request["seed"]) for request in requests}


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_place(kind: str, request: pytest.FixtureRequest) -> Callable[[Path], Place]:
    """Return what gives the run of a folder a database that holds nothing yet."""
    if kind == "sqlite":
        return Place.in_folder
    server: Postgres = request.getfixturevalue("postgres")
    return lambda folder: Place(
        Database.of({"EXPLORE_DATABASE_URL": server.database()}), folder.name
    )


@pytest.mark.slow
@pytest.mark.parametrize("strategy", RUNS)
def test_killed_at_any_moment_it_resumes_to_the_same_bytes(
    tmp_path: Path, kind: str, new_place: Callable[[Path], Place], strategy: str
) -> None:
    server = Executioner()
    with FakeOpenAI(server) as endpoint:
        whole = tmp_path / "whole"
        whole.mkdir()
        with counted_statements() as statements:
            run_to_the_end(whole, new_place(whole), endpoint.url, strategy)
        expected = [(whole / name).read_bytes() for name in FILES]
        calls, begun = server.seen, perf_counter()
        (timed := tmp_path / "timed").mkdir()
        assert struck(NEVER, server, (timed, new_place(timed), endpoint.url, strategy)) == 0
        blows = drawn_blows(calls, statements.executed, perf_counter() - begun)
        killed = 0
        for trial in range(TRIALS[kind, strategy]):
            folder = tmp_path / str(trial)
            folder.mkdir()
            place = new_place(folder)
            while True:
                answered = stored_answers(place)
                blow = next(blows)
                ended = struck(blow, server, (folder, place, endpoint.url, strategy))
                assert not answered & set(server.asked), "an answered call was asked again"
                if ended == 0:
                    break
                assert ended == -signal.SIGKILL
                killed += 1
            assert [(folder / name).read_bytes() for name in FILES] == expected
            rows = (folder / "dataset.jsonl").read_text().splitlines()
            assert len({json.loads(row)["id"] for row in rows}) == len(rows)
        assert killed >= TRIALS[kind, strategy], "too few blows fell while a run was at work"


def drawn_blows(requests: int, statements: int, seconds: float) -> Iterator[Blow]:
    draw = Random(1)
    for kind in cycle(("request", "statement", "moment")):
        if kind == "request":
            yield "request", draw.randint(1, requests)
        elif kind == "statement":
            yield "statement", draw.randint(1, statements)
        else:
            yield "moment", draw.uniform(0, seconds)


def struck(blow: Blow, server: Executioner, where: tuple[Path, Place, str, str]) -> int | None:
    """Go on with the run until the blow falls or it ends; return how its process ended."""
    kind, when = blow
    server.seen, server.asked = 0, []
    server.at = int(when) if kind == "request" else 0
    process = _context.Process(target=run_until_killed, args=(*where, blow))
    server.victim = process
    process.start()
    process.join(when if kind == "moment" else None)
    process.kill()
    process.join()
    return process.exitcode


def run_the_command(folder: Path, url: str) -> None:
    limits = ("--depth", "1", "--breadth", "4", "--per-task", "12", "--parallel", "3")
    words = ["run", "rewriting", "--model", "openai:fake", "--base-url", url, "--out", str(folder)]
    sys.argv = ["explore-instruct", *words, *limits]
    main()


class Constable(Executioner):
    """Sends the process a signal at a certain request instead, once or twice."""

    def __init__(self, blow: signal.Signals, times: int) -> None:
        super().__init__()
        self.blow = blow
        self.times = times

    def __call__(self, request: dict[str, Any]) -> FakeReply:
        self.seen += 1
        self.asked.append(identity(request["messages"], request["seed"]))
        if self.seen == self.at and self.victim is not None:
            for _ in range(self.times):
                os.kill(self.victim.pid, self.blow)
        return self.script(request)


@pytest.mark.parametrize(
    ("blow", "times"), [(signal.SIGINT, 1), (signal.SIGTERM, 1), (signal.SIGINT, 2)]
)
@pytest.mark.parametrize("at", [3, 9])
def test_stopped_it_ends_with_130_and_resumes(
    tmp_path: Path, blow: signal.Signals, times: int, at: int
) -> None:
    """What was in flight at the first signal is stored; a second one drops it."""
    server = Constable(blow, times)
    with FakeOpenAI(server) as endpoint:
        run_to_the_end_of_the_command(tmp_path / "whole", endpoint.url)
        server.seen, server.asked, server.at = 0, [], at
        process = _context.Process(target=run_the_command, args=(tmp_path / "out", endpoint.url))
        process.start()
        server.victim = process
        process.join()
        assert process.exitcode == 130
        answered = stored_answers(Place.in_folder(tmp_path / "out"))
        if times == 1:
            assert set(server.asked) <= answered
        server.asked, server.victim = [], None
        resume(tmp_path / "out")
        assert not answered & set(server.asked)
    for name in FILES:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def run_to_the_end_of_the_command(folder: Path, url: str) -> None:
    process = _context.Process(target=run_the_command, args=(folder, url))
    process.start()
    process.join()
    assert process.exitcode == 0


def resume(folder: Path) -> None:
    settings = Settings.model_validate(read_config(folder)["settings"])

    async def go() -> None:
        async with open_run(folder, settings) as run:
            await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)

    asyncio.run(go())
