"""The diversity filter: a text is kept iff it is unlike every text kept before it.

Unlike means F < t, F = 2·LCS/(m+n) being ROUGE-L F1 over their m and n tokens and t the threshold,
in exact fractions (the paper keeps what is *below* 0.7). Comparing every pair is quadratic; here
store/filter/shortlist.py leaves few candidates, provably none too few, and only they are compared.

The rules, in the order they are asked: against (unlike every foreign text), duplicate (the same
tokens), rouge_l, and where it is asked for, semantic (store/filter/paraphrases.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from threading import RLock

from store.filter.batch import batch_of
from store.filter.kept import Identity, KeptTexts, Places, Text
from store.filter.paraphrases import Paraphrases
from store.filter.rest import collector_at_rest
from store.filter.rouge import Threshold
from store.filter.verdict import KEPT, Verdict

_BLOCK = 16384
_IN_TURN = 512
"""Fewer texts than this at once are judged one after the other: that is as fast."""


class DiversityIndex:
    """The kept texts, and whether another one is different enough; `threshold` in (0, 1].

    `against` holds the foreign texts that must not be repeated either; it judges by its own
    threshold. It may be asked in any thread, while another one adds. Raises InputError for a
    threshold out of range.
    """

    def __init__(
        self,
        threshold: Fraction,
        *,
        against: "DiversityIndex | None" = None,
        paraphrases: Paraphrases | None = None,
    ) -> None:
        self._against = against
        self._kept = KeptTexts(Threshold(threshold), paraphrases)
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._kept)

    def judge(self, text: str, *, nearest: bool = False) -> Verdict:
        """Return the verdict on a text without adding it.

        With `nearest` a text that is kept gets its exact nearest neighbour too.
        """
        with self._lock:
            return self._verdict(text, nearest=nearest)

    def _verdict(self, text: str, *, nearest: bool) -> Verdict:
        foreign = self._foreign([text], nearest=nearest)[0]
        if not foreign.kept:
            return foreign
        (read,) = self._kept.read([text])
        own = self._judge(read)
        if not (own.kept and nearest and len(self)):
            return foreign if own.kept else own
        key, score = self._kept.nearest(read)
        if foreign.nearest and foreign.score >= score:
            return foreign
        return Verdict(kept=True, score=score, nearest=key)

    def so_far(self) -> "TextsSoFar":
        """Return the texts that are kept now, as they can be asked for when there are more."""
        return TextsSoFar(self, len(self))

    def repeats(self, text: str, among: int) -> bool:
        """Return whether a text repeats one of the first `among` kept ones, or a foreign one."""
        with self._lock:
            if not self._foreign([text])[0].kept:
                return True
            return self._kept.repeats(self._kept.read([text])[0], among)

    def judge_many(self, texts: Sequence[str]) -> list[Verdict]:
        """Return what `judge` returns for each text; much faster for many."""
        verdicts: list[Verdict] = []
        for start in range(0, len(texts), _BLOCK):
            block = texts[start : start + _BLOCK]
            with self._lock:
                foreign, read = self._foreign(block), self._kept.read(block)
                near, alike = self._kept.near(read), self._kept.alike(read)
                verdicts += self._decide(read, foreign, near, alike)
        return verdicts

    def add(self, text: str, key: str) -> None:
        """Add a text without judging it."""
        with self._lock:
            self._kept.add(self._kept.read([text])[0], key)

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
            with self._lock, collector_at_rest():
                verdicts += admitted(self._kept.read(block), named, self._foreign(block))
        return verdicts

    def _foreign(self, texts: Sequence[str], *, nearest: bool = False) -> list[Verdict]:
        """Return the verdicts of the foreign texts, whose rejections have the rule "against"."""
        if self._against is None:
            return [KEPT] * len(texts)
        if nearest:
            found = [self._against.judge(text, nearest=True) for text in texts]
        else:
            found = self._against.judge_many(texts)
        return [v if v.kept else replace(v, rule="against") for v in found]

    def _judge(self, text: Text) -> Verdict:
        near, alike = self._kept.near([text]), self._kept.alike([text])
        return self._kept.decide(text, near.get(0, ()), alike.get(0, ()))

    def _decide(
        self, texts: Sequence[Text], foreign: Sequence[Verdict], near: Places, alike: Places
    ) -> list[Verdict]:
        """Return the verdicts, given by row the foreign ones and the places that could reject."""
        decide = self._kept.decide
        return [
            decide(text, near.get(row, ()), alike.get(row, ())) if verdict.kept else verdict
            for row, (text, verdict) in enumerate(zip(texts, foreign, strict=True))
        ]

    def _admit_in_turn(
        self, texts: Sequence[Text], keys: Sequence[str], foreign: Sequence[Verdict]
    ) -> Iterator[Verdict]:
        for text, key, verdict in zip(texts, keys, foreign, strict=True):
            own = self._judge(text) if verdict.kept else verdict
            if own.kept:
                self._kept.add(text, key)
            yield own

    def _admit_block(
        self, texts: Sequence[Text], keys: Sequence[str], foreign: Sequence[Verdict]
    ) -> Iterable[Verdict]:
        """Judge all texts by what is kept already, then in order by what they add to it."""
        kept, batch = self._kept, batch_of([text.signed for text in texts])
        near, alike = kept.near(texts, batch), kept.alike(texts)
        verdicts = self._decide(texts, foreign, near, alike)
        members = _possible(texts, verdicts)
        newer, newer_alike = kept.near_within(batch, members), kept.alike(texts, members)
        placed: dict[int, int] = {}
        for row, text in enumerate(texts):
            new = [placed[member] for member in newer.get(row, ()) if member in placed]
            others = [placed[member] for member in newer_alike.get(row, ()) if member in placed]
            changed = new or others or (verdicts[row].kept and text in kept)
            if changed and foreign[row].kept:
                known, known_alike = near.get(row, []), alike.get(row, [])
                verdicts[row] = kept.decide(text, known + new, known_alike + others)
            if verdicts[row].kept:
                placed[row] = len(kept)
                kept.add(text, keys[row])
        return verdicts


def _possible(texts: Sequence[Text], verdicts: Sequence[Verdict]) -> list[int]:
    """Return the rows that may be kept: not rejected yet, and no repetition of an earlier row.

    What rejects the first of two equal texts rejects the second.
    """
    first: dict[Identity, int] = {}
    for row, (text, verdict) in enumerate(zip(texts, verdicts, strict=True)):
        if verdict.kept:
            first.setdefault(text.identity, row)
    return list(first.values())


@dataclass(frozen=True, slots=True)
class TextsSoFar:
    """The texts that an index held at one moment, whatever it holds by now."""

    index: DiversityIndex
    count: int

    def repeated_by(self, text: str) -> bool:
        """Return whether a text repeats one of them."""
        return self.index.repeats(text, self.count)
