from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from store.standing import BANDS, NEVER, Standing, Standings, band_of, lateness

Event = tuple[str, Any]


class SlowStandings:
    """Where the tasks stand, told from all events at each look."""

    def __init__(self) -> None:
        self.parents: dict[str, str | None] = {}
        self.events: list[Event] = []

    def children(self, task: str) -> list[str]:
        return [one for one, parent in self.parents.items() if parent == task]

    def depth(self, task: str) -> int:
        parent = self.parents[task]
        return 0 if parent is None else self.depth(parent) + 1

    def answers(self, task: str) -> list[list[bool]]:
        return [admitted for kind, (of, admitted, *_) in self.of("answer") if of == task]

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event[0] == kind]

    def standing(self, task: str) -> Standing:
        answers = self.answers(task)
        told = sum(map(len, answers))
        ending = NEVER
        if answers:
            half = answers[-1][len(answers[-1]) // 2 :]
            ending = round(4 * sum(half) / len(half)) if half else 0
        late = 0
        for _, (parent, admitted, born) in self.of("answer"):
            if task in born:
                place = [n for n, new in enumerate(admitted) if new][born.index(task)]
                late = lateness(admitted, place, self.told_before(parent, born))
        written = [(kept, dry) for _, (of, kept, dry) in self.of("write") if of == task]
        kept, dry = written[-1] if written else (0, 0)
        split = bool(self.children(task))
        return Standing(self.depth(task), late, band_of(told), ending, split, kept, dry)

    def told_before(self, parent: str, born: list[str]) -> int:
        told = 0
        for _, (of, admitted, these) in self.of("answer"):
            if of == parent:
                if these is born:
                    return told
                told += len(admitted)
        raise AssertionError


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, list[bool]]]:
    kinds = st.sampled_from(["answer", "answer", "write", "remove"])
    answers = st.lists(st.booleans(), max_size=20)
    return draw(st.lists(st.tuples(kinds, st.integers(0, 30), answers), max_size=30))


@given(histories())
def test_the_fold_is_what_all_events_tell(history: list[tuple[str, int, list[bool]]]) -> None:
    fold, slow = Standings(), SlowStandings()
    fold.add("t0", None)
    slow.parents["t0"] = None
    for number, (kind, which, admitted) in enumerate(history):
        task = list(slow.parents)[which % len(slow.parents)]
        if kind == "answer":
            born = [f"t{number}.{n}" for n in range(sum(admitted))]
            for one in born:
                fold.add(one, task)
                slow.parents[one] = task
            fold.answer(task, admitted, born)
            slow.events.append(("answer", (task, admitted, born)))
        elif kind == "write":
            fold.write(task, which, len(admitted))
            slow.events.append(("write", (task, which, len(admitted))))
        elif (parent := slow.parents[task]) is not None:
            gone = [t for t in slow.parents if t == task or task in lineage(slow, t)]
            for one in gone:
                del slow.parents[one]
            fold.remove(gone, parent, split=bool(slow.children(parent)))
        assert {t: fold[t] for t in slow.parents} == {t: slow.standing(t) for t in slow.parents}
        grouped = {task: stands for stands, tasks in fold.groups.items() for task in tasks}
        assert grouped == {task: fold[task] for task in slow.parents}
        assert fold.kept == sum(slow.standing(task).kept for task in slow.parents)


def lineage(slow: SlowStandings, task: str) -> list[str]:
    above: list[str] = []
    while (parent := slow.parents[above[-1] if above else task]) is not None:
        above.append(parent)
    return above


def test_tasks_that_stand_alike_keep_the_order_in_which_they_came_to_it() -> None:
    fold = Standings()
    fold.add("t0", None)
    for task in ("t1", "t2", "t3"):
        fold.add(task, "t0")
    fold.write("t1", 1, 0)
    fold.write("t1", 0, 0)
    assert list(fold.groups[Standing(1)]) == ["t2", "t3", "t1"]


def test_names_are_counted_by_how_their_task_stood_when_it_was_asked() -> None:
    fold = Standings()
    fold.add("t0", None)
    fold.add("t1", "t0")
    fold.answer("t0", [True, False], ["t1"])
    fold.answer("t0", [], [])
    tried = fold.trials[0, 0, NEVER]
    assert (tried.answers, tried.told[0], tried.admitted[0]) == (1, 0.97 + 1, 0.97)
    assert fold.trials[0, 0, 0].answers == 1
    assert len(tried.told) == BANDS


def test_a_name_stands_late_where_those_beside_it_are_repeats() -> None:
    new, old = True, False
    assert lateness([new] * 4 + [old, old, old, new], 0, before=0) == 0
    assert lateness([new] * 4 + [old, old, old, new], 7, before=0) == 3
    assert lateness([new, old] * 4, 6, before=0) == 2
    assert lateness([new] * 4, 3, before=5) == 1
