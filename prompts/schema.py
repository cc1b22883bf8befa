"""The shape of an answer: its JSON schema, and how many tokens it may need.

The schemas use only what OpenAI's strict mode and llama.cpp's grammar both take: closed objects,
every property required, `enum` of strings, `maxLength`, `maxItems`. A decoder that enforces
`maxLength` ends a text in mid-sentence, so every cap of a record lies above the domain's limit: a
text that reaches the cap is too long and is rejected as such, never kept cut off.
"""

from typing import Any

from prompts.domain import Domain
from prompts.language import is_dense

SUBTASK_CAPS = {"name": 90, "reason": 120}
"""The longest parts of a subtask, in characters."""

DENSE_SUBTASK_CAPS = {"name": 40, "reason": 60}
"""The same in scripts that write a word in one or two characters."""

CRITERION_CAP = 60
"""The longest name of what a task is split by, in characters."""

NUMBER_TOKENS = 12
"""What the number of its task adds to a record."""

CAP_MARGIN = 40
"""How far a record's caps lie above the domain's limits, in characters."""

GRAMMAR_CAP = 1_999
"""The longest `maxLength` that every llama.cpp takes (its grammar fails at 2,000); above: none."""


def subtask_schema(asked: int, domain: Domain) -> dict[str, Any]:
    """Return the JSON schema of an answer with at most `asked` subtasks.

    It begins with what the task is split by, so that the subtasks exclude each other.
    """
    criterion = _texts({"criterion": CRITERION_CAP})
    return _schema("subtasks", asked, _texts(_subtask_caps(domain)), criterion)


def record_schema(
    asked: int, domain: Domain, tasks: int = 1, *, apart: bool = False
) -> dict[str, Any]:
    """Return the JSON schema of an answer with at most `asked` records of the domain.

    With several tasks every record begins with the number of its task. The number is a string:
    Gemini takes no other values in an `enum`. A conversation is a list of pairs, what the user says
    and what the assistant answers, so that nobody speaks out of turn. What is asked for `apart`
    from its output has none.
    """
    number = {"type": "string", "enum": [str(number) for number in range(1, tasks + 1)]}
    first = {"task": number} if tasks > 1 else {}
    parts = _texts(_record_caps(domain, apart=apart))
    if domain.turns:
        least, most = domain.turns
        parts = {"messages": _list(closed(parts), least, most)}
    return _schema("records", asked, first | parts)


def subtask_tokens(asked: int, domain: Domain) -> int:
    """Return a `max_tokens` that no answer with `asked` subtasks within the caps reaches."""
    return _tokens(asked, _subtask_caps(domain), domain) + CRITERION_CAP


def record_tokens(asked: int, domain: Domain, tasks: int = 1, *, apart: bool = False) -> int:
    """Return a `max_tokens` that no answer with `asked` records within the caps reaches."""
    numbers = NUMBER_TOKENS * asked if tasks > 1 else 0
    parts = asked * max(domain.turns or [1])
    return _tokens(parts, _record_caps(domain, apart=apart), domain) + numbers


def _subtask_caps(domain: Domain) -> dict[str, int]:
    return DENSE_SUBTASK_CAPS if is_dense(domain.language) else SUBTASK_CAPS


def _record_caps(domain: Domain, *, apart: bool) -> dict[str, int]:
    limits = domain.limits
    if domain.turns:
        parts = {"user": limits.instruction, "assistant": limits.output}
        return {part: span.max + CAP_MARGIN for part, span in parts.items()}
    parts = {"instruction": limits.instruction, "input": limits.input, "output": limits.output}
    if domain.input == "none":
        del parts["input"]
    if apart:
        del parts["output"]
    return {part: span.max + CAP_MARGIN for part, span in parts.items()}


def _texts(caps: dict[str, int]) -> dict[str, Any]:
    return {
        part: {"type": "string"} | ({"maxLength": cap} if cap <= GRAMMAR_CAP else {})
        for part, cap in caps.items()
    }


def _schema(
    items: str, asked: int, properties: dict[str, Any], before: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the schema of a list of objects with these properties, and what stands before it."""
    return closed({**(before or {}), items: _list(closed(properties), 1, asked)})


def _list(items: dict[str, Any], least: int, most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with these properties and no others, all required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _tokens(asked: int, caps: dict[str, int], domain: Domain) -> int:
    """Estimate: a token holds two characters at least, or one in dense scripts; 40 for the JSON."""
    characters = sum(caps.values())
    return 40 + asked * (40 + (characters if is_dense(domain.language) else characters // 2))
