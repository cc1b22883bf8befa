"""What a judge said of the records: how many it turned down and for what, and the scores."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from record import Record, score_of
from report.analysis import Analysis
from report.measure import Measure, Measures, Row, TileFigure
from report.measures.branches import branch_of, roots_of
from store.files.data_set import Rejection
from words import clip

EXAMPLES = 3
"""Records that are shown for each criterion."""

CRITERIA = 40
"""Criteria that are told, those that most records fail."""

SHOWN_TEXT = 300

TASKS = 200
"""Tasks whose mean score is told, those of the lowest."""

NAMED = 3


def _verdicts(found: Analysis) -> dict[str, Any] | None:
    """Return what a judge said, None where there was none."""
    scored = [(r, score) for r in found.data.records if (score := score_of(r)) is not None]
    gone = [one for one in found.data.rejections if one.rule == "judge"]
    if not (scored or gone):
        return None
    scores = [score for _, score in scored]
    depth = 0 if len(roots_of(found.data.records)) > 1 else 1
    return {
        "passed": len(scored),
        "rejected": len(gone),
        "share_rejected": len(gone) / (len(scored) + len(gone)),
        "mean": statistics.fmean(scores) if scores else None,
        "lowest": min(scores, default=None),
        "by_criterion": _by_criterion(gone),
        "by_branch": _means(scored, lambda record: branch_of(record, depth)),
        "by_task": _means(scored, lambda record: (record.task, *record.path)[-1])[:TASKS],
    }


def _by_criterion(gone: Sequence[Rejection]) -> list[dict[str, Any]]:
    """Return by criterion how many records fail it, with examples, the most frequent first."""
    failed = defaultdict[str, list[dict[str, str]]](list)
    for one in gone:
        for criterion, reason in _failures(one.why):
            failed[criterion].append({"text": clip(one.text, SHOWN_TEXT), "reason": reason})
    ranked = sorted(failed.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        {"criterion": name, "count": len(records), "examples": records[:EXAMPLES]}
        for name, records in ranked[:CRITERIA]
    ]


def _failures(why: str) -> Iterator[tuple[str, str]]:
    """Yield the criteria that a rejection names, each with its reason."""
    for part in why.split("; "):
        name, _, reason = part.partition(": ")
        yield clip(name, SHOWN_TEXT), clip(reason, SHOWN_TEXT)


def _means(
    scored: Sequence[tuple[Record, float]], named: Callable[[Record], str]
) -> list[dict[str, Any]]:
    """Return the mean score by name, the lowest first."""
    scores = defaultdict[str, list[float]](list)
    for record, score in scored:
        scores[named(record)].append(score)
    means = [
        {"name": name, "records": len(own), "mean": statistics.fmean(own)}
        for name, own in scores.items()
        if name
    ]
    return sorted(means, key=lambda one: (one["mean"], one["name"]))


def _judged(measures: Measures) -> str:
    found = measures["verdicts"]
    judged = found["passed"] + found["rejected"]
    return f"{judged:,}, of which {found['rejected']:,} turned down ({found['share_rejected']:.1%})"


def _for_what(measures: Measures) -> str:
    told = measures["verdicts"]["by_criterion"][:NAMED]
    return ", ".join(f"{clip(one['criterion'], 40)} {one['count']:,}" for one in told)


def _score(measures: Measures) -> str:
    found = measures["verdicts"]
    return "" if found["mean"] is None else f"{found['mean']:.2f} / {found['lowest']:.2f}"


def _tile(measures: Measures) -> TileFigure | None:
    found = measures["verdicts"]
    if found is None or found["mean"] is None:
        return None
    return TileFigure(f"{found['mean']:.2f}", f"{found['share_rejected']:.1%} turned down")


VERDICTS = Measure(
    "verdicts",
    _verdicts,
    rows=(
        Row("Judged records", _judged, "Those that came to a judge."),
        Row("Turned down for", _for_what, "The criteria that most records fail."),
        Row("Score of the kept", _score, "Mean / lowest, from 0 to 1, as the judge gave it."),
    ),
    tiles={"Judge's score": _tile},
)
