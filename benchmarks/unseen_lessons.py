"""Learns the weights of the estimate of the unseen anew.

python -m benchmarks.unseen_lessons N

Prints search/unseen_weights.py: what fits best in N domains of random shapes, searched within this
process (benchmarks/filling.py). None of their seeds is measured in benchmarks/unseen.py.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log
from random import Random
from typing import Any

import numpy as np

from benchmarks.filling import Filling
from benchmarks.pipeline import MORE_THAN_PAID_FOR
from benchmarks.unseen import Case, shape
from search.limits import Limits
from search.schedule import Quota
from search.strategy import Plan
from search.table import STRATEGIES
from search.unseen import BESIDE, Estimator
from simulator.character import CHARACTERS

LEARNING = 10_000
"""Seeds from here on are learned from."""
RIDGE = 5.0
"""What keeps the weights small."""
PARTS = 10
"""Parts of what is learned from: how far off the estimate is, is told by domains of other parts."""
TAIL = 0.03
"""The share of what is learned from that lies beyond an end. It is below the twentieth that 90 %
leave, since other domains have shapes that none of these has."""
LARGER = (350, 700)
"""Tasks of a tree from which on the estimate is surer."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a searched domain teaches: the signs, the tasks not found, and those of branches.

    Of a branch: what the estimate would be by its share of the truth, and the truth.
    """

    signs: Sequence[float]
    truth: int
    branches: Sequence[tuple[float, int]]


def lesson(number: int) -> Lesson:
    """Search a domain of a random shape, with a random budget; return what it teaches."""
    draw = Random(f"lesson {number}")
    size, tokens = int(10 ** draw.uniform(2.4, 4.4)), int(10 ** draw.uniform(5.2, 6.5))
    case = Case(LEARNING + number, size, shape(draw, size), draw.choice(list(CHARACTERS)), tokens)
    quota = Quota(MORE_THAN_PAID_FOR, 5, 5, MORE_THAN_PAID_FOR)
    if draw.random() < 0.75:
        strategy, limits = STRATEGIES["adaptive"], STRATEGIES["adaptive"].limits(None, (), 2)
    else:
        strategy, breadth = STRATEGIES["depth-first"], draw.choice(((6, 4), (20, 8, 4), (30, 10)))
        limits = Limits(len(breadth), breadth, 2)
    filling = Filling(strategy, Plan(limits, quota, 4, tokens=tokens), case.options)
    filling.run()
    estimator = Estimator(filling.known.standings)
    return Lesson(
        list(estimator.signs.values()), filling.unseen(), list(_branches(filling, estimator))
    )


def _branches(filling: Filling, estimator: Estimator) -> Iterator[tuple[float, int]]:
    tree, standings, truth = filling.known.tree, filling.known.standings, filling.unseen()
    for branch in tree.children(tree.root):
        number = filling.taxonomy.number_of(tree.task(branch).name)
        if number and filling.taxonomy.tasks[number].depth == 1:
            share = estimator.share(standings[task] for task in tree.preorder(branch))
            yield log(share * truth + BESIDE), filling.unseen(below=number)


def learned(lessons: Sequence[Lesson]) -> str:
    """Return search/unseen_weights.py: what fits the lessons best, and how far off it is."""
    signs = np.array([one.signs for one in lessons])
    truth = np.log(np.array([one.truth for one in lessons]) + BESIDE)
    centres, spreads = signs.mean(0).round(3), signs.std(0).round(3)
    table = quadratic((signs - centres) / spreads)
    off = np.zeros(len(truth))
    for part in range(PARTS):
        held = np.arange(len(truth)) % PARTS == part
        off[held] = truth[held] - table[held] @ _fitted(table[~held], truth[~held])
    branches = [pair for one in lessons for pair in one.branches]
    told, true = np.array(branches).T
    apart = np.log(true + BESIDE) - told
    both = np.resize(off, apart.size) + np.random.default_rng(0).permutation(apart)
    return WRITTEN.format(
        count=len(lessons),
        learned=tuple((float(a), float(b)) for a, b in _spans(signs)),
        centres=tuple(map(float, centres)),
        spreads=tuple(map(float, spreads)),
        weights=tuple(float(weight) for weight in _fitted(table, truth).round(3)),
        in_all=tuple(_bands(np.exp(signs[:, 0]), off)),
        below=_ends(both),
        deviation=off.std(),
        held=round(100 * (1 - 2 * TAIL)),
    )


WRITTEN = '''"""What was learned of the unseen from {count:,} simulated domains.

Written by `python -m benchmarks.unseen_lessons N`. The logarithm of the estimate was off by
{deviation:.2f} (its standard deviation) on domains that the weights had not seen.
"""

from math import inf

LEARNED = {learned}
"""Of each sign: the least and the most that occurred, but for one in a hundred."""

CENTRES = {centres}
SPREADS = {spreads}
"""Of each sign: what is taken off it, and what it is divided by."""

WEIGHTS = {weights}
"""Of 1, the signs and their products, two by two."""

IN_ALL = {in_all}
"""How far the truth lies below and above, at most, in {held} of 100 domains: logarithms, by the
tasks that a tree has, up to the first number."""

BELOW = {below}
"""The same for the tasks below one."""
'''


def quadratic(signs: Any) -> Any:  # noqa: ANN401 - arrays
    """Return 1, the signs and their products, a row for each domain, in search.unseen's order."""
    ones = np.ones((len(signs), 1))
    whole = np.hstack([ones, signs])
    left, right = np.triu_indices(whole.shape[1])
    return whole[:, left] * whole[:, right]


def _fitted(table: Any, truth: Any) -> Any:  # noqa: ANN401 - arrays
    square = table.T @ table + RIDGE * np.eye(table.shape[1])
    return np.linalg.solve(square, table.T @ truth)


def _spans(signs: Any) -> Any:  # noqa: ANN401 - arrays
    """Return the least and the most of each sign, but for one in a hundred, both ends together."""
    return np.quantile(signs, (0.005, 0.995), axis=0).round(3).T


def _bands(sizes: Any, off: Any) -> Iterator[tuple[float, float, float]]:  # noqa: ANN401 - arrays
    """Yield up to how many tasks a run counts as this large, and its ends."""
    for least, most in pairwise((0, *LARGER, inf)):
        yield (most, *_ends(off[(sizes >= least) & (sizes < most)]))


def _ends(off: Any) -> tuple[float, float]:  # noqa: ANN401 - an array
    low, high = np.quantile(off, (TAIL, 1 - TAIL))
    return round(-float(low), 2), round(float(high), 2)


if __name__ == "__main__":
    with ProcessPoolExecutor() as processes:
        print(learned(list(processes.map(lesson, range(int(sys.argv[1]))))))
