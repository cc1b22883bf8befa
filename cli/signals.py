"""Ctrl-C and SIGTERM: the first lets the calls in flight finish, the second drops them.

A command without calls ends at the first, and leaves no draft of a file behind.
"""

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self, TypeVar

from rich.console import Console

SIGNALS = (signal.SIGINT, signal.SIGTERM)

WAITING = "Waiting for the calls in flight; once more drops them."
"""What is said at the first of them."""

Returned = TypeVar("Returned")


def end_on_kill() -> None:
    """Let a plain `kill` end the process as Ctrl-C does: every `finally` on the way is run."""

    def end(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_IGN)
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):  # Windows has no SIGHUP
            signal.signal(number, end)


class Signals:
    """Within its block, the first signal calls `stop` and the second cancels the current task."""

    def __init__(self, console: Console, stop: Callable[[], None]) -> None:
        self._console = console
        self._stop = stop
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._came = 0

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._ignore()

    def aside(self, ask: Callable[[Any], Returned]) -> Callable[[Any], Returned]:
        """Return what asks a person, with a Ctrl-C meanwhile as usual: KeyboardInterrupt."""

        def asked(question: Any) -> Returned:  # noqa: ANN401 - whatever is asked
            self._ignore()
            try:
                return ask(question)
            finally:
                self._listen()

        return asked

    def _listen(self) -> None:
        for number in SIGNALS:
            with suppress(NotImplementedError):  # Windows has Ctrl-C alone, which asyncio handles
                self._loop.add_signal_handler(number, self._on_signal)

    def _ignore(self) -> None:
        for number in SIGNALS:
            with suppress(NotImplementedError):
                self._loop.remove_signal_handler(number)

    def _on_signal(self) -> None:
        self._came += 1
        if self._came == 1:
            self._stop()
            self._console.print(WAITING, markup=False, highlight=False)
        elif self._task:
            self._task.cancel()
