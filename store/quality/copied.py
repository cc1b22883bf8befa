"""Tells an output that is its input again, or nearly.

Overlap is 2·LCS/(m+n) over words and punctuation, case kept. How much of it is too much depends on
what is asked: a text in another tone shares half of its words with what it was, a correction all
but one. So an instruction that asks for an edit may change as little as it likes, and everything
else must stay below the domain's limit.
"""

import re
import unicodedata

from rapidfuzz.distance import Indel

from words import primary_language

COPY = 0.95
"""From this overlap on an output is a copy, where little is known of what is asked."""

REWRITTEN_COPY = 0.75
"""The same where texts are to be changed: a domain whose records need an input."""

_ENGLISH_VERBS = (
    "fix|edit|proofread|punctuat|capitali[sz]|revis|repair|insert|add|delet|remov"
    "|eliminat|replac|substitut|omit|shorten|trim|cut|reorder|rearrang|arrang|reorgani[sz]|sort"
    "|connect|combin|join|link|merg|incorporat|split|number|indent|format"
)
_ENGLISH_MATTERS = (
    "correct|debug|errors?|mistakes?|typos?|bugs?|incorrect|grammar|spelling|punctuation|capitals?"
    "|commas?|run-on|redundan|missing|concis|coheren|cohesi|transition|conjunctions?|pronouns?"
    "|synonyms?|contractions?|verb tense|(?:past|present|future) tense|active voice|passive voice"
    r"|parallel(?:ism| structure)|subject-verb|sentence fragments?|singular|plural|point of view"
    r"|(?:first|second|third)[- ]person|(?:british|american) english|better word"
)
_EDITS = {
    "de": r"\b(?:korrigier|berichtig|verbesser|füge?|ergänz|streich|lösch|kürz|ersetz|ordne"
    "|verbinde|kombinier|fehler|rechtschreib|zeichensetz|komma|grammatik)",
    "en": rf"(?:^|[.:;,\n]\s*|\b(?:and|then|to|by|or|please|you|just|only)\s+)(?:{_ENGLISH_VERBS})"
    rf"|\b(?:{_ENGLISH_MATTERS})",
    "zh": "改正|更正|纠正|修正|校对|病句|错|标点|补全|补充|删|缩短|精简|添加|加上|插入"
    "|替换|合并|连接|衔接|连贯|排序|顺序|调换",
}
"""Words of an instruction that asks for an edit, which may leave nearly all as it was."""


def limit_of(language: str, *, needs_input: bool) -> float:
    """Return the overlap of a copy, where the domain names none."""
    tells_edits = primary_language(language) in _EDITS
    return REWRITTEN_COPY if needs_input and tells_edits else COPY


def is_edit(instruction: str) -> bool:
    """Return whether the instruction asks for an edit, in a language that has words for it here."""
    return _EDIT.search(instruction) is not None


def overlap(text: str, other: str) -> float:
    """Return how much two texts share, from 0 to 1."""
    return float(Indel.normalized_similarity(_words(text), _words(other)))


_EDIT = re.compile("|".join(_EDITS.values()), re.IGNORECASE)


def _words(text: str) -> list[str]:
    """Return words and punctuation, and single characters where there are no spaces."""
    normal = unicodedata.normalize("NFKC", text)
    return re.findall(
        r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|[^\w\s]", normal
    )
