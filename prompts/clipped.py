"""What prompts show of records and examples: their texts, clipped."""

from collections.abc import Mapping, Sequence
from typing import Any

from prompts.domain import Domain
from prompts.example import Example
from record import Record
from turns import Exchange, exchanges_of
from words import clip

DEMONSTRATION = {"instruction": 300, "input": 400, "output": 400}
"""How many characters of each part of a task's own record are shown."""
CONVERSATION, OWN_CONVERSATION = 1_100, 6_000
"""The same for a whole conversation, and for one of the domain's two examples."""
OWN_EXAMPLE = {"instruction": 1_000, "input": 2_000, "output": 3_000}
"""The same for the domain's two examples, which the model should imitate."""


def shown_example(domain: Domain, example: Example, *, apart: bool = False) -> dict[str, Any]:
    """Return an example of the domain as the model is to write a record, or one without output."""
    if domain.turns:
        return {"messages": _conversation(example.exchanges, OWN_CONVERSATION)}
    parts = clipped_example(example)
    if domain.input == "none":
        del parts["input"]
    if apart:
        del parts["output"]
    return parts


def clipped_example(example: Example) -> dict[str, str]:
    """Return the parts of an example of the domain that is no conversation."""
    return _clipped(example.record, OWN_EXAMPLE)


def shown_record(domain: Domain, record: Record) -> Any:  # noqa: ANN401  what the template names
    """Return a record as the domain's template shows one: its parts, or its exchanges."""
    if domain.turns:
        alone = Exchange(
            "\n\n".join(filter(None, (record.instruction, record.input))), record.output
        )
        return _conversation(exchanges_of(record) or [alone], CONVERSATION)
    return _clipped(record, DEMONSTRATION)


def _conversation(exchanges: Sequence[Exchange], longest: int) -> list[dict[str, str]]:
    """Return what is shown of a conversation: of each message an equal part of the characters."""
    most = longest // (2 * len(exchanges))
    return [{"user": clip(e.user, most), "assistant": clip(e.assistant, most)} for e in exchanges]


def _clipped(record: Record, longest: Mapping[str, int]) -> dict[str, str]:
    return {part: clip(getattr(record, part), most) for part, most in longest.items()}
