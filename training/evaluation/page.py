"""The page of a comparison: one file that opens offline, with every pair side by side.

All text in it is untrusted. It goes in as JSON that cannot end its script element, and the page's
own script puts it on the screen as text; the policy lets nothing else run.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from prompts.json_objects import json_objects, json_text
from report.offline import as_script, cut, own, policy_of
from training.evaluation.mathematics import Solved
from training.evaluation.outputs import solved_row, verdict_row
from training.evaluation.pairwise import Compared
from training.evaluation.summary import bars, grades, notes, tiles
from words import clip, one_line

PACKAGE = "training.evaluation"
ROWS = 20_000
"""Questions and problems that a page holds at most."""

LONGEST_SAID = 400
"""Characters that it shows of what a judge said to a verdict."""

TEXTS = ("instruction", "input", "reference", "a", "b", "type")


def page(results: Mapping[str, Any], compared: Sequence[Compared], solved: Sequence[Solved]) -> str:
    """Return the page that shows these results."""
    names = [results[side] for side in ("a", "b") if side in results]
    rows = [*map(_pair_row, compared), *map(_math_row, solved)]
    shown = {"names": names, "rows": rows[:ROWS], "left_out": max(0, len(rows) - ROWS)}
    environment = Environment(
        loader=PackageLoader(PACKAGE), autoescape=True, undefined=StrictUndefined
    )
    script, style = own("compare.js", PACKAGE), own("page.css") + own("compare.css", PACKAGE)
    return environment.get_template("compare.html").render(
        names=names,
        policy=policy_of(script),
        style=Markup(style),  # noqa: S704 - it holds no foreign text
        script=Markup(script),  # noqa: S704 - as above
        data=Markup(as_script(shown)),  # noqa: S704 - its marks are escaped
        has_rows=bool(rows),
        tiles=list(tiles(results)),
        notes=list(notes(results)),
        bars=bars(results),
        grades=grades(results),
    )


def _pair_row(one: Compared) -> dict[str, Any]:
    row = verdict_row(one)
    verdicts = [
        {"first": v.first, "winner": v.winner, "reason": _reason(v.said)} for v in one.verdicts
    ]
    return {**_cut(row), "part": "pair", "outcome": one.outcome, "verdicts": verdicts}


def _math_row(one: Solved) -> dict[str, Any]:
    row = solved_row(one)
    return {**_cut(row), "part": "math", "grades": row["grades"]}


def _cut(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: cut(row[name]) for name in TEXTS if name in row}


def _reason(said: str) -> str:
    """Return the reason that a judge gave, or all it said where no verdict can be read in it."""
    found = json_objects(json_text(said)).objects
    reason = found[0].get("reason", "") if found else said
    return clip(one_line(str(reason)), LONGEST_SAID)
