"""What a conversation brought: the writer's replies, and what became of each of its records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from asking.calls import Reply
from checks import Fault
from nodes.further_parts import with_reasoning
from nodes.roles import Role
from prompts.verdict import Verdict
from record import Record


@dataclass(frozen=True, slots=True)
class Asked:
    """Replies to one further question about a record: whose they are, and what it was for."""

    role: Role
    purpose: str
    replies: Sequence[Reply]

    @property
    def passed(self) -> bool:
        """Whether the last one could be read, and where it is a verdict, finds no fault."""
        items = self.replies[-1].parsed.items
        return bool(items) and not (isinstance(items[0], Verdict) and items[0].failures)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A record as it stands in the end, why it is not kept, None if it may, and all that was asked.

    What was asked stands in its order.
    """

    record: Record
    fault: Fault | None = None
    asked: Sequence[Asked] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """The replies of a conversation, the last of which counts, and the outcomes of its records.

    The outcomes stand under the records' places in the answer. A record that has none was not to be
    judged: it breaks a rule, or repeats what was known.
    """

    replies: Sequence[Reply]
    outcomes: Mapping[int, Outcome] = field(default_factory=dict)

    @property
    def asked(self) -> Sequence[Asked]:
        """All that was asked about the records, in the order of these."""
        return [one for place in sorted(self.outcomes) for one in self.outcomes[place].asked]


def records_in(reply: Reply, asked: int, *, reasoning: bool) -> tuple[Record, ...]:
    """Return the records of an answer that was to hold so many.

    The last one knows that the token limit cut it off. With `reasoning` they hold what the model
    thought.
    """
    found: tuple[Record, ...] = reply.parsed.items
    if found and reply.answer["finish_reason"] == "length":
        found = (*found[:-1], replace(found[-1], cut_off=True))
    return with_reasoning(found, asked, reply.answer) if reasoning else found
