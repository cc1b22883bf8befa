"""What a step brought back, as a state shows it before it is judged: beginnings of texts."""

from collections.abc import Iterable, Sequence

from asking.calls import Reply
from nodes.state import Proposal, RecordStep
from store.tree import TaskTree
from words import clip

SHOWN_BYTES = 4_000
"""Of the instructions of one superstep, all its calls together."""
SHOWN_TEXT = 120
SHOWN_NAME = 40


def records_proposal(
    tree: TaskTree, step: RecordStep, replies: Sequence[Reply], answers: list[str], room: int
) -> Proposal:
    """Return what a call for records brought; what is there for people takes about `room` bytes."""
    written = replies[-1].parsed.items if replies else ()
    return Proposal(
        step=step,
        of=clip(tree.task(step["task"]).name, SHOWN_NAME),
        subtasks=[],
        instructions=_fitting((record.instruction for record in written), room),
        unread=_fitting(unread(replies), room),
        answers=answers,
    )


def unread(replies: Sequence[Reply]) -> list[str]:
    """Return, for each answer that could not be read, why."""
    return [clip(reply.why_unread, SHOWN_TEXT) for reply in replies if not reply.parsed.items]


def _fitting(texts: Iterable[str], room: int) -> list[str]:
    """Return the beginnings of the texts, as many as fit into `room` bytes."""
    shown: list[str] = []
    for text in texts:
        if room <= 0:
            break
        beginning = clip(text, SHOWN_TEXT).encode()
        shown.append(beginning[:room].decode(errors="ignore"))
        room -= len(beginning)
    return shown
