"""An output in which the assistant speaks of itself as a model, or refuses as models do."""

# ruff: noqa: RUF001 - full-width letters as models write them

import re

_MODEL = (
    r"\bas an? (?:(?:large|text[- ]based|ai|artificial intelligence) )*(?:language model|ai\b"
    r"|artificial intelligence|ai assistant\b)"
    r"|\bi(?:'m| am)(?: only| just| merely)? an? (?:(?:large|text[- ]based|ai) )*"
    r"(?:language model|ai\b)"
    r"|作为(?:一个|一名|一款)?(?:大型)?(?:人工智能|语言模型|AI|ＡＩ)"
    r"|我(?:只)?是(?:一个|一名|一款)?(?:大型)?(?:人工智能|语言模型|AI|ＡＩ)"
    r"|\bals (?:ki\b|ki-|künstliche intelligenz|sprachmodell)"
    r"|\ben tant qu['’](?:ia\b|intelligence artificielle)|\ben tant que modèle de langage"
    r"|\bcomo (?:una? )?(?:ia\b|inteligencia artificial|modelo de lengua(?:je)?)"
)
_SPEAKS = re.compile(_MODEL, re.IGNORECASE)
_REFUSES = re.compile(
    r"\s*(?:i['’]?m (?:very |so )?sorry|i apologi[sz]e|sorry|unfortunately)[,.;]?(?: but)?,? "
    r"i(?: can['’]?t|(?: ca)n ?not| am unable to|['’]m unable to) (?:assist|help|fulfill?|comply)\b"
    r"[^.!?\n]{0,60}[.!]?\s*|(?:很?抱歉|对不起)[，,]?(?:但)?我(?:无法|不能)(?:协助|帮助|满足|完成)[^。\n]{0,30}。?\s*",
    re.IGNORECASE,
)
"""The whole output."""

_ASKED = re.compile(
    r"\b(?:ai|ki|ia)\b|artificial|language model|chat\s?bot|künstlich|intelig|人工智能|语言模型"
    r"|refus|declin|say(?:ing)? no\b|turn(?:ing)? down|unable|sorry|apolog|can['’]?t|cannot|拒绝",
    re.IGNORECASE,
)
"""What is about models, or about saying no."""


def as_a_model(instruction: str, given: str, output: str) -> str | None:
    """Return the words with which an output speaks of itself as a model or refuses, or None.

    Where instruction or input are about such models, or about saying no, it may.
    """
    found = _SPEAKS.search(output) or _REFUSES.fullmatch(output)
    if found is None or _ASKED.search(f"{instruction}\n{given}"):
        return None
    return found[0].strip()
