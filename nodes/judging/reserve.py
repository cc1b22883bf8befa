"""What is set aside for the questions about the records of a call, before the call is made.

A conversation never spends more than was reserved for it (see asking.purse), so these need be no
bounds: a record too long for what is left is not judged, and not kept.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from asking.allowance import Beside, Rates, reserved
from asking.attempts import most_billed, prompt_bytes
from asking.budget import Cost
from nodes.questions import search_step
from nodes.roles import Role, role_of
from nodes.settings import Settings
from nodes.state import Step
from prompts.domain import Domain
from prompts.judging import domain_rubric, judge_messages, revise_messages
from prompts.schema import record_schema, record_tokens
from prompts.verdict import verdict_schema, verdict_tokens
from record import Record
from store.exploration import Exploration

PATH = 300
"""Bytes of a usual path to a task."""


def reserve_of(
    exploration: Exploration, settings: Settings, rates: Callable[[Role], Rates]
) -> Callable[[Step, int], list[Beside]]:
    """Return what the conversation of a step may ask beside it, each question so many tries."""
    each = _of_a_record(exploration.domain, settings) if settings.judge_model else ()

    def beside(step: Step, tries: int) -> list[Beside]:
        if step["operation"] != "generate":
            return []
        calls = search_step(step).records * most_billed(tries)
        return [
            (role, times * calls, times * calls * prompt, times * calls * (answer + headroom))
            for role, times, prompt, answer in each
            for headroom in (rates(role).headroom,)
        ]

    return beside


def reserved_for(step: Step, settings: Settings, rates: Callable[[Role], Rates]) -> Cost:
    """Return what a planned step may cost at most, all its conversation."""
    in_usd = settings.max_usd is not None
    return reserved(step, role_of(step["operation"]), rates, in_usd=in_usd)


Size = tuple[Role, int, int, int]
"""Of a role: questions about a record, and the tokens of the prompt and the answer of each."""


def _of_a_record(content: str, settings: Settings) -> tuple[Size, ...]:
    return _sizes(content, settings.revise, settings.judge_gives_reasons)


@lru_cache(maxsize=32)
def _sizes(content: str, revise: bool, reasons: bool) -> tuple[Size, ...]:  # noqa: FBT001 - cached
    return tuple(_questions(Domain.model_validate_json(content), revise=revise, reasons=reasons))


def _questions(domain: Domain, *, revise: bool, reasons: bool) -> Iterator[Size]:
    """Yield what is asked about one record; in a prompt it is as long as an answer may be."""
    rubric, written, nothing = domain_rubric(domain), record_tokens(1, domain), Record("", "", "")
    asked = judge_messages(rubric, nothing, [], domain.language, reasons=reasons)
    shown = prompt_bytes(asked, verdict_schema(rubric, reasons=reasons)) + PATH + written
    yield "judge", 1 + revise, shown, verdict_tokens(rubric, reasons=reasons)
    if revise:
        again = revise_messages(domain, nothing, [], ())
        reserved = prompt_bytes(again, record_schema(1, domain)) + PATH + written
        yield "write", 1, reserved + verdict_tokens(rubric, reasons=reasons), written
