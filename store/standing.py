"""Where each task stands: how it was named, how its last answer ended, what was written of it.

Tasks that stand alike are kept together, so that a search looks at the standings, of which there
are few, and not at the tasks. Everything here is a fact, counted entry by entry; `search/` judges.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

BAND, BANDS = 4, 6
"""Names in a row that are counted together, and how many such bands there are; the last one has no
end."""

NEVER, ENDINGS = -1, 4
"""How the last answer of a task ended that was never asked, and that of one new to its end."""

MOSTLY, HALF = 0.75, 0.5
"""Shares of the names told beside a task that were new."""

FAR_DOWN = 8
"""Names before one that stands far down in what its parent was told."""

FADING = 0.97
"""What is left of the weight of a name once the next one of its band is counted."""


class Standing(NamedTuple):
    """How a task stands.

    `late` is how late its parent named it, from 0 (among new names) over 1 (likewise, but far down)
    to 3 (among repeats). `told` is the band of the next name that it would be told itself. `ending`
    says how its last answer ended: how many quarters of the second half were admitted. `split` is
    whether it has subtasks; `kept` and `dry` are as in `Progress`.
    """

    depth: int
    late: int = 0
    told: int = 0
    ending: int = NEVER
    split: bool = False
    kept: int = 0
    dry: int = 0


class Trials:
    """How many names were told and admitted, by band, and in how many answers.

    Names told long ago count less.
    """

    def __init__(self) -> None:
        self.answers = 0
        self.told = [0.0] * BANDS
        self.admitted = [0.0] * BANDS

    def count(self, band: int, *, new: bool) -> None:
        """Count a name."""
        self.told[band] = FADING * self.told[band] + 1
        self.admitted[band] = FADING * self.admitted[band] + new


def band_of(place: int) -> int:
    """Return the band of a name before which so many were told."""
    return min(place // BAND, BANDS - 1)


class Standings:
    """The fold: `groups` are the tasks by their standing, in the order in which they came to it.

    `trials` are the names told, by depth, lateness and ending of the tasks that were asked. Of the
    names in first answers, `told_first`, `echoed` repeated a subtask of the same task.
    """

    def __init__(self) -> None:
        self.groups: dict[Standing, dict[str, None]] = {}
        self.trials: dict[tuple[int, int, int], Trials] = {}
        self.told_first = self.echoed = 0
        self._of: dict[str, Standing] = {}
        self._told: dict[str, int] = {}

    def __getitem__(self, task: str) -> Standing:
        return self._of[task]

    def __contains__(self, task: str) -> bool:
        return task in self._of

    @property
    def kept(self) -> int:
        """How many records the tasks have, all together."""
        return sum(stands.kept * len(tasks) for stands, tasks in self.groups.items())

    def add(self, task: str, parent: str | None) -> None:
        """Take in a task."""
        depth = 0
        if parent is not None:
            above = self._of[parent]
            depth = above.depth + 1
            self._move(parent, above._replace(split=True))
        self._told[task] = 0
        self._move(task, Standing(depth))

    def answer(
        self, task: str, admitted: Sequence[bool], born: Sequence[str], echoes: int = 0
    ) -> None:
        """Take in what a task was answered: which names were admitted, and the tasks they became.

        `echoes` of the names that were not repeat a subtask of the task itself. An answer that
        could not be read counts as nothing new.
        """
        stood, before = self._of[task], self._told[task]
        if stood.ending == NEVER:
            self.told_first += len(admitted)
            self.echoed += echoes
        trials = self.trials.setdefault((stood.depth, stood.late, stood.ending), Trials())
        trials.answers += 1
        for place, new in enumerate(admitted, start=before):
            trials.count(band_of(place), new=new)
        places = (place for place, new in enumerate(admitted) if new)
        for child, place in zip(born, places, strict=True):
            late = lateness(admitted, place, before)
            self._move(child, self._of[child]._replace(late=late))
        half = admitted[len(admitted) // 2 :]
        ending = round(ENDINGS * sum(half) / len(half)) if half else 0
        self._told[task] = before + len(admitted)
        self._move(task, stood._replace(told=band_of(self._told[task]), ending=ending))

    def write(self, task: str, kept: int, dry: int) -> None:
        """Take in how many records the task has, and its calls in a row that kept none."""
        self._move(task, self._of[task]._replace(kept=kept, dry=dry))

    def remove(self, tasks: Collection[str], parent: str, *, split: bool) -> None:
        """Forget pruned tasks; `split` says whether their parent has other subtasks."""
        for task in tasks:
            self._leave(task)
            del self._of[task], self._told[task]
        self._move(parent, self._of[parent]._replace(split=split))

    def _move(self, task: str, standing: Standing) -> None:
        if self._of.get(task) == standing:
            return
        if task in self._of:
            self._leave(task)
        self._of[task] = standing
        self.groups.setdefault(standing, {})[task] = None

    def _leave(self, task: str) -> None:
        group = self.groups[self._of[task]]
        del group[task]
        if not group:
            del self.groups[self._of[task]]


def lateness(admitted: Sequence[bool], place: int, before: int) -> int:
    """Return how late a name stood in an answer, before which its parent was told so many.

    The names in its half of the answer tell: where they are repeats, little was left to name.
    """
    middle = len(admitted) // 2
    beside = admitted[middle:] if place >= middle else admitted[:middle]
    new = sum(beside) / len(beside)
    if new < HALF:
        return 3
    if new < MOSTLY:
        return 2
    return int(before + place >= FAR_DOWN)
