"""When a request without an answer is sent again, when it is given up, and what it cost.

A request is sent again unchanged, with the same seed, so its answer does not depend on how often it
was sent. If an answer was lost on its way, the request may have been billed: its worst case counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import uniform
from typing import Any

from langchain_core.messages import BaseMessage

from asking.request import Question
from models.refusal import NotAnswered

ENOUGH, ENOUGH_SLOWED = 7, 11
"""Attempts in a row without an answer after which a request is given up: after failures, and where
the endpoint asks to slow down. The latter wait out a limit by the minute."""

FIRST_WAIT_S, LONGEST_WAIT_S, LONGEST_SLOWED_S = 0.5, 8.0, 30.0
MOST_PATIENCE_S = 300.0
"""An endpoint that asks to wait longer is taken to refuse."""


def most_billed(tries: int) -> int:
    """Return how many attempts a conversation of so many tries may be billed for, at a cap.

    The one beyond the tries is for an answer that is lost on its way.
    """
    return tries + (tries > 1)


@dataclass(slots=True)
class Attempts:
    """What became of the attempts at one request so far.

    `lost` counts those that may have been billed though no answer came, those of a killed process
    included; `failed` those in a row, since the endpoint had answered `answered_elsewhere` calls.
    """

    lost: int
    failed: int = 0
    answered_elsewhere: int = 0

    def pause(self, failure: NotAnswered, answered: int) -> float | None:
        """Take in a failure; return the seconds to wait, or None where it is not worth it.

        `answered` counts the endpoint's answers so far. While other calls are answered, one that is
        asked to slow down goes on waiting.
        """
        self.lost += failure.lost
        slowed = failure.slow_down
        enough, longest = (ENOUGH_SLOWED, LONGEST_SLOWED_S) if slowed else (ENOUGH, LONGEST_WAIT_S)
        patient = slowed and answered > self.answered_elsewhere
        if self.failed == 0 or (self.failed >= enough - 1 and patient):
            self.failed, self.answered_elsewhere = 0, answered
        self.failed += 1
        if self.failed >= enough or (failure.wait_s or 0) > MOST_PATIENCE_S:
            return None
        if failure.wait_s is not None:
            return failure.wait_s
        longest = min(longest, FIRST_WAIT_S * 2.0 ** (self.failed - 1))
        return longest * uniform(0.75, 1)  # noqa: S311 - timing, nothing secret


def longest_prompt(question: Question, messages: Sequence[BaseMessage]) -> int:
    """Return the tokens a prompt takes at most, a token being a byte or more."""
    return prompt_bytes(messages, question.schema)


def prompt_bytes(messages: Sequence[BaseMessage], schema: Mapping[str, Any] | None) -> int:
    """Return the bytes of a prompt and its schema, and what a message takes beside its text."""
    text = sum(len(str(message.content).encode()) + 16 for message in messages)
    return text + len(str(schema or ""))


NONE_LOST = {"lost": 0, "lost_prompt_tokens": 0, "lost_completion_tokens": 0}
"""What is stored with an answer before which none was lost."""


def lost_costs(
    question: Question, messages: Sequence[BaseMessage], lost: int, most_tokens: int
) -> dict[str, int]:
    """Return what lost answers cost at most, each of `most_tokens`: how many, and all tokens."""
    longest = longest_prompt(question, messages) if lost else 0
    return {
        "lost": lost,
        "lost_prompt_tokens": lost * longest,
        "lost_completion_tokens": lost * most_tokens,
    }


def billed_calls(answer: Mapping[str, Any]) -> int:
    """Return for how many calls a stored answer stands: itself, and those lost before it."""
    return int(answer["lost"]) + int(answer["finish_reason"] != "lost" and not is_free(answer))


def was_refused(answer: Mapping[str, Any]) -> bool:
    """Return whether a stored answer is a refusal that cost nothing, nor anything before it."""
    return is_free(answer) and answer["finish_reason"] != "lost" and not answer["lost"]


def is_free(answer: Mapping[str, Any]) -> bool:
    """Return whether the endpoint refused the request, so that it cost nothing."""
    return bool(answer["refusal"]) and not answer["prompt_tokens"]
