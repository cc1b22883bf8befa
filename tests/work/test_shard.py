"""Shards: a state on a worker that may die at any time."""

import errno
import os
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from errors import RunError
from tests.work import pieces
from work import shard as shards
from work.errors import PieceLostError
from work.shard import RECENT, Change, Shard
from work.workers import Workers


def push(state: list[int], number: int) -> None:
    if number < 0:
        raise ValueError(number)
    state.append(number)


def pop(state: list[int], _: None) -> int:
    return state.pop(0)


def content(state: list[int], _: None) -> list[int]:
    return list(state)


def process(_state: list[int], _: None) -> int:
    return os.getpid()


def die(_state: list[int], _: None) -> None:
    pieces.killed(None)


def die_once(state: list[int], mark: str) -> list[int]:
    pieces.killed_once(mark)
    return state


def made(mark: str) -> list[int]:
    pieces.killed_once(mark)
    return [7]


def popped(number: int) -> Change:
    return drop, number


def drop(state: list[int], number: int) -> None:
    state.remove(number)


@pytest.fixture
def shard() -> Iterator[Shard[list[int]]]:
    with closing(Workers(1)) as team:
        one: Shard[list[int]] = Shard(team, partial(list, [7]))
        with closing(one):
            yield one


def killed(shard: Shard[list[int]]) -> None:
    number = shard.ask(process, None).result()
    pieces.kill(number)
    pieces.wait_for_end(number)


def test_a_worker_that_dies_before_it_is_asked_is_replaced(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with closing(Workers(1)) as team:
        one: Shard[list[int]] = Shard(team, partial(made, str(mark)))
        with closing(one):
            assert one.ask(content, None).result() == [7]
    assert mark.exists()


def test_a_state_is_as_it_was_after_its_worker_died(shard: Shard[list[int]]) -> None:
    shard.tell(push, 1)
    shard.tell(push, 2)
    assert shard.ask(content, None).result() == [7, 1, 2]
    for expected in ([7, 1, 2, 3], [1, 2, 3, 3], [2, 3, 3, 3]):
        killed(shard)
        shard.tell(push, 3)
        assert shard.ask(content, None).result() == expected
        assert shard.ask(pop, None, change=popped).result() == expected[0]


def test_a_question_that_its_worker_dies_of_is_asked_again(
    shard: Shard[list[int]], tmp_path: object
) -> None:
    shard.tell(push, 1)
    assert shard.ask(die_once, f"{tmp_path}/died").result() == [7, 1]


def test_what_was_shown_last_is_shown_again(shard: Shard[list[int]]) -> None:
    for number in range(RECENT + 1):
        shard.show(push, number)
    killed(shard)
    assert shard.ask(content, None).result() == [7, *range(1, RECENT + 1)]


def test_a_new_worker_is_told_what_makes_the_same_change(shard: Shard[list[int]]) -> None:
    shard.tell(push, 1, same=(push, 10))
    assert shard.ask(content, None).result() == [7, 1]
    killed(shard)
    assert shard.ask(content, None).result() == [7, 10]


def test_a_piece_that_kills_worker_after_worker_is_given_up(shard: Shard[list[int]]) -> None:
    with pytest.raises(PieceLostError, match="more workers make"):
        shard.ask(die, None).result()
    assert shard.ask(content, None).result() == [7]


def test_a_change_that_fails_is_told_by_the_next_question(shard: Shard[list[int]]) -> None:
    shard.tell(push, -5)
    with pytest.raises(ValueError, match="-5"):
        shard.ask(content, None).result()


def test_its_worker_ends_with_it(shard: Shard[list[int]]) -> None:
    number = shard.ask(process, None).result()
    shard.close()
    assert not pieces.is_running(number)


class Full(BytesIO):
    """A file on a disk without room."""

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_log_without_room_is_told_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "TemporaryFile", Full)
    with closing(Workers(1)) as team:
        shard: Shard[list[int]] = Shard(team, list)
        with closing(shard):
            shard.tell(push, 1)
            with pytest.raises(RunError, match=r"No space left on device.*TMPDIR"):
                shard.ask(content, None).result()
