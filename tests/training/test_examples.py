"""Records as examples: what is shown, and what is to be learned."""

import pytest

from errors import InputError
from record import Record
from training.examples import examples_of, last_example

TALK = [
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hi", "reasoning_content": "Be short."},
    {"role": "user", "content": "Bye"},
    {"role": "assistant", "content": "See you"},
]


def test_a_record_is_one_example() -> None:
    record = Record("Sort.", "b a", "a b", {"system": "Be exact.", "reasoning": "a < b"}, id="7")
    (example,) = examples_of(record)
    assert example.prompt == [
        {"role": "system", "content": "Be exact."},
        {"role": "user", "content": "Sort.\n\nb a"},
    ]
    assert example.answer == {"role": "assistant", "content": "a b"}
    assert example.record == "7"


@pytest.mark.parametrize(
    ("where", "answer"),
    [
        ("none", {"content": "a b"}),
        ("inline", {"content": "<think>\na < b\n</think>\n\na b"}),
        ("field", {"content": "a b", "reasoning_content": "a < b"}),
    ],
)
def test_thoughts_go_where_they_are_wanted(where: str, answer: dict[str, str]) -> None:
    record = Record("Sort.", "b a", "a b", {"reasoning": "a < b"})
    (example,) = examples_of(record, where)  # type: ignore[arg-type]
    assert example.answer == {"role": "assistant", **answer}


def test_a_conversation_is_an_example_for_each_answer() -> None:
    examples = list(examples_of(Record("Hello", output="See you", more={"messages": TALK})))
    assert [len(example.prompt) for example in examples] == [1, 3]
    assert [example.answer["content"] for example in examples] == ["Hi", "See you"]


@pytest.mark.parametrize("output", ["", " \n"])
def test_without_an_answer_there_is_no_example(output: str) -> None:
    record = Record("Sort.", "b a", output)
    assert list(examples_of(record)) == []
    assert last_example(record) is None


def test_messages_that_are_no_conversation_are_refused() -> None:
    record = Record("Hello", output="Hi", more={"messages": TALK[:1]}, id="3")
    with pytest.raises(InputError, match="record 3: the assistant does not have the last word"):
        list(examples_of(record))
