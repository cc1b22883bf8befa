"""Saturated tasks by depth and branch."""

from report.saturation import Part, by_branch, by_depth
from store.files.tasks import TaskCounts

TREE = [
    TaskCounts("r", "Root", "", 0, 0, "complete"),
    TaskCounts("a", "A", "r", 0, 0, "saturated"),
    TaskCounts("aa", "AA", "a", 0, 0, "saturated"),
    TaskCounts("ab", "AB", "a", 0, 0, "depth"),
    TaskCounts("b", "B", "r", 0, 0, "open"),
]


def test_every_task_counts_once_by_depth() -> None:
    assert by_depth(TREE) == [Part("Depth 0", 1, 0), Part("Depth 1", 2, 1), Part("Depth 2", 2, 1)]


def test_a_branch_counts_all_below_it() -> None:
    assert by_branch(TREE) == [Part("A", 3, 2), Part("B", 1, 0)]


def test_a_root_alone_has_no_branch() -> None:
    assert by_branch(TREE[:1]) == []
    assert by_depth([]) == []
