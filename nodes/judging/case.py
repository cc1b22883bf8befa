"""A case: what is known of the records of one call when the call is planned, and how they are held.

All of it is there before the first answer comes, so that no outcome depends on arrival.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from asking.calls import Reply
from asking.request import Question
from checks import Fault
from nodes.judging.outcome import records_in
from nodes.questions import is_apart, search_step
from nodes.resources import domain_of
from nodes.rules import rules_of
from nodes.settings import Settings
from nodes.state import Step
from prompts.domain import Domain
from prompts.judging import domain_rubric
from prompts.rubric import Rubric
from prompts.verdict import Verdict
from record import Record
from store.exploration import Exploration
from store.filter.index import TextsSoFar
from store.quality.rules import broken_request, broken_rule


@dataclass(frozen=True, slots=True)
class Case:
    """The records of one call, which `question` asks for.

    The paths of its tasks, and the instructions that were known before, stand in the order of the
    tasks.
    """

    settings: Settings
    domain: Domain
    step: Step
    question: Question
    paths: Sequence[Sequence[str]]
    known: Sequence[TextsSoFar]

    @property
    def asks_more(self) -> bool:
        """Whether something is asked about the records once they are written."""
        further = self.settings.judge_model is not None or self.domain.checks.agreement is not None
        return further or self.is_apart

    @property
    def is_apart(self) -> bool:
        """Whether the records come without their outputs."""
        return is_apart(self.domain, self.settings)

    @property
    def rubric(self) -> Rubric:
        """What the judge asks of a record."""
        return domain_rubric(self.domain)

    def records(self, reply: Reply) -> Sequence[Record]:
        """Return the records of an answer."""
        asked = search_step(self.step).records
        return records_in(reply, asked, reasoning=self.settings.reasoning)

    def task_of(self, record: Record) -> int:
        """Return the place of the task that a record is of."""
        return int(record.task or 1) - 1

    def is_settled(self, record: Record) -> bool:
        """Return whether a record is rejected whatever is asked about it.

        It breaks a rule, or repeats what was known when the call was planned.
        """
        broken = broken_request if self.is_unanswered(record) else broken_rule
        if broken(record, rules_of(self.domain)) is not None:
            return True
        return self.known[self.task_of(record)].repeated_by(record.instruction)

    def is_unanswered(self, record: Record) -> bool:
        """Return whether a record still waits for its output."""
        return self.is_apart and not record.output

    def fault(self, verdict: Verdict) -> Fault | None:
        """Return why a record of this verdict is not kept: failed criteria, or a low score."""
        if verdict.failures:
            return "judge", "; ".join(map(str, verdict.failures))
        least = self.settings.judge_threshold
        if verdict.score < least:
            return "judge", f"low score: {verdict.score:g}, judge_threshold is {least:g}"
        return None


def case_of(exploration: Exploration, step: Step, question: Question, settings: Settings) -> Case:
    """Return the case of a planned call; `exploration` is what was known when it was planned."""
    tasks = [part.task for part in search_step(step).parts]
    return Case(
        settings,
        domain_of(exploration),
        step,
        question,
        [exploration.tree.path(task) for task in tasks],
        [exploration.instructions(task).so_far() for task in tasks],
    )
