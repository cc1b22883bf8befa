"""Records of several tasks: which of them a record is of, in every form that answers have."""

import json
from typing import Any

import pytest

from prompts.parse import parse_records

NAMES = ["Shorten a letter", "Rhyme a toast", "3 lines for a card"]
SAID = {"instruction": "Cut it.", "output": "A."}


def numbers(text: str, tasks: int | list[str] = 3, asked: int = 9) -> list[str]:
    return [record.task for record in parse_records(text, asked=asked, tasks=tasks).items]


@pytest.mark.parametrize(
    "said",
    [2, "2", 2.0, " 2. ", "#2", "Task 2", "task_2", "Task no. 2: Rhyme", "任务2", "任务：第2", [2],
     {"number": 2, "name": "Rhyme a toast"}],
)  # fmt: skip
def test_a_record_is_of_the_task_whose_number_it_carries(said: Any) -> None:  # noqa: ANN401  JSON
    records = [SAID | {"task": said}, SAID | {"task": 3}, SAID | {"task": said}]
    assert numbers(json.dumps({"records": records})) == ["2", "3", "2"]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Rhyme a toast", "2"),
        ("rhyme  A toast", "2"),
        ("Rewriting of texts > Verse > Rhyme a toast", "2"),
        ("3 lines for a card", "3"),
        ("2. Rhyme a toast", "2"),
        ("1 line for a card", "1"),
        ("Something else", "1"),
    ],
)
def test_a_task_may_be_named(said: str, number: str) -> None:
    assert numbers(json.dumps(SAID | {"task": said}), tasks=NAMES) == [number]


@pytest.mark.parametrize("said", [None, "", "0", 4, -1, True, 1234, "Task", {}, [], "x" * 9_999])
def test_without_a_possible_number_the_position_counts(said: Any) -> None:  # noqa: ANN401  JSON
    records = [SAID | {"task": said} for _ in range(5)]
    expected = ["1", "2", "3", "3", "3"] if said != -1 else ["1"] * 5
    assert numbers(json.dumps({"records": records})) == expected


def test_what_is_dropped_keeps_its_position() -> None:
    records = [SAID, {"instruction": "No output."}, SAID]
    assert numbers(json.dumps(records)) == ["1", "3"]


def test_of_two_tasks_with_one_name_the_one_at_the_position_counts() -> None:
    records = [SAID | {"task": "Cut"}] * 3
    assert numbers(json.dumps(records), tasks=["Cut", "Rhyme", "Cut"]) == ["1", "1", "3"]


@pytest.mark.parametrize(
    "answer",
    [
        {"tasks": [{"task": 3, "records": [SAID, SAID]}, {"task": 1, "records": [SAID]}]},
        {"records": {"3": [SAID, SAID], "1": SAID}},
        {"Task 3": {"records": [SAID, SAID]}, "Task 1": {"records": SAID}},
        [{"number": 3, "record": SAID}, {"number": 3, "record": SAID}, {"任务": 1, **SAID}],
        {"records": [{"Task": "3", **SAID}, json.dumps({"task": 3, **SAID}), {"task": 1, **SAID}]},
    ],
)
def test_records_may_lie_below_their_task(answer: Any) -> None:  # noqa: ANN401  JSON
    assert numbers(json.dumps(answer, ensure_ascii=False)) == ["3", "3", "1"]


TWO_IN_PLAIN_TEXT = {
    "lines": "Task: 3\nInstruction: Cut it.\nOutput: A.\nTask: 1\nInstruction: Cut it.\nOutput: A.",
    "bold": """**Task 3**

**Instruction:** Cut it.
**Output:** A.
---

**Task 1**
**Instruction:** Cut it.
**Output:** A.""",
    "numbered": """1. Task: #3
 Instruction: Cut it.
 Output: A.
2. Task: 1
 Instruction: Cut it.
 Output: A.""",
    "headings": """### Task 3: Rhyme
### Instruction:
Cut it.
### Output:
A.
### Task 1 -
### Instruction:
Cut it.
### Output:
```
A.
```""",
    "Chinese": "任务：3\n指令：Cut it.\n输出：A.\n\n任务1\n指令：Cut it.\n输出：A.",
}


@pytest.mark.parametrize("form", TWO_IN_PLAIN_TEXT)
def test_a_line_of_plain_text_says_the_task(form: str) -> None:
    parsed = parse_records(TWO_IN_PLAIN_TEXT[form], asked=2, tasks=3)
    assert [(r.task, r.instruction, r.output) for r in parsed.items] == [
        ("3", "Cut it.", "A."),
        ("1", "Cut it.", "A."),
    ]


def test_a_line_about_tasks_inside_a_text_stays_there() -> None:
    text = "Instruction: List it.\nOutput: Today\nTask: 2\nTasks: many\n"
    text += "Instruction: Cut it.\nOutput: A."
    first, second = parse_records(text, asked=2, tasks=3).items
    assert (first.output, first.task, second.task) == ("Today\nTask: 2\nTasks: many", "1", "2")
    alone = text.replace("\nTasks: many", "")
    assert parse_records(alone, asked=2).items[0].output == "Today\nTask: 2"


@pytest.mark.parametrize("form", ["json", "nearly"])
def test_every_cut_of_an_answer_keeps_the_numbers_of_what_is_complete(form: str) -> None:
    records = [SAID | {"task": n} for n in ("3", "1")]
    text = json.dumps({"records": [{"task": r["task"], **r} for r in records]})
    text = text.replace('"', "'").replace("}]", "},]") if form == "nearly" else text
    for end in range(len(text) + 1):
        assert numbers(text[:end]) == ["3", "1"][: len(numbers(text[:end]))]
    assert numbers(text) == ["3", "1"]


def test_with_one_task_nothing_is_numbered() -> None:
    text = json.dumps([SAID | {"task": 2}])
    assert numbers(text, tasks=1) == numbers(text, tasks=["Cut"]) == [""]


@pytest.mark.parametrize("noise", ["Task 1\n", "Task:", "任务：\n", "\nTask 1\n\n", "Task 1\n \t"])
def test_long_runs_of_task_lines_take_no_time(noise: str) -> None:
    text = f"Instruction: {noise * (200_000 // len(noise))}Output: A."
    assert len(numbers(text)) <= 1


def test_without_numbers_each_task_gets_the_share_that_was_asked_of_it() -> None:
    text = json.dumps({"records": [SAID] * 5})
    parsed = parse_records(text, asked=5, tasks=3, shares=[2, 2, 1])
    assert [record.task for record in parsed.items] == ["1", "1", "2", "2", "3"]
