"""The server of the embedded model: llama.cpp, in this process, on the CPU, at 127.0.0.1.

It speaks the OpenAI protocol. One server is started per process and model file; it answers one
prompt at a time and ends with the process. Its port asks for a key of its own, so that neither
another user of the machine nor a web page can use it.

It caches the common beginning of consecutive prompts: without the cache a call takes ten seconds
more on two cores. With it, rounding depends on the prompts before, and so now and then does a word.
"""

import atexit
import os
import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from errors import InputError
from models import weights

_CONTEXT_TOKENS = 8192
_MOST_THREADS = 8
_SHA256 = re.compile(r"sha256=([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True)
class Source:
    """Which weights to run: the packaged ones (`path` None), or a file with an expected hash."""

    path: Path | None = None
    sha256: str | None = None

    @classmethod
    def of(cls, text: str) -> Self:
        """Read "" (packaged), "FILE.gguf" or "FILE.gguf#sha256=HEX".

        Raises:
            InputError: what follows # is not a SHA-256.

        """
        name, _, wanted = text.partition("#")
        if not wanted:
            return cls(Path(name).expanduser() if name else None)
        found = _SHA256.fullmatch(wanted)
        if not found:
            raise InputError(f"model {text!r}: write the hash as #sha256= and 64 hex digits")
        return cls(Path(name).expanduser(), found[1].lower())


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: base URL, key, model name, and the object that keeps it alive."""

    url: str
    key: str
    name: str
    alive: Any


_running: dict[Path, Server] = {}
_starting = threading.Lock()
atexit.register(_running.clear)


def serve(source: Source) -> Server:
    """Return the server of these weights; starting it, if it is not running, takes some seconds.

    Raises:
        InputError: weights missing, with a wrong hash, or not loadable, or no xllamacpp.

    """
    with _starting:
        path = _weights(source)
        if path not in _running:
            _running[path] = _start(path)
        return _running[path]


def _weights(source: Source) -> Path:
    if source.path is None:
        with _bar("Assembling the embedded model, once") as progress:
            return weights.packaged(progress=progress)
    with _bar(f"Checking {source.path.name}") as progress:
        return weights.own(source.path.resolve(), source.sha256, progress=progress)


def _start(path: Path) -> Server:
    try:
        import xllamacpp  # noqa: PLC0415 - a large library, loaded only where it is used
    except ImportError as error:
        raise InputError(
            "the embedded model needs xllamacpp: pip install '.[local]', "
            "or name a model with --model"
        ) from error
    key = secrets.token_urlsafe()
    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.model_alias = {path.stem}
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    settings.api_keys = [key]
    settings.ui = settings.endpoint_props = settings.endpoint_slots = False
    settings.verbosity = 0
    settings.n_parallel = 1
    settings.n_ctx = _CONTEXT_TOKENS
    settings.n_gpu_layers = 0
    settings.use_jinja = True
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = threads
    # No busy waiting: threads that spin take CPU time from the threads that work.
    settings.cpuparams.poll = settings.cpuparams_batch.poll = 0
    try:
        server = xllamacpp.Server(settings)  # returns when the model is loaded
    except RuntimeError as error:
        raise InputError(f"model file {path} cannot be loaded: {error}") from error
    return Server(f"{server.listening_address}/v1", key, path.stem, server)


@contextmanager
def _bar(label: str) -> Iterator[weights.Progress]:
    """Yield a callback that draws a progress bar on stderr; without a call nothing is drawn."""
    from rich.console import Console  # noqa: PLC0415 - only where it is shown
    from rich.progress import Progress  # noqa: PLC0415 - only where it is shown

    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=None)

    def progress(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield progress
    finally:
        bar.stop()
