"""Compares the counts that an instruction names with those of its output."""

from store.quality.counts.asked import asked
from store.quality.counts.found import fits, nearest


def miscounted(instruction: str, output: str, language: str) -> str | None:
    """Return what was asked and what the output has, "12 lines asked, 4 found", or None."""
    for count in asked(instruction, language):
        if not fits(count, output):
            return f"{count} asked, {nearest(count, output)} found"
    return None
