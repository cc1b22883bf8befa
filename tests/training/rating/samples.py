"""Answers and ratings that the tests share."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from training.pairs import Pair

HOSTILE = (
    "<script>document.title = 'run'</script>",
    "</div></section><img src=x onerror=\"document.title='run'\">",
    "\u202egnp.exe\u2066 שלום مرحبا\u200f",
    "before\0after\x1b[31m\x07",
    "x" * 20_000,
    "one\r\ntwo\n\n\tthree   four",
    "${7*7} {{7*7}} %s &lt;b&gt; &amp;",
    "'\"><svg/onload=alert(1)>",
)


def pairs(size: int, said: str = "a") -> list[Pair]:
    return [Pair(f"Question {n}?", "", f"{said} {n}", f"b {n}") for n in range(size)]


def written(folder: Path, asked: Iterable[Pair]) -> tuple[Path, Path]:
    """Write both files of answers; return their paths."""
    asked = list(asked)
    files = folder / "secret-a.jsonl", folder / "secret-b.jsonl"
    for file, side in zip(files, "ab", strict=True):
        rows = [
            {"instruction": p.instruction, "input": p.input, "output": getattr(p, side)}
            for p in asked
        ]
        lines(file, rows)
    return files


def lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def rating_row(question: str, rater: str, choice: str, **more: str) -> dict[str, str]:
    known = {"comparison": "0" * 16, "left": "a", "at": "2026-01-02T03:04:05Z"}
    return {**known, "question": question, "rater": rater, "choice": choice, **more}
