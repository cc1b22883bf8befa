"""The one exception base of the project.

Every boundary (a domain file, a folder, an endpoint, a database) raises one of these, with a
message that names the value and the fix. Whoever talks to a person prints the message alone.
"""


class ExploreInstructError(Exception):
    """Base of every error the project raises on purpose."""


class InputError(ExploreInstructError):
    """Something a person gave is unusable: an argument, a file, a folder, a key (exit code 2)."""


class RunError(ExploreInstructError):
    """A run cannot go on, as when the provider refuses (exit code 1); it can be resumed."""


class DamagedError(RunError):
    """A database is damaged: the run cannot be resumed from it, though parts may be readable."""


class RunInterruptedError(RunError):
    """A person stopped the run; what was in flight is stored, and it can be resumed (130)."""
