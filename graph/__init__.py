"""The state machine: how the nodes are wired, and a run of it in a folder."""
