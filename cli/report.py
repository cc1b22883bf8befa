"""The report that a run, or an import, ends with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import Progress, TaskID

from models.embeddings import embeddings
from words import one_line

LINE_S = 30.0
"""Without a terminal a line every so many seconds tells how far it is."""


@contextmanager
def measuring(sets: int) -> Iterator[Callable[[str, float], None]]:
    """Show how far each step is, of so many data sets: as bars, without a terminal in lines."""
    console = Console(stderr=True)
    tasks: dict[str, TaskID] = {}
    said = monotonic()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:

        def advance(step: str, share: float) -> None:
            nonlocal said
            if step not in tasks:
                tasks[step] = bar.add_task(f"{step} (Ctrl-C ends it)", total=sets)
            bar.advance(tasks[step], share)
            if not console.is_terminal and monotonic() - said >= LINE_S:
                said = monotonic()
                done = bar.tasks[tasks[step]].completed / sets
                console.print(f"{step}: {done:.0%}", markup=False, highlight=False)

        yield advance


def report_of(folder: Path, threshold: float) -> Path | None:
    """Write the report of a finished run and return its path, None where that does not work.

    The run's data is there already, so what is wrong with the report is printed, not raised.
    """
    try:
        from report.ending import write_report  # noqa: PLC0415 - plotly and spaCy, a second

        with measuring(1) as advance:
            return write_report(folder, Fraction(str(threshold)), embeddings(), advance)
    except KeyboardInterrupt:
        why = "interrupted"
    except Exception as error:  # noqa: BLE001 - see above
        why = one_line(str(error)) or type(error).__name__
    Console(stderr=True).print(
        f"No report ({why}). Write it with: "
        f"explore-instruct analyze {folder} --html {folder / 'report.html'}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return None
