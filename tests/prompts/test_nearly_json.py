"""Nearly-JSON is mended; prose, other forms and half records bring nothing."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prompts.nearly_json import mended
from prompts.parse import parse_records, parse_subtasks
from record import Record

ONE = {"instruction": "Cut this.", "input": "", "output": "It's cut."}
TWO = {"instruction": "Say why.", "input": "A, b: c", "output": "Because {x}, [y]."}
BOTH = (Record("Cut this.", "", "It's cut."), Record("Say why.", "A, b: c", "Because {x}, [y]."))
WHOLE = json.dumps({"records": [ONE, TWO]})
CUT_OFF = ("a part of the JSON is broken or cut off",)

NEARLY = {
    "trailing commas": WHOLE.replace("}", ",}", 1).replace("]}", ",],}"),
    "one trailing comma": WHOLE.replace('cut."}', 'cut.",}'),
    "Python": str({"records": [ONE | {"input": None}, TWO]}),
    "single quotes": WHOLE.replace('"', "'"),
    "apostrophes escaped": str([ONE, TWO]).replace('"It\'s cut."', r"'It\'s cut.'"),
    "bare keys": WHOLE.replace('"instruction"', "instruction").replace('"output"', "output"),
    "comments": WHOLE.replace('cut."', "cut.\" /* it's {short */").replace("[{", "[ // two\n{"),
    "Python comments": WHOLE.replace("[{", "[\n# the first, it's {short\n{"),
    "typographic quotes": WHOLE.replace('"Cut this."', "“Cut this.”"),
    "backticks": WHOLE.replace('"Cut this."', "`Cut this.`"),
    "missing commas": WHOLE.replace("}, {", "} {").replace('"", ', '"" '),
    "missing colon": WHOLE.replace('"input": ""', '"input" ""'),
    "missing brace": WHOLE.replace("}, {", ", {"),
    "missing brackets at the end": WHOLE.replace("}, {", ",}, {")[:-2],
    "missing brace at the end": WHOLE.replace("}, {", ",}, {")[:-1],
    "missing bracket": WHOLE.replace("}]}", ",}}"),
    "too many braces": WHOLE.replace("}, {", ",}}, {"),
    "line breaks in strings": WHOLE.replace("}, {", ",}, {").replace("why.", "why.\n\t"),
    "ellipsis": WHOLE.replace("]}", ", ...]}"),
    "lines": f"{json.dumps(ONE)[:-1]},}}\n{json.dumps(TWO)[:-1]},}}",
    "in a fence": f"Sure, it's here:\n```json\n{WHOLE.replace('}]', ',}]')}\n```\nIs [that] it?",
    "encoded twice": json.dumps(WHOLE),
    "encoded three times": json.dumps(json.dumps(WHOLE)),
    "encoded, in prose": f'This is "it": {json.dumps(WHOLE)} Is it?',
    "encoded, without quotes": json.dumps(WHOLE)[1:-1],
    "encoded, with line breaks": json.dumps(json.dumps({"records": [ONE, TWO]}, indent=1)),
    "encoded list": json.dumps({"records": json.dumps([ONE, TWO])}),
    "encoded list of Python": json.dumps({"records": str([ONE, TWO])}),
    "encoded items": json.dumps({"records": [json.dumps(ONE), json.dumps(TWO)]}),
    "encoded and nearly": json.dumps(WHOLE.replace("}, {", ",}, {")),
}


@pytest.mark.parametrize("form", NEARLY)
def test_nearly_json_is_read(form: str) -> None:
    assert parse_records(NEARLY[form], asked=2).items == BOTH


def test_quotes_that_are_not_escaped_are_found() -> None:
    said = WHOLE.replace("Cut this.", 'Say "hi" now.')
    assert parse_records(said, asked=2).items[0].instruction == 'Say "hi" now.'


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace("cut.", "cut").replace("}, {", ",}, {"),
        str([ONE, TWO]),
        json.dumps(WHOLE),
        WHOLE.replace("}, {", ', "more": {"x": 1},}, {"more": {"x": [1]}, '),
    ],
)
def test_no_cut_leaves_half_a_record(text: str) -> None:
    whole = parse_records(text, asked=2).items
    assert len(whole) == 2
    for end in range(len(text)):
        parsed = parse_records(text[:end], asked=2)
        assert all(item in whole for item in parsed.items)


def test_a_cut_off_part_is_named() -> None:
    parsed = parse_records(WHOLE.replace("}, {", ",}, {")[:-20], asked=2)
    assert (parsed.items, parsed.problems) == (BOTH[:1], CUT_OFF)


@pytest.mark.parametrize(
    "text",
    [
        "I can't help with [that].",
        "Use {name: Bob} and {instruction: 'Do it', output: 'Done'} in a sentence.",
        "[Verse 1]\nHello\n[Chorus]\nGoodbye",
        "[x] done\n[ ] open",
        'Note: {see the "manual"}',
        '{"name": Do it now", "instruction": Do it all again", "output": no, not now"}',
    ],
)
def test_nothing_is_made_of_prose(text: str) -> None:
    assert parse_records(text, asked=5).items == ()
    assert parse_subtasks(text, asked=5).items == ()


def test_nearly_json_within_the_plain_text_form_belongs_to_it() -> None:
    given_form = "{'instruction': 'a', 'output': 'b',}"
    text = f"Instruction: Mend this.\nInput:\n{given_form}\nOutput:\n{given_form}"
    assert parse_records(text, asked=5).items == (Record("Mend this.", given_form, given_form),)
    names = [item.name for item in parse_subtasks("1. Mend {'name': 'Bob'} | r", asked=5).items]
    assert names == ["Mend {'name': 'Bob'}"]


def test_json_in_a_string_of_a_record_is_its_text() -> None:
    inner = json.dumps({"instruction": "a", "output": "b"})
    text = json.dumps({"records": [ONE | {"output": inner}]})
    assert [item.output for item in parse_records(text, asked=5).items] == [inner]
    assert parse_records(text[:-6], asked=5).items == ()


@pytest.mark.parametrize("text", ['["Rhyme", "Sum up"]', "['Rhyme', 'Sum up',]"])
def test_a_bare_list_of_names_is_enough(text: str) -> None:
    assert [item.name for item in parse_subtasks(text, asked=5).items] == ["Rhyme", "Sum up"]


PIECES = ["{", "}", "[", "]", '"', '\\"', "'", ",", ":", "a", " ", "\n", "#", "//", "/*", "*/", "("]
PIECES += ["```", "“", "‘", "1", "-", "\\", "true", "=", '"a"', '"k": "v"', '{"a":1}', "\\u00"]


ENDLESS = ["[", '{"a":', '{"a"', '["a" ', "{'a'", '".', "```=", '}{true"', "}[{", "{a}", "[1]"]
ENDLESS += ['("', 'a"k": "v"', '"a"/*', '”//"k": "v"', '{"a":1}aa', "a:", "\\", "1,", '"",', "},"]


@pytest.mark.parametrize("head", ['{"a": "', '[{"a": ', "Hi [", '{"r":['])
@pytest.mark.parametrize("unit", ENDLESS)
def test_brackets_without_end_are_read_in_bounded_time(head: str, unit: str) -> None:
    """json-repair alone takes minutes for some of these."""
    text = head + unit * (400_000 // len(unit))
    # The least of three, for what else runs on the machine slows the processor down.
    assert any(seconds_to_mend(text) < 3 for _ in range(3))


def seconds_to_mend(text: str) -> float:
    began = time.process_time()
    list(mended(text))
    return time.process_time() - began


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=80).map("".join))
def test_no_text_raises(text: str) -> None:
    for part in mended(text):
        value: Any = part.value
        assert isinstance(value, str | list | dict | int | float | bool | None)
