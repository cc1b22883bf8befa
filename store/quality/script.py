"""Is a text written in the language it should be? Judged by its scripts, and by English words.

The scripts of a language tell Chinese from English, not Spanish from Italian; what models drift to
is English, so its commonest words are looked for in the other languages of the Latin script.
Digits, punctuation, code, formulas and addresses do not count. A language that is not listed,
such as "mul" (many languages), is not checked.
"""

import re
import unicodedata
from functools import lru_cache

from words import primary_language

SHORT_TEXT = 8
"""A text of fewer words passes."""

EXPECTED_SHARE = 0.6
"""The least share of words (characters, in scripts without spaces) in the expected scripts."""

ENGLISH_SHARE = 0.2
"""The largest share of common English words in a text of another language."""

_LANGUAGES = {
    "ARABIC": "ar fa ps ur",
    "ARMENIAN": "hy",
    "BENGALI": "as bn",
    "CJK": "ja ko yue zh",
    "CYRILLIC": "be bg kk ky mk mn ru sr tg uk",
    "DEVANAGARI": "hi mr ne sa",
    "ETHIOPIC": "am ti",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he yi",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "LATIN": "af ca cs cy da de en es et eu fi fr ga gl hr hu id is it lt lv ms nb nl nn no pl pt "
    "ro sk sl sq sr sv sw tl tr vi",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
}
_SCRIPTS: dict[str, set[str]] = {}
for _script_name, _codes in _LANGUAGES.items():
    for _code in _codes.split():
        _SCRIPTS.setdefault(_code, set()).add(_script_name)

_WITHOUT_SPACES = {"CJK", "HIRAGANA", "KATAKANA", "THAI", "KHMER", "LAO", "MYANMAR"}
_COMMON_ENGLISH = (
    "the and of to is that with for are this you your it be from have which their can will was "
    "were has they what when who how"
)
_ENGLISH = frozenset(_COMMON_ENGLISH.split())
_NO_LANGUAGE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$|\\\[.*?\\\]|\\[A-Za-z]+|</?\w[^<>]*>"
    r"|https?://\S+|\S+@\S+",
    re.DOTALL,
)
_WORD = re.compile(r"[^\W\d_]+")


def foreign_share(text: str, language: str) -> float:
    """Return which share of the text's words (0 to 1) is in no script of the language.

    0 for a text of fewer than `SHORT_TEXT` words and for a language that is not known.
    """
    expected = _SCRIPTS.get(primary_language(language))
    words = _words(text)
    if expected is None or len(words) < SHORT_TEXT:
        return 0.0
    return sum(_script(word[0]) not in expected for word in words) / len(words)


def english_share(text: str) -> float:
    """Return which share of the text's words (0 to 1) are common English ones; 0 if short."""
    words = _words(text)
    if len(words) < SHORT_TEXT:
        return 0.0
    return sum(word.lower() in _ENGLISH for word in words) / len(words)


def is_written_in(text: str, language: str) -> bool:
    """Return whether the text's scripts and words fit the language, as far as can be told."""
    if foreign_share(text, language) > 1 - EXPECTED_SHARE:
        return False
    latin = _SCRIPTS.get(primary_language(language)) == {"LATIN"}
    drifts = latin and primary_language(language) != "en"
    return not (drifts and english_share(text) > ENGLISH_SHARE)


def has_script_of(text: str, language: str) -> bool:
    """Return whether at least one letter is in a script of the language (or it is not known)."""
    expected = _SCRIPTS.get(primary_language(language))
    return expected is None or any(_script(letter) in expected for letter in text)


def _words(text: str) -> list[str]:
    """Return the words, and single characters where the script has no spaces."""
    words: list[str] = []
    for run in _WORD.findall(_NO_LANGUAGE.sub(" ", text)):
        start = 0
        for position, letter in enumerate(run):
            if _script(letter) in _WITHOUT_SPACES:
                words += [run[start:position], letter] if position > start else [letter]
                start = position + 1
        if start < len(run):
            words.append(run[start:])
    return words


@lru_cache(maxsize=20_000)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
