"""What a data set is: its name, records, tasks and models, and what a reader has to know of it."""

from collections.abc import Iterator

from report.analysis import Analysis
from report.counting import by_count
from report.measure import Measure, Measures, Row, TileFigure
from report.overlap import LONGEST
from store.filter.tokens import tokens


def _records_tile(measures: Measures) -> TileFigure:
    run, rejected = measures["run"], measures["rejections"]
    beside = f"of {rejected['proposed_records']:,} proposed" if rejected["records"] else ""
    if run and run["inherited"]:
        beside = f"{run['inherited']:,} of them inherited"
    return TileFigure(f"{measures['records']:,}", beside)


def _tasks_tile(measures: Measures) -> TileFigure | None:
    tasks, branches = measures["tasks"], measures["branches"]["count"]
    beside = f"records in {branches:,} branches" if branches > 1 else ""
    return TileFigure(f"{tasks:,}", beside) if tasks else None


def _notes(found: Analysis) -> Iterator[str]:
    """Yield what a reader has to know to compare this data with other."""
    data = found.data
    yield from data.notes
    if found.missing:
        yield found.missing
    if data.chats:
        yield (
            f"{data.chats:,} records were read from chats, in which instruction and input are one "
            "text: their lengths and overlaps do not compare with those of records that keep them "
            "apart."
        )
    long = [r.instruction for r in data.records if len(r.instruction) > LONGEST]
    if cut := sum(len(tokens(text)) > LONGEST for text in long):
        yield (
            f"Of {cut:,} instructions only the first {LONGEST:,} words count in their ROUGE-L; the "
            "filter compares all."
        )


NAME = Measure("name", lambda found: found.data.name)
SOURCE = Measure("source", lambda found: found.data.source)
RECORDS = Measure(
    "records",
    lambda found: len(found.data.records),
    rows=(Row("Records", lambda m: f"{m['records']:,}"),),
    tiles={"Records": _records_tile},
)
TASKS = Measure(
    "tasks",
    lambda found: len(found.data.tasks),
    rows=(Row("Tasks", lambda m: f"{m['tasks']:,}" if m["tasks"] else ""),),
    tiles={"Tasks": _tasks_tile},
)
MODELS = Measure("models", lambda found: by_count(record.model for record in found.data.records))
NOTES = Measure("notes", lambda found: list(_notes(found)))
