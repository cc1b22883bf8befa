import pytest

from search.adaptive.chances import KINDS, LEAST, Chances
from search.adaptive.zipf import chance_of_new
from store.standing import NEVER, Standing
from tests.search.adaptive.test_splitting import Grown


def chances(grown: Grown) -> Chances:
    splitting = grown.splitting()
    return Chances(splitting.novelty, splitting)


def three_levels() -> Grown:
    """Return a tree whose third level is known not to split."""
    grown = Grown()
    grown.answer("r", *[1] * 6)
    for n in range(6):
        grown.answer(f"r.{n}", *[1] * 8)
    for n in range(6):
        for m in range(4):
            grown.answer(f"r.{n}.{m}", *[0] * 8)
    return grown


def test_the_first_record_of_a_task_without_subtasks_is_of_something_new() -> None:
    assert chances(Grown()).of(Standing(3)) == 1
    assert chances(three_levels()).of(Standing(2)) == 1


def test_a_second_record_is_worth_little_where_tasks_cannot_be_split() -> None:
    known = chances(three_levels())
    assert known.of(Standing(2, kept=1)) == LEAST
    assert known.of(Standing(1, kept=1)) > 0.5


def test_chances_fall_with_every_record() -> None:
    known = chances(three_levels())
    for stands in (Standing(1), Standing(0), Standing(1, told=2, ending=3, split=True)):
        seen = [known.of(stands._replace(kept=kept)) for kept in range(0, 100, 7)]
        assert seen == sorted(seen, reverse=True)


def test_where_no_task_so_deep_was_asked_a_usual_number_of_things_is_taken() -> None:
    grown = three_levels()
    sure = grown.splitting().novelty.mean(Standing(3), 4)
    expected = sure * chance_of_new(KINDS, 0, 2)
    assert chances(grown).of(Standing(3, kept=2)) == pytest.approx(expected)


def test_a_task_with_subtasks_keeps_what_these_leave() -> None:
    known = chances(three_levels())
    told = Standing(1, told=2, split=True)
    open_end, dry_end = (known.of(told._replace(ending=ending)) for ending in (4, 0))
    assert 0 < dry_end < open_end < 0.5
    assert known.of(told._replace(ending=NEVER)) == 0.5


def test_levels_below_count() -> None:
    deep = three_levels()
    for n in range(6):
        for m in range(4, 8):
            deep.answer(f"r.{n}.{m}", *[1] * 12)
    stands = Standing(1, kept=5)
    assert deep.splitting().splits(2)
    assert chances(deep).of(stands) > chances(three_levels()).of(stands)
