"""What goes wrong with a piece of work beside what its own function raises."""

from errors import RunError


class TimeLimitError(RunError):
    """A piece computed longer than it may; its worker was ended."""


class PieceLostError(RunError):
    """Worker after worker died of a piece."""


class DiskFullError(RunError):
    """A worker's disk has no room left for what a piece writes."""


class WorkerDiedError(Exception):
    """A worker died before it answered; its piece can be tried elsewhere."""
