"""Shows a sweep while it goes on: in a terminal a bar, and a line for each run that is at work."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from time import monotonic

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.swept import Outcome, Told
from words import clip, duration, one_line, several

FRAMES = 2  # a second
WIDEST = 40  # cells of the bar
MOST_LINES = 20
LONGEST = 60  # characters of what a run waits for


class SweepView:
    """The sweep so far: how many runs there are, those that ended, those that are at work."""

    def __init__(self, console: Console, runs: int, at_work: Callable[[], Sequence[Told]]) -> None:
        self._console = console
        self._runs = runs
        self._at_work = at_work
        self._ended: list[Outcome] = []
        self._before = 0
        self._begun = monotonic()

    def live(self) -> AbstractContextManager[object]:
        """Show it within the block, redrawn in place; nothing anywhere else than in a terminal."""
        if not self._console.is_terminal:
            return nullcontext()
        return Live(
            console=self._console,
            get_renderable=self._frame,
            refresh_per_second=FRAMES,
            redirect_stdout=False,
            redirect_stderr=False,
            transient=True,
        )

    def passed(self, outcomes: Sequence[Outcome]) -> None:
        """Take in the runs that had ended before."""
        self._ended += outcomes
        self._before = len(outcomes)

    def on(self, outcome: Outcome) -> None:
        """Take in how a run ended, and say so in a line, unless it is to go on later."""
        if outcome.state == "interrupted":
            return
        self._ended.append(outcome)
        line = f"{outcome.name}: {_words(outcome)} ({len(self._ended)} of {self._runs})"
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _frame(self) -> RenderableType:
        ended = {outcome.name for outcome in self._ended}
        working = [told for told in self._at_work() if told.name not in ended]
        share = sum(
            min(1.0, told.calls / told.calls_expected) for told in working if told.calls_expected
        )
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            ProgressBar(self._runs, len(self._ended) + share, width=WIDEST),
            f"{len(self._ended)} of {several(self._runs, 'run')}",
            self._left(share),
        )
        lines = Table.grid(padding=(0, 2))
        for told in working[:MOST_LINES]:
            lines.add_row(Text(told.name), *_amounts(told))
        return Group(bar, lines)

    def _left(self, share: float) -> str:
        """Return about how long it still takes, "" while that is unknown."""
        done = len(self._ended) - self._before + share
        if done < 1:
            return ""
        seconds = (monotonic() - self._begun) / done * (self._runs - self._before - done)
        return f"about {duration(seconds)} left"


def _amounts(told: Told) -> tuple[str, str, Text]:
    waiting = Text(clip(one_line(told.waiting), LONGEST))
    if not told.calls_expected:
        return "begins", "", waiting
    return several(told.kept, "record"), f"{told.calls:,} of {told.calls_expected:,} calls", waiting


def _words(outcome: Outcome) -> str:
    """Return how a run ended, in words."""
    if outcome.state == "failed":
        return f"failed: {outcome.why}"
    stats = outcome.stats
    tokens = stats["prompt_tokens"] + stats["completion_tokens"]
    spent = f"{several(stats['calls'], 'call')}, {several(tokens, 'token')}"
    return f"{several(stats['records'], 'record')}, {spent}, {duration(stats['seconds'])}"
