"""Settings that all tests share."""

from hypothesis import HealthCheck, settings

# The machine decides how long an example takes, so time says nothing about the code.
_ALLOWED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("project", deadline=None, suppress_health_check=_ALLOWED)
settings.load_profile("project")
