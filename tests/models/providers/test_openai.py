"""What is known of OpenAI's own models."""

import pytest

from models.providers.openai import THINKING_TOKENS, hosted_traits


@pytest.mark.parametrize(
    ("name", "headroom", "effort", "temperature"),
    [
        ("gpt-4.1-mini", 0, None, True),
        ("gpt-5-mini", THINKING_TOKENS, "minimal", False),
        ("gpt-5.4-mini", 0, "none", True),
        ("of-tomorrow", 0, None, True),
    ],
)
def test_what_is_known_of_openais_own_models(
    name: str,
    headroom: int,
    effort: str | None,
    temperature: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    traits = hosted_traits(name)
    assert traits.headroom == headroom
    assert traits.extra.get("reasoning_effort") == effort
    assert ("temperature" not in traits.refused) == temperature
    assert "max_tokens" in traits.refused
