"""Functions that workers do in tests."""

import os
import select
import signal
from contextlib import suppress
from pathlib import Path
from time import sleep


def square(number: int) -> int:
    return number * number


def uneven(number: int) -> int:
    """Take longer for some, so that later ones are done first."""
    pow(7, 40_000 * (number % 5))
    return number * number


def numbered(number: int) -> tuple[int, int]:
    return number, os.getpid()


def bad_at_two(name: str) -> str:
    if name == "spin":
        spin(name)
    if name == "die":
        killed(name)
    return name


def process(_: object = None) -> int:
    return os.getpid()


def spin(_: object) -> None:
    """Compute in C alone, for hours."""
    pow(7, 7**10)


def killed_once(mark: str) -> str:
    """Die the first time."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def killed(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def out_of_memory(_: object) -> None:
    raise MemoryError


def fill(name: str) -> None:
    """Write to a disk without room."""
    try:
        Path(name).write_text("x", "utf-8")
    except OSError as error:
        raise OSError(error.errno, error.strerror, name) from error


def wait(mark: str) -> None:
    """Tell one's process number, and do nothing for long."""
    Path(mark).write_text(str(os.getpid()), "utf-8")
    sleep(600)


def noisy(text: str) -> str:
    print(text, flush=True)  # noqa: T201 - on purpose
    return input() if text == "read" else text


def kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def wait_for_end(process: int) -> None:
    """Return when no such process runs, or fail."""
    file = os.pidfd_open(process) if is_running(process) else None
    if file is not None:
        assert select.select([file], [], [], 30)[0], f"process {process} goes on"
        os.close(file)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class Stubborn(Exception):  # noqa: N818
    """An error that cannot be made anew from its arguments."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def failing(name: str) -> object:
    if name == "stubborn":
        raise Stubborn("so", "so")
    if name == "unpicklable":
        return lambda: None
    raise ValueError(name)
