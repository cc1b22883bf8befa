"""The table of a sweep: for every domain and model, the strategies over the seeds.

It says nothing of time, nor of answers that were lost on their way: it is the same, byte for byte,
whether or not the sweep was interrupted, and whoever did its runs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from report.analysis import Analysis
from sweep.estimates import Estimate, Values, difference, estimate
from sweep.plan import Key


def _part(name: str, key: str) -> Callable[[Analysis], float | None]:
    """Return what reads a figure of a measure, None where the data has no such measure."""

    def figure(found: Analysis) -> float | None:
        measure = found.measures[name]
        value: float | None = measure and measure[key]
        return value

    return figure


FIGURES: Mapping[str, Callable[[Analysis], float | None]] = {
    "tasks": lambda found: found.measures["tasks"],
    "records": lambda found: found.measures["records"],
    "records rejected, share": _part("rejections", "share_of_records"),
    "calls": lambda found: len(found.data.calls),
    "tokens": lambda found: sum(call.tokens for call in found.data.calls),
    "verb-noun pairs": _part("verb_noun", "unique"),
    "verb-noun pairs at equal records": _part("verb_noun", "at_equal_records"),
    "Vendi score": _part("vendi", "score"),
    "Vendi score at equal records": _part("vendi", "at_equal_records"),
    "ROUGE-L with the nearest other": _part("rouge_l", "mean_of_highest"),
    "questions covered, share": _part("questions", "share"),
    "questions covered at equal records, share": _part("questions", "at_equal_records"),
}
"""What is compared, and where it stands in a run's analysis."""


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of one domain and model: their strategies, seeds, and analyses.

    `asked` is the model that writes. A run that did not end has no analysis. The first strategy is
    set against each of the others.
    """

    domain: str
    model: str
    strategies: Sequence[str]
    seeds: Sequence[int]
    found: Mapping[Key, Analysis]
    asked: str = ""

    def of(self, strategy: str) -> list[Analysis | None]:
        """Return the analyses of a strategy, seed by seed."""
        keys = [Key(self.domain, self.model, strategy, seed) for seed in self.seeds]
        return [self.found.get(key) for key in keys]


def table(groups: Sequence[Group]) -> dict[str, Any]:
    """Return every figure by strategy and seed, with means and paired differences, plain JSON."""
    return {"groups": [_group(group) for group in groups]}


def _group(group: Group) -> dict[str, Any]:
    equal = next((found.measures["equal"] for found in group.found.values()), None)
    figures = {name: _figure(group, figure) for name, figure in FIGURES.items()}
    return {
        "domain": group.domain,
        "model": group.model or group.asked,
        "strategies": list(group.strategies),
        "seeds": list(group.seeds),
        "runs": len(group.found),
        "equal": equal,
        "figures": {name: told for name, told in figures.items() if any(told["mean"].values())},
    }


def _figure(group: Group, figure: Callable[[Analysis], float | None]) -> dict[str, Any]:
    of: dict[str, Values] = {
        strategy: [None if found is None else figure(found) for found in group.of(strategy)]
        for strategy in group.strategies
    }
    first, *others = group.strategies
    apart = {other: difference(of[first], of[other]) for other in others}
    return {
        "by_seed": of,
        "mean": {strategy: _plain(estimate(values)) for strategy, values in of.items()},
        f"{first} minus": {other: _plain(told) for other, told in apart.items()},
    }


def _plain(told: Estimate | None) -> dict[str, Any] | None:
    return None if told is None else asdict(told)
