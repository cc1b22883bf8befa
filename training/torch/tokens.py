"""An example as tokens, by the chat template of its model: which of them are the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from errors import InputError
from training.examples import Example, Message
from words import error_line

IGNORED = -100
"""The label of a token that the loss leaves out."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of an example; those from `start` on are the answer, with what ends it."""

    ids: list[int]
    start: int

    @property
    def answer(self) -> int:
        """How many tokens the answer has."""
        return len(self.ids) - self.start

    @property
    def labels(self) -> list[int]:
        """The tokens, with the prompt's left out of the loss."""
        return [IGNORED] * self.start + self.ids[self.start :]

    def cut(self, longest: int) -> "Tokens":
        """Return the first `longest` tokens."""
        return Tokens(self.ids[:longest], min(self.start, longest))


def tokens_of(tokenizer: Any, example: Example) -> Tokens:  # noqa: ANN401 - transformers' own
    """Return the tokens of an example.

    The answer begins where the prompt alone, as the model sees it before it answers, ends; a
    template that shows both in another way is followed as far as the two agree.
    """
    prompt = render(tokenizer, example.prompt, before_answer=True)
    whole = render(tokenizer, [*example.prompt, example.answer])
    pairs = enumerate(zip(prompt, whole, strict=False))
    start = next((n for n, (a, b) in pairs if a != b), min(len(prompt), len(whole)))
    return Tokens(whole, start)


def render(
    tokenizer: Any,  # noqa: ANN401 - as above
    messages: Sequence[Message],
    *,
    before_answer: bool = False,
) -> list[int]:
    """Return the tokens of messages. Raises InputError where the chat template refuses them."""
    try:
        rendered = tokenizer.apply_chat_template(
            list(messages), add_generation_prompt=before_answer, return_dict=True
        )
    except TemplateError as error:
        roles = ", ".join(message["role"] for message in messages[:4])
        raise InputError(
            f"the model's chat template refuses messages of the roles {roles}: "
            f"{error_line(error)}: leave out what it refuses, or name another model"
        ) from error
    ids: list[int] = rendered["input_ids"]
    return ids
