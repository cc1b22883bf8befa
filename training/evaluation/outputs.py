"""The folder of a comparison: what is compared, the journal, and the files that come of it.

- comparison.json       what is compared, so that nothing else is put into its folder
- journal.db            every answer and every verdict
- answers-a.jsonl, answers-b.jsonl, verdicts.jsonl    a row a question
- math.jsonl            a row a problem
- losses-a.jsonl, losses-b.jsonl    a row a record
- results.json          all figures
- report.html           the same to look at, with every pair side by side
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from errors import InputError
from problems import fault_of, shown
from store.files.replacing import is_vacant
from store.files.writing import write_jsonl, write_text
from training.evaluation.mathematics import Solved
from training.evaluation.pairwise import Compared
from training.pairs import TYPE

COMPARISON, JOURNAL, LOCK = "comparison.json", "journal.db", "evaluate.lock"
RESULTS, REPORT, VERDICTS, MATH = "results.json", "report.html", "verdicts.jsonl", "math.jsonl"
ANSWERS, LOSSES = "answers-{}.jsonl", "losses-{}.jsonl"
PARTS = {"questions": "--judge-model", "math": "--math", "held_out": "--held-out"}
"""What a comparison can hold, and the option without which it is left out."""


def check_folder(folder: Path, comparison: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the folder knows to be compared, this included.

    Raises InputError where it holds something else, or a part that this comparison leaves out.
    """
    known = _known(folder)
    for what, option in PARTS.items():
        if comparison.get(what) is None and known.get(what) is not None:
            raise InputError(
                f"{folder} holds a comparison with {option}: name it again, as nothing is asked "
                "twice, or another folder with --out"
            )
    for what, value in comparison.items():
        if value is not None and known.get(what) not in {None, value}:
            raise InputError(
                f"{folder} holds another comparison: its {what.replace('_', '-')} is "
                f"{shown(known[what])}, not {shown(value)}: name another folder with --out"
            )
    return {**known, **{what: value for what, value in comparison.items() if value is not None}}


@contextmanager
def begun(folder: Path, comparison: Mapping[str, Any]) -> Iterator[None]:
    """Write what a folder compares; within the block, an InputError leaves it as it was before."""
    known = _known(folder)
    write_json(folder / COMPARISON, check_folder(folder, comparison))
    try:
        yield
    except InputError:
        _undo(folder, known)
        raise


def _undo(folder: Path, known: Mapping[str, Any]) -> None:
    """Bring a folder back to what it compared before; a new one holds its lock alone again."""
    if known:
        write_json(folder / COMPARISON, known)
    else:
        for path in (COMPARISON, *(f"{JOURNAL}{end}" for end in ("", "-wal", "-shm"))):
            (folder / path).unlink(missing_ok=True)
    if known.get("held_out") is None:
        for side in ("a", "b"):
            (folder / LOSSES.format(side)).unlink(missing_ok=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def write_pairs(folder: Path, compared: Sequence[Compared]) -> None:
    """Write both models' answers, and the verdicts."""
    for side in ("a", "b"):
        write_jsonl(folder / ANSWERS.format(side), _answer_rows(compared, side))
    write_jsonl(folder / VERDICTS, map(verdict_row, compared))


def write_solved(folder: Path, solved: Sequence[Solved]) -> None:
    """Write the graded answers to problems of mathematics."""
    write_jsonl(folder / MATH, map(solved_row, solved))


def verdict_row(one: Compared) -> dict[str, Any]:
    """Return a question with both answers, the verdicts and the outcome, as plain JSON."""
    return {
        "question": one.test.key,
        **_asked(one.test.instruction, one.test.input, one.test.type),
        "a": one.a.text,
        "b": one.b.text,
        "verdicts": [asdict(verdict) for verdict in one.verdicts],
        "outcome": one.outcome,
    }


def solved_row(one: Solved) -> dict[str, Any]:
    """Return a problem with each model's answer and grade, as plain JSON."""
    test = one.test
    by = one.by.items()
    return {
        "question": test.key,
        **_asked(test.instruction, test.input, test.type),
        "reference": test.reference,
        **{side: graded.answer.text for side, graded in by},
        "grades": {side: graded.grade for side, graded in by},
    }


def _answer_rows(compared: Sequence[Compared], side: str) -> Iterator[dict[str, Any]]:
    for one in compared:
        asked = _asked(one.test.instruction, one.test.input, one.test.type)
        output = (one.a if side == "a" else one.b).text
        yield {
            **{n: asked[n] for n in ("instruction", "input")},
            "output": output,
            TYPE: asked[TYPE],
        }


def _asked(instruction: str, given: str, kind: str) -> dict[str, Any]:
    return {"instruction": instruction, "input": given, TYPE: kind}


def _known(folder: Path) -> dict[str, Any]:
    """Return what a folder says that it compares; nothing where it is new, or empty."""
    try:
        is_file = folder.exists() and not folder.is_dir()
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made ({fault_of(error)}): name another --out"
        ) from error
    if is_file:
        raise InputError(f"{folder} is a file: name another folder with --out")
    path = folder / COMPARISON
    if not path.is_file():
        if folder.exists() and not is_vacant(folder, LOCK):
            raise InputError(f"{folder} holds files already: name another folder with --out")
        return {}
    try:
        known = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path} cannot be read ({fault_of(error)}): name another --out"
        ) from error
    return known if isinstance(known, dict) else {}
