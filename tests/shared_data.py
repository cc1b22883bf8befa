"""Real data in ../shared/data, beside the checkout; tests that need it skip without it."""

import json
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


def slice_of_demo(folder: Path, each: int) -> Path:
    """Make a copy of the demo's tree with so many records a task at most."""
    folder.mkdir()
    for file in shared(DEMO).glob("*.json"):
        content = json.loads(file.read_text("utf-8"))
        if "examples" in content:
            content["examples"] = content["examples"][:each]
        (folder / file.name).write_text(json.dumps(content), "utf-8")
    return folder
