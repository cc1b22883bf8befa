"""Settings that all tests share."""

from hypothesis import HealthCheck, settings

# The machine decides how long an example takes, so time says nothing about the code.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")
