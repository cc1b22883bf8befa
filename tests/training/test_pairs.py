"""Two files of answers are matched by their questions, and refused where they do not fit."""

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from errors import InputError
from training.pairs import Pair, comparison_id, question_key, read_pairs

Rows = Sequence[Mapping[str, object]]


def asked(*numbers: int, said: str = "x") -> list[dict[str, object]]:
    return [
        {"instruction": f"Say {n}", "input": f"in {n}", "output": f"{said} {n}"} for n in numbers
    ]


def written(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def read(folder: Path, a: Rows, b: Rows) -> list[Pair]:
    return read_pairs(written(folder / "a.jsonl", a), written(folder / "b.jsonl", b))


def test_a_key_is_that_of_instruction_and_input() -> None:
    text = json.dumps(["Frage ü", "中"], ensure_ascii=False).encode()
    assert question_key("Frage ü", "中") == hashlib.sha256(text).hexdigest()[:16]
    assert question_key("a", "b") != question_key("ab", "")
    assert question_key("half \ud800", "") == question_key("half ?", "")  # as files hold it


def test_questions_are_matched_in_any_order(tmp_path: Path) -> None:
    pairs = read(tmp_path, asked(1, 2, 3, said="a"), asked(3, 1, 2, said="b"))
    assert [(pair.instruction, pair.input) for pair in pairs] == [
        (f"Say {n}", f"in {n}") for n in (1, 2, 3)
    ]
    assert [(pair.a, pair.b) for pair in pairs] == [(f"a {n}", f"b {n}") for n in (1, 2, 3)]


def test_any_data_is_read_and_the_kind_of_question_kept(tmp_path: Path) -> None:
    a: Rows = [{"question": "Why?", "answer": ""}, *asked(1)]
    b: Rows = [{"prompt": "Why?", "response": "So.", "type": "science"}, *asked(1)]
    assert read(tmp_path, a, b)[0] == Pair("Why?", "", "", "So.", "science")


def test_an_id_stands_for_questions_and_both_answers(tmp_path: Path) -> None:
    pairs = read(tmp_path, asked(1, 2, 3, said="a"), asked(1, 2, 3, said="b"))
    mixed = random.Random(0).sample(pairs, 3)
    swapped = [Pair(p.instruction, p.input, p.b, p.a) for p in pairs]
    padded = [Pair(p.instruction, p.input, f"\n{p.a} ", f"{p.b}\n") for p in pairs]
    ids = [comparison_id(p) for p in (pairs, mixed, padded, swapped, pairs[:2])]
    assert ids[0] == ids[1] == ids[2]
    assert len({*ids}) == 3
    assert len(ids[0]) == 16


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (asked(1, 2, 3), asked(1, 2), "2 questions of 3 in A and 2 in B match; the first that B "),
        (asked(1, 2), asked(3, 2, 1), "the first that A does not answer is 'Say 3' in B"),
        (asked(1), asked(2), "0 questions of 1 in A and 1 in B match"),
        (asked(1), [{**asked(1)[0], "input": "other"}], "0 questions of 1"),
        (asked(1, 2, 1), asked(1, 2), "A, record 3: 'Say 1' is asked a second time"),
        (asked(1), asked(1, said="b") * 2, "B, record 2: 'Say 1' is asked a second time"),
        ([{"instruction": "Say 1", "input": "in 1"}], asked(1), "A holds no answers"),
        (asked(1), [{**asked(1)[0], "output": " \n"}], "B holds no answers"),
        (asked(1), [], "B holds no records"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, a: Rows, b: Rows, told: str) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, a, b)
    said = str(refused.value).replace(str(tmp_path / "a.jsonl"), "A")
    assert told in said.replace(str(tmp_path / "b.jsonl"), "B")
    assert "\n" not in said
