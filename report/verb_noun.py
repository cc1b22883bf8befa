"""The root verb of an instruction and its direct object, by a dependency parse.

Self-Instruct counts these pairs to show how diverse instructions are. A tagger trained on news
takes many an imperative for a noun ("List three advantages"), so a root that opens the sentence is
a verb here whatever its tag. A verb without a direct object stands alone.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST = 1000
"""Characters of an instruction that are parsed; its first sentence decides."""

BATCH = 256
"""Texts that are parsed together. Pieces hold whole batches: then workers change no figure."""

_WORD = re.compile(r"[^\W\d_]")
_OPENERS = {"please", "kindly", "now", "then", "first", "next", "and", "so"}
_ASKING = {"want", "need", "like", "help", "let", "ask"}
_OBJECTS = {"dobj", "obj"}
_CLAUSES = {"xcomp", "ccomp"}
_NAMING = {"NOUN", "PROPN", "NUM", "ADJ", "X", "SYM"}

LEMMATIZER = "lemmatizer"
"""What spaCy calls the step that finds lemmas."""

Lemma = Callable[[Any], str]
"""Returns the lemma of a token."""

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
    """Finds the verb and the noun of instructions. Use `open_parser` of report.parsers.

    A lemmatizer that takes words one by one, by rules or lists, is asked for the two that count.
    """

    def __init__(self, name: str, pipeline: Any) -> None:  # noqa: ANN401 - spaCy is an extra
        self.name = name
        self._pipeline = pipeline
        found = dict(pipeline.components).get(LEMMATIZER)
        self._lemmatize = getattr(found, "lemmatize", None)

    def parsed(self, texts: Sequence[str]) -> Iterator[Pair | None]:
        """Yield what each text asks for, None where no verb is its root; each is parsed whole."""
        spared = [LEMMATIZER] if self._lemmatize else []
        for one in self._pipeline.pipe(texts, batch_size=BATCH, disable=spared):
            yield _first_pair(one, self._lemma)

    def _lemma(self, token: Any) -> str:  # noqa: ANN401 - as above
        lemma: str = self._lemmatize(token)[0] if self._lemmatize else token.lemma_
        return lemma


def different(texts: Iterable[str]) -> list[str]:
    """Return what is parsed of the texts, each once."""
    return list(dict.fromkeys(text[:LONGEST] for text in texts))


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


def _first_pair(parsed: Any, lemma: Lemma) -> Pair | None:  # noqa: ANN401 - as above
    for sentence in parsed.sents:
        words = [token for token in sentence if _WORD.search(token.text)]
        while len(words) > 1 and words[0].lower_ in _OPENERS:
            words = words[1:]
        if words:
            return _pair(sentence.root, words[0], lemma)
    return None


def _pair(root: Any, first: Any, lemma: Lemma) -> Pair | None:  # noqa: ANN401 - as above
    if root.pos_ != "VERB" and root != first:
        return _mistaken(root, first, lemma)
    verb = root
    while lemma(verb) in _ASKING and (clause := _child(verb, _CLAUSES)) is not None:
        verb = clause
    noun = _child(verb, _OBJECTS)
    if noun is None and verb.pos_ != "VERB":
        noun = next((c for c in verb.rights if c.dep_ in {"appos", "npadvmod", "nsubj"}), None)
    named = noun is not None and noun.pos_ in _NAMING
    return lemma(verb).lower(), (lemma(noun).lower() if named else None)


def _mistaken(root: Any, first: Any, lemma: Lemma) -> Pair | None:  # noqa: ANN401 - as above
    """Return the pair of an imperative that was taken for the first part of a compound noun."""
    if root.pos_ in {"NOUN", "PROPN"} and first.head == root and first.dep_ in {"compound", "amod"}:
        return lemma(first).lower(), lemma(root).lower()
    return None


def _child(token: Any, kinds: set[str]) -> Any:  # noqa: ANN401 - as above
    return next((child for child in token.children if child.dep_ in kinds), None)
