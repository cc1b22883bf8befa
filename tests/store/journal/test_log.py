"""The specification of the journal: what holds on every database it runs on."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import RunError
from store.digest import canonical, digest
from store.journal.log import GENESIS, Answered, Attempt, Entry, Journal, commit_id
from tests.store.journal.chains import knows, line, said, words

STRANGE = "NUL \0, lone surrogate \ud83d, emoji 😀, 改写, \u2028, \x7f, \\u0000, 'quote\""

# Commits are told apart by their content, so examples can share one database.
shared_database = settings(
    max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
some_entries = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["task", "record", "rejection"]),
        st.dictionaries(st.text(st.characters(), max_size=4), json_values, max_size=3),
    ),
    max_size=4,
)


# Commits


def test_the_beginning_is_empty(journal: Journal) -> None:
    assert list(journal.chain(GENESIS)) == []


def test_a_chain_runs_from_the_first_commit_to_its_head(journal: Journal) -> None:
    first = journal.commit(GENESIS, said("a", "b"))
    second = journal.commit(first, said("c"))
    third = journal.commit(second, said("d", "e", "f"))
    assert words(journal, third) == ["a", "b", "c", "d", "e", "f"]
    assert words(journal, second) == ["a", "b", "c"]


def test_a_long_chain_keeps_its_order(journal: Journal) -> None:
    texts = [f"{n}" for n in range(300)]
    assert words(journal, line(journal, GENESIS, texts)) == texts


def test_an_id_follows_from_parent_and_content_alone(journal: Journal) -> None:
    head = journal.commit(GENESIS, [Entry("word", {"b": 1, "a": [None, 0.5]})])
    assert head == commit_id(GENESIS, [Entry("word", {"a": [None, 0.5], "b": 1})])
    assert len(head) == 64
    others = [
        commit_id(head, [Entry("word", {"b": 1, "a": [None, 0.5]})]),
        commit_id(GENESIS, [Entry("name", {"b": 1, "a": [None, 0.5]})]),
        commit_id(GENESIS, [Entry("word", {"b": 1, "a": [0.5, None]})]),
        commit_id(GENESIS, [Entry("word", {"b": 1, "a": [None, 0.5]})] * 2),
        commit_id(GENESIS, []),
    ]
    assert len({head, *others}) == 6


def test_the_id_of_a_commit_never_changes() -> None:
    """Runs that were begun with an older version find their commits."""
    body = {"name": "改写", "score": 0.7, "nearest": None}
    assert canonical(body) == r'{"name":"\u6539\u5199","nearest":null,"score":0.7}'
    text = r'["",[["task",{"name":"\u6539\u5199","nearest":null,"score":0.7}]]]'
    assert commit_id(GENESIS, [Entry("task", body)]) == sha256(text.encode()).hexdigest()


def test_the_same_commit_again_is_written_once(journal: Journal) -> None:
    first = journal.commit(GENESIS, said("a", "b"))
    second = journal.commit(first, said("c"))
    assert journal.commit(GENESIS, said("a", "b")) == first
    assert journal.commit(first, said("c")) == second
    assert words(journal, second) == ["a", "b", "c"]


def test_a_commit_may_be_empty(journal: Journal) -> None:
    first = journal.commit(GENESIS, said("a"))
    empty = journal.commit(first, [])
    assert empty != first
    assert words(journal, journal.commit(empty, said("b"))) == ["a", "b"]


def test_a_fork_sees_only_its_own_line(journal: Journal) -> None:
    trunk = line(journal, GENESIS, ["a", "b"])
    left, right = line(journal, trunk, ["c", "d"]), line(journal, trunk, ["d", "e"])
    assert words(journal, left) == ["a", "b", "c", "d"]
    assert words(journal, right) == ["a", "b", "d", "e"]
    assert words(journal, trunk) == ["a", "b"]


def test_a_chain_to_an_unknown_head_is_refused(journal: Journal) -> None:
    assert list(journal.chain(GENESIS)) == []
    assert not knows(journal, "abc")


def test_a_chain_can_be_narrowed_to_kinds(journal: Journal) -> None:
    kinds = ["task", "record", "call", "task"]
    head = GENESIS
    for n, kind in enumerate(kinds):
        head = journal.commit(head, [Entry(kind, {"n": n}), Entry("word", {"n": n})])
    found = [(entry.kind, entry.body["n"]) for entry in journal.chain(head, ["task", "call"])]
    assert found == [("task", 0), ("call", 2), ("task", 3)]
    assert list(journal.chain(head, ["prune"])) == []
    assert len(list(journal.chain(head, []))) == 8


def test_an_unknown_parent_is_refused_and_nothing_is_written(journal: Journal) -> None:
    stranger = commit_id(GENESIS, said("elsewhere"))
    with pytest.raises(RunError, match=f"no commit {stranger[:12]}"):
        journal.commit(stranger, said("a"))
    assert not knows(journal, commit_id(stranger, said("a")))


@shared_database
@given(commits=st.lists(st.tuples(st.integers(0, 20), some_entries), min_size=1, max_size=8))
def test_every_line_of_a_forest_reads_as_it_was_written(
    journal: Journal, commits: list[tuple[int, list[Entry]]]
) -> None:
    lines: dict[str, list[Entry]] = {GENESIS: []}
    for chosen, entries in commits:
        parent = list(lines)[chosen % len(lines)]
        lines[journal.commit(parent, entries)] = [*lines[parent], *entries]
    for head, entries in lines.items():
        assert list(journal.chain(head)) == entries
        tasks = [entry for entry in entries if entry.kind == "task"]
        assert list(journal.chain(head, ["task"])) == tasks


def test_a_chain_that_is_left_half_read_does_not_hold_up_writers(journal: Journal) -> None:
    head = line(journal, GENESIS, [f"{n}" for n in range(50)])
    reading = journal.chain(head)
    assert next(reading).body == {"text": "0"}
    later = journal.commit(head, said("more"))
    assert [entry.body["text"] for entry in reading] == [f"{n}" for n in range(1, 50)]
    assert words(journal, later)[-1] == "more"


# Answers


def test_the_first_answer_under_a_key_stays(journal: Journal) -> None:
    journal.store("run", [Answered("k1", {"prompt": "p"}, {"text": "first"})])
    journal.store("run", [Answered("k1", {"prompt": "p"}, {"text": "second"})])
    assert journal.answers("run", ["k1"]) == {"k1": {"text": "first"}}


def test_answers_are_found_by_run_and_key(journal: Journal) -> None:
    journal.store("run", [Answered("k1", {}, {"text": "a"})])
    journal.store("run", [Answered("k2", {}, {"text": "b"})])
    journal.store("other", [Answered("k1", {}, {"text": "c"})])
    assert journal.answers("run", ["k2", "k1", "k9"]) == {"k1": {"text": "a"}, "k2": {"text": "b"}}
    assert journal.answers("other", ["k1", "k2"]) == {"k1": {"text": "c"}}
    assert journal.answers("run", []) == {}


def test_what_a_run_asked_and_tried_is_known(journal: Journal) -> None:
    journal.store("run", [Answered("k1", {}, {}), Answered("k2", {}, {})], [Attempt("k2", 0)])
    journal.store("run", attempts=[Attempt("k3", 0), Attempt("k3", 1), Attempt("k2", 0)])
    journal.store("other", [Answered("k4", {}, {})], [Attempt("k3", 7)])
    assert journal.answered("run") == {"k1", "k2"}
    assert journal.attempts("run") == {"k2": 1, "k3": 2}
    assert (journal.answered("none"), journal.attempts("none")) == (set(), {})


@shared_database
@given(
    request=st.dictionaries(st.text(), json_values), answer=st.dictionaries(st.text(), json_values)
)
def test_an_answer_reads_as_it_was_stored(
    journal: Journal, request: dict[str, Any], answer: dict[str, Any]
) -> None:
    key = digest([request, answer])
    journal.store("run", [Answered(key, request, answer)])
    assert journal.answers("run", [key]) == {key: answer}


def test_any_text_survives(journal: Journal) -> None:
    head = journal.commit(GENESIS, [Entry("record", {STRANGE: STRANGE})])
    assert list(journal.chain(head)) == [Entry("record", {STRANGE: STRANGE})]
    journal.store("run", [Answered("k", {"prompt": STRANGE}, {"text": STRANGE})])
    assert journal.answers("run", ["k"]) == {"k": {"text": STRANGE}}


def test_an_answer_that_is_forgotten_makes_room_for_another(journal: Journal) -> None:
    journal.store("run", [Answered("k", {}, {"n": 1}), Answered("l", {}, {})], [Attempt("k", 0)])
    journal.forget("run", "k")
    assert journal.answered("run") == {"l"}
    assert journal.attempts("run") == {}
    journal.store("run", [Answered("k", {}, {"n": 2})])
    assert journal.answers("run", ["k"]) == {"k": {"n": 2}}
