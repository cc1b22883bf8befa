"""The report that a run, or an import, ends with."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from models.embeddings import embeddings
from words import one_line


@contextmanager
def comparing(sizes: Sequence[int]) -> Iterator[Callable[[int], None]]:
    """Show in a terminal how many pairs are compared, of data sets of so many records."""
    console = Console(stderr=True)
    pairs = sum(size**2 // 2 for size in sizes)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Comparing all instructions (Ctrl-C ends it)", total=pairs)
        yield lambda amount: bar.advance(task, amount)


def report_of(folder: Path, records: int, threshold: float) -> Path | None:
    """Write the report of a finished run and return its path, None where that does not work.

    The run's data is there already, so what is wrong with the report is printed, not raised.
    """
    try:
        from report.ending import write_report  # noqa: PLC0415 - plotly and spaCy, a second

        with comparing([records]) as advance:
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
