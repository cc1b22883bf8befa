"""A worker process, seen from the process that started it."""

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, TypeVar, cast

from work.errors import TimeLimitError, WorkerDiedError
from work.serving import call

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_START = "import sys; sys.path[:] = {path!r}; from work.serving import serve; serve()"


class Worker:
    """A fresh Python process that does pieces, one at a time.

    It imports what a piece needs, never the caller's main module, which would start all over. The
    terminal's Ctrl-C does not reach it; it ends when this process does. `prepare` is what it does
    first, without a time limit.
    """

    def __init__(self, prepare: Callable[[], object] | None = None) -> None:
        self._prepare = prepare
        self._process = subprocess.Popen(  # noqa: S603 - our own words only
            [sys.executable, "-c", _START.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
        self._questions = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    @property
    def is_alive(self) -> bool:
        """Say whether it can do another piece."""
        return self._process.poll() is None

    def ask(
        self, function: Callable[[Piece], Result], piece: Piece, seconds: float | None
    ) -> Result:
        """Return what the function makes of the piece, or raise what it raises.

        Raises TimeLimitError where it computed too long, WorkerDiedError where the worker ended.
        """
        if self._prepare:
            self._answer(call, self._prepare, None)
            self._prepare = None
        return self._answer(function, piece, seconds)

    def kill(self) -> None:
        """End it at once; whoever waits for its answer learns that it died."""
        self._process.kill()

    def end(self) -> None:
        """End it, and close what connects it with this process."""
        self._process.kill()
        with suppress(OSError):  # what was written last was never read
            self._process.__exit__(None, None, None)
        self._process.wait()

    def _answer(
        self, function: Callable[[Piece], Result], piece: Piece, seconds: float | None
    ) -> Result:
        question = pickle.dumps((pickle.dumps((function, piece)), seconds))
        try:
            outcome = self._exchange(question)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.end()
            code = self._process.returncode
            if seconds and code == -signal.SIGPROF:
                raise TimeLimitError(f"a piece computed longer than {seconds:g} s") from error
            raise WorkerDiedError(f"exit code {code}") from error
        succeeded, value = pickle.loads(outcome)  # noqa: S301 - of our own worker
        if not succeeded:
            raise value
        result: Result = value
        return result

    def _exchange(self, question: bytes) -> Any:  # noqa: ANN401 - whatever the worker sends
        self._questions.write(question)
        self._questions.flush()
        return pickle.load(self._answers)  # noqa: S301 - of our own worker
