"""An output alone: what is answered to an instruction that exists."""

from typing import Any

from prompts.domain import Domain
from prompts.item import PART_CHARACTERS
from prompts.json_objects import json_objects, json_text
from prompts.language import is_dense
from prompts.parse import ANSWER_CHARACTERS, Parsed
from prompts.reasoning import split_reasoning
from prompts.schema import CAP_MARGIN, GRAMMAR_CAP, closed


def output_schema(domain: Domain) -> dict[str, Any]:
    """Return the JSON schema of an answer that is an output of the domain."""
    cap = domain.limits.output.max + CAP_MARGIN
    text: dict[str, Any] = {"type": "string"} | ({"maxLength": cap} if cap <= GRAMMAR_CAP else {})
    return closed({"output": text})


def output_tokens(domain: Domain) -> int:
    """Return a `max_tokens` that no output within the domain's limits reaches."""
    cap = domain.limits.output.max + CAP_MARGIN
    return 40 + (cap if is_dense(domain.language) else cap // 2)


def parse_output(text: str) -> Parsed[str]:
    """Return the output in an answer: what stands under `output`, or the whole text."""
    answer = split_reasoning(text[:ANSWER_CHARACTERS]).answer
    for found in json_objects(json_text(answer)).objects:
        output = found.get("output", found.get("输出"))
        if isinstance(output, str | int | float) and (said := str(output).strip()):
            return Parsed((said[:PART_CHARACTERS],), ())
    if answer.strip() and not answer.lstrip().startswith(("{", "[", "```")):
        return Parsed((answer.strip()[:PART_CHARACTERS],), ())
    return Parsed((), ("there is no output in the answer",))
