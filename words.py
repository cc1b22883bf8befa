"""Small facts about words that several packages need."""

import unicodedata

QUOTES = "\"'`“”‘’„‚«»"  # noqa: RUF001 - typographic ones are meant
"""Quotation marks that come along where a person copies a value."""


def clip(text: str, longest: int) -> str:
    """Return the text, at most `longest` characters, with "…" where it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def clip_at_word(text: str, longest: int) -> str:
    """Return the text on one line, at most `longest` characters, with "…" after its last word.

    Where no word ends in its second half, as in scripts without spaces, it is cut inside a word.
    """
    line = " ".join(text.split())
    words = line[:longest].rpartition(" ")[0]
    if len(line) > longest and len(words) >= longest // 2:
        return words + "…"
    return clip(line, longest)


def one_line(text: str) -> str:
    """Return the text on one line, without control, format and other invisible characters."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))


def several(number: int, noun: str) -> str:
    """Return the number with its noun, "1 task" or "1,200 tasks"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def still_to_find(expected: int, low: int, high: int) -> str:
    """Return an estimate with its 90 % interval, no more exact than two digits."""
    about, least, most = (f"{_two_digits(number):,}" for number in (expected, low, high))
    return f"about {about} still to be found (90 %: {least} to {most})"


def _two_digits(number: int) -> int:
    return round(number, 2 - len(str(number)))


def duration(seconds: float) -> str:
    """Return a time as "7 min 20 s" or "2 h 5 min"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def printable(text: str) -> str:
    r"""Return the text with what a terminal would obey, or not show, written out (`\x1b`)."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def error_line(error: object) -> str:
    """Return the text of an error on one line of at most 200 characters."""
    return " ".join(str(error).split())[:200]


def primary_language(language: str) -> str:
    """Return the language itself without script and region: "pt" for "pt-BR"."""
    return language.split("-", maxsplit=1)[0].lower()
