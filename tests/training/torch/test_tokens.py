"""Examples as tokens: the loss is on the answer alone, whatever the template."""

from pathlib import Path

import pytest

from errors import InputError
from record import Record
from tests.training.tiny import TEMPLATE, tiny_model
from training.examples import Example, last_example

RECORD = Record("Sort.", "b a", "a b", {"system": "Be exact."})
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
OPENED = TEMPLATE.replace(
    "<|assistant|>{% endif %}", "<|assistant|><think></think>{% endif %}"
)  # as Qwen3's, which ends the prompt alone with thoughts that are not in the whole


def tokens(folder: Path, template: str, record: Record = RECORD) -> tuple[str, str]:
    """Return the prompt and the answer as text."""
    path = tiny_model(folder, template)
    from training.torch.loading import load_tokenizer  # noqa: PLC0415 - torch may be missing
    from training.torch.tokens import IGNORED, tokens_of  # noqa: PLC0415

    tokenizer, example = load_tokenizer(path), last_example(record)
    assert isinstance(example, Example)
    found = tokens_of(tokenizer, example)
    learned = [label for label in found.labels if label != IGNORED]
    assert learned == found.ids[found.start :]
    return tokenizer.decode(found.ids[: found.start]), tokenizer.decode(learned)


@pytest.mark.parametrize("template", [TEMPLATE, OPENED])
def test_the_answer_with_its_end_is_learned(tmp_path: Path, template: str) -> None:
    prompt, answer = tokens(tmp_path, template)
    assert prompt == "<|system|>Be exact.<|end|><|user|>Sort.\n\nb a<|end|><|assistant|>"
    assert answer == "a b<|end|>"


def test_what_a_template_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="refuses messages of the roles system, user: no system"):
        tokens(tmp_path, NO_SYSTEM + TEMPLATE)
