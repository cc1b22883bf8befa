"""Self-Instruct: the paper's baseline. No tree grows; demonstrations are sampled from the pool."""

from collections.abc import Sequence
from random import Random

from search.limits import Limits
from search.tree_search import DEMONSTRATIONS, TreeSearch
from store.digest import seed_of


class SelfInstruct(TreeSearch):
    """Records of the domain's one task, as many as a full tree would get."""

    grows_tree = False
    unused = frozenset({"frontier", "patience", "saturation", "explore_model", "explore_base_url"})

    def demonstrations(
        self, own: Sequence[str], inherited: Sequence[str], turn: int
    ) -> Sequence[str]:
        """Return records drawn from the pool, by the run's seed and the call's turn."""
        draw = Random(seed_of(self._plan.seed, "pool", turn))  # noqa: S311 - reproducible, nothing secret
        return draw.sample(own, min(DEMONSTRATIONS, len(own)))

    @staticmethod
    def tasks_in_one(limits: Limits) -> int:
        """Return the number of tasks in a full tree: the one task counts for all of them."""
        return limits.most_tasks()
