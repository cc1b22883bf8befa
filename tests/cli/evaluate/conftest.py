"""What the tests of `evaluate` share: an endpoint of three models, and questions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.cli.evaluate.comparing import answer, pair_words
from tests.cli.filtering import write_lines
from tests.doubles.fake_openai import FakeOpenAI


@pytest.fixture
def models() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(answer, models=("a", "b", "judge")) as endpoint:
        yield endpoint


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    rows = [{"question": f"What is {n}?", "class": "odd" if n % 2 else "even"} for n in range(6)]
    return write_lines(tmp_path / "questions.jsonl", rows)


@pytest.fixture
def evaluate(call: Call, models: FakeOpenAI, questions: Path, tmp_path: Path) -> Call:
    """Give what compares two models of one endpoint, with more options."""
    words = pair_words(models.url, questions)
    return lambda *more, out="out": call("evaluate", *words, "--out", tmp_path / out, *more)
