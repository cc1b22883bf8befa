"""The locks are installed one after another into one environment."""

import re
from collections import defaultdict
from pathlib import Path

LOCKS = Path(__file__).parent.parent / "locks"
APART = {"phoenix"}
PIN = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;]+)([^\\\n]*)", re.MULTILINE)


def test_the_locks_agree_on_every_version() -> None:
    versions: dict[tuple[str, str], set[str]] = defaultdict(set)
    for lock in LOCKS.glob("*.txt"):
        if lock.stem not in APART:
            for name, version, marker in PIN.findall(lock.read_text("utf-8")):
                versions[name, marker.strip()].add(version)
    assert len(versions) > 100
    assert {name: found for (name, _), found in versions.items() if len(found) > 1} == {}
