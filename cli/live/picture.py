"""Draws a run as one screen of lines: where it stands, the growing tree, what it has brought.

What a model wrote is never read as markup, stays on its line, and is cut to the width, which is
measured in terminal cells.
"""

from collections.abc import Iterator

from rich.text import Text

from cli.live.amounts import clock, expenses, rejections, roughly
from cli.live.outline import Row, outline
from cli.live.progress import Branch, Now, Progress
from cli.trees import FINISHED, trail
from words import one_line, several, still_to_find

BAR = 20  # cells
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
TURNS = 8  # of the spinner a second
LONGEST = 500  # characters of a text; more is never on the screen
STEPS = ("explore", "review", "generate", "finish")
DOING = {"lookahead": "looking ahead", "backtrack": "backtracking", "generate": "writing records"}
DIM, LIVELY, GOOD, BAD = "dim", "bold cyan", "green", "yellow"


def picture(
    progress: Progress,
    now: Now | None,
    *,
    seconds: float,
    left: float | None,
    size: tuple[int, int],
) -> Text:
    """Return the run in at most `size` (columns, lines).

    `now` is what is shown as being worked on (None at the end), `seconds` the time since the
    start, `left` the estimated time to the end, if there is one.
    """
    width, height = size
    head = [_both(_steps(progress), _time(seconds, left), width), *_doing(progress, now, seconds)]
    foot = list(_foot(progress))
    room = height - len(head) - len(foot) - 2
    rows = outline(progress.branches, now.task if now else None, max(0, room))
    tree = [_task(row, progress, now, width) for row in rows]
    screen = [*head, Text(), *tree, Text(), *foot] if room > 0 else [*head, *foot]
    for line in screen:
        line.truncate(width, overflow="ellipsis")
    drawn = Text("\n").join(screen[: max(0, height)])
    drawn.no_wrap = True
    return drawn


def _steps(progress: Progress) -> Text:
    """Return the phases in a row, the current one bright; review only where there is one."""
    line = Text()
    for step in STEPS:
        if step != "review" or step in progress.phases:
            line.append(" → " if line else "", DIM)
            line.append(step, LIVELY if step == progress.phase else DIM)
    return line


def _time(seconds: float, left: float | None) -> Text:
    time = Text(clock(seconds))
    if left is not None:
        time.append(f" · about {roughly(left)} left", DIM)
    return time


def _doing(progress: Progress, now: Now | None, seconds: float) -> Iterator[Text]:
    """Yield a line that says what is going on right now, if anything is."""
    spinner = (SPINNER[int(seconds * TURNS) % len(SPINNER)], LIVELY)
    if progress.waiting:
        yield Text.assemble(spinner, " ", one_line(progress.waiting))
    elif now is not None:
        yield Text.assemble(spinner, " ", (f"{DOING[now.doing]}  ", DIM), trail(now.path))


def _task(row: Row, progress: Progress, now: Now | None, width: int) -> Text:
    """Return a line of the tree: mark, name, how much is folded below, what it has brought."""
    if row.task is None:
        return Text(f"{row.lead}{row.hidden:,} more", DIM)
    branch = progress.branches[row.task]
    at_work = now is not None and now.task == row.task
    mark = ("● ", LIVELY) if at_work else _mark(branch, progress.phase)
    name = (one_line(branch.name), LIVELY if at_work else "")
    left = Text.assemble((row.lead, DIM), mark, name)
    if row.folded:
        left.append(f"  +{several(branch.tasks - 1, 'task')}", DIM)
    return _both(left, _brought(branch), width)


def _mark(branch: Branch, phase: str) -> tuple[str, str]:
    """Return ✗ for a failed task, ✓ for a branch that is explored (later: that has records)."""
    if branch.closed == "failed":
        return "✗ ", BAD
    settled = branch.open == 0 if phase in {"explore", "review"} else branch.kept > 0
    return ("✓ ", GOOD) if settled else ("○ ", DIM)


def _brought(branch: Branch) -> Text:
    if branch.kept:
        return Text(f"{branch.kept:,}", GOOD)
    return Text("" if branch.closed in FINISHED else branch.closed, DIM)


def _foot(progress: Progress) -> Iterator[Text]:
    """Yield the counts: tasks, records, calls, and the record that was kept last."""
    tasks = f"{len(progress.branches):,} in the tree"
    if progress.unseen:
        tasks += f", {still_to_find(*progress.unseen)}"
    yield _counted("tasks", Text(tasks), progress.rejected_tasks)
    yield _counted("records", _records(progress), progress.rejected_records)
    yield Text.assemble(
        ("spent    ", DIM), expenses(progress.spent) if progress.spent else "no call yet"
    )
    if progress.notices:
        yield Text.assemble(("endpoint ", DIM), one_line("; ".join(progress.notices)))
    yield Text.assemble(("last     ", DIM), one_line(progress.last[:LONGEST]))


def _counted(label: str, kept: Text, rejected: dict[str, int]) -> Text:
    line = Text.assemble((f"{label:<9}", DIM), kept)
    if rejected:
        line.append(f"  {rejections(rejected)}", BAD)
    return line


def _records(progress: Progress) -> Text:
    if not progress.wanted:
        return Text(f"{progress.kept:,} kept")
    full = min(BAR, BAR * progress.kept // progress.wanted)
    return Text.assemble(
        ("━" * full, GOOD),
        ("─" * (BAR - full), DIM),
        f" {progress.kept:,} of {progress.wanted:,} kept",
    )


def _both(left: Text, right: Text, width: int) -> Text:
    """Return one line with `right` at its right edge; `left` gives way where they meet."""
    if right:
        left.truncate(max(0, width - right.cell_len - 2), overflow="ellipsis", pad=True)
    return Text.assemble(left, "  " if right else "", right)
