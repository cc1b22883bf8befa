"""What judging data has brought: counted as it goes on, shown, and told at its end."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import typer

from asking.meter import Price
from cli.bar import spent_words
from cli.gold import Gold
from nodes.judging.data import Judged
from nodes.settings import Settings
from nodes.spending import with_answers
from nodes.state import Spent
from report.agreement import Agreement, Share, agreement
from words import several

Row = Mapping[str, Any]


@dataclass(slots=True)
class Outcome:
    """The verdicts so far. `good` and `passed` pair the gold labels with them."""

    settings: Settings
    spent: Spent
    gold: Gold | None
    judged: int = 0
    unread: int = 0
    scores: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    good: list[bool] = field(default_factory=list)
    passed: list[bool] = field(default_factory=list)

    def passes(self, judged: Judged) -> bool:
        """Return whether a record fails no criterion, and its score is high enough."""
        verdict = judged.verdict
        if verdict is None:
            return False
        return not verdict.failures and verdict.score >= self.settings.judge_threshold

    def add(self, row: Row, judged: Judged, price: Price) -> None:
        """Count the verdict on a row, and what it cost."""
        self.judged += 1
        self.spent = with_answers(self.spent, [r.answer for r in judged.replies], price, "judge")
        if judged.verdict is None:
            self.unread += 1
            return
        self.scores.append(judged.verdict.score)
        self.failures.update(failure.criterion for failure in judged.verdict.failures)
        self.passed.append(self.passes(judged))
        if self.gold:
            self.good.append(self.gold.is_good(row))

    def scored(self, row: Row, judged: Judged) -> dict[str, Any]:
        """Return the row with its score, whether it passes, what it fails, and who judged it."""
        verdict = judged.verdict
        return {
            **row,
            "score": verdict.score if verdict else None,
            "passed": self.passes(judged) if verdict else None,
            "failures": [asdict(failure) for failure in verdict.failures] if verdict else [],
            "judge": judged.replies[-1].answer["model"],
        }

    @property
    def agreement(self) -> Agreement | None:
        """How the verdicts agree with the gold labels."""
        return agreement(self.good, self.passed) if self.good else None


def tell(outcome: Outcome, total: int, out: Path, *, as_json: bool) -> None:
    """Say what judging brought."""
    passed, left = sum(outcome.passed), total - outcome.judged
    stopped_by = cap_reached(outcome.settings, outcome.spent) if left else None
    if as_json:
        found = outcome.agreement
        result = {
            "records": total,
            "judged": outcome.judged,
            "passed": passed,
            "unread": outcome.unread,
            "mean_score": round(_mean(outcome.scores), 4) if outcome.scores else None,
            "failures": dict(outcome.failures),
            "agreement": asdict(found) if found else None,
            **outcome.spent,
            "stopped_by": stopped_by,
            "out": str(out),
        }
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    unread = f", {several(outcome.unread, 'verdict')} could not be read" if outcome.unread else ""
    typer.echo(f"{several(outcome.judged, 'record')} judged, {passed:,} passed{unread}")
    for criterion, count in outcome.failures.most_common():
        typer.echo(f"  fails {criterion}: {count:,}")
    if outcome.scores:
        typer.echo(f"mean score {_mean(outcome.scores):.2f}; {spent_words(outcome.spent)}")
    if outcome.agreement:
        typer.echo(_agreement(outcome.agreement))
    if stopped_by:
        option = stopped_by.replace("_", "-")
        typer.echo(f"{several(left, 'record')} not judged: a larger --{option} goes on")
    typer.echo(f"written: {out}")


def cap_reached(settings: Settings, spent: Spent) -> str:
    """Return the cap that left something over: the one that is set and used up most."""
    caps = settings.caps
    used = {"calls": spent["calls"], "usd": spent["usd"] or 0.0}
    used["tokens"] = spent["prompt_tokens"] + spent["completion_tokens"]
    shares = {n: used[n] / cap for n, cap in asdict(caps).items() if cap is not None}
    return f"max_{max(shares, key=lambda name: shares[name])}" if shares else "max_minutes"


def _agreement(found: Agreement) -> str:
    low, high = found.kappa_interval
    return (
        f"against {several(found.records, 'label')}: finds {_share(found.sensitivity)} of the bad, "
        f"passes {_share(found.specificity)} of the good; kappa {found.kappa:.2f} "
        f"[{low:.2f}, {high:.2f}]"
    )


def _share(share: Share) -> str:
    if share.value is None or share.interval is None:
        return "none"
    low, high = share.interval
    return f"{share.value:.2f} [{low:.2f}, {high:.2f}]"


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
