"""What the tests of `train` share: data, and a tiny model to begin with."""

from pathlib import Path

import pytest

from tests.cli.train.rows import ROWS
from tests.report.samples import write_lines
from tests.training.tiny import tiny_model


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_lines(tmp_path / "data.jsonl", ROWS)
    return tmp_path / "data.jsonl"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "base")
