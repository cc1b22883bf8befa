"""From a domain to what admission asks of a record, and of a task's name."""

from prompts.domain import Domain
from store.quality.copied import limit_of
from store.quality.rules import RecordRules


def rules_of(domain: Domain) -> RecordRules:
    """Return what the domain asks of a record, and of a task's name, in the filter's terms."""
    limits = domain.limits
    return RecordRules(
        language=domain.language,
        input=domain.input,
        instruction_lengths=(limits.instruction.min, limits.instruction.max),
        input_lengths=(limits.input.min, limits.input.max),
        output_lengths=(limits.output.min, limits.output.max),
        blocked_words=tuple(domain.blocked_words),
        output_pattern=domain.output_pattern,
        overlap=limits.overlap or limit_of(domain.language, needs_input=domain.input == "required"),
        task=domain.task,
        topics=tuple(domain.topics),
        sentences=(*domain.requirements, *(seed.reason for seed in domain.seeds)),
        checks=domain.checks,
        turns=(domain.turns[0], domain.turns[1]) if domain.turns else None,
    )
