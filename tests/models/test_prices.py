"""Prices of calls, offline."""

import pytest

from models.prices import cost_usd


def test_a_known_price_is_linear_in_the_tokens() -> None:
    one = cost_usd("openai:gpt-4.1-mini", 1000, 0)
    assert one is not None
    assert 0 < one < 0.1
    assert cost_usd("openai:gpt-4.1-mini", 2000, 0) == pytest.approx(2 * one)
    assert cost_usd("openai:gpt-4.1-mini", 1000, 1000) != one


@pytest.mark.parametrize("model", ["openai:nonesuch", "ollama:qwen3", "nonsense"])
def test_an_unknown_price_is_none(model: str) -> None:
    assert cost_usd(model, 1000, 1000) is None


@pytest.mark.parametrize("model", ["embedded", "embedded:/a/model.gguf"])
def test_the_embedded_model_is_free(model: str) -> None:
    assert cost_usd(model, 1000, 1000) == 0.0


def test_langchains_name_of_a_provider_is_understood() -> None:
    assert cost_usd("google_genai:gemini-2.5-flash", 1000, 1000)


def test_at_a_base_url_the_price_is_that_of_whoever_serves_there() -> None:
    router = "https://openrouter.ai/api/v1"
    assert cost_usd("openai:meta-llama/llama-3.3-70b-instruct", 1000, 1000, router)
    assert cost_usd("openai:gpt-4.1-mini", 1000, 1000, "http://127.0.0.1:8000/v1") is None
