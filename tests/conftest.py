"""What all tests share: hypothesis's settings, and PostgreSQL where the machine has it."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import Postgres, binaries, running

# The machine decides how long an example takes, so time says nothing about the code.
_ALLOWED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("project", deadline=None, suppress_health_check=_ALLOWED)
settings.load_profile("project")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a PostgreSQL; its tests are skipped where its programs are not installed."""
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with running() as server:
        yield server
