"""A Ray cluster of two nodes on this machine, in a process of its own.

python ray_nodes.py [VERSION]: it tells its address, and kills its second node when it
is told to; it ends when its stdin does. VERSION is what Ray shall believe to be its own.
"""

import sys

import ray
from ray.cluster_utils import Cluster


def main() -> None:
    """Start the nodes, one processor each."""
    if sys.argv[1:]:
        ray.__version__ = sys.argv[1]
    own = {"num_cpus": 1, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=own)
    second = cluster.add_node(num_cpus=1)
    print(cluster.address, flush=True)  # noqa: T201 - to who started it
    for _ in sys.stdin:
        cluster.remove_node(second, allow_graceful=False)
        print("killed", flush=True)  # noqa: T201 - as above
    cluster.shutdown()


if __name__ == "__main__":
    main()
