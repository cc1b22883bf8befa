"""Checks the outcome of `make demo`, a real run with the embedded model, from its files alone.

python -m tests.demo runs/demo
"""

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

from store.filter.tokens import tokens
from tests.store.filter.oracle import rouge_l

LEAST_TASKS, LEAST_RECORDS = 8, 16
THRESHOLD = Fraction(7, 10)
BY_NEIGHBOUR = {"rouge_l", "duplicate", "against"}


def problems(folder: Path) -> list[str]:
    """Return what does not hold of the demo's tree, records and rejections."""
    tree = json.loads((folder / "tree.json").read_text("utf-8"))
    records = _lines(folder / "dataset.jsonl")
    rejected = _lines(folder / "rejected.jsonl")
    found = []
    if len(tree["nodes"]) < LEAST_TASKS:
        found.append(f"{len(tree['nodes'])} tasks, fewer than {LEAST_TASKS}")
    if len(records) < LEAST_RECORDS:
        found.append(f"{len(records)} records, fewer than {LEAST_RECORDS}")
    words = [tokens(record["instruction"]) for record in records]
    for n, one in enumerate(words):
        for m, other in enumerate(words[:n]):
            if rouge_l(one, other) >= THRESHOLD:
                found.append(f"records {m} and {n} repeat each other")
    found += [f"{r['id']} copies its input" for r in records if r["input"] == r["output"]]
    for n, rejection in enumerate(rejected):
        if not rejection["rule"]:
            found.append(f"rejection {n} names no rule")
        if rejection["rule"] in BY_NEIGHBOUR and not rejection["nearest_text"]:
            found.append(f"rejection {n} names no neighbour")
    return found


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    wrong = problems(Path(sys.argv[1]))
    sys.exit("\n".join(wrong) if wrong else 0)
