from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from record import Subtask, record_of
from store.admission import Admission, Origin
from store.exploration import REMEMBERED_REJECTIONS, Exploration
from store.facts import Progress, Rounds
from store.journal.log import Entry
from tests.store.samples import ORIGIN, RULES, STANDARDS, begin, explored, parts, task, through_json

# So few words that overlaps, duplicates and twins are frequent.
phrases = st.lists(
    st.sampled_from(["write", "Write", "edit", "a", "short", "mail", "poem", "邮件", "!?"]),
    max_size=6,
).map(" ".join)


@dataclass(frozen=True)
class Grown:
    """An exploration as it was admitted live, and the entries that this gave."""

    exploration: Exploration
    entries: list[Entry]


@st.composite
def a_live_run(draw: st.DrawFn, scope: str = "run") -> Grown:
    """Return a run of random answers, reviews and refusals."""
    planted = [begin("Write a short mail"), task(0, None, "writing"), task(1, 0, "mail")]
    standards = replace(STANDARDS, scope=scope)
    exploration, entries = explored(*planted, standards=standards), planted
    operations = st.sampled_from(["expand", "generate", "unread", "rename", "prune"])
    for operation in draw(st.lists(operations, min_size=3, max_size=10)):
        chosen = draw(st.sampled_from(list(exploration.tree.preorder())))
        entries += _happen(draw, exploration, operation, Origin(chosen, ORIGIN))
    return Grown(exploration, entries)


def _happen(
    draw: st.DrawFn, exploration: Exploration, operation: str, origin: Origin
) -> list[Entry]:
    texts = draw(st.lists(phrases, max_size=4))
    if operation == "expand":
        subtasks = [Subtask(text, f"For {text}.") for text in texts]
        return Admission(exploration, origin, RULES).subtasks(draw(st.integers(1, 4)), subtasks)
    if operation == "generate":
        found = list(
            map(Admission(exploration, origin, RULES).record, [parts(text) for text in texts])
        )
        return [*found, Admission(exploration, origin, RULES).close_call(found)]
    if operation == "unread":
        kind = draw(st.sampled_from(["task", "record"]))
        fault = ("malformed", "no JSON")
        return [Admission(exploration, origin, RULES).reject(kind, text, fault) for text in texts]
    return [_applied(exploration, entry) for entry in _edit(draw, exploration, operation, origin)]


def _edit(
    draw: st.DrawFn, exploration: Exploration, operation: str, origin: Origin
) -> Iterator[Entry]:
    name = draw(phrases)
    if operation == "prune" and origin.task != exploration.tree.root:
        yield Entry("prune", {"task": origin.task})
    if operation == "rename" and exploration.tree.find(name) is None:
        yield Entry("rename", {"task": origin.task, "name": name, "reason": "Reviewed."})


def _applied(exploration: Exploration, entry: Entry) -> Entry:
    exploration.apply(entry)
    return entry


def portrait(exploration: Exploration) -> dict[str, Any]:
    """Return all that anybody can ask of an exploration."""
    tasks = list(exploration.tree.preorder())
    probes = ["write a short poem", "edit mail", "邮件 邮件", "!?", "something else"]
    return {
        "domain": exploration.domain,
        "tree": exploration.tree.node_link(),
        "rounds": exploration.rounds,
        "progress": list(exploration.progress.items()),
        "records": list(exploration.records.items()),
        "records_of": exploration.records_of,
        "rejections": exploration.rejections,
        "next": (exploration.tree.next_id, exploration.next_record),
        "kept": exploration.kept(),
        "rejected_names": {t: list(exploration.rejected_names(t)) for t in tasks},
        "related": {t: exploration.related(t, 5) for t in tasks},
        "names": [exploration.names.judge(text, nearest=True) for text in probes],
        "instructions": {
            t: [exploration.instructions(t).judge(text, nearest=True) for text in probes]
            for t in tasks
        },
        "texts": [exploration.text_of(f"{kind}{n}") for kind in "tr" for n in range(40)],
    }


@pytest.mark.parametrize("scope", ["run", "task"])
@settings(max_examples=30)
@given(data=st.data())
def test_a_replay_is_the_exploration_that_was_admitted_live(
    data: st.DataObject, scope: str
) -> None:
    live = data.draw(a_live_run(scope))
    standards = live.exploration.standards
    replayed = explored(*through_json(live.entries), standards=standards)
    assert portrait(replayed) == portrait(live.exploration)


@settings(max_examples=30)
@given(a_live_run())
def test_the_figures_are_what_counting_the_entries_gives(live: Grown) -> None:
    exploration = live.exploration
    rules = [entry.body["rule"] for entry in live.entries if entry.kind == "rejection"]
    assert exploration.rejections == {rule: rules.count(rule) for rule in rules}
    recorded = [entry.body for entry in live.entries if entry.kind == "record"]
    assert [body["id"] for body in recorded] == [f"r{n}" for n in range(len(recorded))]
    for task_id in exploration.tree.preorder():
        own = [body["id"] for body in recorded if body["task"] == task_id]
        assert exploration.records_of.get(task_id, []) == own
        assert exploration.progress[task_id].kept == len(own)
    left = [body for body in recorded if body["task"] in exploration.tree]
    assert exploration.kept() == len(left)
    assert list(exploration.records.values()) == [record_of(body) for body in recorded]


def a_record(number: int, task_id: str, instruction: str) -> Entry:
    text = {"instruction": instruction, "input": "", "output": "Done."}
    return Entry("record", {"id": f"r{number}", "task": task_id} | text)


WRITING = (begin("Write a poem"), task(0, None, "writing"), task(1, 0, "mail"), task(2, 0, "poem"))


def test_an_exploration_begins_empty() -> None:
    exploration = explored()
    assert (len(exploration.tree), exploration.kept(), exploration.next_record) == (0, 0, "r0")
    assert exploration.domain == "{}"


def test_every_kind_of_entry_is_taken_in() -> None:
    exploration = explored(
        *WRITING,
        Entry("round", {"task": "t0", "asked": 2, "proposed": 3, "admitted": 1}),
        Entry("round", {"task": "t0", "asked": 2, "proposed": 2, "admitted": 0}),
        a_record(0, "t1", "Thank a friend"),
        Entry("call", {"task": "t1", "kept": 1, "rejected": 2}),
        Entry("call", {"task": "t1", "kept": 0, "rejected": 4}),
        Entry("rejection", {"kind": "task", "task": "t0", "text": "Mails", "rule": "rouge_l"}),
    )
    assert exploration.domain == '{"name":"writing"}'
    assert exploration.rounds == {"t0": Rounds(asked=2, poor=2)}
    assert exploration.progress["t1"] == Progress(calls=2, kept=1, rejected=6, dry=1)
    assert exploration.records_of == {"t1": ["r0"]}
    assert exploration.rejections == {"rouge_l": 1}
    assert list(exploration.rejected_names("t0")) == [("Mails", "rouge_l")]
    assert (exploration.next_record, exploration.kept()) == ("r1", 1)


def test_an_unknown_kind_of_entry_is_left_to_those_who_know_it() -> None:
    exploration = explored(*WRITING, Entry("evaluation", {"score": 1}))
    assert portrait(exploration) == portrait(explored(*WRITING))


def test_only_the_latest_rejected_names_are_remembered() -> None:
    names = [f"name {n}" for n in range(REMEMBERED_REJECTIONS + 3)]
    rejected = [
        Entry("rejection", {"kind": kind, "task": "t1", "text": name, "rule": "rouge_l"})
        for name in names
        for kind in ("task", "record")
    ]
    exploration = explored(*WRITING, *rejected)
    assert [name for name, _ in exploration.rejected_names("t1")] == names[3:]
    assert list(exploration.rejected_names("t2")) == []


def test_scope_says_which_instructions_are_compared() -> None:
    entries = (*WRITING, a_record(0, "t1", "Thank a friend for the gift"))
    run = explored(*entries)
    one_task = explored(*entries, standards=replace(STANDARDS, scope="task"))
    for exploration, elsewhere in ((run, False), (one_task, True)):
        again = "Thank a friend for the gift"
        assert not exploration.instructions("t1").judge(again).kept
        assert exploration.instructions("t2").judge(again).kept is elsewhere
        example = exploration.instructions("t2").judge("write a poem!")
        assert (example.rule, example.nearest) == ("against", "example-1")


def test_keys_name_texts() -> None:
    exploration = explored(*WRITING, a_record(0, "t1", "Thank a friend"))
    keys = ["t1", "r0", "example-1", "t9", None]
    assert [exploration.text_of(key) for key in keys] == [
        "mail",
        "Thank a friend",
        "Write a poem",
        None,
        None,
    ]


def test_a_pruned_branch_is_gone_but_not_forgotten() -> None:
    exploration = explored(
        *WRITING,
        task(3, 1, "thanks"),
        a_record(0, "t3", "Thank a friend"),
        Entry("call", {"task": "t3", "kept": 1, "rejected": 0}),
        Entry("round", {"task": "t1", "asked": 2, "proposed": 3, "admitted": 1}),
        Entry("prune", {"task": "t1"}),
        Entry("call", {"task": "t3", "kept": 1, "rejected": 0}),
    )
    assert list(exploration.tree.preorder()) == list(exploration.progress) == ["t0", "t2"]
    assert (exploration.kept(), exploration.records_of) == (0, {})
    assert exploration.rounds == {"t0": Rounds(pruned=1)}
    assert exploration.next_record == "r1"
    assert exploration.text_of("t3") == "thanks"
    assert exploration.names.judge("thanks").nearest == "t3"
    assert not exploration.instructions("t2").judge("Thank a friend").kept


def test_a_renamed_task_is_known_by_both_names() -> None:
    renamed = Entry("rename", {"task": "t1", "name": "letters", "reason": "On paper."})
    exploration = explored(*WRITING, renamed)
    assert exploration.tree.task("t1").reason == "On paper."
    assert exploration.text_of("t1") == "letters"
    for name in ("letters", "mail"):
        assert exploration.names.judge(name).nearest == "t1"


def test_related_tasks_lie_elsewhere_in_the_tree() -> None:
    """Anagrams are nearest; line, children and peers are in the prompt already."""
    tasks = [
        task(0, None, "root"),
        task(1, 0, "listen"),
        task(2, 0, "silent"),
        task(3, 1, "enlist"),
        task(4, 2, "tinsel"),
        task(5, 2, "zzz"),
        task(6, 5, "inlets"),
    ]
    exploration = explored(begin(), *tasks)
    assert set(exploration.related("t1", 2)) == {"tinsel", "inlets"}
    assert exploration.related("t1", 9)[2:] == ["zzz"]
    without = explored(begin(), *tasks, Entry("prune", {"task": "t4"}))
    assert without.related("t1", 1) == ["inlets"]
    renamed = Entry("rename", {"task": "t5", "name": "intels", "reason": "Because."})
    assert explored(begin(), *tasks, renamed).related("t3", 3)[0] != "zzz"
