"""Words that the terminal and the page share."""


def several(number: int, noun: str) -> str:
    """Return the number with its noun, "1 task" or "1,200 tasks"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
