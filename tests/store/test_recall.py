import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from store.recall import TaskRecall
from tests.store.samples import LetterEmbeddings


class NumberEmbeddings(Embeddings):
    """A text is the number that it writes."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(text), 1.0]


def recall_of(texts: dict[str, str]) -> TaskRecall:
    recall = TaskRecall(LetterEmbeddings())
    for task_id, text in texts.items():
        recall.add(task_id, text)
    return recall


def test_the_nearest_in_meaning_come_first() -> None:
    recall = recall_of(
        {"t0": "listen", "t1": "zzzz", "t2": "silent", "t3": "lists", "t4": "enlist"}
    )
    assert set(recall.related("t0", 2, set())) == {"t2", "t4"}
    assert recall.related("t0", 9, set())[2:] == ["t3", "t1"]


def test_tasks_left_out_make_room_for_the_next_nearest() -> None:
    recall = recall_of({"t0": "aa", "t1": "aab", "t2": "aabb", "t3": "aabbb", "t4": "aabbbb"})
    assert recall.related("t0", 2, set()) == ["t1", "t2"]
    assert recall.related("t0", 2, {"t1", "t3", "t99"}) == ["t2", "t4"]
    assert recall.related("t0", 2, {"t1", "t2", "t3", "t4"}) == []


def test_a_removed_task_is_not_found_until_it_is_added_again() -> None:
    recall = recall_of({"t0": "aa", "t1": "aab", "t2": "aabb"})
    recall.remove("t1")
    assert recall.related("t0", 5, set()) == ["t2"]
    assert recall.related("t1", 5, set()) == []
    recall.add("t1", "aabbb")
    assert recall.related("t0", 5, set()) == ["t2", "t1"]


def test_there_is_nothing_to_recall_before_the_first_task() -> None:
    recall = recall_of({})
    recall.remove("t0")
    assert recall.related("t0", 3, set()) == []
    recall.add("t0", "aa")
    assert recall.related("t0", 3, set()) == []


@settings(max_examples=30)
@given(
    numbers=st.lists(st.integers(-999, 999), min_size=1, max_size=12, unique_by=abs),
    most=st.integers(1, 12),
    data=st.data(),
)
def test_it_finds_what_comparing_all_finds(
    numbers: list[int], most: int, data: st.DataObject
) -> None:
    """Seen from 0, so that no two are equally far."""
    recall = TaskRecall(NumberEmbeddings())
    recall.add("zero", "0")
    places = {f"t{n}": n for n in numbers if n != 0}
    for task_id, number in places.items():
        recall.add(task_id, str(number))
    some = st.sets(st.sampled_from([*places, "stranger"]))
    gone, leave_out = data.draw(some), data.draw(some)
    for task_id in sorted(gone):
        recall.remove(task_id)
    left = [task_id for task_id in places if task_id not in gone | leave_out]
    order = np.argsort([abs(places[task_id]) for task_id in left])
    expected = [left[n] for n in order][:most]
    assert recall.related("zero", most, leave_out) == expected
