"""The ordered map: order, memory, and how it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.work import pieces
from work.errors import DiskFullError, PieceLostError, TimeLimitError
from work.ordered import AHEAD, ordered_map
from work.workers import Workers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def team() -> Iterator[Workers]:
    with closing(Workers(2)) as workers:
        yield workers


def test_results_come_in_the_order_of_the_pieces() -> None:
    with closing(Workers(3)) as team:
        assert list(ordered_map(pieces.uneven, range(60), team)) == [n * n for n in range(60)]


def test_nothing_comes_of_no_pieces(team: Workers) -> None:
    assert list(ordered_map(pieces.square, [], team)) == []


def test_few_pieces_are_read_before_their_results_are_taken(team: Workers) -> None:
    read = []

    def endless() -> Iterator[int]:
        number = 0
        while True:
            read.append(number)
            yield number
            number += 1

    results = ordered_map(pieces.square, endless(), team)
    for taken in range(1, 20):
        next(results)
        assert len(read) - taken < AHEAD * 2


def test_workers_killed_in_the_middle_change_nothing(team: Workers) -> None:
    done = []
    for number, process in ordered_map(pieces.numbered, range(40), team):
        done.append(number)
        if number % 8 == 0:
            pieces.kill(process)
    assert done == list(range(40))


def test_a_team_works_on_after_an_early_end_and_ends_when_it_is_closed(team: Workers) -> None:
    results = ordered_map(pieces.numbered, range(40), team)
    _, process = next(results)
    results.close()  # type: ignore[attr-defined]
    assert list(ordered_map(pieces.square, range(3), team)) == [0, 1, 4]
    team.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_piece_that_takes_too_long_or_kills_its_workers_is_told_in_its_place(
    team: Workers,
) -> None:
    results = ordered_map(pieces.bad_at_two, ["0", "1", "spin"], team, seconds=0.3)
    assert [next(results), next(results)] == ["0", "1"]
    with pytest.raises(TimeLimitError):
        next(results)
    with pytest.raises(PieceLostError, match="'die'"):
        list(ordered_map(pieces.bad_at_two, ["0", "die"], team))


def test_a_full_disk_is_told_with_its_place(team: Workers) -> None:
    with pytest.raises(DiskFullError, match=r"/dev/full.*free space"):
        list(ordered_map(pieces.fill, ["/dev/full"], team))


CALLER = """
import sys
from tests.work import pieces
from work.ordered import ordered_map
from work.workers import Workers

print("started", flush=True)  # a second time, were this module run by the workers
for number, process in ordered_map(pieces.numbered, range(10**9), Workers(2)):
    print(process, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_workers_end_with_their_caller(number: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "caller.py"  # without `if __name__ == "__main__"`
    script.write_text(CALLER, "utf-8")
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    ) as caller:
        assert caller.stdout
        lines = [caller.stdout.readline() for _ in range(40)]
        os.killpg(caller.pid, number)
        caller.stdout.read()
    assert lines[0] == "started\n"
    for worker in {int(line) for line in lines[1:]}:
        pieces.wait_for_end(worker)
