"""The allowance: which steps a run can still afford, counting each at its worst case."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, TypeVar, cast

from asking.attempts import longest_prompt, most_billed
from asking.budget import Caps, Cost
from asking.meter import Price
from asking.request import Question

Beside = tuple[str, int, int, int]
"""What else a step's conversation may ask: of which role, calls, tokens of prompts, of answers."""


class Tried(TypedDict):
    """A step that is asked at most `tries` times until its answer can be read.

    `worst` are the tokens of prompts and of answers that it takes at most, all tries together;
    `beside` is what its conversation may ask after that.
    """

    tries: int
    worst: tuple[int, int]
    beside: NotRequired[list[Beside]]


AnyStep = TypeVar("AnyStep", bound=Tried)

REPEATED_BYTES = 4_000
"""Most bytes that a further try adds to a prompt: the answer that could not be read, and why."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What asking a model takes: the price of its tokens, and the headroom of its answers.

    The headroom is how many tokens an answer may take beyond its `max_tokens`, for thinking.
    """

    price: Price
    headroom: int = 0


class Allowance:
    """What has been used and reserved, against the caps.

    `reserved` says what a step may cost at most, and `rates` what asking its model takes. `beside`
    says what else its conversation may ask, with so many tries. `busy` calls in flight keep the
    endpoint busy.
    """

    def __init__(
        self,
        caps: Caps,
        used: Cost,
        rates: Callable[[Any], Rates],
        reserved: Callable[[Any], Cost],
        *,
        beside: Callable[[Any, int], list[Beside]] = lambda _step, _tries: [],
        busy: int = 1,
        out_of_time: bool = False,
    ) -> None:
        self._caps = caps
        self._rates = rates
        self._reserved = reserved
        self._beside = beside
        self._out_of_time = out_of_time
        self._used = used
        self._busy = busy

    def reserve(self, steps: Iterable[AnyStep]) -> None:
        """Set aside what steps in flight may cost at most."""
        for step in steps:
            self._used += self._reserved(step)

    def afford(
        self,
        steps: Iterable[AnyStep],
        ask: Callable[[AnyStep], Question],
        share: float = 1.0,
        since: Cost | None = None,
    ) -> tuple[list[AnyStep], str | None]:
        """Return the leading steps that fit below the caps, and what stopped the rest.

        Below a `share` of the caps where one is given, of what they left when `since` was spent.
        A step gets fewer tries where the caps could not pay for `busy` steps with as many.
        Near a cap it waits until what is in flight has cost less than its worst.
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
        if self._out_of_time:
            return None, "max_minutes"
        question = ask(step) if self._caps.count_tokens else None
        stop: str | None = None
        for tries, part in _ways(step["tries"]):
            beside = self._beside(step, tries)
            if part > 1 and not beside:
                break
            fitted = cast("AnyStep", {**step, "tries": tries})
            if question:
                fitted["worst"] = worst_tokens(question, tries, self._rates(step).headroom)
            if beside:
                fitted["beside"] = [_reduced(one, part) for one in beside]
            cost = self._reserved(fitted)
            stop = caps.passed_by(self._used + (cost.times(self._busy) if tries > 1 else cost))
            if stop is None:
                self._used += cost
                return fitted, None
        return None, stop


def _ways(tries: int) -> Iterator[tuple[int, int]]:
    """Yield how a step may be asked, each way for less: its tries, and a part of what is beside it.

    Halves and quarters are for caps that are nearly reached: what is asked beside a step costs
    mostly far less than was set aside, and what cannot be paid for is not asked.
    """
    yield from ((number, 1) for number in range(tries, 0, -1))
    yield from ((1, part) for part in (2, 4))


def _reduced(beside: Beside, part: int) -> Beside:
    """Return a part of the tokens of calls; what is set aside for one call alone stays whole."""
    role, calls, prompts, answers = beside
    return (role, calls, prompts // part, answers // part) if calls else beside


def reserved(step: Tried, role: str, rates: Callable[[Any], Rates], *, in_usd: bool) -> Cost:
    """Return what a step of this role may cost at most, with all that is asked beside it."""
    whole = Cost()
    own: Beside = (role, most_billed(step["tries"]), *step["worst"])
    for of, calls, prompts, answers in (own, *step.get("beside", ())):
        usd = rates(of).price(prompts, answers) if in_usd else None
        whole += Cost(calls, prompts, answers, usd or 0.0)
    return whole


def worst_tokens(question: Question, tries: int, headroom: int = 0) -> tuple[int, int]:
    """Return the tokens of prompts and of answers that asking may take at most.

    Every try counts, and every answer that may be lost. `headroom` is how many tokens an answer may
    take beyond its `max_tokens`, for thinking.
    """
    calls = most_billed(tries)
    repeated = tries * (tries - 1) // 2 + (calls - tries) * (tries - 1)
    prompts = calls * longest_prompt(question, question.messages) + repeated * REPEATED_BYTES
    return prompts, calls * (question.max_tokens + headroom)


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
