"""The figures of a comparison as its page shows them: tiles, notes, bars, a table of grades."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from words import several

UNSURE = 0.5
"""Share of verdicts that survive the swap, below which a judge is told to be a poor one."""

NONE = "\N{EN DASH}"
ODD = ("wrong", "empty", "unreadable", "timeout")
"""The grades of answers to problems beside `right`."""

MARKS = ("several_boxes", "cut_off")
"""What is counted of the answers whatever their grade."""


def tiles(results: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the figures that stand at the top."""
    if pairs := results.get("pairwise"):
        rate = pairs["beat_rate"]
        value = NONE if rate is None else f"{rate:.1%}"
        decided = f"of {several(pairs['win'] + pairs['lose'], 'decided question')}"
        beside = (
            f"{_between(pairs['interval'])} {decided}" if rate is not None else "none is decided"
        )
        yield _tile("Beat rate of A", value, beside)
        counts = " : ".join(f"{pairs[name]:,}" for name in ("win", "tie", "lose"))
        yield _tile("Win : tie : lose", counts, f"of {several(pairs['compared'], 'question')}")
        yield _tile("Same winner in both orders", *_share(pairs["consistency"]))
        yield _tile("First answer chosen", *_share(pairs["first_chosen"]))
    if math := results.get("math"):
        for side in filter(math.__contains__, ("a", "b")):
            yield _tile(f"Mathematics, {side.upper()}", *_share(math[side]["accuracy"]))
        if "difference" in math:
            yield _tile("Mathematics, A less B", *_difference(math, "+.1%"))
    if loss := results.get("held_out"):
        means = " / ".join(f"{loss[side]:.3f}" for side in ("a", "b") if side in loss)
        sides = "A / B, " if "b" in loss else ""
        of = f"{sides}nats a token, over {several(loss['records'], 'record')}; lower is better"
        yield _tile("Held-out loss", means, of)
        if loss.get("difference") is not None:
            yield _tile("Held-out loss, A less B", *_difference(loss, "+.3f"))


def notes(results: Mapping[str, Any]) -> Iterator[str]:
    """Yield what has to be known to read the figures."""
    if pairs := results.get("pairwise"):
        yield (
            f"Judged by {results['judge']}, each pair in both orders. The beat rate is the share "
            "of the decided questions that A wins. Brackets are 95 % intervals over questions."
        )
        kept = pairs["consistency"]["share"]
        if kept is not None and kept < UNSURE:
            yield (
                "This judge goes by the order more than by the answers: when they change places, "
                f"the winner stays the same in {kept:.0%} of the questions. Name a better judge."
            )
        if pairs["same_answers"]:
            yield f"To {several(pairs['same_answers'], 'question')} both answers are the same."
        left = pairs["questions"] - pairs["compared"] - pairs["lost"]
        for count, why in ((left, "a cap ended it"), (pairs["lost"], "an answer was lost")):
            if count:
                verb = "is" if count == 1 else "are"
                yield f"{several(count, 'question')} {verb} not compared: {why}."
        if pairs["undecided"]:
            unread = several(pairs["undecided"], "question")
            yield f"A verdict on {unread} could not be read: they count as ties."
        for side, counts in pairs["answers"].items():
            told = [f"{n:,} {name.replace('_', ' ')}" for name, n in counts.items() if n]
            if told:
                yield f"Answers of {side.upper()}: {', '.join(told)}."


def bars(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a bar of outcomes for all questions, and one for each type."""
    pairs = results.get("pairwise")
    named = {"All questions": pairs, **pairs["by_type"]} if pairs else {}
    return [_bar(name, counts) for name, counts in named.items()]


def _bar(name: str, counts: Mapping[str, Any]) -> dict[str, Any]:
    kinds, rate = ("win", "tie", "lose"), counts["beat_rate"]
    return {
        "name": name,
        "parts": [{"kind": kind, "count": counts[kind]} for kind in kinds],
        "told": ", ".join(f"{kind} {counts[kind]}" for kind in kinds),
        "rate": NONE if rate is None else f"{rate:.1%} {_between(counts['interval'])}",
    }


def grades(results: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the table of grades: right ones, also by type, then all else that is counted."""
    math = results.get("math")
    if not math:
        return None
    sides = [side for side in ("a", "b") if side in math]
    found = [math[side] for side in sides]
    kinds = found[0]["by_type"] if found else ()
    rows = [
        _row("right", [_shared(one["accuracy"]) for one in found]),
        *(
            _row(f"right, {kind}", [_shared(one["by_type"][kind]) for one in found])
            for kind in kinds
        ),
        *(_row(name, [f"{one[name]:,}" for one in found]) for name in ODD),
        *(
            _row(f"of all, {name.replace('_', ' ')}", [f"{one[name]:,}" for one in found])
            for name in MARKS
        ),
    ]
    return {"columns": [side.upper() for side in sides], "rows": rows}


def _row(name: str, values: Sequence[str]) -> dict[str, Any]:
    return {"name": name, "figures": values}


def _tile(name: str, value: str, beside: str) -> dict[str, str]:
    return {"name": name, "value": value, "beside": beside}


def _difference(found: Mapping[str, Any], form: str) -> tuple[str, str]:
    difference = f"{found['difference']:{form}}"
    if found["interval"] is None:
        return difference, "of one alone"
    low, high = found["interval"]
    return difference, f"[{low:{form}}, {high:{form}}]"


def _shared(share: Mapping[str, Any]) -> str:
    return ", ".join(_share(share))


def _share(share: Mapping[str, Any]) -> tuple[str, str]:
    if share["share"] is None:
        return NONE, "none"
    of = f"{share['found']:,} of {share['of']:,}"
    return f"{share['share']:.1%}", f"{of} {_between(share['interval'])}"


def _between(interval: Sequence[float] | None) -> str:
    return f"[{interval[0]:.1%}, {interval[1]:.1%}]" if interval else ""
