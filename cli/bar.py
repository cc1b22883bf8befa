"""What a command that asks for a while shows: a bar, what that took so far, and the time left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.running import say
from nodes.state import Spent
from words import several

LINES = 10
"""Without a terminal so many lines tell how far it is."""


@contextmanager
def bar(
    console: Console, doing: str, total: int, noun: str, told: Callable[[], str]
) -> Iterator[Callable[[], None]]:
    """Show in a terminal how far it is; give what moves it on. `told` is said beside it.

    Where nobody sees a bar, lines say what begins, with how many of `noun`, and how far it is.
    """
    if not console.is_terminal:
        say(console, f"{doing}: {several(total, noun)}")
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        on.update(task, advance=1, told=told())
        if not console.is_terminal and done % -(-total // LINES) == 0:
            say(console, f"{doing}: {done:,} of {total:,}{told() and f'; {told()}'}")

    columns = (
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as on:
        task = on.add_task("", total=total, told="")
        yield advance


def spent_words(spent: Spent) -> str:
    """Return what was spent in words: calls, tokens, dollars where the price is known."""
    tokens = spent["prompt_tokens"] + spent["completion_tokens"]
    usd = "" if spent["usd"] is None else f", {spent['usd']:.4f} USD"
    return f"{several(spent['calls'], 'call')}, {several(tokens, 'token')}{usd}"
