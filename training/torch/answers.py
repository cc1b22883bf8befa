"""Answers of a model in a folder: the likeliest word each time, so the same answer every time."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
import transformers

from errors import InputError
from training.torch.loading import context_of, load_folder
from training.torch.tokens import render


class Folder:
    """A model that train or transformers wrote, loaded once.

    Raises InputError for a folder without a model, a tokenizer, or a chat template.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._model, self._tokenizer = load_folder(path)
        self._context = context_of(self._model.config)
        own, tokenizer = self._model.generation_config, self._tokenizer
        end = own.eos_token_id if own.eos_token_id is not None else tokenizer.eos_token_id
        first = end[0] if isinstance(end, list) else end
        padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else first
        # Nothing else of the folder's own: it may name a temperature, which this has no use for.
        self._model.generation_config = transformers.GenerationConfig(
            do_sample=False, eos_token_id=end, pad_token_id=padding
        )

    def answer(self, messages: Sequence[Mapping[str, str]], max_tokens: int) -> str:
        """Return the answer to messages, at most `max_tokens` long.

        It ends earlier where the model's context does. Raises InputError for messages that leave no
        room for an answer.
        """
        prompt = render(self._tokenizer, messages, before_answer=True)
        room = self._context - len(prompt)
        if room < 1:
            raise InputError(
                f"a question of {len(prompt):,} tokens leaves no room for an answer: {self._path} "
                f"reads {self._context:,}"
            )
        asked = torch.tensor([prompt], device=self._model.device)
        with torch.inference_mode():
            said = self._model.generate(
                asked, attention_mask=torch.ones_like(asked), max_new_tokens=min(max_tokens, room)
            )
        text: str = self._tokenizer.decode(said[0, len(prompt) :], skip_special_tokens=True)
        return text.strip()
