"""What a person may answer in a review, and how it is read."""

import json
from typing import Any

import pytest

from nodes.answers import EditError, edit_of, edits_in
from nodes.edits import branch_to_show, edit
from store.tree import TaskTree
from tests.store.samples import begin, explored, task

PRUNE, ADD = {"prune": "t7"}, {"add": "A task of mine", "below": "t3"}


@pytest.mark.parametrize(
    "answer",
    [
        *("approve", "Approve", "APPROVE", "approve ", " approve\n", "Approve.", '"approve"'),
        *("approved", "ok", "OK", "ok?", "Okay!", "yes", "Yes.", "y", "true", "null", "done", ""),
        *(True, None, [], {}, (), "[]", "{}", {"edits": []}),
    ],
)
def test_an_approval_in_any_form(answer: object) -> None:
    assert edits_in(answer) == []


@pytest.mark.parametrize(
    "answer",
    [
        [PRUNE, ADD],
        {"edits": [PRUNE, ADD]},
        json.dumps([PRUNE, ADD]),
        json.dumps([PRUNE, ADD], indent=2),
        json.dumps({"edits": [PRUNE, ADD]}),
        str([PRUNE, ADD]),
        "[{prune: t7}, {add: A task of mine, below: t3},]",
        "prune t7\nadd t3 A task of mine",
        "  prune t7 \r\n\r\n add t3 A task of mine\n",
        ["prune t7", ADD],
    ],
)
def test_edits_in_any_form(answer: object) -> None:
    assert edits_in(answer) == [PRUNE, ADD]


@pytest.mark.parametrize(
    ("answer", "told", "position"),
    [
        (False, "False is no answer here: give a list of edits", None),
        (7, "7 is no answer here", None),
        ("no", "'no' is no edit", 0),
        ("prune t7\nthrow t8 away", "'throw t8 away' is no edit", 1),
        ([PRUNE, 7], "7 is no edit", 1),
        ('[{"prune": "t7"', "this is no valid JSON (", None),
        ("x" * 200_001, "200001 characters: give 200000 at most", None),
        ([PRUNE] * 1001, "1001 edits: give 1000 at most", None),
    ],
)
def test_what_is_no_answer_is_told_in_plain_words(
    answer: object, told: str, position: int | None
) -> None:
    with pytest.raises(EditError) as caught:
        edits_in(answer)
    assert str(caught.value).startswith(told)
    assert len(str(caught.value)) < 400
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("line", "edit"),
    [
        ("prune t7", {"prune": "t7"}),
        ("prune t7 t8  t9", {"prune": ["t7", "t8", "t9"]}),
        ("rename t7 A better name", {"rename": "t7", "name": "A better name"}),
        ("add t3 A task of mine", {"add": "A task of mine", "below": "t3"}),
        ("ban  Translate a text", {"ban": "Translate a text"}),
        ("more t3", {"more": "t3"}),
        ("more t3 2", {"more": "t3", "count": 2}),
        ("show t3", {"show": "t3"}),
        ("Prune T7", {"prune": "T7"}),
        ("", None),
        ("more t3 two", None),
        ("ban", None),
        ("prune", None),
        ("drop t7", None),
    ],
)
def test_a_line_is_an_edit_or_not_understood(line: str, edit: dict[str, Any] | None) -> None:
    assert edit_of(line) == edit


def small_tree() -> TaskTree:
    return explored(
        begin(), task(0, None, "writing"), task(1, 0, "mail"), task(2, 1, "thanks"), task(3, 0, "x")
    ).tree


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("t1", {"t0", "t3"}),
        (" T1 ", {"t0", "t3"}),
        (1, {"t0", "t3"}),
        ("1", {"t0", "t3"}),
        (["t1", "t3"], {"t0"}),
        ("t1, t3", {"t0"}),
        (["t2", "t1", "t2"], {"t0", "t3"}),
        ([2, 3], {"t0", "t1"}),
    ],
)
def test_tasks_are_named_as_people_name_them(given: object, left: set[str]) -> None:
    exploration = explored(
        begin(), task(0, None, "writing"), task(1, 0, "mail"), task(2, 1, "thanks"), task(3, 0, "x")
    )
    edit(exploration, {"prune": given})
    assert set(exploration.tree.preorder()) == left


@pytest.mark.parametrize(
    ("answer", "branch"),
    [("show t1", "t1"), ({"show": "T1"}, "t1"), ([{"show": 1}], "t1"), ("approve", None)],
)
def test_a_branch_can_be_shown(answer: object, branch: str | None) -> None:
    assert branch_to_show(small_tree(), answer) == branch


@pytest.mark.parametrize(
    ("answer", "told"),
    [("show t9", "no task 't9' in the tree"), ("show t1\nprune t2", '"show" stands alone')],
)
def test_a_branch_that_cannot_be_shown(answer: object, told: str) -> None:
    with pytest.raises(EditError, match=told):
        branch_to_show(small_tree(), answer)
