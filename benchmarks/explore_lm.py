"""Prepares what `make explore-lm` asks of two models: questions, and records that are held out.

python -m benchmarks.explore_lm FOLDER [--questions N]

Writes FOLDER/questions.jsonl (60 of the paper's rewriting questions, spread over all) and
FOLDER/held_out.jsonl (200 of its rewriting records), out of ../shared/data. Where that is absent
both are the examples of the domain `rewriting`.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from prompts.domain import load_preset
from store.files.writing import json_line

SHARED = Path(__file__).parents[2] / "shared" / "data"
EVALUATION = SHARED / "eval_brainstorming_rewriting.jsonl"
DEMO = SHARED / "explore_instruct_demo"
QUESTIONS, HELD_OUT = 60, 200

Row = dict[str, Any]


def spread(rows: Sequence[Row], most: int) -> list[Row]:
    """Return at most so many of the rows, at equal distances."""
    count = min(most, len(rows))
    return [rows[n * len(rows) // count] for n in range(count)]


def examples() -> list[Row]:
    """Return the domain's own examples."""
    shown = (example.record for example in load_preset("rewriting").examples)
    return [{"instruction": r.instruction, "input": r.input, "output": r.output} for r in shown]


def questions() -> list[Row]:
    """Return the paper's questions on rewriting, or else the domain's examples."""
    if not EVALUATION.exists():
        return [{"instruction": row["instruction"], "input": row["input"]} for row in examples()]
    rows = map(json.loads, EVALUATION.read_text("utf-8").splitlines())
    return [{"instruction": row["question"]} for row in rows if row["class"] == "rewrite"]


def held_out() -> list[Row]:
    """Return the paper's own records on rewriting, or else the domain's examples."""
    found = [
        {part: row[part] or "" for part in ("instruction", "input", "output")}
        for file in sorted(DEMO.glob("*.json"))
        for row in json.loads(file.read_text("utf-8")).get("examples", [])
    ]
    return found or examples()


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write the rows, a line each."""
    path.write_bytes(b"".join(map(json_line, rows)))


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asked, kept = spread(questions(), given.questions), spread(held_out(), HELD_OUT)
    write(given.folder / "questions.jsonl", asked)
    write(given.folder / "held_out.jsonl", kept)
    for rows, source, what in ((asked, EVALUATION, "questions"), (kept, DEMO, "records held out")):
        name = f"the paper's, of {source.name}" if source.exists() else "the domain's examples"
        print(f"{len(rows)} {what}: {name}")


if __name__ == "__main__":
    main()
