"""How the simulator behaves: its latency, its limits, and the faults it commits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import get_args

from errors import InputError
from simulator.faults import Fault


@dataclass(frozen=True, slots=True)
class Options:
    """What can be set.

    Attributes:
        seed: where faults and latencies come from.
        latency_s: seconds until an answer, the mean where they vary.
        sigma: of the logarithm of a log-normal latency; 0 is a fixed one.
        requests_a_minute: more are answered with 429; 0 is no limit.
        tokens_a_minute: the same for the tokens of prompts and answers.
        retry_after_s: what a 429 or 503 that is a fault says in Retry-After; 0 leaves it out.
        hang_s: how long a request that is struck by a timeout is held before it is hung up on.
        repetition: share of records that are one of their task's few stock records.
        faults: share of calls that each fault strikes.

    """

    seed: int = 0
    latency_s: float = 0.0
    sigma: float = 0.0
    requests_a_minute: int = 0
    tokens_a_minute: int = 0
    retry_after_s: float = 1.0
    hang_s: float = 600.0
    repetition: float = 0.1
    faults: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise InputError for a fault that does not exist, or shares of more than 1."""
        for name in self.faults:
            if name not in get_args(Fault):
                raise InputError(f"fault {name!r}: one of {', '.join(get_args(Fault))}")
        if min(self.faults.values(), default=0) < 0 or sum(self.faults.values()) > 1:
            raise InputError(f"faults {dict(self.faults)}: shares are 0 or more, 1 in all at most")

    def arguments(self) -> Iterator[str]:
        """Yield the options as arguments of the command line."""
        for option in fields(self):
            if option.name != "faults":
                yield f"--{option.name.replace('_', '-')}={getattr(self, option.name)}"
        for name, share in self.faults.items():
            yield f"--fault={name}={share}"
