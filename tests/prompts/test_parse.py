import json

import pytest

from prompts.parse import parse_records, parse_subtasks
from record import Record, Subtask

TWO = [
    {"name": "Shorten a letter", "reason": "People skim."},
    {"name": "Rhyme a toast", "reason": "Weddings."},
]
RECORD = {"instruction": "Cut this.", "input": "A long one.", "output": "One."}
PROPOSED = Record("Cut this.", "A long one.", "One.")


def names(text: str, asked: int = 9) -> list[str]:
    return [item.name for item in parse_subtasks(text, asked=asked).items]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"subtasks": TWO}),
        json.dumps({"criterion": "length or verse", "subtasks": TWO}),
        json.dumps({"Subtasks": TWO}, indent=2),
        json.dumps(TWO),
        f"Sure! Here they are:\n```json\n{json.dumps({'subtasks': TWO})}\n```\nAnything else?",
        "\n".join(json.dumps(item) for item in TWO),
        f'<think>{{"name": "A draft"}} or so</think>{json.dumps(TWO)}',
        json.dumps({"result": {"tasks": TWO}}),
    ],
)
def test_subtasks_are_read_from_json_wherever_it_stands(text: str) -> None:
    parsed = parse_subtasks(text, asked=2)
    assert parsed.items == (
        Subtask("Shorten a letter", "People skim."),
        Subtask("Rhyme a toast", "Weddings."),
    )
    assert parsed.problems == ()


@pytest.mark.parametrize("before", [{}, {"criterion": "length or verse"}])
def test_a_truncated_answer_keeps_its_complete_items(before: dict[str, str]) -> None:
    text = json.dumps({**before, "subtasks": TWO})[:-25]
    parsed = parse_subtasks(text, asked=2)
    assert [item.name for item in parsed.items] == ["Shorten a letter"]
    assert parsed.problems == ("a part of the JSON is broken or cut off",)


def test_every_cut_of_an_answer_keeps_what_came_before() -> None:
    text = json.dumps({"records": [RECORD, RECORD | {"output": "Two."}]})
    kept = [len(parse_records(text[:end], asked=2).items) for end in range(len(text) + 1)]
    assert kept == sorted(kept)
    assert set(kept) == {0, 1, 2}


def test_what_is_dropped_is_named() -> None:
    text = json.dumps({"subtasks": [{"reason": "none"}, TWO[0], {"name": {"a": 1}}, 7, *TWO]})
    parsed = parse_subtasks(text, asked=2)
    assert [item.name for item in parsed.items] == ["Shorten a letter", "Shorten a letter"]
    assert parsed.problems == (
        "item 1 has no name",
        "item 3 has no text as its name",
        "1 more than the 2 asked for were dropped",
    )


def test_a_list_of_names_alone_is_enough() -> None:
    assert names('{"subtasks": ["Shorten a letter", "Rhyme a toast"]}') == [
        "Shorten a letter",
        "Rhyme a toast",
    ]


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("1. Shorten a letter.", "Shorten a letter"),
        ("  - **“Shorten a letter”**:", "Shorten a letter"),
        ("Subtask 3: Shorten\n a   letter", "Shorten a letter"),
        ("(2) 'Shorten a letter'...", "Shorten a letter"),
        ("3、缩短一封信。", "缩短一封信"),
        ("子任务2：缩短一封信", "缩短一封信"),
        ("2D drawing in words", "2D drawing in words"),
        ("Explain C++ (basics)", "Explain C++ (basics)"),
        ("What is it?", "What is it?"),
        ("1984 as a play", "1984 as a play"),
    ],
)
def test_a_name_loses_its_numbering_and_quotes(given_name: str, name: str) -> None:
    assert names(json.dumps({"subtasks": [{"name": given_name}]})) == [name]


@pytest.mark.parametrize("name", ["", "...", "1.", "**", "\u0000"])
def test_a_name_of_marks_alone_is_none(name: str) -> None:
    parsed = parse_subtasks(json.dumps({"subtasks": [{"name": name}]}), asked=1)
    assert parsed.items == ()
    assert parsed.problems == ("item 1 has no name",)


def test_subtasks_are_read_from_plain_lines() -> None:
    text = """Here are subtasks:

| name | reason | difference |
|------|--------|------------|
| Shorten a letter | People skim. | length |
2. Rhyme a toast | Weddings. | verse
"""
    assert parse_subtasks(text, asked=2).items == (
        Subtask("Shorten a letter", "People skim."),
        Subtask("Rhyme a toast", "Weddings."),
    )


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"criterion": ["length", "verse"], "subtasks": TWO}),
        json.dumps({"criterion": {"name": "form", "values": ["long"]}, "subtasks": TWO}),
        json.dumps({"Criterion": '["length", "verse"]', "subtasks": TWO}),
        json.dumps({"subtasks": TWO, "criteria": [{"name": "length", "reason": "It varies."}]}),
        json.dumps({"标准": ["长度", "诗"], "subtasks": TWO}, ensure_ascii=False),
        json.dumps({"criterion": None, "subtasks": TWO}),
        json.dumps({"criterion": "x" * 50_000, "subtasks": TWO}),
        json.dumps({"criterion": TWO}),
        json.dumps([{"criterion": f"by {item['name']}", "subtasks": [item]} for item in TWO]),
        json.dumps({"subtasks": [item | {"criterion": "form"} for item in TWO]}),
        json.dumps({"subtasks": [item | {"difference": "form"} for item in TWO]}),
        "Criterion: form\nShorten a letter | People skim.\nRhyme a toast | Weddings.",
        "- **Criterion**: form\n- Shorten a letter: People skim.\n- Rhyme a toast: Weddings.",
        "criterion | form\nShorten a letter | People skim.\nRhyme a toast | Weddings.",
        "标准 | 形式\nShorten a letter | People skim. | length\nRhyme a toast | Weddings. | verse",
    ],
)
def test_what_a_task_is_split_by_is_no_subtask(text: str) -> None:
    parsed = parse_subtasks(text, asked=9)
    assert parsed.items == tuple(Subtask(**item) for item in TWO)
    assert parsed.problems == ()


def test_subtasks_are_read_from_a_list() -> None:
    text = (
        "1. **Shorten a letter**: People skim.\n* Rhyme a toast - Weddings.\n- Sum up\nThat's all."
    )
    assert parse_subtasks(text, asked=3).items == (
        Subtask("Shorten a letter", "People skim."),
        Subtask("Rhyme a toast", "Weddings."),
        Subtask("Sum up", ""),
    )


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"records": [RECORD]}),
        json.dumps(RECORD),
        json.dumps({"指令": "Cut this.", "输入": "A long one.", "输出": "One."}),
        "Instruction: Cut this.\nInput: A long one.\nOutput: One.",
        "**Instruction:** Cut this.\n\n**Input:**\nA long one.\n\n**Output:**\nOne.\n",
        "### Instruction 1:\nCut this.\n### Input:\nA long one.\n### Output:\n```\nOne.\n```\n---",
        "指令：Cut this.\n输入：A long one.\n输出：One.",
    ],
)
def test_a_record_is_read_from_every_form(text: str) -> None:
    parsed = parse_records(text, asked=1)
    assert parsed.items == (PROPOSED,)
    assert parsed.problems == ()


def test_several_plain_records_are_told_apart() -> None:
    text = (
        "1. Instruction: Cut this.\nInput: A long one.\nOutput: One.\n---\n"
        "2. Instruction: Write a form.\nOutput: Output: what comes out\nInput: what goes in"
    )
    assert parse_records(text, asked=2).items == (
        PROPOSED,
        Record("Write a form.", "", "Output: what comes out\nInput: what goes in"),
    )


@pytest.mark.parametrize(
    "empty", ["", "None", "n/a", "N/A.", "<noinput>", "(no input)", "无", None]
)
def test_no_input_is_written_in_many_ways(empty: str | None) -> None:
    (item,) = parse_records(json.dumps(RECORD | {"input": empty}), asked=1).items
    assert item.input == ""


def test_a_record_without_its_parts_is_named() -> None:
    records = [{"instruction": "Cut this."}, {"instruction": " ", "output": ""}]
    assert parse_records(json.dumps(records), asked=2).problems == (
        "item 1 has no output",
        "item 2 has no instruction and no output",
    )


def test_lists_and_numbers_become_text() -> None:
    record = {"instruction": "Name primes.", "input": 3, "output": ["2", 3, "5"]}
    (item,) = parse_records(json.dumps(record), asked=1).items
    assert (item.input, item.output) == ("3", "2\n3\n5")


def test_control_characters_and_lone_surrogates_go_line_breaks_stay() -> None:
    text = '{"instruction": " Do\\u0000 it\\ud800 ", "output": "a\\r\\nb\\tc\\u0007\nd"}'
    (item,) = parse_records(text, asked=1).items
    assert (item.instruction, item.output) == ("Do it", "a\nb\tc\nd")


@pytest.mark.parametrize(
    "latex",
    [
        r"\boxed{24}",
        r"\frac{1}{2} \cdot \sqrt{3}",
        r"a \times b \neq c",
        r"\theta \right)",
        r"\underline{x}",
        r"\binom{n}{k}, \{1, 2\}",
        r"\text{cm}^2",
        r"\(x\) \[y\]",
        "tab\there",
    ],
)
@pytest.mark.parametrize("escaped", [True, False])
def test_latex_survives_escaped_or_not(latex: str, escaped: bool) -> None:  # noqa: FBT001  a parameter
    content = json.dumps(latex)[1:-1] if escaped or "\t" in latex else latex
    text = '{"instruction": "Solve it.", "output": "' + content + '"}'
    (item,) = parse_records(text, asked=1).items
    assert item.output == latex


def test_nothing_usable_is_told() -> None:
    for text in ("", "I cannot help with that.", "null", "[]"):
        parsed = parse_subtasks(text, asked=2)
        assert parsed.items == ()
        assert parsed.problems == ("there is no JSON and no line in the format asked for",)


def test_a_part_that_is_too_long_is_dropped_and_a_name_is_bounded() -> None:
    assert parse_records(json.dumps(RECORD | {"output": "x" * 20_001}), asked=1).problems == (
        "item 1 has a part of more than 20,000 characters",
    )
    assert len(names(json.dumps([{"name": "x" * 9_999}]))[0]) == 300


def test_problems_are_bounded() -> None:
    parsed = parse_subtasks(json.dumps([{"name": ""}] * 500), asked=1)
    assert len(parsed.problems) == 9
    assert parsed.problems[-1] == "and 492 more"
