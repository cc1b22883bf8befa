"""How the simulator behaves: its latency, its limits, and the faults it commits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import get_args

from errors import InputError
from simulator.character import CHARACTERS, Character
from simulator.faults import Fault
from simulator.judging import Skill
from simulator.taxonomy import Fanout, Taxonomy

MOST_TASKS = 100_000


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
        character: how the model answers; see `simulator.character`.
        taxonomy_seed: which taxonomy is hidden.
        fanout: its shape, the fewest and most subtasks of a task by depth, as in 28-32,7-13,6-12.
        wrong: share of outputs that hold a mistake.
        sensitivity: how likely the model, as a judge, finds a mistake that is there.
        specificity: how likely it finds none where there is none.
        position_bias: how often the judge of two answers names the first one, whatever they say.
        reasoning: tokens that the model thinks before each answer, in a field of their own.
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
    character: str = "skewed"
    taxonomy_seed: int = 0
    fanout: str = "28-32,7-13,6-12"
    wrong: float = 0.0
    sensitivity: float = 1.0
    specificity: float = 1.0
    position_bias: float = 0.0
    reasoning: int = 0
    faults: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise InputError for a fault that does not exist, or shares of more than 1."""
        if self.character not in CHARACTERS:
            among = ", ".join(CHARACTERS)
            raise InputError(f"character {self.character!r} is unknown: name one of {among}")
        fanout_of(self.fanout)
        for name in ("wrong", "sensitivity", "specificity", "position_bias"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name} {getattr(self, name)}: give a share from 0 to 1")
        for name in self.faults:
            if name not in get_args(Fault):
                raise InputError(f"fault {name!r}: one of {', '.join(get_args(Fault))}")
        if min(self.faults.values(), default=0) < 0 or sum(self.faults.values()) > 1:
            raise InputError(f"faults {dict(self.faults)}: shares are 0 or more, 1 in all at most")

    @property
    def how(self) -> Character:
        """How the model answers."""
        return CHARACTERS[self.character]

    @property
    def skill(self) -> Skill:
        """How right it is."""
        return Skill(self.wrong, self.sensitivity, self.specificity, self.position_bias)

    @property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy that is hidden."""
        return Taxonomy(self.taxonomy_seed, fanout_of(self.fanout), self.how.skew)

    def arguments(self) -> Iterator[str]:
        """Yield the options as arguments of the command line."""
        for option in fields(self):
            if option.name != "faults":
                yield f"--{option.name.replace('_', '-')}={getattr(self, option.name)}"
        for name, share in self.faults.items():
            yield f"--fault={name}={share}"


def fanout_of(text: str) -> Fanout:
    """Return the shape of a taxonomy that a text such as 28-32,7-13 says.

    Raises InputError for any other text, and for a shape of more than 100,000 tasks.
    """
    parts = [part.strip().split("-") for part in text.split(",")]
    if not all(len(part) in {1, 2} and all(n.isdecimal() for n in part) for part in parts):
        raise InputError(f"fanout {text!r}: give a range for each depth, as in 28-32,7-13,6-12")
    fanout = tuple((int(part[0]), int(part[-1])) for part in parts)
    level, total = 1, 0
    for least, most in fanout:
        level *= most
        total += level
        if not 1 <= least <= most or total > MOST_TASKS:
            raise InputError(
                f"fanout {text!r}: each range goes from 1 or more upwards, to {MOST_TASKS:,} tasks "
                "in all"
            )
    return fanout
