"""Workers: what a piece may do to its process, and what becomes of it."""

import asyncio
import os
import signal
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import closing
from pathlib import Path

import pytest

from tests.work import pieces
from work.errors import PieceLostError, TimeLimitError
from work.worker import TRIES
from work.workers import Workers


@pytest.fixture
def team() -> Iterator[Workers]:
    with closing(Workers(1)) as team:
        yield team


def test_one_warm_process_does_one_piece_after_another(team: Workers) -> None:
    first, second = (team.submit(pieces.process, None).result() for _ in range(2))
    assert first == second != os.getpid()


def test_a_piece_whose_worker_is_killed_is_done_by_another(team: Workers, tmp_path: Path) -> None:
    assert team.submit(pieces.killed_once, str(tmp_path / "mark")).result() == "done"


def test_a_worker_killed_while_idle_costs_no_piece_a_try(team: Workers) -> None:
    before = team.submit(pieces.process, None).result()
    os.kill(before, signal.SIGKILL)
    assert team.submit(pieces.process, None).result() != before


@pytest.mark.parametrize("function", [pieces.killed, pieces.out_of_memory])
def test_a_piece_of_which_every_worker_dies_is_named(team: Workers, function: object) -> None:
    with pytest.raises(
        PieceLostError, match=rf"{TRIES} workers died of 'the piece', the last one of: exit code"
    ):
        team.submit(function, "the piece").result()  # type: ignore[arg-type]
    assert team.submit(pieces.square, 3).result() == 9


def test_a_limit_ends_even_one_long_operation_in_c(team: Workers) -> None:
    before = team.submit(pieces.process, None).result()
    with pytest.raises(TimeLimitError, match=r"longer than 0\.3 s"):
        team.submit(pieces.spin, 0, seconds=0.3).result()
    assert team.submit(pieces.process, None, seconds=0.3).result() != before


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("so", ValueError, "so"),
        ("stubborn", RuntimeError, "Stubborn: soso"),
        ("unpicklable", AttributeError, "Can't pickle"),
    ],
)
def test_an_error_of_the_function_reaches_who_asked(
    team: Workers, name: str, kind: type[Exception], said: str
) -> None:
    before = team.submit(pieces.process, None).result()
    with pytest.raises(kind, match=said):
        team.submit(pieces.failing, name).result()
    assert team.submit(pieces.process, None).result() == before


def test_what_cannot_be_sent_is_told_and_harms_nobody(team: Workers) -> None:
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        team.submit(lambda _: None, None).result()
    assert team.submit(pieces.square, 3).result() == 9


def test_what_a_piece_prints_or_reads_does_not_disturb_the_answers(team: Workers) -> None:
    assert team.submit(pieces.noisy, "aside").result() == "aside"
    with pytest.raises(EOFError):
        team.submit(pieces.noisy, "read").result()


async def test_any_number_of_coroutines_share_a_few_workers() -> None:
    with closing(Workers(2)) as team:
        asked = [team.ask(pieces.square, n) for n in range(50)]
        assert await asyncio.gather(*asked) == [n * n for n in range(50)]
        assert len({*await asyncio.gather(*(team.ask(pieces.process, 0) for _ in range(20)))}) <= 2


def test_every_loop_and_every_thread_may_ask(team: Workers) -> None:
    for n in range(2):
        assert asyncio.run(team.ask(pieces.square, n)) == n * n
    assert team.submit(pieces.square, 3).result() == 9


def test_closing_ends_who_works_and_who_is_idle(tmp_path: Path) -> None:
    team = Workers(2)
    mark = tmp_path / "mark"
    waiting, idle = team.submit(pieces.wait, str(mark)), team.submit(pieces.process, None).result()
    while not (mark.exists() and mark.read_text("utf-8")):
        team.submit(pieces.square, 1).result()
    busy = int(mark.read_text("utf-8"))
    team.close()
    with pytest.raises(CancelledError):
        waiting.result()
    assert not pieces.is_running(busy)
    assert not pieces.is_running(idle)


def test_nothing_starts_before_it_is_needed() -> None:
    team = Workers(2)
    assert not team._idle
    team.close()


def test_what_a_worker_does_first_is_no_part_of_a_piece() -> None:
    with closing(Workers(1, _spin_a_while)) as team:
        assert team.submit(pieces.square, 3, seconds=0.3).result() == 9


def _spin_a_while() -> None:
    for _ in range(10**7):
        pass
