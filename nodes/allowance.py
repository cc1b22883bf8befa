"""The allowance: which steps a run can still afford, counting each at its worst case."""

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from nodes.ask import Question
from nodes.settings import Settings
from nodes.state import Spent, Step
from store.budget import Caps, Cost

Ask = Callable[[Step], Question]
Price = Callable[[int, int], float | None]
AnyStep = TypeVar("AnyStep", bound=Step)

REPEATED_BYTES = 10_000
"""Most bytes that a further try adds to a prompt: the answer that could not be read, and why."""


class Allowance:
    """What has been spent and reserved, against the caps."""

    def __init__(self, settings: Settings, spent: Spent, price: Price, headroom: int = 0) -> None:
        self._caps = settings.caps
        self._price = price
        self._headroom = headroom
        minutes = settings.max_minutes
        self._out_of_time = minutes is not None and spent["seconds"] >= 60 * minutes
        self._used = _cost(spent)

    def reserve(self, steps: Iterable[Step], ask: Ask) -> None:
        """Set aside what steps in flight may cost at most."""
        for step in steps:
            self._used += self._worst(step, ask)

    def afford(
        self,
        steps: Iterable[AnyStep],
        ask: Ask,
        share: float = 1.0,
        since: Spent | None = None,
    ) -> tuple[list[AnyStep], str | None]:
        """Return the leading steps that fit below the caps, and what stopped the rest.

        Below a `share` of the caps where one is given, of what they left when `since` was spent.
        Near a cap a step keeps fewer tries rather than not being taken.
        """
        affordable: list[AnyStep] = []
        for step in steps:
            fitted, stop = self._fit(step, ask, _shared(self._caps, share, since))
            if fitted is None:
                return affordable, stop
            affordable.append(fitted)
        return affordable, None

    def _fit(self, step: AnyStep, ask: Ask, caps: Caps) -> tuple[AnyStep | None, str | None]:
        stop = "max_minutes" if self._out_of_time else None
        for tries in range(0 if self._out_of_time else step["tries"], 0, -1):
            fitted = cast("AnyStep", step | {"tries": tries})
            used = self._used + self._worst(fitted, ask)
            stop = caps.passed_by(used)
            if stop is None:
                self._used = used
                return fitted, None
        return None, stop

    def _worst(self, step: Step, ask: Ask) -> Cost:
        if self._caps.tokens is None and self._caps.usd is None:
            return Cost(calls=step["tries"])
        return worst_case(ask(step), step["tries"], self._price, self._headroom)


def budget_left(settings: Settings, spent: Spent) -> dict[str, float | None]:
    """Return what the caps leave to spend; None where there is no cap."""
    tokens, usd = spent["prompt_tokens"] + spent["completion_tokens"], spent["usd"] or 0.0
    return {
        "calls": _rest(settings.max_calls, spent["calls"]),
        "tokens": _rest(settings.max_tokens, tokens),
        "usd": _rest(settings.max_usd, usd),
        "minutes": _rest(settings.max_minutes, spent["seconds"] / 60),
    }


def _rest(cap: float | None, spent: float) -> float | None:
    return None if cap is None else max(0, round(cap - spent, 4))


def worst_case(question: Question, tries: int, price: Price, headroom: int = 0) -> Cost:
    """Return what asking may cost at most, a token being a byte or more.

    `headroom` is how many tokens an answer may take beyond its `max_tokens`, for thinking.
    """
    prompt = sum(len(message.text.encode()) + 16 for message in question.messages)
    prompts = tries * prompt + REPEATED_BYTES * tries * (tries - 1) // 2
    answers = tries * (question.max_tokens + headroom)
    return Cost(tries, prompts, answers, price(prompts, answers) or 0.0)


def _shared(caps: Caps, share: float, since: Spent | None) -> Caps:
    """Return caps that leave to spend only a share of what was left; one call at least."""
    spent = _cost(since) if since else Cost()
    return Caps(
        None if caps.calls is None else _part(spent.calls, caps.calls, share, 1),
        None if caps.tokens is None else _part(spent.tokens, caps.tokens, share, 0),
        None if caps.usd is None else spent.usd + share * (caps.usd - spent.usd),
    )


def _part(spent: int, cap: int, share: float, least: int) -> int:
    return min(cap, spent + max(least, int(share * (cap - spent))))


def _cost(spent: Spent) -> Cost:
    usd = spent["usd"] or 0.0
    return Cost(spent["calls"], spent["prompt_tokens"], spent["completion_tokens"], usd)
