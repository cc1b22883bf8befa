"""Counts as horizontal bars: records by branch, saturated tasks, reasons for rejection."""

from collections.abc import Iterator, Sequence

from report.analysis import Analysis
from report.figures.plot import Figure, across, figure, label

BRANCHES = 20
"""A figure shows so many branches at most."""

REASONS = {
    "about_itself": "speaks as a model",
    "against": "repeats a foreign text",
    "banned": "a person ruled it out",
    "blocked_word": "holds a blocked word",
    "copy": "output copies input",
    "count": "not as many as asked",
    "disagree": "answers do not agree",
    "duplicate": "stands already",
    "empty": "a part is empty",
    "final_answer": "no answer can be read",
    "forbid": "holds what is forbidden",
    "format": "output's form is wrong",
    "given_away": "instruction gives it away",
    "input": "needs no input",
    "json_schema": "does not fit the schema",
    "judge": "a judge turned it down",
    "language": "another language",
    "length": "too long or short",
    "malformed": "could not be read",
    "pattern": "pattern not found",
    "placeholder": "left to be filled in",
    "prompt": "holds parts of the prompt",
    "repeats": "says the same twice",
    "rouge_l": "too like a kept one",
    "semantic": "means a kept one",
    "unanswered": "no output was written",
    "step": "a step, no kind of task",
    "surplus": "more than asked for",
    "truncated": "was cut off",
}
"""What the rules say, in a few words."""


def branches(analyses: Sequence[Analysis]) -> Iterator[Figure]:
    """Yield the records by branch of each data set with more than one branch."""
    for analysis in analyses:
        records = analysis.measures["branches"]["records"]
        about = "The children of the root with all below them"
        about += f", the {BRANCHES} largest." if len(records) > BRANCHES else "."
        trace = across(list(records)[:BRANCHES], list(records.values())[:BRANCHES])
        title, axis = f"Records by branch: {analysis.data.name}", {"title": {"text": "records"}}
        yield figure("across", title, about, [trace] if len(records) > 1 else [], xaxis=axis)


def saturation(analyses: Sequence[Analysis]) -> Iterator[Figure]:
    """Yield the share of saturated tasks of each data set."""
    about = "Tasks that had nothing new to offer, by depth, then by branch with all below it."
    axis = {"title": {"text": "share of tasks"}, "range": [0, 1], "tickformat": ".0%"}
    for analysis in analyses:
        found = analysis.measures["saturation"] or {"by_depth": [], "by_branch": []}
        parts = [*found["by_depth"], *found["by_branch"][:BRANCHES]]
        shares = [part["saturated"] / part["tasks"] for part in parts]
        trace = across([part["name"] for part in parts], shares) | {
            "customdata": [[part["saturated"], part["tasks"]] for part in parts],
            "hovertemplate": "%{customdata[0]} of %{customdata[1]} tasks<extra></extra>",
        }
        title = f"Saturated tasks: {analysis.data.name}"
        yield figure("across", title, about, [trace] if any(shares) else [], xaxis=axis)


def rejections(analyses: Sequence[Analysis]) -> Iterator[Figure]:
    """Yield the reasons for rejection, all data sets side by side."""
    rules = sorted({rule for a in analyses for rule in a.measures["rejections"]["by_rule"]})
    names = [f"{rule}: {REASONS[rule]}" if rule in REASONS else rule for rule in rules]
    traces = []
    for place, analysis in enumerate(analyses):
        by_rule = analysis.measures["rejections"]["by_rule"]
        if by_rule:
            trace = across(names, [by_rule.get(rule, 0) for rule in rules])
            traces.append(trace | {"set": place, "name": label(analysis.data.name)})
    about = "What was proposed and not kept, tasks and records, by the rule that decided."
    axis = {"title": {"text": "rejections"}}
    yield figure("across", "Reasons for rejection", about, traces, xaxis=axis)
