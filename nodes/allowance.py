"""The allowance: which steps a run can still afford, counting each at its worst case."""

from collections.abc import Callable, Iterable
from dataclasses import replace
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
        self._used = Cost(
            spent["calls"], spent["prompt_tokens"], spent["completion_tokens"], spent["usd"] or 0.0
        )

    def reserve(self, steps: Iterable[Step], ask: Ask) -> None:
        """Set aside what steps in flight may cost at most."""
        for step in steps:
            self._used += self._worst(step, ask)

    def afford(
        self, steps: Iterable[AnyStep], ask: Ask, share: float = 1.0
    ) -> tuple[list[AnyStep], str | None]:
        """Return the leading steps that fit below a share of the caps, and what stopped the rest.

        Near a cap a step keeps fewer tries rather than not being taken.
        """
        affordable: list[AnyStep] = []
        for step in steps:
            fitted, stop = self._fit(step, ask, _scaled(self._caps, share))
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


def worst_case(question: Question, tries: int, price: Price, headroom: int = 0) -> Cost:
    """Return what asking may cost at most, a token being a byte or more.

    `headroom` is how many tokens an answer may take beyond its `max_tokens`, for thinking.
    """
    prompt = sum(len(message.text.encode()) + 16 for message in question.messages)
    prompts = tries * prompt + REPEATED_BYTES * tries * (tries - 1) // 2
    answers = tries * (question.max_tokens + headroom)
    return Cost(tries, prompts, answers, price(prompts, answers) or 0.0)


def _scaled(caps: Caps, share: float) -> Caps:
    return replace(
        caps,
        calls=None if caps.calls is None else max(1, int(caps.calls * share)),
        tokens=None if caps.tokens is None else int(caps.tokens * share),
        usd=None if caps.usd is None else caps.usd * share,
    )
