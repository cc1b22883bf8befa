"""How near questions of one kind lie to each other, and to those of other kinds, by embeddings.

python -m benchmarks.cosine [FILE...]

Calibrates `models.embeddings.COVERS`. A kind is a file, or a value of the field `class` in it; the
files are those of ../shared/data. Prints, for each threshold, the share of questions of each kind
(rows) that have another text of each kind (columns) at least so near.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.corpus import DATA
from models.embeddings import embeddings
from report.vectors import Vectors, embedded, text_of
from store.files.data_set import read_data_set

CODE = "instructions_code_4535.jsonl"
FILES = ("eval_brainstorming_rewriting.jsonl", "eval_math_500.jsonl", CODE)
THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6)
QUESTIONS = 500
"""Questions of a kind that are compared at most; their neighbours may be any of a kind."""


def kinds(paths: Sequence[Path]) -> dict[str, Vectors]:
    """Return the vectors of each kind of questions."""
    texts: dict[str, list[str]] = {}
    for path in paths:
        for record in read_data_set(path).records:
            texts.setdefault(str(record.more.get("class", path.stem)), []).append(text_of(record))
    return {kind: embedded(found, embeddings()) for kind, found in texts.items()}


def highest(questions: Vectors, others: Vectors) -> Vectors:
    """Return the cosine of each question with the nearest text that is not itself."""
    cosines = questions[:QUESTIONS] @ others.T
    if others is questions:
        np.fill_diagonal(cosines, -1)
    found: Vectors = cosines.max(axis=1)
    return found


def table(vectors: Mapping[str, Vectors], threshold: float) -> str:
    """Return the shares that are at least so near, in Markdown."""
    lines = [[f"at {threshold}", *vectors], ["---"] * (len(vectors) + 1)]
    for kind, questions in vectors.items():
        near = [float((highest(questions, v) >= threshold).mean()) for v in vectors.values()]
        lines.append([kind, *(f"{share:.0%}" for share in near)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print a table for every threshold."""
    named = [Path(word) for word in sys.argv[1:]]
    vectors = kinds(named or [DATA / name for name in FILES])
    for threshold in THRESHOLDS:
        print(table(vectors, threshold), end="\n\n")


if __name__ == "__main__":
    main()
