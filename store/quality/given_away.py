"""Tells an instruction that already holds its own answer, word for word."""

import re

from store.filter.tokens import normalised, tokens
from words import primary_language

TOKENS = 8
"""A shorter answer may stand in its question: "Is the sea warm or cold?" - "Cold"."""

_OFFERS = {
    "de": r"welche|wähle|finde|nenne|ob|oder|bestimme|zitiere|ordne|korrigiere|prüfe",
    "en": r"which|choose|select|identify|find|pick|extract|quote|repeat|whether|or|rank|sort|order"
    r"|arrange|classify|decide|copy|correct|check|debug|edit|proofread|fix|translate|print",
    "zh": r"哪|选|找出|指出|摘录|引用|重复|还是|或|排序|判断|改正|检查|翻译|输出",
}
"""Words of an instruction that lets an answer be taken from it."""


def given_away(instruction: str, given: str, output: str, language: str) -> bool:
    """Return whether the whole output stands in the instruction.

    Where a text is given to work on, in any language. Without one, an instruction may hold texts to
    choose from, so it is judged in the languages that have words for that.
    """
    if len(tokens(output)) < TOKENS or normalised(output) not in normalised(instruction):
        return False
    return not _offers(instruction, language, given)


def _offers(instruction: str, language: str, given: str) -> bool:
    words = _OFFERS.get(primary_language(language))
    if words is None:
        return not given.strip()
    edge = "" if primary_language(language) == "zh" else r"\b"
    return re.search(rf"{edge}(?:{words}){edge}", instruction, re.IGNORECASE) is not None
