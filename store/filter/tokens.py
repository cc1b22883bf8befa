"""The tokens of a text, by which two texts are compared, in any language.

ASCII text has rouge-score's own default tokens: runs of letters and digits, lower case, no stemming
(`rouge_score.tokenize.tokenize(text, None)`). That tokenizer drops every other character, so that
Chinese, Russian or Hindi texts come out empty and never look alike. Any other text is therefore cut
by Unicode: NFKC and case folding; letters, digits and the marks that belong to them, of any script;
one token per character in scripts that are written without spaces.
"""

import unicodedata
from typing import Literal

from rouge_score import tokenize as rouge_score

# What rouge-score makes of each ASCII character: its lower case, or a gap.
_ASCII = "".join((rouge_score.tokenize(chr(code), None) or [" "])[0] for code in range(128))

# First words of the Unicode names of characters from scripts that put no space between words.
_UNSPACED = frozenset(
    "CJK IDEOGRAPHIC HIRAGANA KATAKANA BOPOMOFO THAI LAO KHMER MYANMAR HENTAIGANA".split()  # noqa: SIM905 - a list of words reads best as words
)

_Kind = Literal["letter", "alone", "mark", "nothing", "gap"]


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, in order; an empty list where it has no letter or digit."""
    if text.isascii():
        return text.translate(_ASCII).split()
    return _unicode_tokens(_fold(text))


def normalised(text: str) -> str:
    """Return the text folded (NFKC, case) with single spaces, to compare texts without tokens."""
    return " ".join(_fold(text).split())


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded)


def _unicode_tokens(text: str) -> list[str]:
    found: list[str] = []
    before: _Kind = "gap"
    for character in text:
        kind = _KINDS[character]
        if kind == "nothing":
            continue
        if kind == "letter" and before == "letter":
            found[-1] += character
        elif kind == "mark" and before != "gap":
            found[-1] += character
            continue
        elif kind in {"letter", "alone"}:
            found.append(character)
        before = "gap" if kind == "mark" else kind
    return found


class _Kinds(dict[str, _Kind]):
    """The kind of every character met so far; a mark or a format character joins what precedes."""

    def __missing__(self, character: str) -> _Kind:
        self[character] = _kind(character)
        return self[character]


def _kind(character: str) -> _Kind:
    category = unicodedata.category(character)
    if category == "Cf":  # joiners, soft hyphens, marks of writing direction
        return "nothing"
    if category[0] == "M":
        return "mark"
    if category[0] not in "LN":
        return "gap"
    script = unicodedata.name(character, "").replace("-", " ").partition(" ")[0]
    return "alone" if script in _UNSPACED else "letter"


_KINDS = _Kinds()
