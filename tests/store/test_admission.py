from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from record import Subtask, record_of
from store.admission import Admission, Origin
from store.exploration import Exploration
from store.facts import Progress, Rounds
from store.filter.tokens import normalised, tokens
from store.journal.log import Entry
from store.quality.names import broken_name_rule
from store.quality.rules import broken_rule
from store.tree import name_key
from tests.store.filter.oracle import rouge_l
from tests.store.samples import (
    CALLS,
    ORIGIN,
    RULES,
    STANDARDS,
    begin,
    bodies,
    explored,
    parts,
    task,
)

OVERLAP = {"rouge_l", "duplicate", "against"}
EXAMPLE = "write a short mail to the team"

# So few words that overlaps, duplicates and broken rules are frequent.
phrases = st.lists(
    st.sampled_from(["write", "WRITE", "a", "short", "mail", "poem", "forbidden", "邮件", "?!"]),
    max_size=8,
).map(" ".join)


def planted(threshold: Fraction = Fraction(7, 10), scope: str = "run") -> Exploration:
    standards = replace(STANDARDS, threshold=threshold, scope=scope)
    tasks = [task(0, None, "writing"), task(1, 0, "mail"), task(2, 0, "poetry")]
    return explored(begin(EXAMPLE), *tasks, standards=standards)


def overlap(a: str, b: str) -> Fraction:
    """Return F; 1 for equal texts without tokens, as the rule "duplicate" has it."""
    a_tokens, b_tokens = tokens(a), tokens(b)
    if not a_tokens and not b_tokens:
        return Fraction(int(normalised(a) == normalised(b)))
    return rouge_l(a_tokens, b_tokens)


def propose(exploration: Exploration, parent: str, asked: int, *names: str) -> list[Entry]:
    proposals = [Subtask(name, f"For {name}.") for name in names]
    return Admission(exploration, Origin(parent, ORIGIN), RULES).subtasks(asked, proposals)


def write(exploration: Exploration, where: str, *instructions: str) -> list[Entry]:
    proposals = [parts(instruction) for instruction in instructions]
    return Admission(exploration, Origin(where, ORIGIN), RULES).records(proposals)


def check_rejection(entry: Entry, threshold: Fraction) -> None:
    body = entry.body
    assert body["rule"]
    assert body["why"]
    if body["rule"] in OVERLAP:
        score = overlap(body["text"], body["nearest_text"])
        assert body["nearest_id"] is not None
        assert body["score"] == round(float(score), 4)
        assert score >= threshold
    else:
        assert (body["score"], body["nearest_id"], body["nearest_text"]) == (None, None, None)


# Subtasks


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


def test_a_record_that_is_new_is_kept_with_its_origin() -> None:
    exploration = planted()
    (kept,) = write(exploration, "t1", "Write a short note")
    assert kept.kind == "record"
    assert kept.body == {
        "id": "r0",
        "task": "t1",
        "instruction": "Write a short note",
        "input": "",
        "output": "An answer.",
        "nearest_id": "example-1",
        "nearest_rouge_l": round(2 * 3 / 11, 4),
        **ORIGIN,
    }
    assert exploration.records == {"r0": record_of(kept.body)}


def test_records_that_repeat_or_break_a_rule_are_rejected() -> None:
    exploration = planted()
    entries = write(
        exploration,
        "t1",
        "Describe a river in spring",
        "Describe a river in autumn",
        "describe a river in spring!",
        "Write a short mail to the team today",
        "Tell a forbidden story",
    )
    found = [
        (body["rule"], body["score"], body["nearest_id"], body["nearest_text"])
        for body in bodies(entries, "rejection")
    ]
    assert found == [
        ("rouge_l", 0.8, "r0", "Describe a river in spring"),
        ("duplicate", 1.0, "r0", "Describe a river in spring"),
        ("against", 0.9333, "example-1", EXAMPLE),
        ("blocked_word", None, None, None),
    ]
    assert len(exploration.records) == 1


def test_an_overlap_at_the_threshold_is_too_much() -> None:
    """F of 7 common tokens of 10 and 10 is 0.7 exactly."""
    exploration = planted()
    first, second = "a b c d e f g h i j", "a b c d e f g x y z"
    entries = write(exploration, "t1", first, second)
    assert [entry.kind for entry in entries] == ["record", "rejection"]
    assert (entries[1].body["rule"], entries[1].body["score"]) == ("rouge_l", 0.7)


def test_a_call_is_closed_with_what_it_brought() -> None:
    exploration = planted()
    origin = Origin("t1", ORIGIN, CALLS)
    unread = Admission(exploration, origin, RULES).reject(
        "record", "Sorry.", ("malformed", "there is no JSON")
    )
    entries = [unread, *write(exploration, "t1", "Describe a river", "Describe a river")]
    closed = Admission(exploration, origin, RULES).close_call(entries)
    assert closed == Entry(
        "call", {"task": "t1", "kept": 1, "rejected": 2, "calls": CALLS} | ORIGIN
    )
    assert exploration.progress["t1"] == Progress(calls=1, kept=1, rejected=2)
    assert exploration.rejections == {"malformed": 1, "duplicate": 1}


def test_a_rejected_answer_is_kept_word_for_word() -> None:
    origin = Origin("t1", {"call": "a0"})
    fault = ("malformed", "there is no JSON")
    entry = Admission(planted(), origin, RULES).reject("task", "I'd rather not.\n", fault)
    assert entry.body == {
        "kind": "task",
        "rule": "malformed",
        "why": "there is no JSON",
        "score": None,
        "nearest_id": None,
        "nearest_text": None,
        "text": "I'd rather not.\n",
        "task": "t1",
        "call": "a0",
    }


@settings(max_examples=60)
@given(
    wanted=st.lists(st.tuples(st.sampled_from(["t1", "t2"]), phrases), max_size=12),
    threshold=st.sampled_from([Fraction(1, 2), Fraction(7, 10), Fraction(1)]),
    scope=st.sampled_from(["run", "task"]),
)
def test_records_are_kept_as_comparing_all_pairs_says(
    wanted: list[tuple[str, str]], threshold: Fraction, scope: str
) -> None:
    exploration = planted(threshold, scope)
    kept: list[tuple[str, str]] = []
    for where, instruction in wanted:
        (decided,) = write(exploration, where, instruction)
        fault = broken_rule(parts(instruction), RULES)
        rivals = [text for home, text in kept if scope == "run" or home == where] + [EXAMPLE]
        repeats = any(overlap(instruction, text) >= threshold for text in rivals)
        assert (decided.kind == "record") == (fault is None and not repeats)
        if decided.kind == "record":
            kept.append((where, instruction))
            nearest = max(overlap(instruction, text) for text in rivals)
            assert decided.body["nearest_rouge_l"] == round(float(nearest), 4)
        else:
            check_rejection(decided, threshold)
            assert decided.body["rule"] in ({fault[0]} if fault else OVERLAP)
    assert [record.instruction for record in exploration.records.values()] == [t for _, t in kept]


def test_paraphrases_are_rejected_where_a_cosine_is_named() -> None:
    standards = replace(STANDARDS, semantic=0.99)
    exploration = explored(begin("listen to me"), task(0, None, "writing"), standards=standards)
    propose(exploration, "t0", 2, "the night")
    rejected, _ = propose(exploration, "t0", 2, "eth thing")
    assert (rejected.body["rule"], rejected.body["nearest_text"]) == ("semantic", "the night")
    assert (rejected.body["score"], rejected.body["why"]) == (1.0, "cosine 1.00 with t1")
    given = [parts("silent to me"), parts("a new one"), parts("on ewe an")]
    kinds = [
        e.body.get("rule")
        for e in Admission(exploration, Origin("t0", ORIGIN), RULES).records(given)
    ]
    assert kinds == ["against", None, "semantic"]
