"""The allowance: which steps a run can still afford, counting each at its worst case."""

from collections.abc import Callable, Iterable
from typing import TypedDict, TypeVar, cast

from asking.attempts import longest_prompt, most_billed
from asking.budget import Caps, Cost
from asking.meter import Price
from asking.request import Question


class Tried(TypedDict):
    """A step that is asked at most `tries` times until its answer can be read."""

    tries: int


AnyStep = TypeVar("AnyStep", bound=Tried)

REPEATED_BYTES = 4_000
"""Most bytes that a further try adds to a prompt: the answer that could not be read, and why."""


class Allowance:
    """What has been used and reserved, against the caps.

    `headroom` is how many tokens an answer may take beyond its `max_tokens`, for thinking.
    """

    def __init__(
        self, caps: Caps, used: Cost, price: Price, *, headroom: int = 0, out_of_time: bool = False
    ) -> None:
        self._caps = caps
        self._price = price
        self._headroom = headroom
        self._out_of_time = out_of_time
        self._used = used
        self._in_flight = 0

    def reserve(self, steps: Iterable[AnyStep], ask: Callable[[AnyStep], Question]) -> None:
        """Set aside what steps in flight may cost at most."""
        for step in steps:
            self._used += self._worst(step, ask)
            self._in_flight += 1

    def afford(
        self,
        steps: Iterable[AnyStep],
        ask: Callable[[AnyStep], Question],
        share: float = 1.0,
        since: Cost | None = None,
    ) -> tuple[list[AnyStep], str | None]:
        """Return the leading steps that fit below the caps, and what stopped the rest.

        Below a `share` of the caps where one is given, of what they left when `since` was spent.
        Near a cap a step waits until what is in flight has cost less than its worst; alone it
        keeps fewer tries rather than not being taken.
        """
        affordable: list[AnyStep] = []
        for step in steps:
            fitted, stop = self._fit(step, ask, _shared(self._caps, share, since))
            if fitted is None:
                return affordable, stop
            affordable.append(fitted)
        return affordable, None

    def _fit(
        self, step: AnyStep, ask: Callable[[AnyStep], Question], caps: Caps
    ) -> tuple[AnyStep | None, str | None]:
        stop = "max_minutes" if self._out_of_time else None
        least = step["tries"] if self._in_flight else 1
        for tries in range(0 if self._out_of_time else step["tries"], least - 1, -1):
            fitted = cast("AnyStep", {**step, "tries": tries})
            used = self._used + self._worst(fitted, ask)
            stop = caps.passed_by(used)
            if stop is None:
                self._used = used
                self._in_flight += 1
                return fitted, None
        return None, stop

    def _worst(self, step: AnyStep, ask: Callable[[AnyStep], Question]) -> Cost:
        if self._caps.tokens is None and self._caps.usd is None:
            return Cost(calls=most_billed(step["tries"]))
        return worst_case(ask(step), step["tries"], self._price, self._headroom)


def worst_case(question: Question, tries: int, price: Price, headroom: int = 0) -> Cost:
    """Return what asking may cost at most, every try and every answer that may be lost.

    `headroom` is how many tokens an answer may take beyond its `max_tokens`, for thinking.
    """
    calls = most_billed(tries)
    repeated = tries * (tries - 1) // 2 + (calls - tries) * (tries - 1)
    prompts = calls * longest_prompt(question, question.messages) + repeated * REPEATED_BYTES
    answers = calls * (question.max_tokens + headroom)
    return Cost(calls, prompts, answers, price(prompts, answers) or 0.0)


def _shared(caps: Caps, share: float, since: Cost | None) -> Caps:
    """Return caps that leave to spend only a share of what was left; one call at least."""
    spent = since or Cost()
    return Caps(
        None if caps.calls is None else _part(spent.calls, caps.calls, share, 1),
        None if caps.tokens is None else _part(spent.tokens, caps.tokens, share, 0),
        None if caps.usd is None else spent.usd + share * (caps.usd - spent.usd),
    )


def _part(spent: int, cap: int, share: float, least: int) -> int:
    return min(cap, spent + max(least, int(share * (cap - spent))))
