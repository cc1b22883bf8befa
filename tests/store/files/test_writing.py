import os
from pathlib import Path

import pytest

from errors import InputError, RunError
from store.files.writing import write_jsonl


def test_a_place_that_cannot_hold_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing/x: not a place for a file"):
        write_jsonl(tmp_path / "missing" / "x", [])
    with pytest.raises(InputError, match="name a file in a folder that exists"):
        write_jsonl(tmp_path, [])


def test_a_full_disk_stops_with_the_files_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(RunError, match=r"data: cannot be written \(No space left on device\)"):
        write_jsonl(tmp_path / "data", [{"id": "r0"}])
    assert list(tmp_path.iterdir()) == []
