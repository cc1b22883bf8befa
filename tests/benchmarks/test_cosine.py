"""The calibration of the cosine at which a record covers a question."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.cosine import FILES, highest, kinds, table
from models.embeddings import COVERS
from tests.report.samples import write_lines
from tests.shared_data import shared


def test_a_text_is_not_its_own_neighbour() -> None:
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
    assert highest(vectors, vectors).tolist() == pytest.approx([0.6, 0.8, 0.8])
    assert highest(vectors[:1], vectors).tolist() == [1]
    shares = table({"one": vectors, "two": vectors[:1]}, 0.7).splitlines()[2:]
    assert shares == ["| one | 67% | 33% |", "| two | 100% | 0% |"]


def test_kinds_are_files_or_classes_in_them(tmp_path: Path) -> None:
    rows = [{"question": "Name a tree", "class": kind} for kind in "abb"]
    files = [write_lines(tmp_path / "x.jsonl", rows)]
    files.append(write_lines(tmp_path / "y.jsonl", [{"question": "Name a tree"}]))
    assert {kind: len(found) for kind, found in kinds(files).items()} == {"a": 1, "b": 2, "y": 1}


def test_the_default_tells_kinds_of_real_questions_apart() -> None:
    vectors = kinds([shared(name) for name in FILES])
    code = vectors.pop("instructions_code_4535")
    for kind, questions in vectors.items():
        near = {other: (highest(questions, v) >= COVERS).mean() for other, v in vectors.items()}
        assert near.pop(kind) > 0.25
        assert max(near.values()) < 0.055
    assert (highest(code, vectors["brainstorming"]) >= COVERS).mean() < 0.01
