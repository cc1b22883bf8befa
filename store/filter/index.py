"""The diversity filter: a text is kept iff it is unlike every text kept before it.

Unlike means F < t, F = 2·LCS/(m+n) being ROUGE-L F1 over their m and n tokens and t the threshold,
in exact fractions (the paper keeps what is *below* 0.7). Comparing every pair is quadratic; here
store/filter/shortlist.py leaves few candidates, provably none too few, and only they are compared.

The rules, in the order they are asked: against (unlike every foreign text), duplicate (the same
tokens), rouge_l, and where it is asked for, semantic (store/filter/paraphrases.py).
"""

import gc
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from errors import InputError
from store.files.replacing import replacing
from store.filter.paraphrases import Paraphrases, Vectors
from store.filter.rouge import Interned, Threshold, closest
from store.filter.shortlist import Batch, Shortlist, batch_of
from store.filter.signature import Signed, Vocabulary, numbers_of, signed
from store.filter.tokens import normalised, tokens

_VERSION = 1
_BLOCK = 8192
_FIRST = 64
_SCANNED, _IN_TURN = 512, 512
"""With fewer texts kept, or fewer at once, a scan of all is as fast as the inverted file."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is kept, and what decided it.

    `rule` is None for a kept text, else: duplicate (the same tokens), rouge_l (F at or above the
    threshold), semantic (a cosine at or above its own), against (any of these with a foreign text).
    `nearest` is the key of the text with the highest F (the earliest of equals) and `score` that F;
    for rule semantic the highest cosine, rounded to six digits. A kept text has 0 and None where
    the nearest was not asked for or there is nothing to be near to.
    """

    kept: bool
    rule: str | None = None
    score: Fraction = Fraction(0)
    nearest: str | None = None


_KEPT = Verdict(kept=True)

_Identity = Interned | tuple[str]
_Places = dict[int, list[int]]


class _Text(NamedTuple):
    """A text as it is compared.

    Equal `identity` means that the rule "duplicate" holds; `vector` is its embedding, a matrix of
    one row, where the semantic rule is asked for.
    """

    signed: Signed
    identity: _Identity
    vector: Vectors | None


class DiversityIndex:
    """The kept texts, and whether another one is different enough; `threshold` in (0, 1].

    `against` holds the foreign texts that must not be repeated either; it judges by its own
    threshold. Raises InputError for a threshold out of range.
    """

    def __init__(
        self,
        threshold: Fraction,
        *,
        against: "DiversityIndex | None" = None,
        paraphrases: Paraphrases | None = None,
    ) -> None:
        self._threshold = Threshold(threshold)
        self._against = against
        self._paraphrases = paraphrases
        self._vocabulary = Vocabulary()
        self._shortlist = Shortlist(self._threshold)
        self._keys: list[str] = []
        self._interned: list[Interned] = []
        self._first: dict[_Identity, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def judge(self, text: str, *, nearest: bool = False) -> Verdict:
        """Return the verdict on a text without adding it.

        With `nearest` a text that is kept gets its exact nearest neighbour too.
        """
        foreign = self._foreign([text], nearest=nearest)[0]
        if not foreign.kept:
            return foreign
        (read,) = self._read([text])
        own = self._judge(read)
        if not (own.kept and nearest and self._keys):
            return foreign if own.kept else own
        place, score = self._nearest(read)
        if foreign.nearest and foreign.score >= score:
            return foreign
        return Verdict(kept=True, score=score, nearest=self._keys[place])

    def judge_many(self, texts: Sequence[str]) -> list[Verdict]:
        """Return what `judge` returns for each text; much faster for many."""
        verdicts: list[Verdict] = []
        for start in range(0, len(texts), _BLOCK):
            block = texts[start : start + _BLOCK]
            foreign, read = self._foreign(block), self._read(block)
            near, alike = self._near(read), self._alike(read)
            verdicts += [
                self._decide(text, near.get(n, ()), alike.get(n, ())) if verdict.kept else verdict
                for n, (text, verdict) in enumerate(zip(read, foreign, strict=True))
            ]
        return verdicts

    def add(self, text: str, key: str) -> None:
        """Add a text without asking."""
        self._add(self._read([text])[0], key)

    def admit(self, text: str, key: str) -> Verdict:
        """Judge a text and add it when it is kept."""
        return self.admit_many([text], [key])[0]

    def admit_many(self, texts: Sequence[str], keys: Sequence[str]) -> list[Verdict]:
        """Return what `admit` returns for each text in turn; much faster for many."""
        verdicts: list[Verdict] = []
        while (start := len(verdicts)) < len(texts):
            # As long as little is kept, much of a large block would be compared with itself.
            stop = start + min(_BLOCK, max(_IN_TURN, len(self)))
            block, named = texts[start:stop], keys[start:stop]
            admitted = self._admit_block if len(block) >= _IN_TURN else self._admit_in_turn
            with _collector_at_rest():
                verdicts += admitted(self._read(block), named, self._foreign(block))
        return verdicts

    def save(self, path: Path) -> None:
        """Write the kept texts, in the form in which they are compared, for `load`.

        What stands `against` them is not written.
        """
        numbers = [numbers_of(text) for text in self._interned]
        signs = {n: identity[0] for identity, n in self._first.items() if not self._interned[n]}
        about = {
            "version": _VERSION,
            "threshold": str(self._threshold.value),
            "words": list(self._vocabulary),
            "keys": self._keys,
            "signs": [[n, sign] for n, sign in signs.items()],
        }
        paraphrases = self._paraphrases
        with replacing(path) as file:
            np.savez(
                file,
                about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
                lengths=np.array([len(text) for text in numbers], dtype=np.int64),
                numbers=np.array(list(itertools.chain(*numbers)), dtype=np.int64),
                vectors=np.zeros((0, 0)) if paraphrases is None else paraphrases.vectors(),
            )

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        against: "DiversityIndex | None" = None,
        paraphrases: Paraphrases | None = None,
    ) -> Self:
        """Return the index that was saved; with `paraphrases` it must have been saved with some.

        Raises InputError for a file that is none.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
                return cls._restored(saved, against, paraphrases)
        except (OSError, EOFError, ValueError, LookupError, TypeError, BadZipFile) as error:
            raise InputError(f"{path}: no saved index that can be read ({error})") from error

    @classmethod
    def _restored(
        cls,
        saved: Mapping[str, npt.NDArray[Any]],
        against: "DiversityIndex | None",
        paraphrases: Paraphrases | None,
    ) -> Self:
        about = json.loads(saved["about"].tobytes())
        if about["version"] != _VERSION:
            raise ValueError(f"version {about['version']}, not {_VERSION}")
        index = cls(Fraction(about["threshold"]), against=against, paraphrases=paraphrases)
        index._vocabulary = Vocabulary(about["words"])
        ends = np.cumsum(saved["lengths"]).tolist()
        numbers, vectors, signs = saved["numbers"].tolist(), saved["vectors"], dict(about["signs"])
        if numbers and not 0 <= min(numbers) <= max(numbers) < len(about["words"]):
            raise ValueError("a word is missing")
        sign = ""
        for n, (start, stop) in enumerate(itertools.pairwise([0, *ends])):
            text = signed(numbers[start:stop])
            sign = signs.get(n, sign)
            vector = None if paraphrases is None else vectors[n : n + 1]
            index._add(_Text(text, text.interned or (sign,), vector), about["keys"][n])
        return index

    def _foreign(self, texts: Sequence[str], *, nearest: bool = False) -> list[Verdict]:
        """Return what the foreign texts say of these."""
        if self._against is None:
            return [_KEPT] * len(texts)
        if nearest:
            found = [self._against.judge(text, nearest=True) for text in texts]
        else:
            found = self._against.judge_many(texts)
        return [v if v.kept else replace(v, rule="against") for v in found]

    def _read(self, texts: Sequence[str]) -> list[_Text]:
        found = [tokens(text) for text in texts]
        sign = self._vocabulary.sign
        marked = self._vocabulary.sign_many(found) if len(texts) > 1 else map(sign, found)
        identified = [
            (one, one.interned or (normalised(text),))
            for one, text in zip(marked, texts, strict=True)
        ]
        if self._paraphrases is None:
            return [_Text(one, identity, None) for one, identity in identified]
        vectors = self._paraphrases.embed(texts)
        return [
            _Text(one, identity, vectors[n : n + 1]) for n, (one, identity) in enumerate(identified)
        ]

    def _judge(self, text: _Text) -> Verdict:
        return self._decide(text, self._near([text]).get(0, ()), self._alike([text]).get(0, ()))

    def _near(self, texts: Sequence[_Text], batch: Batch | None = None) -> _Places:
        """Return by row, if any, the places of all whose F could reach the threshold."""
        if len(texts) > 1 and len(self) > _SCANNED:
            return self._shortlist.of_many(batch or batch_of([text.signed for text in texts]))
        return {
            row: self._shortlist.of(text.signed)
            for row, text in enumerate(texts)
            if text.identity not in self._first
        }

    def _alike(self, texts: Sequence[_Text], members: Sequence[int] | None = None) -> _Places:
        """Return by row, if any, the places of all whose cosine could reach its threshold.

        Or, of the texts themselves, the members before it.
        """
        if self._paraphrases is None:
            return {}
        if members is None:
            return self._paraphrases.of_many(_matrix(texts))
        return self._paraphrases.within(_matrix(texts), members)

    def _admit_in_turn(
        self, texts: Sequence[_Text], keys: Sequence[str], foreign: Sequence[Verdict]
    ) -> Iterator[Verdict]:
        for text, key, verdict in zip(texts, keys, foreign, strict=True):
            own = self._judge(text) if verdict.kept else verdict
            if own.kept:
                self._add(text, key)
            yield own

    def _admit_block(
        self, texts: Sequence[_Text], keys: Sequence[str], foreign: Sequence[Verdict]
    ) -> Iterable[Verdict]:
        """Judge all texts by what is kept already, then in order by what they add to it."""
        batch = batch_of([text.signed for text in texts])
        near, alike = self._near(texts, batch), self._alike(texts)
        verdicts = [
            self._decide(text, near.get(row, ()), alike.get(row, ())) if verdict.kept else verdict
            for row, (text, verdict) in enumerate(zip(texts, foreign, strict=True))
        ]
        members = _possible(texts, verdicts)
        newer, newer_alike = self._shortlist.within(batch, members), self._alike(texts, members)
        placed: dict[int, int] = {}
        for row, text in enumerate(texts):
            new = [placed[member] for member in newer.get(row, ()) if member in placed]
            others = [placed[member] for member in newer_alike.get(row, ()) if member in placed]
            changed = new or others or (verdicts[row].kept and text.identity in self._first)
            if changed and foreign[row].kept:
                known, known_alike = near.get(row, []), alike.get(row, [])
                verdicts[row] = self._decide(text, known + new, known_alike + others)
            if verdicts[row].kept:
                placed[row] = len(self)
                self._add(text, keys[row])
        return verdicts

    def _add(self, text: _Text, key: str) -> None:
        self._first.setdefault(text.identity, len(self))
        self._keys.append(key)
        self._interned.append(text.signed.interned)
        self._shortlist.add(text.signed)
        if self._paraphrases is not None and text.vector is not None:
            self._paraphrases.add(text.vector)

    def _decide(self, text: _Text, near: Sequence[int], alike: Sequence[int]) -> Verdict:
        """Return the verdict on a text, given the places of all that could reject it."""
        same = self._first.get(text.identity)
        if same is not None:
            return self._rejected("duplicate", same, Fraction(1))
        if near:
            place, lcs = self._closest(text, near)
            least = self._threshold.common(len(text.signed.pairs), len(self._interned[place]))
            if lcs >= least:
                return self._rejected("rouge_l", place, self._score(text, place, lcs))
        if alike and self._paraphrases is not None and text.vector is not None:
            found = self._paraphrases.closest(text.vector[0], alike)
            if found is not None:
                return self._rejected("semantic", *found)
        return _KEPT

    def _rejected(self, rule: str, place: int, score: Fraction) -> Verdict:
        return Verdict(kept=False, rule=rule, score=score, nearest=self._keys[place])

    def _nearest(self, text: _Text) -> tuple[int, Fraction]:
        """Return the place of the nearest of all texts, and its F.

        Some with high bounds on F are compared first; after that only bounds that reach the best of
        them matter.
        """
        if not len(text.signed.pairs):
            return 0, Fraction(0)
        bounds = self._shortlist.bounds(text.signed)
        best = self._score(text, *self._closest(text, _highest(bounds)))
        least = np.nextafter(np.float32(best), np.float32(0))  # no rounding leaves one out
        place, lcs = self._closest(text, (bounds >= least).nonzero()[0].tolist())
        return place, self._score(text, place, lcs)

    def _closest(self, text: _Text, places: Sequence[int]) -> tuple[int, int]:
        """Return the place of the nearest of these texts, the first of equals, and its LCS."""
        found, lcs = closest(text.signed.interned, [self._interned[place] for place in places])
        return places[found], lcs

    def _score(self, text: _Text, place: int, lcs: int) -> Fraction:
        return Fraction(2 * lcs, len(text.signed.pairs) + len(self._interned[place]))


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep Python's cycle collector from running: no cycles are made here.

    The many small objects of a block would set it off again and again, a sixth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _highest(bounds: npt.NDArray[np.float32]) -> list[int]:
    """Return the places of some high bounds, the highest among them: that of each of 64 parts."""
    width = max(1, len(bounds) // _FIRST)
    rest = len(bounds) // width * width
    parts = bounds[:rest].reshape(-1, width)
    places = parts.argmax(axis=1) + np.arange(0, rest, width)
    return [*places.tolist(), *range(rest, len(bounds))]


def _possible(texts: Sequence[_Text], verdicts: Sequence[Verdict]) -> list[int]:
    """Return the rows that may be kept: not rejected yet, and no repetition of an earlier row.

    What rejects the first of two equal texts rejects the second.
    """
    seen: set[_Identity] = set()
    rows = []
    for row, (text, verdict) in enumerate(zip(texts, verdicts, strict=True)):
        if verdict.kept and text.identity not in seen:
            rows.append(row)
            seen.add(text.identity)
    return rows


def _matrix(texts: Sequence[_Text]) -> Vectors:
    rows = [text.vector for text in texts if text.vector is not None]
    return np.concatenate(rows)
