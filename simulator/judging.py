"""The simulated model as a judge, as a writer who revises, and as one who answers once more.

The judge finds a mistake with the probability `sensitivity`, and none where there is none with the
probability `specificity`. What a record says to it changes nothing.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator.truth import boxed, is_wrong, spoilt

_RECORD = re.compile(r"<record>\n(.*)\n</record>", re.DOTALL)
_CRITERIA = re.compile(r"^(\d+)\. ", re.MULTILINE)
_JSON = re.compile(r"^\{.*\}$", re.MULTILINE)
_GIVEN = re.compile(r"^Instruction: (.*?)(?:^Input: .*)?\Z", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Skill:
    """How right the model is: the share of wrong outputs, and how often a verdict is right.

    `position_bias` is how often the judge of two answers names the first one without a look.
    """

    wrong: float = 0.0
    sensitivity: float = 1.0
    specificity: float = 1.0
    position_bias: float = 0.0


def judging_answer(messages: Sequence[dict[str, Any]], key: str, skill: Skill) -> str | None:
    """Return the answer to a question about a record; None where the prompt asks something else."""
    if not messages:
        return None
    system, request = (str(messages[n].get("content", "")) for n in (0, -1))
    draw = Random(f"{key} judging")
    if "<record>" in system:
        return _verdict(system, request, draw, skill)
    if "was checked and does not pass" in request:
        return _revised(request, draw, skill)
    in_json = '{"output"' in system
    if in_json or "Answer with the result alone" in system:
        said = _answered(request, draw, skill, boxes="\\boxed" in system)
        return json.dumps({"output": said}) if in_json else said
    return None


def _verdict(system: str, request: str, draw: Random, skill: Skill) -> str:
    record = _record(_RECORD.search(request))
    wrong = is_wrong(str(record.get("instruction")), str(record.get("output")))
    fails = draw.random() < (skill.sensitivity if wrong else 1 - skill.specificity)
    criteria = _CRITERIA.findall(system.partition("Criteria:")[2].partition("The record stands")[0])
    failed = draw.choice(criteria) if fails and criteria else None
    verdicts: dict[str, Any] = {n: "fail" if n == failed else "pass" for n in criteria}
    if '"reason"' in system:
        said = {"pass": "It holds.", "fail": "It does not hold."}
        verdicts = {n: {"reason": said[v], "verdict": v} for n, v in verdicts.items()}
    return json.dumps({**verdicts, "score": str(draw.randint(0, 4) if fails else 8)})


def _revised(request: str, draw: Random, skill: Skill) -> str:
    record = _record(_JSON.search(request))
    output = _corrected(str(record.get("instruction")), str(record.get("output")), draw, skill)
    return json.dumps({"records": [{**record, "output": output}]})


def _answered(request: str, draw: Random, skill: Skill, *, boxes: bool) -> str:
    given = _GIVEN.search(request)
    instruction = given.group(1).strip() if given else request
    wrong, said = (
        draw.random() < skill.wrong,
        f"Here is number {draw.randint(1, 9_999)}, written as it was asked for.",
    )
    if boxes:
        return f"{said} {boxed(instruction, draw, wrong=wrong)}"
    return spoilt(said) if wrong else said


def _corrected(instruction: str, output: str, draw: Random, skill: Skill) -> str:
    wrong = draw.random() < skill.wrong
    if "\\boxed{" in output:
        before = output.partition("\\boxed{")[0]
        return before + boxed(instruction, draw, wrong=wrong)
    right = output.replace(spoilt(""), "")
    return spoilt(right) if wrong else right


def _record(found: re.Match[str] | None) -> dict[str, Any]:
    try:
        read = json.loads(found.group(found.lastindex or 0)) if found else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
