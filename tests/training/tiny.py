"""Tiny models with random weights, made on the spot: a Llama of two layers and its tokenizer."""

from pathlib import Path
from typing import Any

import pytest

TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
"""What a chat looks like to the tiny models."""

_SPECIAL = ["<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]


def tiny_model(folder: Path, template: str | None = TEMPLATE, seed: int = 0) -> Path:
    """Write a model of 12,000 weights, and a tokenizer of single bytes, into a folder."""
    torch = pytest.importorskip("torch", reason="needs pip install '.[training]'")
    transformers = pytest.importorskip("transformers")
    tokenizer = _tokenizer(transformers, template)
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=512,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(transformers: Any, template: str | None) -> Any:  # noqa: ANN401 - its own types
    tokenizers = pytest.importorskip("tokenizers")
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: place for place, letter in enumerate(letters)}
    core = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[]))
    core.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = tokenizers.decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token="<|pad|>",  # noqa: S106 - no password
        eos_token="<|end|>",  # noqa: S106
        additional_special_tokens=_SPECIAL[2:],
    )
    tokenizer.chat_template = template
    return tokenizer
