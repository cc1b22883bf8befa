"""Rows to filter, and how they are written and read."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TEXTS = [
    "Write a poem about the sea in autumn, please",
    "List three advantages of trains",
    "write a poem about the sea in autumn please!",
    "Write a poem about the sea in winter, please",
    "写一首关于秋天的七言绝句",
    "写一首关于冬天的七言绝句",
    "Sum up the report",
]
KEPT = [0, 1, 4, 6]


def row(text: str, **more: object) -> dict[str, Any]:
    return {"id": len(text), "instruction": text, "score": 1.50, **more}


def write_lines(path: Path, values: Iterable[object]) -> Path:
    lines = [json.dumps(value, ensure_ascii=False) for value in values]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
