"""From a step of the search to a planned call, which says all that its question is built from."""

from asking.room import room_for
from nodes.settings import TRIES, Settings
from nodes.state import Step as Planned
from search.step import Step
from store.exploration import Exploration
from store.facts import Rounds


def planned_call(
    step: Step, order: int, head: str, known: Exploration, settings: Settings
) -> Planned:
    """Return the step as a call, planned at a head where so much is known."""
    rounds = known.rounds.get(step.task, Rounds())
    planned = Planned(
        order=order,
        operation=step.operation,
        head=head,
        task=step.task,
        name=known.tree.task(step.task).name,
        asked=step.asked,
        turn=step.turn if step.operation == "generate" else rounds.asked,
        others=[(part.task, part.asked, part.turn) for part in step.others],
        tries=TRIES,
        worst=(0, 0),
    )
    room = _room(step, known) if settings.caps.count_tokens else None
    return {**planned, "room": room} if room else planned


def _room(step: Step, known: Exploration) -> int | None:
    """Return the tokens for the answer to a step, by those of the answers so far."""
    paid = known.records_paid if step.operation == "generate" else known.names_paid
    return room_for(sum(part.asked for part in step.parts), paid)
