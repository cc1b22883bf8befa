"""How far a training is: a bar in a terminal, plain lines otherwise; and its end on a signal."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.bar import LINES
from cli.running import say
from cli.signals import SIGNALS
from words import duration


@contextmanager
def bar(console: Console, steps: int) -> Iterator[Callable[[int, int, float], None]]:
    """Give what is called after each step with its number, how many there are, and its loss."""
    columns = (
        TextColumn("Training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}"),
        TimeRemainingColumn(),
    )
    began, first = time.monotonic(), 0
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as on:
        task = on.add_task("", total=steps, loss="")

        def after(step: int, total: int, loss: float) -> None:
            nonlocal first
            first = first or step
            on.update(task, completed=step, total=total, loss=f"loss {loss:.3f}")
            if not console.is_terminal and (step == first or step % max(total // LINES, 1) == 0):
                each = (time.monotonic() - began) / (step - first + 1)
                left = duration(each * (total - step))
                say(console, f"step {step:,} of {total:,}, loss {loss:.3f}, about {left} left")

        yield after


class Stop:
    """Within its block, the first signal is kept for the training to see, the second ends it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._came = False

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def came(self) -> bool:
        """Return whether a signal came."""
        return self._came

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._came:
            raise KeyboardInterrupt
        self._came = True
        message = "Saving after this step; once more ends at once, and goes on from the last save."
        say(self._console, message)
