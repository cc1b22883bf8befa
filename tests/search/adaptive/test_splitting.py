from collections.abc import Callable

from search.adaptive.costs import Purse
from search.adaptive.novelty import Novelty
from search.adaptive.splitting import MOST, PILOT, PILOTS, Splitting
from search.limits import Limits
from search.schedule import Quota
from search.step import Step
from search.strategy import Moment, Plan
from store.facts import Paid
from store.standing import Standings
from tests.search.knowing import Facts

ANYWHERE = Limits(9, (), 2)
PLAN = Plan(ANYWHERE, Quota(9, 5, 5), tokens=1_000_000)


class Grown:
    """Standings of tasks named by their place, as answers bring them."""

    def __init__(self) -> None:
        self.standings = Standings()
        self.standings.add("r", None)
        self.count = {"r": 0}

    def answer(self, task: str, *admitted: int) -> None:
        born = []
        for new in admitted:
            if new:
                born.append(f"{task}.{self.count[task]}")
                self.count[task] += 1
                self.count[born[-1]] = 0
                self.standings.add(born[-1], task)
        self.standings.answer(task, [bool(new) for new in admitted], born)

    def splitting(
        self, limits: Limits = ANYWHERE, places: Callable[[str], int] = lambda _: 99
    ) -> Splitting:
        return Splitting(self.standings, Novelty(self.standings.trials), limits, places)

    def steps(
        self,
        room: int = 99,
        pending: tuple[Step, ...] = (),
        paid: int = 0,
        places: Callable[[str], int] = lambda _: 99,
    ) -> list[Step]:
        facts = Facts(standings=self.standings, names_paid=Paid(1, 1, paid))
        purse = Purse(facts, PLAN, pending)
        return self.splitting(places=places).steps(
            Moment(may_grow=True, pending=pending, room=room), purse
        )


def test_the_first_call_asks_the_root_for_many_names() -> None:
    assert Grown().steps() == [Step("lookahead", "r", MOST)]


def test_a_depth_is_piloted_until_answers_are_in() -> None:
    grown = Grown()
    grown.answer("r", *[1] * 40)
    below = [step for step in grown.steps() if step.task != "r"]
    assert [step.asked for step in below] == [PILOT] * PILOTS
    grown.answer("r.0", *[1] * 30)
    more = [step for step in grown.steps() if step.task.count(".") == 1]
    assert len(more) == PILOTS + 1
    pending = tuple(more[:2])
    further = [step for step in grown.steps(pending=pending) if step.task.count(".") == 1]
    assert len(further) == PILOTS - 1
    assert not {step.task for step in further} & {step.task for step in pending}


def test_a_level_comes_before_the_next_and_first_calls_before_later_ones() -> None:
    grown = Grown()
    grown.answer("r", *[1] * 12)
    for n in range(6):
        grown.answer(f"r.{n}", *[1] * 8)
    steps = grown.steps()
    depths = [step.task.count(".") for step in steps]
    assert depths == sorted(depths)
    assert depths.count(2) == PILOTS
    level = [step.operation for step in steps if step.task.count(".") == 1]
    assert level == ["lookahead"] * 6 + ["backtrack"] * PILOTS


def test_tasks_that_were_told_repeats_alone_are_asked_no_more() -> None:
    grown = Grown()
    grown.answer("r", *[1] * 6)
    for n in range(6):
        grown.answer(f"r.{n}", *[1] * 8)
    for n in range(6):
        for m in range(6):
            grown.answer(f"r.{n}.{m}", *[0] * 8)
    splitting = grown.splitting()
    assert splitting.splits(1) is True
    assert splitting.splits(2) is False
    assert splitting.splits(3) is None
    assert not [step for step in grown.steps() if step.task.count(".") == 2]


def test_more_names_are_asked_for_where_all_were_new() -> None:
    def asked(new: int) -> int:
        grown = Grown()
        grown.answer("r", *[1] * 12)
        for n in range(10):
            grown.answer(f"r.{n}", *[place < new for place in range(12)])
        return next(step.asked for step in grown.steps() if step.task == "r.10")

    assert asked(12) == MOST
    assert asked(6) < asked(9) < MOST


def test_room_purse_places_and_depth_are_kept() -> None:
    grown = Grown()
    grown.answer("r", *[1] * 12)
    assert len(grown.steps(room=2)) == 2
    assert grown.steps(paid=300_000) == []
    assert all(step.asked == 2 for step in grown.steps(places=lambda _: 2))
    assert grown.steps(places=lambda _: 0) == []
    flat = grown.splitting(Limits(1, (), 2))
    steps = flat.steps(Moment(may_grow=True, room=99), Purse(Facts(), PLAN, ()))
    assert {step.task for step in steps} <= {"r"}


def test_bars_are_lowered_once_nothing_reaches_them() -> None:
    grown = Grown()
    grown.answer("r", 1, 1, 1, 1, 0, 1, 0, 1)
    for n in range(6):
        grown.answer(f"r.{n}", 1, 0, 0, 0, 0, 0, 0, 1)
    at = grown.standings["r.0"]
    assert grown.splitting().ask(at) is None
    assert grown.splitting().ask(at, ease=0.2)
    assert [step.task for step in grown.steps()]
    assert grown.steps(paid=300_000) == []
