"""Drafts: gone when their writer ends, removed when it was killed, left alone while it writes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from errors import InputError
from store.files.folder import create
from store.files.replacing import is_draft, replacing, replacing_folder

WRITER = """
import sys
from pathlib import Path
from store.files.replacing import replacing, replacing_folder
path = Path(sys.argv[1])
with (replacing_folder if path.suffix == ".d" else replacing)(path):
    print("writing", flush=True)
    sys.stdin.read()
"""


@contextmanager
def writer_of(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a process that writes at a place, until its standard input is closed."""
    words = [sys.executable, "-c", WRITER, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "writing\n"
        yield process


def write(path: Path) -> None:
    if path.suffix == ".d":
        with replacing_folder(path) as draft:
            (draft / "data").touch()
        return
    with replacing(path) as file:
        file.write(b"new")


@pytest.fixture(params=["data", "data.d", "数" * 50, "..x"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def test_what_a_killed_writer_left_is_removed_by_the_next(place: Path) -> None:
    with writer_of(place) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    (left,) = place.parent.iterdir()
    assert is_draft(left)
    write(place)
    assert [*place.parent.iterdir()] == [place]


def test_what_another_process_still_writes_is_left_alone(place: Path) -> None:
    with writer_of(place) as process:
        write(place)
        assert len([*place.parent.iterdir()]) == 2
        if place.is_dir():
            (place / "data").unlink()
        process.communicate()
        assert process.returncode == 0
    assert [*place.parent.iterdir()] == [place]


def test_only_drafts_of_that_place_are_removed(tmp_path: Path) -> None:
    others = [".data.tmp", ".data.0123456z.tmp", ".data2.01234567.tmp", "data.01234567.tmp"]
    for name in others:
        (tmp_path / name).touch()
    (tmp_path / ".data.89abcdef.tmp").symlink_to("data.01234567.tmp")
    (tmp_path / ".data.01234567.tmp").mkdir()
    os.mkfifo(tmp_path / ".data.00000000.tmp")
    write(tmp_path / "data")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*others, "data", ".data.89abcdef.tmp", ".data.00000000.tmp"}


def test_a_folder_with_a_draft_alone_is_empty(tmp_path: Path) -> None:
    for folder in (tmp_path / "run", tmp_path / "hub.d"):
        folder.mkdir()
        (folder / ".config.yaml.01234567.tmp").touch()
    create(tmp_path / "run", {"domain": {}, "settings": {}})
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["config.yaml"]
    write(tmp_path / "hub.d")
    assert [path.name for path in (tmp_path / "hub.d").iterdir()] == ["data"]
    with pytest.raises(InputError, match="holds another run"):
        create(tmp_path / "run", {})
