"""An output alone: what is answered to an instruction that exists."""

from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from prompts.clipped import clipped_example
from prompts.domain import Domain
from prompts.item import PART_CHARACTERS, clean
from prompts.json_objects import json_objects, json_text
from prompts.language import is_dense, template_language, write_in
from prompts.parse import ANSWER_CHARACTERS, Parsed
from prompts.reasoning import split_reasoning
from prompts.schema import CAP_MARGIN, GRAMMAR_CAP, closed
from prompts.wording import fill
from record import Record


def output_messages(domain: Domain, record: Record) -> list[BaseMessage]:
    """Return the prompt that asks for the output of a record, in prose, as a user would ask.

    Two of the domain's examples stand before it as what was asked and answered.
    """
    system = fill(
        f"requests/answer.{template_language(domain.language)}.j2",
        system=domain.system,
        requirements=domain.requirements,
        write_in=write_in(domain.language),
    )
    turns: list[BaseMessage] = [SystemMessage(system)]
    for example in (domain.examples[0], domain.examples[-1]):
        shown = clipped_example(example)
        asked = _asked(shown["instruction"], shown["input"])
        turns += [HumanMessage(asked), AIMessage(shown["output"])]
    return [*turns, HumanMessage(_asked(record.instruction, record.input))]


def _asked(instruction: str, given: str) -> str:
    return "\n\n".join(filter(None, (instruction, given)))


def output_schema(domain: Domain) -> dict[str, Any]:
    """Return the JSON schema of an answer that is an output of the domain."""
    cap = domain.limits.output.max + CAP_MARGIN
    text: dict[str, Any] = {"type": "string"} | ({"maxLength": cap} if cap <= GRAMMAR_CAP else {})
    return closed({"output": text})


def output_tokens(domain: Domain) -> int:
    """Return a `max_tokens` that no output within the domain's limits reaches."""
    cap = domain.limits.output.max + CAP_MARGIN
    return 40 + (cap if is_dense(domain.language) else cap // 2)


def parse_prose(text: str) -> Parsed[str]:
    """Return the output that an answer in prose is."""
    answer = clean(split_reasoning(text[:ANSWER_CHARACTERS]).answer)
    if not answer:
        return Parsed((), ("the answer is empty",))
    return Parsed((answer[:PART_CHARACTERS],), ())


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
