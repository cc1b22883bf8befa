"""What a judge answered: a verdict on each criterion of a rubric, and a score.

The answer's schema names the criteria by their numbers, so that none is left out. A reason stands
before its verdict, where reasons are asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prompts.json_objects import json_objects, json_text
from prompts.language import is_dense
from prompts.nearly_json import mended
from prompts.parse import ANSWER_CHARACTERS, Parsed
from prompts.reasoning import split_reasoning
from prompts.rubric import Rubric
from prompts.schema import closed
from words import clip, one_line

REASON_CAP = 240
"""The longest reason, in characters."""

HIGHEST = 10
"""The highest score that a judge gives; a verdict's score is its share of this."""

_SCORE = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)(?![\d.])\s*(?:/\s*(\d{1,9}(?:\.\d{1,9})?))?")
_PASSES = {"pass", "passes", "passed", "yes", "true", "ok", "met", "通过", "是"}
_FAILS = {"fail", "fails", "failed", "no", "false", "not met", "不通过", "未通过", "否"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A criterion that a record fails, by its name, and why, "" where the judge says nothing.

    Neither holds a semicolon, nor the name a colon: so several can be told in one text.
    """

    criterion: str
    reason: str

    def __str__(self) -> str:
        """Return both as a text."""
        return f"{self.criterion}: {self.reason}" if self.reason else self.criterion


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judge's verdict: the criteria that the record fails, and its score from 0 to 1."""

    failures: tuple[Failure, ...]
    score: float


def verdict_schema(rubric: Rubric, *, reasons: bool) -> dict[str, Any]:
    """Return the JSON schema of a verdict on a rubric."""
    decided: dict[str, Any] = {"type": "string", "enum": ["pass", "fail"]}
    if reasons:
        decided = closed(
            {"reason": {"type": "string", "maxLength": REASON_CAP}, "verdict": decided}
        )
    numbers = {str(number): decided for number in range(1, len(rubric) + 1)}
    score = {"type": "string", "enum": [str(number) for number in range(HIGHEST + 1)]}
    return closed({**numbers, "score": score})


def verdict_tokens(rubric: Rubric, language: str, *, reasons: bool) -> int:
    """Return a `max_tokens` that no verdict within the caps reaches, its reasons in a language."""
    reason = REASON_CAP if is_dense(language) else REASON_CAP // 2
    return 40 + len(rubric) * (20 + (reason if reasons else 0))


def parse_verdict(text: str, rubric: Rubric, quoted: str = "") -> Parsed[Verdict]:
    """Return the verdict in an answer: none where it decides not every criterion, or holds two.

    A score that is missing is the share of the criteria that pass. What stands in `quoted`, the
    texts of the record, too, is no verdict: the judge repeats what was said to it there.
    """
    answer = json_text(split_reasoning(text[:ANSWER_CHARACTERS]).answer)
    repeated = json_objects(json_text(quoted)).objects
    read = [_verdict(one, rubric) for one in _objects(answer) if one not in repeated]
    verdicts = {one for one in read if isinstance(one, Verdict)}
    if len(verdicts) == 1:
        return Parsed(tuple(verdicts), ())
    if verdicts:
        return Parsed((), (f"there are {len(verdicts)} verdicts that differ",))
    problems = [one for one in read if isinstance(one, str)]
    return Parsed((), (problems[-1] if problems else "there is no JSON in the format asked for",))


def _objects(answer: str) -> list[Mapping[str, Any]]:
    """Return the objects in an answer. Where one is broken, those inside it are read, too."""
    found = json_objects(answer)
    objects: list[Mapping[str, Any]] = list(found.objects)
    if found.broken or not objects:
        objects += [part.value for part in mended(answer) if isinstance(part.value, dict)]
    return objects


def _verdict(given: Mapping[str, Any], rubric: Rubric) -> Verdict | str:
    """Return the verdict that an object holds, or why it holds none."""
    failures = []
    for number, criterion in enumerate(rubric, start=1):
        said = given.get(str(number), given.get(criterion.name))
        passes = _passes(said.get("verdict") if isinstance(said, dict) else said)
        if passes is None:
            return f'criterion {number} has no "pass" and no "fail"'
        if not passes:
            failures.append(Failure(criterion.name, _reason(said)))
    share = 1 - len(failures) / len(rubric)
    return Verdict(tuple(failures), _score(given.get("score"), share))


def _passes(said: object) -> bool | None:
    word = str(said).strip(" .!\"'").casefold()
    return True if word in _PASSES else False if word in _FAILS else None


def _reason(said: object) -> str:
    reason = said.get("reason") if isinstance(said, dict) else None
    if not isinstance(reason, str):
        return ""
    return clip(one_line(reason).replace(";", ","), REASON_CAP)


def _score(said: object, otherwise: float) -> float:
    """Return a score as a share: "8", "8/10" and "4/5" are .8, and so is "0.8", below one point."""
    found = _SCORE.match(str(said))
    if found is None:
        return round(otherwise, 2)
    score, highest = float(found[1]), float(found[2] or HIGHEST)
    if not found[2] and 0 < score < 1:
        highest = 1
    return round(score / highest, 2) if 0 <= score <= highest and highest else round(otherwise, 2)
