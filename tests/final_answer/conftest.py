"""A shorter limit for what never ends."""

from collections.abc import Iterator

import pytest

from final_answer import agreement


@pytest.fixture(autouse=True, scope="package")
def _shorter() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agreement, "SECONDS", 1.5)
        yield
