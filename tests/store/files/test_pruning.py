"""Pruning by names, against the obvious way: compare every name with every kept one."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from store.files.original import OriginalTask, OriginalTree, read_original
from store.files.pruning import prune
from store.filter.tokens import tokens
from tests.shared_data import DEMO, shared
from tests.store.filter.oracle import rouge_l

SEVEN_TENTHS = Fraction(7, 10)
WORDS = ["text", "texts", "style", "simplify", "expand", "a"]


@st.composite
def trees(draw: st.DrawFn) -> OriginalTree:
    """Return a tree whose tasks come parents first; names of one word or more often repeat."""
    tasks: list[OriginalTask] = []
    for number in range(draw(st.integers(1, 12))):
        above = draw(st.integers(0, number - 1)) if number else None
        raw = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)))
        depth = 0 if above is None else tasks[above].depth + 1
        tasks.append(OriginalTask(f"{raw} #{number}", raw, "", above, depth))
    return OriginalTree(tuple(tasks), (None,) * len(tasks))


@given(trees(), st.sampled_from([Fraction(1, 2), SEVEN_TENTHS, Fraction(1)]))
def test_a_task_is_kept_iff_no_kept_name_is_near_and_its_parent_is_kept(
    tree: OriginalTree, threshold: Fraction
) -> None:
    kept: list[int] = []
    repeats: list[int] = []
    for n, task in enumerate(tree.tasks):
        if task.parent is not None and task.parent not in kept:
            continue
        words = tokens(task.raw_name)
        near = [rouge_l(words, tokens(tree.tasks[other].raw_name)) for other in kept]
        (repeats if max(near, default=0) >= threshold else kept).append(n)
    found, pruned = prune(tree, threshold)
    assert [task.name for task in found.tasks] == [tree.tasks[n].name for n in kept]
    assert [one.name for one in pruned] == [tree.tasks[n].raw_name for n in repeats]
    assert len(found.tasks) + len(pruned) + sum(one.below for one in pruned) == len(tree.tasks)
    for n, task in zip(kept, found.tasks, strict=True):
        above = tree.tasks[n].parent
        assert task.parent == (None if above is None else kept.index(above))
    for n, one in zip(repeats, pruned, strict=True):
        assert kept[one.parent] == tree.tasks[n].parent
        nearest = tree.tasks[kept[one.nearest]].raw_name
        assert rouge_l(tokens(one.name), tokens(nearest)) == one.verdict.score >= threshold


def test_the_demo_has_no_names_that_repeat_at_the_papers_threshold() -> None:
    tree = read_original(shared(DEMO))
    assert prune(tree, SEVEN_TENTHS) == (tree, [])
    assert len(prune(tree, Fraction(3, 10))[0].tasks) < len(tree.tasks)
