"""Sweeps for tests."""

from pathlib import Path
from typing import Any

import yaml

from sweep.file import SweepFile, sweep_of

SMALL: dict[str, Any] = {
    "domains": ["rewriting"],
    "strategies": ["adaptive", "self-instruct"],
    "seeds": [1, 2],
    "settings": {"per_call": 2, "records": 6, "window": 4},
}
"""A sweep of four runs of six records."""


def swept(**more: Any) -> SweepFile:  # noqa: ANN401 - any content
    return sweep_of(SMALL | more, "sweep.yaml")


def write_sweep(folder: Path, **more: Any) -> Path:  # noqa: ANN401 - any content
    """Write the small sweep with other values for some keys; None leaves one out."""
    content = {key: value for key, value in (SMALL | more).items() if value is not None}
    path = folder / "sweep.yaml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    return path
