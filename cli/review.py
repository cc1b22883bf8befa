"""The review at the terminal: a person edits the tree before any record is paid for."""

from contextlib import AbstractContextManager
from typing import Any

import typer
from rich.console import Console

from cli.trees import draw_text
from words import several

HELP = (
    "prune ID · rename ID NAME · add ID NAME (below ID) · ban NAME · more ID [COUNT] · "
    "done (or an empty line) to go on"
)
END = ("", "done")


class Reviewer:
    """Asks the person at the terminal for edits of the tree, the view put aside meanwhile.

    The edits are checked when all are given. One that the tree cannot take is left out and named,
    and the person goes on from the others.
    """

    def __init__(self, view: AbstractContextManager[Any], console: Console) -> None:
        self._view = view
        self._console = console
        self._edits: list[dict[str, Any]] = []

    def __call__(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the edits, after `asked` was shown: the tree, or what was wrong with the edits."""
        self._view.__exit__(None, None, None)
        if problem := asked.get("problem"):
            self._leave_out(problem, asked.get("edit"))
        else:
            self._edits = []
            self._say(draw_text(asked["tree"], ids=True))
        self._say(HELP)
        while (line := typer.prompt(">", default="", show_default=False, err=True)) not in END:
            self._take(line)
        self._view.__enter__()
        return self._edits

    def _take(self, line: str) -> None:
        edit = parse_edit(line)
        if edit is None:
            self._say(f"not understood: {line}\n{HELP}")
        else:
            self._edits.append(edit)

    def _leave_out(self, problem: str, position: int | None) -> None:
        if position is None:
            self._edits.clear()
        else:
            problem = (
                f"left out: {' '.join(map(str, self._edits.pop(position).values()))} ({problem})"
            )
        self._say(f"{problem}; {several(len(self._edits), 'edit')} kept")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def parse_edit(line: str) -> dict[str, Any] | None:
    """Return the edit that a line asks for, or None for an invalid line."""
    edit: dict[str, Any] | None = None
    match line.split(maxsplit=2):
        case ["prune", task]:
            edit = {"prune": task}
        case ["rename", task, name]:
            edit = {"rename": task, "name": name}
        case ["add", below, name]:
            edit = {"add": name, "below": below}
        case ["ban", *words] if words:
            edit = {"ban": " ".join(words)}
        case ["more", task]:
            edit = {"more": task}
        case ["more", task, count] if count.isdecimal():
            edit = {"more": task, "count": int(count)}
    return edit
