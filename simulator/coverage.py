"""What records cover of the hidden taxonomy: every record's output names the latent task it is of.

covered = covered_leaves(outputs, options.taxonomy)
share = len(covered) / len(options.taxonomy.leaves)
"""

import re
from collections.abc import Iterable

from simulator.taxonomy import Taxonomy

_MARK = re.compile(r"\(Case (\d+)\.\)")


def marked(task: int) -> str:
    """Return the words at the end of an output that name its latent task."""
    return f"(Case {task}.)"


def covered_leaves(outputs: Iterable[str], taxonomy: Taxonomy) -> frozenset[int]:
    """Return the leaves of the taxonomy that these outputs are of."""
    named = {int(number) for output in outputs for number in _MARK.findall(output)}
    return taxonomy.leaves & named
