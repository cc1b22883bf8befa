"""The review at the terminal: a person edits the tree before any record is paid for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import typer
from rich.console import Console

from cli.trees import draw_text

HELP = "prune ID · rename ID NAME · add ID NAME (below ID) · done (or an empty line) to go on"


def ask_reviewer(
    view: AbstractContextManager[Any], console: Console
) -> Callable[[dict[str, Any]], list[dict[str, str]]]:
    """Return what asks the person at the terminal for edits of the tree, the view put aside."""

    def ask(asked: dict[str, Any]) -> list[dict[str, str]]:
        view.__exit__(None, None, None)
        console.print(draw_text(asked["tree"]), markup=False, highlight=False)
        console.print(HELP, markup=False, highlight=False)
        edits: list[dict[str, str]] = []
        while (line := typer.prompt(">", default="", show_default=False, err=True)) not in (
            "",
            "done",
        ):
            edit = parse_edit(line)
            if edit is None:
                console.print(f"not understood: {line}", markup=False)
            else:
                edits.append(edit)
        view.__enter__()
        return edits

    return ask


def parse_edit(line: str) -> dict[str, str] | None:
    """Return the edit that a line asks for, or None when it is none."""
    match line.split(maxsplit=2):
        case ["prune", task]:
            return {"prune": task}
        case ["rename", task, name]:
            return {"rename": task, "name": name}
        case ["add", below, name]:
            return {"add": name, "below": below}
    return None
