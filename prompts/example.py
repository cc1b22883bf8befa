"""An example in a domain file, and how many turns a conversation may have.

An example is one good record, written by a person: an instruction with its input and output, or the
messages of a conversation.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from problems import shown
from record import Record
from turns import MESSAGES, Exchange, messages_of

MOST_TURNS = 8
"""User turns of a conversation at most."""


def text(longest: int, shortest: int = 1) -> Any:  # noqa: ANN401  a type, built for Annotated
    """Return what a text must be: so many characters, white space at its ends left out."""
    return StringConstraints(strip_whitespace=True, min_length=shortest, max_length=longest)


Paragraph = Annotated[str, text(1_000)]


class Part(BaseModel):
    """A part of a domain file: its keys are known, its values of the types that it names."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ExampleExchange(Part):
    """What the user says, and what the assistant answers."""

    user: Paragraph
    assistant: Annotated[str, text(6_000)]


class Example(Part):
    """One good record, written by a person; `topic` is the situation it is set in.

    A conversation is written as `messages`, without instruction and output: these are its first
    and its last message.
    """

    instruction: Paragraph
    input: Annotated[str, text(4_000, 0)] = ""
    output: Annotated[str, text(6_000)]
    topic: Annotated[str, text(120, 0)] = ""
    messages: list[ExampleExchange] = Field(default=[], max_length=MOST_TURNS)

    @model_validator(mode="before")
    @classmethod
    def _opened(cls, given: object) -> object:
        """Take instruction and output from the messages."""
        messages = given.get("messages") if isinstance(given, dict) else None
        if not isinstance(given, dict) or not isinstance(messages, list) or not messages:
            return given
        first, last = (end if isinstance(end, dict) else {} for end in (messages[0], messages[-1]))
        ends = {"instruction": first.get("user", "?"), "output": last.get("assistant", "?")}
        if given.get("input") or any(given.get(part, end) != end for part, end in ends.items()):
            raise ValueError("a conversation has messages alone: leave its other parts out")
        return given | ends

    @property
    def exchanges(self) -> list[Exchange]:
        """The exchanges of a conversation, none of a single record."""
        return [Exchange(said.user, said.assistant) for said in self.messages]

    @property
    def record(self) -> Record:
        """The example as a record."""
        more = {MESSAGES: messages_of(self.exchanges)} if self.messages else {}
        return Record(self.instruction, self.input, self.output, more)


def turns_range(given: object) -> object:
    """Return the least and the most user turns. Raises ValueError where they are no such range."""
    numbers = given if isinstance(given, list) else []
    if len(numbers) != 2 or not all(type(number) is int for number in numbers):
        what = shown(given)
        raise ValueError(f"give the least and the most user turns, as in [2, 4], not {what}")
    least, most = numbers
    if not 1 <= least <= most <= MOST_TURNS:
        raise ValueError(
            f"[{least}, {most}] is no range of user turns: give the least, then the most, "
            f"from 1 to {MOST_TURNS}"
        )
    return given
