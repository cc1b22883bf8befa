"""What several tests of models need."""

import pytest

from tests.models.asked import KEY


@pytest.fixture
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
