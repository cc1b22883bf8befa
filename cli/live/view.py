"""Shows a run while it goes on: a live picture in a terminal, plain lines anywhere else.

Both views are context managers, may be entered again after a pause, and take the run's events
through `on`.
"""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import IO, Self

from rich.console import Console, Group, RenderableType
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType

from cli.live.amounts import expenses, rejections, roughly
from cli.live.picture import picture
from cli.live.progress import Event, Now, Progress
from cli.trees import FINISHED, trail
from words import one_line

FRAMES = 8  # a second
GLANCE = 1.0  # seconds that a task stays in view before the next one may take its place
WIDEST = 100  # cells; a wider picture would tear the counts away from the names
LONGEST = 100  # characters of one text in a plain line


def open_view(console: Console) -> "LiveView | PlainView":
    """Return the live view where the console can be redrawn, else the plain one."""
    redrawn = console.is_interactive and console.file.isatty() and "utf" in console.encoding
    return LiveView(console) if redrawn else PlainView(console.file)


class LiveView:
    """A picture of the run, redrawn in place; the last one stays on the screen.

    `clock` returns seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = monotonic) -> None:
        self._console = console
        self._clock = clock
        self._start = clock()
        self._progress = Progress()
        self._now: Now | None = None
        self._changed = self._start - GLANCE
        self._over = False
        self._size = console.size
        self._lock = Lock()  # events come while the live display's own thread draws
        self._live: Live | None = None

    def __enter__(self) -> Self:
        self._over = False
        self._live = Live(
            console=self._console,
            get_renderable=self._frame,
            refresh_per_second=FRAMES,
            redirect_stdout=False,  # results go there
            vertical_overflow="crop",
        )
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        if self._live:
            self._live.stop()

    def on(self, event: Event) -> None:
        """Take the event into the picture; the next redrawing shows it."""
        with self._lock:
            self._progress.apply(event, self._clock())

    def _frame(self) -> RenderableType:
        """Return the picture; after a change of the terminal's size, on a cleared screen."""
        with self._lock:
            at = self._clock()
            columns, lines = size = self._console.size
            drawn = picture(
                self._progress,
                None if self._over else self._in_view(at),
                seconds=at - self._start,
                left=None if self._over else self._progress.seconds_left(at),
                size=(min(columns, WIDEST), lines - 1),
            )
            resized, self._size = size != self._size, size
        clear = Control(ControlType.HOME, ControlType.CLEAR)
        return Group(clear, drawn) if resized else drawn

    def _in_view(self, at: float) -> Now | None:
        """Return what is worked on, changing not faster than an eye can follow."""
        if self._now is None or at - self._changed >= GLANCE:
            if self._now != self._progress.now:
                self._changed = at
            self._now = self._progress.now
        return self._now


class PlainView:
    """A line for every notable event of the search, and for the records one every so many calls.

    `clock` returns seconds.
    """

    def __init__(self, stream: IO[str], clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._progress = Progress()
        self._shown_calls = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress.spent and self._progress.spent.calls > self._shown_calls:
            self._shown_calls = self._progress.spent.calls
            self._write(self._records())

    def on(self, event: Event) -> None:
        """Write the event's line, if it is one that people want to know."""
        self._progress.apply(event, self._clock())
        if event["type"] == "budget" and self._progress.phase == "generate":
            self._tell_records(event["calls"], event["calls_expected"])
        elif line := _plain(event, self._progress):
            self._write(line)

    def _tell_records(self, calls: int, expected: int) -> None:
        """Write how far the records are, some twenty times in a run."""
        if calls - self._shown_calls >= max(10, expected // 20):
            self._shown_calls = calls
            left = self._progress.seconds_left(self._clock())
            self._write(self._records() + (f" · about {roughly(left)} left" if left else ""))

    def _records(self) -> str:
        wanted = f" of {self._progress.wanted:,}" if self._progress.wanted else ""
        kept = f"{self._progress.kept:,}{wanted} kept"
        spent = [expenses(self._progress.spent)] if self._progress.spent else []
        return "#  " + " · ".join([kept, rejections(self._progress.rejected_records), *spent])

    def _write(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()


def _plain(event: Event, progress: Progress) -> str:
    """Return the line of an event, "" for one that would only be noise."""
    line = ""
    match event["type"]:
        case "phase":
            line = f"== {event['phase']}"
        case "waiting":
            line = f".. {_text(event['message'])}"
        case "notice":
            line = f"!! {_text(event['message'])}"
        case "expanding":
            line = f"?  {event['operation']}  {trail(event['path'])}  asked {event['asked']}"
        case "task_admitted":
            line = f"+  task  {trail(progress.path(event['task']))}"
        case "task_rejected":
            nearest = event["nearest"]
            like = f' {event["score"]:.2f} like "{_text(nearest)}"' if nearest else ""
            name = _text(event["name"]) or _text(event["why"])
            line = f"-  task  {name}  {event['rule']}{like}"
        case "task_closed" if event["why"] not in FINISHED:
            line = f"=  {event['why']}  {trail(progress.path(event['task']))}"
    return line


def _text(text: str) -> str:
    line = one_line(text[:LONGEST])
    return line if len(text) <= LONGEST else f"{line}…"
