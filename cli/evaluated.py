"""What an evaluation has brought: counted as it goes on, written to its folder, and told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import typer
from rich.console import Console

from asking.budget import Cost
from asking.calls import Reply
from asking.line import Line
from cli.bar import bar, spent_words
from cli.evaluating import Work
from cli.judged import cap_reached
from errors import RunError
from nodes.spending import NOTHING, cost_of_answers, with_answers
from nodes.state import Spent
from store.files.writing import write_text
from training.evaluation.losses import Losses, loss_results, measured
from training.evaluation.mathematics import Solved, math_results
from training.evaluation.outputs import REPORT, RESULTS, write_json, write_pairs, write_solved
from training.evaluation.page import page
from training.evaluation.pairwise import Compared
from training.evaluation.summary import MARKS, ODD, UNSURE
from training.evaluation.tally import pairwise_results
from words import printable, several

SIDES = {"a": "A", "b": "B"}


@dataclass(slots=True)
class Outcome:
    """What came of the work so far, and what it cost."""

    work: Work
    spent: Spent = field(default_factory=lambda: NOTHING)
    compared: list[Compared] = field(default_factory=list)
    solved: list[Solved] = field(default_factory=list)
    lost_pairs: int = 0
    lost_problems: int = 0
    losses: list[Losses] = field(default_factory=list)

    def spend(self, line: Line, replies: Sequence[Reply]) -> Cost:
        """Count replies; return what they cost."""
        answers, price = [reply.answer for reply in replies], line.channel.price
        self.spent = with_answers(self.spent, answers, price)
        return cost_of_answers(answers, price)

    def told(self) -> str:
        """Say how it stands."""
        if self.solved:
            grades = {s: [one.by[s].grade for one in self.solved] for s in self.solved[0].by}
            right = (f"{SIDES[s]} {found.count('right'):,} right" for s, found in grades.items())
            return f"{', '.join(right)}; {spent_words(self.spent)}"
        outcomes = [one.outcome for one in self.compared]
        counts = " : ".join(str(outcomes.count(o)) for o in ("win", "tie", "lose"))
        return f"win : tie : lose {counts}; {spent_words(self.spent)}"

    def measure_losses(self) -> None:
        """Measure the loss of every model on the records held out."""
        console, records = Console(stderr=True), self.work.records
        for model in self.work.models if records else ():
            doing = f"Loss of {SIDES[model.side]}"
            with bar(console, doing, len(records), "record", lambda: "") as advance:
                path = self.work.out / f"losses-{model.side}.jsonl"
                self.losses.append(measured(model.path, records, path, advance))

    @property
    def stopped_by(self) -> str | None:
        """The cap that left something over."""
        left = len(self.work.questions) - len(self.compared) - self.lost_pairs
        left += len(self.work.problems) - len(self.solved) - self.lost_problems
        return cap_reached(self.work.settings, self.spent) if left else None

    @property
    def results(self) -> dict[str, Any]:
        """All figures, as plain JSON; the same however often it was interrupted."""
        work, seed = self.work, self.work.settings.seed
        found: dict[str, Any] = {
            model.side: model.told_beside(work.models) for model in work.models
        }
        found |= {"judge": work.judge.model if work.judge else None, "seed": seed}
        if work.questions:
            lost = self.lost_pairs
            found["pairwise"] = pairwise_results(self.compared, len(work.questions), seed, lost)
        if work.problems:
            lost = self.lost_problems
            found["math"] = math_results(self.solved, len(work.problems), seed, lost)
        if self.losses:
            found["held_out"] = loss_results(self.losses, seed)
        return found | {"stopped_by": self.stopped_by}

    def write(self) -> None:
        """Write every file. Raises RunError where the judge said nothing that can be read."""
        verdicts = [verdict for one in self.compared for verdict in one.verdicts]
        if verdicts and not any(verdict.winner for verdict in verdicts):
            raise RunError(
                f"none of the {len(verdicts):,} verdicts of the judge could be read, the last one "
                f"being {verdicts[-1].said[:80]!r}: name a larger --judge-model, and another --out"
            )
        out = self.work.out
        if self.work.questions:
            write_pairs(out, self.compared)
        if self.work.problems:
            write_solved(out, self.solved)
        write_json(out / RESULTS, self.results)
        write_text(out / REPORT, page(self.results, self.compared, self.solved))


def tell(outcome: Outcome, *, as_json: bool) -> None:
    """Say what came of it."""
    found, work = outcome.results, outcome.work
    if as_json:
        typer.echo(json.dumps({**found, **outcome.spent, "out": str(work.out)}, ensure_ascii=False))
        return
    for side in ("a", "b"):
        if side in found:
            typer.echo(f"{SIDES[side]}: {printable(found[side])}")
    for name, lines in (("pairwise", _pairs), ("math", _math), ("held_out", _loss)):
        for line in lines(found[name]) if name in found else ():
            typer.echo(line)
    typer.echo(spent_words(outcome.spent))
    if outcome.stopped_by:
        option = outcome.stopped_by.replace("_", "-")
        typer.echo(f"stopped by {outcome.stopped_by}: a larger --{option} goes on")
    typer.echo(f"report: {work.out / REPORT}")


def _pairs(found: Mapping[str, Any]) -> list[str]:
    of = f"{found['compared']:,} of {several(found['questions'], 'question')}"
    lines = [f"pairs: {of} compared; {_tally(found)}"]
    lines += [f"  {printable(kind)}: {_tally(one)}" for kind, one in found["by_type"].items()]
    kept, first = found["consistency"], found["first_chosen"]
    lines.append(
        f"  the same winner in both orders: {_share(kept)}; the first answer is chosen: "
        f"{_share(first)}"
    )
    if kept["share"] is not None and kept["share"] < UNSURE:
        lines.append("  this judge goes by the order more than by the answers: name a better one")
    if found["same_answers"]:
        lines.append(f"  to {several(found['same_answers'], 'question')} both answers are the same")
    if found["lost"]:
        lines.append(f"  {_lost(found['lost'], 'question')}")
    if found["unread_verdicts"]:
        unread = several(found["unread_verdicts"], "verdict")
        lines.append(f"  {unread} could not be read: ties")
    answers = found["answers"].items()
    return [*lines, *(_odd(side, counts) for side, counts in answers if any(counts.values()))]


def _odd(side: str, counts: Mapping[str, int]) -> str:
    return f"  answers of {SIDES[side]}: {_named(counts)}"


def _named(counts: Mapping[str, int]) -> str:
    """Say the counts that are not 0, by their names."""
    return ", ".join(
        f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count
    )


def _tally(found: Mapping[str, Any]) -> str:
    counts = f"A wins {found['win']:,}, ties {found['tie']:,}, loses {found['lose']:,}"
    if found["beat_rate"] is None:
        return f"{counts}; no beat rate, as nothing is decided"
    low, high = found["interval"]
    return f"{counts}; beat rate {found['beat_rate']:.1%} [{low:.1%}, {high:.1%}]"


def _math(found: Mapping[str, Any]) -> list[str]:
    lines = [f"mathematics: {found['graded']:,} of {several(found['problems'], 'problem')} graded"]
    if found["lost"]:
        lines.append(f"  {_lost(found['lost'], 'problem')}")
    for side in filter(found.__contains__, ("a", "b")):
        one = found[side]
        grades, marks = (_named({n: one[n] for n in names}) for names in (ODD, MARKS))
        rest = "".join([grades and f"; {grades}", marks and f"; of all, {marks}"])
        right = one["accuracy"]
        lines.append(f"  {SIDES[side]}: {right['found']:,} right, {_share(right)}{rest}")
    if "difference" in found:
        lines.append(f"  A - B: {found['difference']:+.1%}{_within(found, '+.1%')}")
    return lines


def _loss(found: Mapping[str, Any]) -> list[str]:
    means = ", ".join(f"{SIDES[side]} {found[side]:.4f}" for side in SIDES if side in found)
    line = f"held-out loss, nats a token over {several(found['records'], 'record')}: {means}"
    if found.get("difference") is not None:
        line += f"; A - B {found['difference']:+.4f}{_within(found, '+.4f')}"
    if found.get("same_tokens") is False:
        line += "; no difference, as the two count tokens differently"
    return [line]


def _lost(count: int, noun: str) -> str:
    return f"{several(count, noun)} left out, an answer lost on its way: another --out asks again"


def _within(found: Mapping[str, Any], form: str) -> str:
    """Return the interval of a difference in brackets, nothing where there is none."""
    if found["interval"] is None:
        return ""
    low, high = found["interval"]
    return f" [{low:{form}}, {high:{form}}]"


def _share(share: Mapping[str, Any]) -> str:
    if share["share"] is None:
        return "none"
    low, high = share["interval"]
    return f"{share['share']:.1%} [{low:.1%}, {high:.1%}]"
