"""The hidden taxonomy: a few thousand latent tasks in a tree, popularity skewed or even.

The root is whatever domain a prompt names. A task has three wordings: its usual one, one with
another verb, and one turned round, which shares few words in order with the first. A name that is
none of them (a domain's seed task) stands for one of the popular subtasks of its parent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random

from simulator.words import MODIFIERS, NOUNS, READERS, SYNONYMS, VERBS

ROOT = 0

Fanout = tuple[tuple[int, int], ...]
"""The fewest and most subtasks of a task, by depth; below, tasks cannot be split."""

FANOUT: Fanout = ((28, 32), (7, 13), (6, 12))
ZIPF = 1.0
"""The exponent of the popularity: the k-th subtask of a task has a weight of k to the minus it."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a task is about; indexes into the lists of words, so that wordings can be made."""

    verb: int
    modifier: str
    noun: str
    readers: str

    def wordings(self) -> tuple[str, ...]:
        """Return the task's three names, the usual one first."""
        rest = f"{self.modifier} {self.noun}"
        return (
            f"{VERBS[self.verb]} {rest} for {self.readers}".capitalize(),
            f"{SYNONYMS[self.verb]} {rest} for {self.readers}".capitalize(),
            f"{self.readers}: {self.noun}, {self.modifier}, to {VERBS[self.verb]}".capitalize(),
        )


@dataclass(slots=True)
class Latent:
    """A latent task; `weight` is its popularity among its siblings, which sum to 1."""

    parent: int
    depth: int
    weight: float
    traits: Traits
    children: list[int] = field(default_factory=list)


class Taxonomy:
    """The tree of latent tasks, by number; the root is number 0."""

    def __init__(self, seed: int = 0, fanout: Fanout = FANOUT, skew: float = ZIPF) -> None:
        self._draw = Random(f"taxonomy {seed}")
        self._skew = skew
        self.depth = len(fanout)
        self.tasks = [Latent(ROOT, 0, 1.0, self._traits())]
        self._numbers: dict[str, int] = {}
        level = [ROOT]
        for least, most in fanout:
            level = [n for above in level for n in self._split(above, least, most)]

    def __len__(self) -> int:
        return len(self.tasks) - 1

    def number_of(self, name: str) -> int | None:
        """Return the task that has this name as one of its wordings, or None."""
        return self._numbers.get(_key(name))

    def unnamed(self, names: Iterable[str], below: int = ROOT) -> int:
        """Return how many tasks below one have none of these names."""
        named = {self.number_of(name) for name in names}
        return sum(number not in named for number in self._all_below(below))

    def _all_below(self, number: int) -> Iterator[int]:
        for child in self.tasks[number].children:
            yield child
            yield from self._all_below(child)

    def locate(self, path: Sequence[str]) -> int:
        """Return the task that a path of names, from the domain down, ends at."""
        here = ROOT
        for name in path[1:]:
            here = self.below(here, name)
        return here

    def below(self, parent: int, name: str) -> int:
        """Return the task that `name` means as a subtask of `parent`."""
        known = self.number_of(name)
        children = self.tasks[parent].children
        if known is not None or not children:
            return parent if known is None else known
        popular = children[: max(1, len(children) // 2)]
        return popular[int(sha256(_key(name).encode()).hexdigest(), 16) % len(popular)]

    @property
    def leaves(self) -> frozenset[int]:
        """The tasks that cannot be split."""
        return frozenset(n for n, task in enumerate(self.tasks) if not task.children)

    def descend(self, number: int, draw: Random, depth: int | None = None) -> int:
        """Return a task at or below `number`, at most at `depth`, drawn by popularity."""
        deepest = self.depth if depth is None else depth
        while (task := self.tasks[number]).children and task.depth < deepest:
            weights = [self.tasks[child].weight for child in task.children]
            number = draw.choices(task.children, weights)[0]
        return number

    def _split(self, above: int, least: int, most: int) -> list[int]:
        count = self._draw.randint(least, most)
        weights = [rank**-self._skew for rank in range(1, count + 1)]
        depth = self.tasks[above].depth + 1
        for weight in weights:
            number, traits = len(self.tasks), self._traits()
            self.tasks.append(Latent(above, depth, weight / sum(weights), traits))
            self.tasks[above].children.append(number)
            for wording in traits.wordings():
                self._numbers.setdefault(_key(wording), number)
        return self.tasks[above].children

    def _traits(self) -> Traits:
        draw = self._draw
        return Traits(
            draw.randrange(len(VERBS)),
            draw.choice(MODIFIERS),
            draw.choice(NOUNS),
            draw.choice(READERS),
        )


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
