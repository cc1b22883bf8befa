"""The simulated model under test, and as the judge of two answers.

Under test it answers what a user says without a system prompt; a share of its answers is wrong. The
judge finds a mistake as in `simulator.judging` and names the answer without one, or a tie; but with
the probability `position_bias` it names the first, whatever the two say.
"""

import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any

from simulator.judging import Skill
from simulator.truth import boxed, is_wrong, spoilt

_PAIR = re.compile(r"<pair>\n(.*)\n</pair>", re.DOTALL)
_WANTS_BOX = "\n\nPut the final answer in \\boxed{}."


def comparing_answer(messages: Sequence[dict[str, Any]], key: str, skill: Skill) -> str | None:
    """Return the answer of a judge of two, or of a model under test; None for other prompts."""
    if not messages:
        return None
    system, request = (str(messages[n].get("content", "")) for n in (0, -1))
    if len(messages) == 1 and messages[0].get("role") == "user":
        return _answered(request, Random(f"{key} answering"), skill)
    found = _PAIR.search(request) if "<pair>" in system else None
    return _winner(json.loads(found[1]), Random(f"{key} comparing"), skill) if found else None


def _answered(request: str, draw: Random, skill: Skill) -> str:
    wrong, said = draw.random() < skill.wrong, f"Here is number {draw.randint(1, 9_999)}."
    problem = request.removesuffix(_WANTS_BOX)
    if problem != request:
        return f"{said} {boxed(problem, draw, wrong=wrong)}"
    return spoilt(said) if wrong else said


def _winner(pair: dict[str, Any], draw: Random, skill: Skill) -> str:
    if draw.random() < skill.position_bias:
        return json.dumps({"winner": "1"})
    instruction = str(pair.get("instruction"))
    faults = [_finds(instruction, str(pair.get(f"answer {n}")), draw, skill) for n in (1, 2)]
    winner = "tie" if faults[0] == faults[1] else "2" if faults[0] else "1"
    return json.dumps({"winner": winner})


def _finds(instruction: str, answer: str, draw: Random, skill: Skill) -> bool:
    wrong = is_wrong(instruction, answer)
    return draw.random() < (skill.sensitivity if wrong else 1 - skill.specificity)
