"""How many calls are let in, and how fast, without a clock."""

import asyncio
from collections.abc import Coroutine
from random import Random

import pytest

from asking.pace import CONGESTED, Gate, Pace


class Crowd:
    """Calls behind a gate, each let go by hand; remembers how many were inside at once."""

    def __init__(self, given: Gate, size: int) -> None:
        self.inside = 0
        self.most = 0
        self._gate = given
        self._doors = [asyncio.Event() for _ in range(size)]
        self.calls = [asyncio.create_task(self._call(door)) for door in self._doors]

    async def _call(self, door: asyncio.Event) -> None:
        async with self._gate.place(0):
            self.inside += 1
            self.most = max(self.most, self.inside)
            await door.wait()
            self.inside -= 1

    async def let_go(self, count: int) -> None:
        for door in self._doors[:count]:
            door.set()
        del self._doors[:count]
        await idle()


async def idle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_no_more_than_parallel_are_inside_and_all_come_in_turn() -> None:
    crowd = Crowd(Gate(3), 10)
    await idle()
    for _ in range(10):
        assert crowd.inside == 3 or len([c for c in crowd.calls if not c.done()]) < 3
        await crowd.let_go(1)
    assert crowd.most == 3
    await asyncio.gather(*crowd.calls)


async def test_who_gives_up_waiting_takes_no_place() -> None:
    crowd = Crowd(Gate(1), 3)
    await idle()
    crowd.calls[1].cancel()
    await crowd.let_go(3)
    assert [call.done() for call in crowd.calls] == [True] * 3
    assert crowd.inside == 0


async def test_a_place_that_opens_is_taken_at_once() -> None:
    given = Gate(8)
    given.limit = 1
    crowd = Crowd(given, 8)
    await idle()
    assert crowd.inside == 1
    given.limit = 5
    await crowd.let_go(1)
    assert crowd.inside == 5
    await crowd.let_go(7)


async def test_what_was_planned_first_goes_first() -> None:
    given, came = Gate(1), list[int]()

    async def call(order: int) -> None:
        async with given.place(order):
            came.append(order)
            await asyncio.sleep(0)

    await asyncio.gather(*map(call, [5, 9, 2, 7, 2, 1]))
    assert came == [5, 1, 2, 2, 7, 9]


def answers(given: Gate, count: int, share: float, draw: Random) -> None:
    """Note so many answers, each after as many refusals as lots with this share bring."""
    for _ in range(count):
        while draw.random() < share:
            given.note(slow_down=True)
        given.note(slow_down=False)


def test_congestion_halves_and_calm_brings_it_back() -> None:
    given, draw = Gate(32), Random(1)
    answers(given, 200, 0.7, draw)
    assert given.limit <= 2
    answers(given, 400, 0.0, draw)
    assert given.limit == 32


@pytest.mark.parametrize("seed", range(5))
def test_some_refusals_at_random_leave_it_open(seed: int) -> None:
    given = Gate(32)
    answers(given, 2000, CONGESTED * 0.4, Random(seed))
    assert given.limit == 32


def waited(pace: Pace, amounts: list[int], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return how long each has to wait, all coming at the same time."""
    delays: list[float] = []

    async def sleep(seconds: float) -> None:
        delays.append(round(seconds, 2))

    async def come() -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        monkeypatch.setattr(loop, "time", lambda: now)
        for amount in amounts:
            await pace.wait(amount)

    monkeypatch.setattr("asking.pace.asyncio.sleep", sleep)
    run: Coroutine[None, None, None] = come()
    with asyncio.Runner() as runner:
        runner.run(run)
    return delays


def test_a_pace_spreads_what_comes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(Pace(60), [1, 1, 3, 1], monkeypatch) == [0.0, 1.0, 2.0, 5.0]


def test_no_pace_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(Pace(None), [1, 1000], monkeypatch) == []


def test_what_was_not_used_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace(60)
    waited(pace, [10], monkeypatch)
    pace.settle(-8)
    assert waited(pace, [1], monkeypatch)[0] <= 2.0


def test_answers_that_do_not_come_in_time_halve_it_once_for_good() -> None:
    gate = Gate(16)
    for started in (1.0, 2.0, 3.0):
        gate.lower(started, now=10.0)
    assert gate.limit == 8
    gate.lower(10.5, now=20.0)
    assert gate.limit == 4
    for _ in range(100):
        gate.note(slow_down=False)
    assert gate.limit == 4
