"""How proposed records are judged, and how a call is closed."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from record import record_of
from store.admission import Admission, Origin
from store.facts import Progress
from store.journal.log import Entry
from store.quality.rules import broken_rule
from tests.store.admitting import (
    EXAMPLE,
    OVERLAP,
    check_rejection,
    overlap,
    phrases,
    planted,
    propose,
    write,
)
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
        for e in list(map(Admission(exploration, Origin("t0", ORIGIN), RULES).record, given))
    ]
    assert kinds == ["against", None, "semantic"]
