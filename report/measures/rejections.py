"""What was proposed and not kept."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from report.analysis import Analysis
from report.measure import Measure, Measures, Row, TileFigure
from words import several

WHO: Mapping[str, Collection[str]] = {
    "the filter": {"against", "duplicate", "rouge_l", "semantic"},
    "the judge": {"judge"},
    "votes": {"disagree"},
    "a person": {"banned"},
}
"""Who rejects by which rule. All others are rules that need no model."""


def who(rule: str) -> str:
    """Return who rejects by this rule: rules, the filter, the judge, votes, or a person."""
    return next((who for who, rules in WHO.items() if rule in rules), "rules")


def _rejections(found: Analysis) -> dict[str, Any]:
    rejections = found.data.rejections
    by_rule = Counter(rejection.rule for rejection in rejections)
    kinds = Counter(rejection.kind for rejection in rejections)
    stats, records = found.data.stats, len(rejections) - kinds["task"]
    proposed = records + len(found.data.records) - (stats.inherited if stats else 0)
    return {
        "count": len(rejections),
        "records": records,
        "proposed_records": proposed,
        "share_of_records": records / proposed if proposed > 0 else None,
        "by_whom": dict(sorted(Counter(who(r.rule) for r in rejections).items())),
        "by_kind": dict(sorted(kinds.items())),
        "by_rule": dict(sorted(by_rule.items())),
    }


def _words(measures: Measures) -> str:
    """Return how many records and tasks were rejected; of records the share of those proposed."""
    run, found = measures["run"], measures["rejections"]
    if not found["count"]:
        return "0" if run and run["calls"] else ""
    parts = []
    if records := found["records"]:
        share = f"{found['share_of_records']:.1%} of those proposed"
        parts.append(f"{several(records, 'record')} ({share})")
    if tasks := found["by_kind"].get("task"):
        parts.append(several(tasks, "task"))
    return ", ".join(parts)


def _tile(measures: Measures) -> TileFigure | None:
    run, found = measures["run"], measures["rejections"]
    if found["share_of_records"] is None or not (found["count"] or (run and run["calls"])):
        return None
    tasks = found["by_kind"].get("task", 0)
    told = [several(found["records"], "record"), *([several(tasks, "task")] if tasks else [])]
    return TileFigure(f"{found['share_of_records']:.1%}", ", ".join(told))


def _by_whom(measures: Measures) -> str:
    told = measures["rejections"]["by_whom"].items()
    return ", ".join(f"{name} {count:,}" for name, count in told)


REJECTIONS = Measure(
    "rejections",
    _rejections,
    rows=(
        Row("Rejected", _words),
        Row("Rejected by", _by_whom, "Tasks and records; the judge sees what is left by the rest."),
    ),
    tiles={"Rejected": _tile},
)
