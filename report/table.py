"""The table of a page: a row for every record and rejection, as many as a page holds."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

from record import Record, score_of
from report.analysis import Analysis
from report.offline import cut
from turns import REASONING, REJECTED_OUTPUT, SYSTEM, exchanges_of

ROWS = 50_000
"""Records and rejections that the table of a page holds at most, taken evenly from each set."""

_NAMES = {
    SYSTEM: "System prompt",
    REASONING: "Thought before the output",
    REJECTED_OUTPUT: "A worse output",
}
"""What else a record may say, and what a page calls it."""


def table(analyses: Sequence[Analysis]) -> dict[str, Any]:
    """Return the table's rows, kept and rejected, and how many were left out."""
    sizes = [len(found.data.records) + len(found.data.rejections) for found in analyses]
    rooms = _rooms(sizes, ROWS)
    chosen = [
        _row(place, found, at * size // room)
        for place, (found, size, room) in enumerate(zip(analyses, sizes, rooms, strict=True))
        for at in range(room)
    ]
    return {"rows": chosen, "left_out": sum(sizes) - len(chosen)}


def _rooms(sizes: Sequence[int], most: int) -> list[int]:
    """Return how many rows of each set are shown: all of the small ones, the large ones alike."""
    rooms, left = [0] * len(sizes), most
    for behind, place in enumerate(sorted(range(len(sizes)), key=lambda place: sizes[place])):
        rooms[place] = min(sizes[place], left // (len(sizes) - behind))
        left -= rooms[place]
    return rooms


def _row(place: int, found: Analysis, at: int) -> list[Any]:
    """Return [set, task, rule, text, input, output, score, nearest, remark, repeats, further].

    Records come first, rejections behind them. The rule is "" for a record; `repeats` is 1 for one
    that the filter would drop; `further` are the names and texts of what else a record says.
    """
    records = found.data.records
    if at >= len(records):
        r = found.data.rejections[at - len(records)]
        remark = cut(f"{r.kind}: {r.why}" if r.why else r.kind)
        near = cut(r.nearest_text)
        return [place, cut(r.task), r.rule, cut(r.text), "", "", r.score, near, remark, 0, []]
    record = records[at]
    score, near = _nearest(found, at)
    texts = map(cut, (record.instruction, record.input, record.output))
    task = record.task or (record.path or ("",))[-1]
    trail = " › ".join(record.path)  # noqa: RUF001 - the mark of a path
    repeats = 0 if found.kept[at] else 1
    return [place, cut(task), "", *texts, score, near, cut(trail), repeats, _further(record)]


def _nearest(found: Analysis, at: int) -> tuple[float | None, str]:
    """Return a record's highest overlap and the text that has it; below the floor that it is so."""
    nearest, floor = int(found.overlaps.nearest[at]), found.overlaps.floor
    if floor is not None and nearest < 0:
        return None, f"ROUGE-L < {floor:g}"
    score = round(float(found.overlaps.highest[at]), 4)
    return score, cut(found.data.records[nearest].instruction) if nearest >= 0 else ""


def _further(record: Record) -> list[list[str]]:
    """Return what a record says beside its three parts, each with its name, in order.

    Of a conversation these are the messages between the first, its instruction, and the last, its
    output.
    """
    said = [text for exchange in exchanges_of(record) for text in exchange]
    between = list(zip(cycle(("Assistant", "User")), said[1:-1], strict=False))
    named = [(name, record.more.get(part)) for part, name in _NAMES.items()]
    score = score_of(record)
    judged = [] if score is None else [("Judge's score", f"{score:.2f}")]
    parts = [*between, *named, *judged]
    return [[name, cut(text)] for name, text in parts if isinstance(text, str) and text]
