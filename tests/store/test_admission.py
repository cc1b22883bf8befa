"""How proposed subtasks are judged."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.facts import Rounds
from store.journal.log import Entry
from store.quality.names import broken_name_rule
from store.tree import name_key
from tests.store.admitting import OVERLAP, check_rejection, overlap, phrases, planted, propose
from tests.store.samples import ORIGIN, RULES, bodies, task


def test_a_subtask_that_is_new_enters_the_tree() -> None:
    exploration = planted()
    kept, closed = propose(exploration, "t1", 2, "thank-you notes")
    assert kept == Entry(
        "task",
        {
            "id": "t3",
            "parent": "t1",
            "depth": 2,
            "name": "thank-you notes",
            "reason": "For thank-you notes.",
            "nearest_id": "t0",
            "nearest_rouge_l": 0.0,
            **ORIGIN,
        },
    )
    asked = {"task": "t1", "asked": 2, "proposed": 1, "admitted": 1}
    assert closed == Entry("round", asked | ORIGIN | {"calls": []})
    assert exploration.tree.path("t3") == ["writing", "mail", "thank-you notes"]
    assert exploration.rounds == {"t1": Rounds(asked=1, poor=0)}


@pytest.mark.parametrize(
    ("name", "rule", "nearest"),
    [
        ("POETRY", "duplicate", "poetry"),
        ("poetry!", "duplicate", "poetry"),
        ("poetry poetry", None, None),
        ("formal business mail writing", "rouge_l", "formal business mail"),
        ("mail", "copy", None),
        ("...", "empty", None),
        ("a " * 13, "length", None),
        ("forbidden mail", "blocked_word", None),
    ],
)
def test_a_subtask_is_rejected_by_a_rule_and_its_nearest_neighbour(
    name: str, rule: str | None, nearest: str | None
) -> None:
    exploration = planted()
    propose(exploration, "t1", 1, "formal business mail")
    entries = propose(exploration, "t1", 1, name)
    found = [(body["rule"], body["nearest_text"]) for body in bodies(entries, "rejection")]
    assert found == ([] if rule is None else [(rule, nearest)])


def test_proposals_are_judged_in_order_each_against_those_before_it() -> None:
    exploration = planted()
    entries = propose(exploration, "t1", 9, "angry mail", "Angry Mail", "ANGRY mail now", "thanks")
    assert [entry.kind for entry in entries] == ["task", "rejection", "rejection", "task", "round"]
    assert [body["nearest_id"] for body in bodies(entries, "rejection")] == ["t3", "t3"]
    assert exploration.rejected_names("t1") == [
        ("Angry Mail", "duplicate"),
        ("ANGRY mail now", "rouge_l"),
    ]


def test_more_subtasks_than_were_asked_for_are_surplus() -> None:
    exploration = planted()
    entries = propose(exploration, "t0", 2, "one", "two", "three", "!!!")
    assert [body["rule"] for body in bodies(entries, "rejection")] == ["surplus", "empty"]
    assert bodies(entries, "round")[0] | {"proposed": 4, "admitted": 2} == entries[-1].body
    assert len(exploration.tree) == 5


def test_a_round_without_proposals_is_a_poor_round() -> None:
    exploration = planted()
    assert [entry.kind for entry in propose(exploration, "t1", 3)] == ["round"]
    assert exploration.rounds == {"t1": Rounds(asked=1, poor=1)}


def test_a_name_that_was_pruned_is_not_proposed_into_the_tree_again() -> None:
    exploration = planted()
    exploration.apply(Entry("prune", {"task": "t2"}))
    rejected = bodies(propose(exploration, "t0", 1, "Poetry"), "rejection")
    assert [(body["nearest_id"], body["nearest_text"]) for body in rejected] == [("t2", "poetry")]
    exploration.apply(task(3, 0, "Poetry"))
    rejected = bodies(propose(exploration, "t0", 1, "POETRY"), "rejection")
    assert [(body["nearest_id"], body["nearest_text"]) for body in rejected] == [("t3", "Poetry")]


@settings(max_examples=30)
@given(
    names=st.lists(st.tuples(st.sampled_from(["t0", "t1", "t2"]), phrases), max_size=10),
    threshold=st.sampled_from([Fraction(1, 2), Fraction(7, 10), Fraction(1)]),
)
def test_subtasks_are_kept_as_comparing_all_names_says(
    names: list[tuple[str, str]], threshold: Fraction
) -> None:
    exploration = planted(threshold)
    known = ["writing", "mail", "poetry"]
    for parent, name in names:
        decided, _ = propose(exploration, parent, 1, name)
        above = exploration.tree.task(parent).name
        fault = broken_name_rule(name, above, language="mul", blocked_words=RULES.blocked_words)
        repeats = any(
            overlap(name, other) >= threshold or name_key(name) == name_key(other)
            for other in known
        )
        assert (decided.kind == "task") == (fault is None and not repeats)
        if decided.kind == "task":
            known.append(name)
            nearest = max(overlap(name, other) for other in known[:-1])
            assert decided.body["nearest_rouge_l"] == round(float(nearest), 4)
        else:
            check_rejection(decided, threshold)
            assert decided.body["rule"] in ({fault[0]} if fault else OVERLAP)
    assert [exploration.tree.task(t).name for t in exploration.progress] == known


# Records
