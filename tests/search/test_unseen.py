"""The estimate of the unseen: what it says of literal trees, and that it follows the signs."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.filling import Filling
from benchmarks.unseen import Case
from benchmarks.unseen_lessons import quadratic
from search.adaptive.adaptive import Adaptive
from search.schedule import Quota
from search.strategy import Plan
from search.unseen import FEWEST_TASKS, Estimator
from search.unseen_weights import CENTRES, LEARNED, SPREADS, WEIGHTS
from store.standing import Standings

NEW, OLD = True, False


def standings(answers: Mapping[str, Sequence[Sequence[bool]]], echoes: int = 0) -> Standings:
    """Return what these answers, task by task, came to; t0 is the root, children are numbered."""
    found, count = Standings(), 1
    found.add("t0", None)
    for task, told in answers.items():
        for answer in told:
            born = [f"t{count + place}" for place in range(sum(answer))]
            count += len(born)
            for child in born:
                found.add(child, task)
            found.answer(task, answer, born, echoes)
    return found


def test_nothing_was_asked_so_there_is_no_estimate() -> None:
    found = standings({})
    assert Estimator(found).in_all is None
    assert Estimator(found).below([found["t0"]]) is None


shares = st.lists(st.booleans(), min_size=1, max_size=9)
MANY = [NEW] * FEWEST_TASKS


@given(shares, st.lists(st.lists(shares, max_size=2), max_size=6))
def test_the_ends_lie_around_what_is_expected_and_branches_share_the_whole(
    first: list[bool], others: list[list[list[bool]]]
) -> None:
    tasks = range(1, sum(first) + 1)
    told = {f"t{n}": answers for n, answers in zip(tasks, others, strict=False)}
    found = standings({"t0": [first, MANY], **told})
    estimator = Estimator(found)
    whole = estimator.in_all
    assert whole is not None
    assert 0 <= whole.low <= whole.expected <= whole.high
    every = [stands for stands, tasks in found.groups.items() for _ in tasks]
    assert estimator.share(every) == pytest.approx(1.0) or estimator.share(every) == 0
    assert sum(estimator.share([stands]) for stands in every) == pytest.approx(
        estimator.share(every)
    )


@given(st.tuples(*(st.floats(least, most) for least, most in LEARNED)))
def test_the_table_that_is_learned_from_is_what_the_estimate_adds_up(
    signs: tuple[float, ...],
) -> None:
    estimator = Estimator(standings({"t0": [[NEW]]}))
    estimator.__dict__["signs"] = dict(zip("abcdefg", signs, strict=True))
    row = (np.array([signs]) - CENTRES) / SPREADS
    assert estimator._logarithm == pytest.approx(float((quadratic(row) @ np.array(WEIGHTS))[0]))


def test_a_small_tree_tells_nothing_and_no_sign_counts_beyond_what_was_learned() -> None:
    assert Estimator(standings({"t0": [MANY[2:]]})).in_all is None
    assert Estimator(standings({"t0": [MANY]})).in_all is not None
    estimator, far = Estimator(standings({"t0": [MANY]})), Estimator(standings({"t0": [MANY]}))
    estimator.__dict__["signs"] = {str(n): most for n, (_, most) in enumerate(LEARNED)}
    far.__dict__["signs"] = {str(n): 1e9 for n in range(len(LEARNED))}
    assert far.in_all == estimator.in_all


def test_the_signs_of_a_small_tree_counted_by_hand() -> None:
    told = {"t0": [[NEW] * 4], **{f"t{n}": [[NEW, NEW, OLD, OLD]] for n in range(1, 5)}}
    signs = Estimator(standings(told, echoes=1)).signs
    assert signs["size"] == pytest.approx(np.log(13))
    assert signs["echoes"] == pytest.approx(np.log(5 / 20 + 0.002))
    assert signs["asked"] == 1
    assert signs["waiting"] == 0  # nobody was asked at the depth where tasks wait
    assert signs["later"] == 0
    new = sum(0.97**n for n in range(2, 4))  # the last names of a band weigh most
    all_told = sum(0.97**n for n in range(4))
    for _ in range(3):
        new, all_told = (
            new * 0.97**4 + sum(0.97**n for n in range(2, 4)),
            all_told * 0.97**4 + sum(0.97**n for n in range(4)),
        )
    assert signs["new"] == pytest.approx(np.log((new + 1) / (all_told - new + 1)))


def test_tasks_that_wait_lead_to_what_the_others_brought() -> None:
    told = {"t0": [[NEW] * 6], **{f"t{n}": [[NEW] * 3] for n in range(1, 5)}}
    found = standings(told)
    estimator = Estimator(found)
    assert estimator.signs["waiting"] == pytest.approx(np.log(1 + 2 * 3))
    waiting, asked = estimator.share([found["t5"]]), estimator.share([found["t1"]])
    assert waiting == pytest.approx(2 * asked)


def test_a_branch_that_was_pruned_counts_no_more() -> None:
    told = {"t0": [[NEW] * 6], **{f"t{n}": [[NEW] * 3] for n in range(1, 5)}}
    found = standings(told)
    before = Estimator(found).signs["waiting"]
    found.remove(["t5"], "t0", split=True)
    assert Estimator(found).signs["waiting"] < before


@pytest.mark.parametrize("seed", [51, 52])
def test_a_domain_that_is_nearly_exhausted_looks_smaller_than_one_that_is_not(seed: int) -> None:
    def expected(fanout: str) -> tuple[int, int]:
        case = Case(seed, 0, fanout, "even", 300_000)
        plan = Plan(Adaptive.limits(None, (), 2), Quota(9_999, 5, 5, 9_999), 4, tokens=case.tokens)
        filling = Filling(Adaptive, plan, case.options)
        filling.run()
        whole = Estimator(filling.known.standings).in_all
        assert whole is not None
        return whole.expected, filling.unseen()

    (small, few), (large, many) = expected("14-16,9-11"), expected("20-24,20-24,20-24")
    assert few < many
    assert 5 * small < large
