"""No text whatever breaks the parser, and what is well formed comes back as it was."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.parse import ANSWER_CHARACTERS, parse_records, parse_subtasks

RECORD = {"instruction": "Cut this.", "input": "A long one.", "output": "One."}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([RECORD] * 100_000),
        "{" * 10_000_000,
        '{"a":' * 2_000_000,
        '{"a' * 3_000_000,
        '{"a":[' * 1_000_000,
        "[" * 5_000_000,
        "- a\n" * 2_500_000,
        "Instruction: x\nOutput: y\n" * 400_000,
        "User: x\nAssistant: y\n---\n" * 400_000,
        "---\n\n\n" * 1_500_000,
        "\\" * 10_000_000,
        "#" * 10_000_000,
        " " * 10_000_000,
        "1" * 10_000_000,
        '{"name": ' + "1" * 10_000 + "}",
    ],
    ids=range(15),
)
def test_ten_megabytes_of_anything_are_read_in_bounded_time(text: str) -> None:
    began = time.process_time()
    records, subtasks = parse_records(text, asked=3), parse_subtasks(text, asked=3)
    talks = parse_records(text, asked=3, conversations=True)
    assert time.process_time() - began < 4
    assert len(talks.items) <= 3
    assert len(records.items) <= 3
    assert len(subtasks.items) <= 3
    if len(text) > ANSWER_CHARACTERS:
        assert records.problems[0] == "the answer was cut after 400,000 characters"


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            '{"',
            '"}',
            "[",
            "]",
            ":",
            ",",
            "\\",
            "subtasks",
            "name",
            "instruction",
            "output",
            '"',
            "Output:",
            "Instruction:",
            "\n",
            "|",
            "- ",
            "```",
            "\ud800",
            "\x00",
            "</think>",
            "1e999",
        ]
    ),
    max_size=60,
).map("".join)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["subtasks", "name", "instruction", "input", "output", "x"]), inner
        )
    ),
    max_leaves=20,
)


@given(st.text() | FRAGMENTS | JSON_VALUES.map(json.dumps), st.integers(0, 3))
def test_no_text_raises_and_what_is_kept_is_clean(text: str, asked: int) -> None:
    subtasks, records = parse_subtasks(text, asked=asked), parse_records(text, asked=asked)
    assert len(subtasks.items) <= asked
    assert len(records.items) <= asked
    assert subtasks.items or subtasks.problems
    for item in subtasks.items:
        assert item.name
        assert "\n" not in item.name
        item.name.encode("utf-8")
    for record in records.items:
        assert record.instruction == record.instruction.strip() != ""
        f"{record.instruction}{record.input}{record.output}".encode()


WORDS = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=5))
def test_what_is_written_as_json_is_read_back(parts: list[tuple[str, str, str]]) -> None:
    records = [
        {"instruction": f"Do {one}", "input": f"With {two}", "output": f"Get {three}"}
        for one, two, three in parts
    ]
    parsed = parse_records(json.dumps({"records": records}), asked=5)
    assert parsed.problems == ()
    assert [
        {"instruction": item.instruction, "input": item.input, "output": item.output}
        for item in parsed.items
    ] == records
