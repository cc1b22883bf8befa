"""The characters of the simulated model: how it names and writes when it is left alone.

What real models do beside the good one: some have no favourites, some have hardly anything else,
some do not listen.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """A way of answering.

    Attributes:
        skew: the exponent of the popularity of subtasks; 0 is no favourite.
        avoided: how likely a task that the prompt names is named again, relative to its
            popularity.
        drift: the popularity of all that lies elsewhere, beside 1 for the subtasks of the task
            asked for.
        again: how likely it names a task twice in one answer, relative to its popularity.
        wordings: how often a task is called by each of its three names.

    """

    skew: float = 1.0
    avoided: float = 0.02
    drift: float = 0.04
    again: float = 0.0
    wordings: tuple[float, float, float] = (0.75, 0.15, 0.1)


CHARACTERS = {
    "skewed": Character(),
    "even": Character(skew=0.0),
    "collapsed": Character(skew=2.5, avoided=0.001, again=0.02),
    "rambling": Character(avoided=0.5, drift=0.3, wordings=(0.4, 0.35, 0.25)),
}
"""Skewed names the popular first; collapsed repeats its favourites unless it is shown them;
rambling often ignores what it is shown, strays, and words the same task anew."""
