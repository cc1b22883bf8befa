"""What is set aside for the questions about the records of a call, before the call is made.

A conversation never spends more than was reserved for it (see asking.purse), so this need be no
bound. For each question a third of its worst is set aside, since a byte is counted as a token, and
the worst of one: under a cap they are asked one after the other. A record for which that is not
enough is not judged, and not kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from asking.allowance import Beside, Rates, reserved
from asking.attempts import most_billed, prompt_bytes
from asking.budget import Cost
from nodes.questions import search_step
from nodes.resources import domain_in
from nodes.roles import Role, role_of
from nodes.settings import Settings
from nodes.state import Step
from prompts.domain import Domain
from prompts.judging import answer_messages, domain_rubric, judge_messages, revise_messages
from prompts.output import output_messages, output_schema, output_tokens
from prompts.schema import record_schema, record_tokens
from prompts.verdict import verdict_schema, verdict_tokens
from record import Record
from store.exploration import Exploration

PATH = 300
"""Bytes of a usual path to a task."""

OF_WORST = 3
"""The part of a question's worst that is set aside."""


def reserve_of(
    exploration: Exploration, settings: Settings, rates: Callable[[Role], Rates]
) -> Callable[[Step, int], list[Beside]]:
    """Return what the conversation of a step may ask beside it, each question so many tries."""
    each = _sizes(exploration.domain, _wanted(settings))

    def beside(step: Step, tries: int) -> list[Beside]:
        if step["operation"] != "generate":
            return []
        records, billed = search_step(step).records, most_billed(tries)
        found = [_part(size, records, billed, rates(size[0]).headroom) for size in each]
        if largest := max(each, key=lambda size: size[2] + size[3], default=None):
            role, _, prompt, answer = largest
            found.append((role, 0, prompt, answer))
        return found

    return beside


def _part(size: "Size", records: int, billed: int, headroom: int) -> Beside:
    role, times, prompt, answer = size
    calls = times * records * billed
    part = ceil(calls / OF_WORST)
    return role, calls, part * prompt, part * answer + calls * headroom


def reserved_for(step: Step, settings: Settings, rates: Callable[[Role], Rates]) -> Cost:
    """Return what a planned step may cost at most, all its conversation."""
    in_usd = settings.max_usd is not None
    return reserved(step, role_of(step["operation"]), rates, in_usd=in_usd)


def _wanted(settings: Settings) -> "_Wanted":
    return _Wanted(
        settings.judge_model is not None,
        settings.judge_gives_reasons,
        settings.revise,
        settings.writes_apart,
    )


Size = tuple[Role, int, int, int]
"""Of a role: questions about a record, and the tokens of the prompt and the answer of each."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a run's settings want of its records.

    A judge, with reasons, a revision, and an output apart.
    """

    judge: bool
    reasons: bool
    revise: bool
    apart: bool


@lru_cache(maxsize=32)
def _sizes(content: str, wanted: _Wanted) -> tuple[Size, ...]:
    domain = domain_in(content)
    return (*_answers(domain, wanted), *(_verdicts(domain, wanted) if wanted.judge else ()))


def _answers(domain: Domain, wanted: _Wanted) -> Iterator[Size]:
    """Yield the answers to a record's instruction: its output, votes, and an alternative."""
    if wanted.apart and not domain.turns:
        asked = output_messages(domain, Record(""))
        shown = prompt_bytes(asked, None) + record_tokens(1, domain, apart=True)
        yield "write", 1, shown, output_tokens(domain)
    votes = (domain.checks.agreement or 1) - 1
    if answers := votes + (wanted.judge and domain.alternatives - 1):
        asked = answer_messages(domain, Record(""))
        shown = prompt_bytes(asked, output_schema(domain)) + record_tokens(1, domain)
        yield "write", answers, shown, output_tokens(domain)


def _verdicts(domain: Domain, wanted: _Wanted) -> Iterator[Size]:
    """Yield what is asked of a judge, and for a revision; a record is as long as it may be."""
    rubric, written, nothing = domain_rubric(domain), record_tokens(1, domain), Record("")
    asked = judge_messages(rubric, nothing, [], domain.language, reasons=wanted.reasons)
    verdict = verdict_tokens(rubric, domain.language, reasons=wanted.reasons)
    shown = prompt_bytes(asked, verdict_schema(rubric, reasons=wanted.reasons)) + PATH + written
    yield "judge", domain.alternatives + wanted.revise, shown, verdict
    if wanted.revise:
        again = revise_messages(domain, nothing, [], ())
        reserved = prompt_bytes(again, record_schema(1, domain)) + PATH + written
        yield "write", 1, reserved + verdict, written
