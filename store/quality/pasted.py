"""Tells an instruction with parts of the prompt that asked for it.

A topic of the domain may well be what an instruction is about; several at once, or one behind the
prompt's own label, were pasted in. So were a sentence of the domain file and a path of tasks.
"""

import re
from collections.abc import Sequence

from store.filter.tokens import tokens

TOPICS = 3
"""So many topics in one instruction are pasted: a text may be turned from one kind into another."""

SENTENCE_TOKENS = 6
"""A sentence of the domain file with fewer tokens may be anybody's."""

_LABEL = (
    r"(?:set\s+in\s+(?:this|the)\s+situation|(?:in\s+the\s+)?situation|topic|情境是?|话题|主题)"
    r"\s*[:：]\s*[\"'“(]*"  # noqa: RUF001 - full-width signs are meant
)


def pasted(
    instruction: str, topics: Sequence[str], sentences: Sequence[str], task: str
) -> str | None:
    """Return what of the prompt stands in the instruction, or None.

    `topics` and `sentences` are the domain's, `task` is the name of its root task.
    """
    text = f" {' '.join(tokens(instruction))} "
    held = [topic for topic in topics if _stands_in(topic, text)]
    for topic in held:
        if re.search(_LABEL + re.escape(topic), instruction, re.IGNORECASE):
            return topic
    if len(held) >= TOPICS:
        return ", ".join(held[:TOPICS])
    if task and f"{task} > ".casefold() in instruction.casefold():
        return f"{task} >"
    long = (sentence for sentence in sentences if len(tokens(sentence)) >= SENTENCE_TOKENS)
    return next((sentence for sentence in long if _stands_in(sentence, text)), None)


def _stands_in(words: str, text: str) -> bool:
    needle = " ".join(tokens(words))
    return bool(needle) and f" {needle} " in text
