"""The live view of a run: its events folded, drawn in a terminal or written as lines."""
