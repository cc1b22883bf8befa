"""Measurements: ours and the alternative in one process; results beside them as JSON."""
