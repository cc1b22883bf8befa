"""How long a run takes: at the pace of an earlier run like it, or of the embedded model.

Nothing is asked for it. Where no run tells, only what a limit by the minute demands is known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from errors import InputError
from models.endpoint import EMBEDDED
from nodes.roles import ROLES, as_role, by_role
from nodes.settings import Settings
from store.files.folder import STATS, read_config, read_stats
from words import duration

RUNS = Path("runs")
"""Where runs lie for which no other folder was named."""

MOST_READ = 50
"""Earlier runs that are looked at, the newest first."""

FEWEST_CALLS = 5
"""A run of fewer calls tells nothing of its pace."""

EMBEDDED_PACE = (9.6, "on two cores of an AMD EPYC")
"""Seconds a call of the packaged model: the mean of 120 calls for `rewriting`."""


@dataclass(frozen=True, slots=True)
class Time:
    """How long a run takes, as far as that is known.

    `seconds` are expected where each call takes `per_call` of them, as was seen `where`; calls that
    are in flight together share their time. `at_least` is what the limits by the minute demand.
    """

    seconds: float | None = None
    per_call: float | None = None
    where: str | None = None
    at_least: float | None = None

    def __str__(self) -> str:
        """Return the time in words."""
        if self.seconds is not None:
            return f"about {duration(self.seconds)} ({self.per_call:.2g} s a call {self.where})"
        if self.at_least is not None:
            return f"at least {duration(self.at_least)} at this limit by the minute"
        return f"time unknown (no run like it in {RUNS}/ tells how long a call takes)"


def time_of(settings: Settings, calls: int, tokens: int, named: Iterable[Path] = ()) -> Time:
    """Return how long so many calls take; `named` folders of runs are looked at first."""
    at_least = _at_least(settings, calls, tokens)
    pace = _pace(settings, named)
    if pace is None:
        return Time(at_least=at_least)
    per_call, where = pace
    return Time(max(per_call * calls, at_least or 0), per_call, where, at_least)


def _at_least(settings: Settings, calls: int, tokens: int) -> float | None:
    limits = ((settings.requests_per_minute, calls), (settings.tokens_per_minute, tokens))
    return max((60 * amount / limit for limit, amount in limits if limit), default=None)


def _pace(settings: Settings, named: Iterable[Path]) -> tuple[float, str] | None:
    """Return the seconds a call and where they were seen, None where no run tells."""
    for folder in (*named, *_earlier()):
        if (seconds := _seconds_a_call(folder, settings)) is not None:
            return seconds, f"in {folder}"
    models = {asked.model for asked in by_role(settings).values()}
    usual = models == {EMBEDDED} and settings.quota.per_call == 1
    return EMBEDDED_PACE if usual else None


def _earlier() -> Iterator[Path]:
    """Yield the folders of earlier runs, the newest first."""
    written = [(path.stat().st_mtime, path.parent) for path in RUNS.glob(f"*/{STATS}")]
    return (folder for _, folder in sorted(written, reverse=True)[:MOST_READ])


def _seconds_a_call(folder: Path, settings: Settings) -> float | None:
    """Return the pace of a run, None where it was asked otherwise or is too short to tell."""
    try:
        stats = read_stats(folder)
        asked = _asked(Settings.model_validate(read_config(folder)["settings"]))
        calls, seconds = float(stats["calls"]), float(stats["seconds"])
    except (InputError, ValidationError, KeyError, TypeError, ValueError, OverflowError):
        return None
    tells = asked == _asked(settings) and calls >= FEWEST_CALLS and 0 < seconds < float("inf")
    return seconds / calls if tells else None


def _asked(settings: Settings) -> tuple[object, ...]:
    """Return what the pace of a run depends on."""
    return (
        *((asked.model, asked.base_url) for asked in (as_role(settings, role) for role in ROLES)),
        settings.parallel,
        settings.quota.per_call,
        settings.tasks_only,
        settings.requests_per_minute,
        settings.tokens_per_minute,
    )
