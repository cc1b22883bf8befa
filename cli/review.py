"""The review at the terminal: a person edits the tree before any record is paid for."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import typer
from rich.console import Console

from cli.trees import draw_text
from nodes.answers import edit_of
from words import several

HELP = (
    "prune ID… · rename ID NAME · add ID NAME (below ID) · ban NAME · more ID [COUNT] · show ID · "
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
        self._shows = False

    def __call__(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the edits, after `asked` was shown: the tree, or what was wrong with the edits.

        Where a branch is to be shown it is this wish; the edits given so far are kept meanwhile.
        """
        self._view.__exit__(None, None, None)
        problem = asked.get("problem")
        if problem and self._shows:
            self._say(problem)
        elif problem:
            self._leave_out(problem, asked.get("edit"))
        else:
            self._edits = self._edits if "shows" in asked else []
            self._say(_drawn(asked))
        self._say(HELP)
        wish = self._read()
        self._view.__enter__()
        return wish

    def _read(self) -> list[dict[str, Any]]:
        self._shows = False
        while (line := typer.prompt(">", default="", show_default=False, err=True)) not in END:
            edit = edit_of(line)
            if edit and "show" in edit:
                self._shows = True
                return [edit]
            self._take(line, edit)
        return self._edits

    def _take(self, line: str, edit: dict[str, Any] | None) -> None:
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


def _drawn(asked: Mapping[str, Any]) -> str:
    """Return the tree as the terminal draws it, or as lines where the state has it folded."""
    folded = any("folded" in node for node in asked["tree"]["nodes"])
    if folded or "shows" in asked:
        return "\n".join(asked["outline"])
    return draw_text(asked["tree"], ids=True)
