"""Words that the terminal and the page share."""


def clip(text: str, longest: int) -> str:
    """Return the text, at most `longest` characters, with "…" where it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def several(number: int, noun: str) -> str:
    """Return the number with its noun, "1 task" or "1,200 tasks"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
