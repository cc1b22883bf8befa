"""Real data in ../shared/data, beside the checkout; tests that need it skip without it."""

from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
DEMO = "explore_instruct_demo"
CODE = "instructions_code_4535.jsonl"


def shared(name: str) -> Path:
    path = _DATA / name
    if not path.exists():
        pytest.skip(f"needs ../shared/data/{name}")
    return path
