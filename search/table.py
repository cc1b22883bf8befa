"""All strategies by their names: a new one is a file and a row here."""

from search.adaptive.adaptive import Adaptive
from search.breadth_first import BreadthFirst
from search.depth_first import DepthFirst
from search.self_instruct import SelfInstruct
from search.strategy import Strategy

STRATEGIES: dict[str, type[Strategy]] = {
    "depth-first": DepthFirst,
    "breadth-first": BreadthFirst,
    "adaptive": Adaptive,
    "self-instruct": SelfInstruct,
}

OLD_NAMES = {"explore": "depth-first"}
"""Names that are still read."""

DEFAULT = "depth-first"
