"""The rules that a subtask's name must obey to be kept; each looks at this name alone."""

import re
import unicodedata

from checks import Fault
from store.quality.script import has_script_of, is_written_in
from store.quality.step import step
from store.quality.unanswerable import blocked, unanswerable

NAME_CHARACTERS = 80
NAME_WORDS = 12


def broken_name_rule(
    name: str, parent: str, *, language: str, blocked_words: tuple[str, ...] = ()
) -> Fault | None:
    """Return the first rule that a subtask's name breaks, with the reason, or None."""
    too_long, words = len(name) > NAME_CHARACTERS, len(name.split())
    asks = blocked(name, blocked_words) or unanswerable(name)
    goes_on = step(name, language)
    rules = (
        ("empty", "the name is empty", not re.search(r"\w", name)),
        ("length", f"the name has more than {NAME_CHARACTERS} characters", too_long),
        ("length", f"the name has {words} words, more than {NAME_WORDS}", words > NAME_WORDS),
        ("copy", "the name is its parent's name", _bare(name) == _bare(parent)),
        ("blocked_word", f"the name asks for {asks!r}", asks is not None),
        ("step", f"{goes_on!r} is a step, not a kind of request", goes_on is not None),
        ("language", f"the name is not written in {language}", not _fits(name, language)),
    )
    return next(((rule, why) for rule, why, broken in rules if broken), None)


def _fits(name: str, language: str) -> bool:
    return has_script_of(name, language) and is_written_in(name, language)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
