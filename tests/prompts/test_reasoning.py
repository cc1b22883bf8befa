"""Reasoning is never data, and data that holds the marks of reasoning is never cut."""

import json
import time

import pytest

from prompts.parse import parse_records
from prompts.reasoning import split_reasoning

RECORD = {"instruction": "Add 2 and 2.", "input": "", "output": "4"}
DRAFT = json.dumps({"records": [RECORD | {"instruction": "DRAFT"}]})
ANSWERS = {
    "json": json.dumps({"records": [RECORD]}),
    "fenced": f"Here you go:\n```json\n{json.dumps([RECORD])}\n```",
    "plain": "Instruction: Add 2 and 2.\nInput:\nOutput: 4",
}
THOUGHTS = {
    "words": "Let me see. The user wants a record.",
    "draft": f"I might write {DRAFT} but better:",
    "plain draft": "Instruction: DRAFT\nOutput: 5\n1. Check it.\n2. Done.",
    "marks": 'It says "<monologue>x</monologue>", hm.',
}
ANALYSIS, FINAL = "<|channel|>analysis<|message|>", "<|channel|>final<|message|>"
MARKS = [
    ("<think>", "</think>"),
    ("<THINK>\n", "\n</THINK>\n\n"),
    ('<think time="3s">', "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thinking>", "</think>"),
    ("<thought>", "</thought>"),
    ("<Reasoning>", "</Reasoning>"),
    ("<reflection>", "</reflection>\n"),
    ("<scratchpad>", "</scratchpad>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>\n\n<|begin_of_solution|>"),
    (ANALYSIS, f"<|end|><|start|>assistant{FINAL}"),
    (ANALYSIS, "<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>"),
    (ANALYSIS, "<|start|>assistant<|channel|>commentary to=functions.answer<|message|>"),
    (f"{ANALYSIS}So.<|end|><|start|>assistant{ANALYSIS}", f"<|end|>{FINAL}"),
    ("<|channel>thought\n", "<channel|>"),
    ("Here is my thought process:\n", "\nHere is my response:\n"),
]


def instructions(text: str) -> list[str]:
    return [record.instruction for record in parse_records(text, asked=5).items]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("thought", THOUGHTS)
@pytest.mark.parametrize("marks", MARKS, ids=lambda marks: marks[0])
def test_reasoning_in_any_form_is_no_data(
    marks: tuple[str, str], thought: str, answer: str
) -> None:
    opening, closing = marks
    text = f"{opening}{THOUGHTS[thought]}{closing}{ANSWERS[answer]}"
    assert instructions(text) == ["Add 2 and 2."]
    assert split_reasoning(text).reasoning.endswith(THOUGHTS[thought][-9:])
    assert instructions(text.removeprefix(opening)) == ["Add 2 and 2."]
    assert instructions(f"{text}<|return|>") == ["Add 2 and 2."]


@pytest.mark.parametrize("thought", THOUGHTS)
@pytest.mark.parametrize("opening", sorted({opening for opening, _ in MARKS}))
def test_who_is_cut_off_while_thinking_has_no_data(opening: str, thought: str) -> None:
    assert split_reasoning(opening + THOUGHTS[thought]).answer == ""
    assert parse_records(opening + THOUGHTS[thought], asked=5).items == ()


def test_harmony_without_its_tokens_is_read() -> None:
    said = f"analysisWe might write {DRAFT}.assistantfinal{ANSWERS['json']}"
    assert instructions(said) == ["Add 2 and 2."]
    assert instructions(f"analysisWe might write {DRAFT}.") == []


WORDS = [
    "<think>first I look</think>\n4",
    "first I look</think>\n4",
    "<think>",
    "</think>",
    "[THINK]a[/THINK] b",
    f"{ANALYSIS}a<|end|>{FINAL}b",
    "assistantfinal",
    "He said: <thinking> is a tag, </thinking> ends it.",
]


@pytest.mark.parametrize("words", WORDS)
def test_marks_in_a_json_string_are_data(words: str) -> None:
    record = RECORD | {"output": words}
    texts = [
        json.dumps({"records": [record, RECORD]}),
        json.dumps({"records": [record, RECORD]}, indent=2),
        json.dumps({"records": [record, record]})[:-5],  # the last one is cut off
        f"<think>{DRAFT}</think>```json\n{json.dumps([record])}\n```",
        json.dumps(json.dumps([record])),
        json.dumps([record])[:-2] + ",}]",
        str([record]),
    ]
    for text in texts:
        assert parse_records(text, asked=1).items[0].output == words


@pytest.mark.parametrize(
    ("output", "kept"),
    [
        ("<think>first I look</think>\n4", "<think>first I look</think>\n4"),
        ("The <think> tag opens, the </think> tag closes.", None),
        ("Write `<think>` and `</think>` around it.", None),
        ("4\n<think>Now the next one.</think>\n", "4"),
    ],
)
def test_marks_in_the_plain_text_form_are_data_within_a_line(output: str, kept: str | None) -> None:
    text = f"Instruction: Explain <think> tags.\nInput:\nOutput: {output}"
    (record,) = parse_records(text, asked=1).items
    assert (record.instruction, record.output) == ("Explain <think> tags.", kept or output)


@pytest.mark.parametrize("behind", ["</think>", "\n</think>\n", "<|end|>", "\n<think>Or {"])
def test_a_mark_behind_the_answer_takes_nothing_away(behind: str) -> None:
    assert instructions(ANSWERS["json"] + behind) == ["Add 2 and 2."]


def test_nothing_but_reasoning_holds_no_data_even_if_it_ends() -> None:
    assert instructions(f"I might write {DRAFT} so.</think>") == []
    assert instructions(f"<think>{DRAFT}</think>") == []


ENDLESS = ["<think>", "</think>", "<think></thinking>", "<|channel|>", "<|a|>", '{"a":"', "<", "'"]
ENDLESS += ["Output: <think>", "- <think> ", "<|channel|>final ", "<inner ", "\\", "1. ", " ", "# "]


@pytest.mark.parametrize("unit", ENDLESS)
def test_marks_without_end_are_read_in_bounded_time(unit: str) -> None:
    began = time.process_time()
    split_reasoning(unit * (400_000 // len(unit)))
    assert time.process_time() - began < 2
