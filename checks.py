r"""The checks that a domain names for its records: each looks at one record alone.

    checks:
      pattern: {output: '^1\. '}
      forbid: {instruction: ['\bimages?\b', '\baudio\b'], output: '(?i)as an ai'}
      json_schema: {type: object, required: [answer]}
      final_answer: true
      agreement: 3

Regular expressions are RE2's, and those of a JSON schema the regex crate's: both take time in
proportion to the text, whoever wrote them.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import isinf
from typing import Annotated, Any, Literal

import jsonschema_rs
import re2
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from final_answer.agreement import is_readable
from record import Record

MOST_PATTERNS, LONGEST_PATTERN, LONGEST_SCHEMA = 20, 300, 20_000
"""The most expressions for a part, and the most characters of one and of a schema as JSON."""

LEAST_ANSWERS, MOST_ANSWERS = 3, 15
"""How many answers may be asked for, to see whether they agree."""

SHOWN = 80
"""Characters of what was found that a reason shows."""

Fault = tuple[str, str]
"""A broken rule's or a failed check's name, and what is wrong, in words."""

_QUIET = re2.Options()
_QUIET.log_errors = False


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:  # noqa: ANN401 - RE2 has no types
    """Return the compiled expression. Raises ValueError for one that RE2 does not know."""
    try:
        return re2.compile(pattern, _QUIET)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        why = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        raise ValueError(
            f"{pattern!r} is no regular expression of RE2, which knows no lookaround and no back "
            f"references: {why}"
        ) from error


@lru_cache(maxsize=32)
def validator(schema: str) -> jsonschema_rs.Validator:
    """Return what validates by a schema, given as JSON. Raises ValueError for one that is none."""
    try:
        return jsonschema_rs.validator_for(
            json.loads(schema), pattern_options=jsonschema_rs.RegexOptions()
        )
    except ValueError as error:
        why = getattr(error, "message", str(error)).partition("\n")[0]
        raise ValueError(f"this is no JSON schema: {why[: 2 * SHOWN]}") from error


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


def _compiles(pattern: str) -> str:
    """Return the pattern. Raises ValueError for one that is none, or holds a control character."""
    if control := next((c for c in pattern if unicodedata.category(c) == "Cc"), None):
        raise ValueError(
            f"{pattern!r} holds the control character {control!r}: in YAML, put a pattern in "
            "single quotes, where a backslash stays one"
        )
    compiled(pattern)
    return pattern


def _is_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema. Raises ValueError where it is none, too large, or refers elsewhere."""
    try:
        text = json.dumps(schema)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"this is no JSON: {error}; quote what YAML reads as a date") from error
    if json.loads(text) != schema:
        raise ValueError("a key of it is no text: quote keys such as 1, yes and null")
    if len(text) > LONGEST_SCHEMA:
        raise ValueError(f"{len(text)} characters: write {LONGEST_SCHEMA} at most")
    for reference in _references(schema):
        if not str(reference).startswith("#"):
            raise ValueError(f"it refers to {reference!r}: write what is meant under $defs")
    validator(text)
    return schema


def _references(part: object) -> Iterator[object]:
    """Yield what a schema refers to, wherever in it."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key in ("$ref", "$dynamicRef", "$recursiveRef") and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for one in part:
            yield from _references(one)


def _has_majority(answers: int) -> int:
    """Return the number. Raises ValueError for one of which more than half means too little."""
    if answers % 2 == 0 or not LEAST_ANSWERS <= answers <= MOST_ANSWERS:
        raise ValueError(
            f"more than half of {answers} answers must be equal: give an odd number from "
            f"{LEAST_ANSWERS} to {MOST_ANSWERS}, so that two camps are never of one size"
        )
    return answers


Pattern = Annotated[str, Field(min_length=1, max_length=LONGEST_PATTERN), AfterValidator(_compiles)]
Patterns = Annotated[
    list[Pattern], Field(min_length=1, max_length=MOST_PATTERNS), BeforeValidator(_listed)
]
Part = Literal["instruction", "input", "output"]
Schema = Annotated[dict[str, Any], AfterValidator(_is_schema)]
Answers = Annotated[int, AfterValidator(_has_majority)]


class Checks(BaseModel):
    """What a domain checks: `pattern` must be found in a part, `forbid` must not.

    `json_schema` is what every output must be, as JSON. `final_answer` asks for an answer that
    math-verify can read. `agreement` is a number of answers, the record's own among them, of which
    more than half must be equal: they are asked for where the record is written, not here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    pattern: dict[Part, Patterns] = {}
    forbid: dict[Part, Patterns] = {}
    json_schema: Schema | None = None
    final_answer: bool = False
    agreement: Answers | None = None


def failed_check(record: Record, checks: Checks) -> Fault | None:
    """Return the first check that the record fails, with the reason; None where it passes all."""
    return next(_faults(record, checks), None)


def _faults(record: Record, checks: Checks) -> Iterator[Fault]:
    for part, pattern in _each(checks.pattern):
        if not compiled(pattern).search(_text(record, part)):
            yield "pattern", f"the {part} does not match {pattern}"
    for part, pattern in _each(checks.forbid):
        if found := compiled(pattern).search(_text(record, part)):
            held = found.group()[:SHOWN]
            yield "forbid", f"the {part} holds {held!r}, which {pattern} forbids"
    if checks.json_schema is not None and (why := _misfit(record.output, checks.json_schema)):
        yield "json_schema", why
    if checks.final_answer and not is_readable(record.output):
        end = " ".join(record.output.split())[-SHOWN:]
        yield "final_answer", f"no final answer can be read in the output, which ends {end!r}"


def _text(record: Record, part: Part) -> str:
    """Return a part, without halves of characters, which RE2 does not take."""
    text: str = getattr(record, part)
    return text.encode("utf-8", "replace").decode("utf-8")


def _each(patterns: Mapping[Part, list[str]]) -> Iterator[tuple[Part, str]]:
    return ((part, pattern) for part, listed in patterns.items() for pattern in listed)


def _misfit(output: str, schema: Mapping[str, Any]) -> str | None:
    """Return why an output does not fit the schema."""
    try:
        value = json.loads(output, parse_constant=_refuse, parse_float=_finite)
        wrong = next(iter(validator(json.dumps(schema)).iter_errors(value)), None)
    except (ValueError, RecursionError) as error:  # also nested too deep, and halves of characters
        return f"the output is no JSON: {str(error).partition(chr(10))[0][: 2 * SHOWN]}"
    if wrong is None:
        return None
    place = "".join(f"[{step!r}]" for step in wrong.instance_path)
    return f"the output{place} does not fit the schema: {wrong.message[: 2 * SHOWN]}"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _finite(digits: str) -> float:
    if isinf(number := float(digits)):
        raise ValueError(f"{digits} is too large a number")
    return number
