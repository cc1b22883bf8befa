"""What the simulator counts: the truth about a run, as the provider saw it."""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from simulator.answering import Answered
from simulator.taxonomy import Taxonomy


@dataclass(slots=True)
class Counts:
    """Counts so far.

    Attributes:
        requests: chat requests that came in.
        answered: whole responses of status 200, spoilt ones included.
        good: those of them that no fault had struck.
        limited: turned away by the rate limits.
        abandoned: requests whose client left before the answer.
        asked_again: requests that had been answered with status 200 before.
        in_flight, most_in_flight: requests being answered, now and at most.
        by_status: whole responses by HTTP status.
        by_fault: calls struck by each fault.
        prompt_tokens, completion_tokens: in whole responses of status 200.
        lost: answers that were made and are billed, but did not arrive (cut, timeout).
        lost_prompt_tokens, lost_completion_tokens: of these.
        billed_prompts, billed_answers: tokens by the model that was asked, lost answers included.
        latency_s: the latencies of all calls that were waited for, added up.
        span_s: seconds from the first request to the last response.

    """

    requests: int = 0
    answered: int = 0
    good: int = 0
    limited: int = 0
    abandoned: int = 0
    asked_again: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_fault: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    lost: int = 0
    lost_prompt_tokens: int = 0
    lost_completion_tokens: int = 0
    billed_prompts: Counter[str] = field(default_factory=Counter)
    billed_answers: Counter[str] = field(default_factory=Counter)
    latency_s: float = 0.0
    span_s: float = 0.0
    _first: float | None = None
    named: set[int] = field(default_factory=set)
    written: set[int] = field(default_factory=set)

    def begin(self) -> None:
        """Count a request that came in."""
        self._first = monotonic() if self._first is None else self._first
        self.requests += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def end(self) -> None:
        """Count that a request is over, however it went."""
        self.in_flight -= 1
        self.span_s = monotonic() - (self._first or 0.0)

    def deliver(self, model: str, prompt: int, completion: int) -> None:
        """Count a whole answer of so many tokens."""
        self.answered += 1
        self.prompt_tokens += prompt
        self.completion_tokens += completion
        self._bill(model, prompt, completion)

    def lose(self, model: str, prompt: int, completion: int) -> None:
        """Count an answer of so many tokens that does not arrive."""
        self.lost += 1
        self.lost_prompt_tokens += prompt
        self.lost_completion_tokens += completion
        self._bill(model, prompt, completion)

    def _bill(self, model: str, prompt: int, completion: int) -> None:
        self.billed_prompts[model] += prompt
        self.billed_answers[model] += completion

    def found(self, answered: Answered) -> None:
        """Count a good answer and what it found."""
        self.good += 1
        self.named |= answered.named
        self.written |= answered.written

    def told(self, taxonomy: Taxonomy) -> dict[str, Any]:
        """Return the counts as JSON; `coverage` is the share of latent tasks named as subtasks."""
        own = {name: getattr(self, name) for name in self.__slots__ if name[0] != "_"}
        named, written = len(own.pop("named")), len(own.pop("written"))
        return own | {
            "by_status": dict(sorted(self.by_status.items())),
            "by_fault": dict(sorted(self.by_fault.items())),
            "tasks": len(taxonomy),
            "tasks_named": named,
            "tasks_written": written,
            "coverage": named / len(taxonomy),
            "records_coverage": written / len(taxonomy),
        }
