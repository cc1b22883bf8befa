from hypothesis import given
from hypothesis import strategies as st

from cli.live.outline import Row, outline
from cli.live.progress import Branch, Progress


def grown(parents: dict[str, str | None], closed: str = "") -> dict[str, Branch]:
    """Return the branches of a run that admitted these tasks and closed those named."""
    progress = Progress()
    for task, parent in parents.items():
        admitted = {"type": "task_admitted", "task": task, "parent": parent, "name": task}
        progress.apply(admitted, at=0)
    for task in closed:
        progress.apply({"type": "task_closed", "task": task, "why": "complete"}, at=0)
    return progress.branches


def drawn(rows: list[Row]) -> list[str]:
    return [
        row.lead + (f"{row.hidden} more" if row.task is None else row.task + "+" * row.folded)
        for row in rows
    ]


TREE = grown({"r": None, "a": "r", "b": "r", "c": "r", "x": "a", "y": "b", "z": "c"}, closed="ax")


def test_everything_is_open_while_there_is_room() -> None:
    expected = ["r", "├─ a", "│  └─ x", "├─ b", "│  └─ y", "└─ c", "   └─ z"]
    assert drawn(outline(TREE, None, 7)) == expected


def test_the_branch_at_work_is_open_and_done_branches_fold_first() -> None:
    assert drawn(outline(TREE, "c", 6)) == ["r", "├─ a+", "├─ b", "│  └─ y", "└─ c", "   └─ z"]
    assert drawn(outline(TREE, "z", 5)) == ["r", "├─ a+", "├─ b+", "└─ c", "   └─ z"]


def test_what_does_not_fit_around_the_work_is_counted() -> None:
    wide = grown({"r": None, **{f"t{i}": "r" for i in range(20)}})
    assert drawn(outline(wide, "t10", 6)) == [
        "r",
        "⋮  9 more",
        "├─ t9",
        "├─ t10",
        "├─ t11",
        "⋮  8 more",
    ]


def test_a_gap_of_one_is_the_task_itself() -> None:
    wide = grown({"r": None, **{f"t{i}": "r" for i in range(20)}})
    assert drawn(outline(wide, "t1", 5)) == ["r", "├─ t0", "├─ t1", "├─ t2", "⋮  17 more"]


def test_a_tiny_screen_shows_the_end_of_the_way() -> None:
    deep = grown({"r": None, "a": "r", "b": "a", "c": "b"})
    assert [row.task for row in outline(deep, "c", 2)] == ["b", "c"]
    assert outline(deep, "c", 0) == []
    assert outline({}, None, 5) == []


@given(
    parents=st.lists(st.integers(0, 1000), max_size=60),
    closed=st.sets(st.integers(0, 60)),
    focus=st.integers(0, 70),
    height=st.integers(0, 40),
)
def test_any_tree_fits_shows_its_focus_and_counts_every_row(
    parents: list[int], closed: set[int], focus: int, height: int
) -> None:
    links: dict[str, str | None] = {"t0": None}
    links |= {f"t{i}": f"t{parent % i}" for i, parent in enumerate(parents, 1)}
    branches = grown(links)
    for number in closed:
        if f"t{number}" in branches:
            branches[f"t{number}"].open = 0
    rows = outline(branches, f"t{focus}", height)
    shown = [row.task for row in rows if row.task]
    assert len(rows) <= height
    assert len(set(shown)) == len(shown)
    if f"t{focus}" in branches and height > 0:
        assert f"t{focus}" in shown
    if len(branches) <= height:
        assert len(shown) == len(branches)
        assert not any(row.folded for row in rows)
