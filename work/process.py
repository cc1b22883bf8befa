"""A Python process beside this one that does pieces, seen from here."""

import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from typing import IO, cast

from work.errors import TimeLimitError, WorkerDiedError

_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(512 << 20)}
"""Arrays of some MB are made and freed all the time: glibc shall not give each back to the kernel.

That would cost workers a twentieth of their time.
"""
_START = "import sys; sys.path[:] = {path!r}; from work.serving import serve; serve()"


class Process:
    """A fresh Python process, a link to a worker as in work/worker.py.

    It imports what a piece needs, never the caller's main module, which would start all over. The
    terminal's Ctrl-C does not reach it; it ends when this process does.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own words only
            [sys.executable, "-c", _START.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
            env=_MEMORY | os.environ,
        )
        self._questions = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    @property
    def is_alive(self) -> bool:
        """Say whether it can be asked more."""
        return self._process.poll() is None

    def outcome(self, asked: bytes, seconds: float | None) -> bytes:
        """Return the pickled outcome of a pickled piece.

        Raises TimeLimitError where it computed too long, WorkerDiedError where the process ended.
        """
        try:
            pickle.dump((asked, seconds), self._questions)
            self._questions.flush()
            told: bytes = pickle.load(self._answers)  # noqa: S301 - of our own process
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.end()
            code = self._process.returncode
            if seconds and code == -signal.SIGPROF:
                raise TimeLimitError(f"a piece computed longer than {seconds:g} s") from error
            raise WorkerDiedError(f"exit code {code}") from error
        return told

    def kill(self) -> None:
        """End it at once; whoever waits for its answer learns that it died."""
        self._process.kill()

    def end(self) -> None:
        """End it, and close what connects it with this process."""
        self._process.kill()
        with suppress(OSError):  # what was written last was never read
            self._process.__exit__(None, None, None)
        self._process.wait()
