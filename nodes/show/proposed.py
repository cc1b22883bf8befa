"""What one call brought back, as a state shows it before it is judged: beginnings of texts."""

from collections.abc import Iterable, Sequence

from asking.calls import Reply
from nodes.state import Proposal, Step
from words import clip

SHOWN_BYTES = 4_000
"""Of the texts of one superstep, all its calls together."""
SHOWN_TEXT = 120
SHOWN_NAME = 40


def proposal_of(step: Step, replies: Sequence[Reply], room: int) -> Proposal:
    """Return what a call brought; its texts, which are there for people, take some `room` bytes."""
    found = replies[-1].parsed.items if replies else ()
    proposal = Proposal(
        step=step,
        of=clip(step["name"], SHOWN_NAME),
        subtasks=[],
        unread=_fitting(_unread(replies), room),
        answers=[reply.key for reply in replies],
    )
    if step["operation"] == "generate":
        shown = _fitting((record.instruction for record in found), room)
        return {**proposal, "instructions": shown}
    return {**proposal, "subtasks": _fitting((subtask.name for subtask in found), room)}


def _unread(replies: Sequence[Reply]) -> list[str]:
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
