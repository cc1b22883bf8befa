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

from store.filter.hits import Near, nearer
from store.filter.kept import Identity, KeptTexts, Texts
from store.filter.paraphrases import Paraphrases
from store.filter.rest import collector_at_rest
from store.filter.rouge import Threshold
from store.filter.verdict import KEPT, Verdict

_BLOCK = 16384
_IN_TURN = 512
"""Fewer texts than this at once are judged one after the other: that is as fast.

So is a scan of all kept ones, where these are fewer."""


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
        own = self._kept.judge(read)
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
                verdicts += self._judged(block, self._foreign(block))
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
                verdicts += admitted(block, named, self._foreign(block))
        return verdicts

    def _foreign(self, texts: Sequence[str], *, nearest: bool = False) -> list[Verdict]:
        """Return the verdicts of the foreign texts, whose rejections have the rule "against"."""
        if self._against is None:
            return [KEPT] * len(texts)
        if nearest or len(texts) == 1:
            found = [self._against.judge(text, nearest=nearest) for text in texts]
        else:
            found = self._against.judge_many(texts)
        return [v if v.kept else replace(v, rule="against") for v in found]

    def _judged(self, texts: Sequence[str], foreign: Sequence[Verdict]) -> list[Verdict]:
        """Return the verdicts, given the foreign ones, which count first."""
        if max(len(texts), len(self)) < _IN_TURN:
            read = self._kept.read(texts)
            pairs = zip(read, foreign, strict=True)
            return [self._kept.judge(text) if v.kept else v for text, v in pairs]
        return _Block(self._kept, self._kept.read_many(texts), foreign).verdicts

    def _admit_in_turn(
        self, texts: Sequence[str], keys: Sequence[str], foreign: Sequence[Verdict]
    ) -> Iterator[Verdict]:
        for text, key, verdict in zip(self._kept.read(texts), keys, foreign, strict=True):
            own = self._kept.judge(text) if verdict.kept else verdict
            if own.kept:
                self._kept.add(text, key)
            yield own

    def _admit_block(
        self, texts: Sequence[str], keys: Sequence[str], foreign: Sequence[Verdict]
    ) -> Iterable[Verdict]:
        """Judge all texts by what is kept already, then in order by what they add to it.

        Where very many of them are alike, the first alone are judged.
        """
        block = _Block(self._kept, self._kept.read_many(texts), foreign)
        members = block.possible()
        fit = self._kept.few_enough(block.texts, members)
        if fit < len(members):
            stop = members[fit]
            return self._admit_block(texts[:stop], keys[:stop], foreign[:stop])
        return block.admit(keys, members)


class _Block:
    """Texts that are judged together: what of the kept ones rejects them."""

    def __init__(self, kept: KeptTexts, texts: Texts, foreign: Sequence[Verdict]) -> None:
        self._kept, self.texts, self._foreign = kept, texts, foreign
        self._near, self._alike = kept.near(texts), kept.alike(texts)
        self.verdicts = list(foreign)
        for row in kept.same(texts) | self._near.keys() | self._alike.keys():
            if foreign[row].kept:
                self.verdicts[row] = self._decided(row, (), ())

    def admit(self, keys: Sequence[str], members: Sequence[int]) -> list[Verdict]:
        """Return the verdicts with those of the members in turn added that are kept."""
        kept, texts = self._kept, self.texts
        newer, newer_alike = kept.near_within(texts, members), kept.alike(texts, members)
        placed: dict[int, int] = {}
        try:
            for row, identity in enumerate(texts.identities):
                is_kept = self.verdicts[row].kept
                if row in newer or row in newer_alike or (is_kept and identity in kept):
                    near = [
                        n._replace(place=placed[n.place])
                        for n in newer.get(row, ())
                        if n.place in placed
                    ]
                    alike = [placed[n] for n in newer_alike.get(row, ()) if n in placed]
                    is_kept = self._decide_again(row, near, alike)
                if is_kept:
                    placed[row] = kept.name(texts, row, keys[row])
        finally:
            kept.file(texts, list(placed))
        return self.verdicts

    def _decide_again(self, row: int, near: Sequence[Near], alike: Sequence[int]) -> bool:
        """Return whether a text is kept, given what was added since that may reject it."""
        if self._foreign[row].kept:
            self.verdicts[row] = self._decided(row, near, alike)
        return self.verdicts[row].kept

    def _decided(self, row: int, newer: Sequence[Near], newer_alike: Sequence[int]) -> Verdict:
        length = int(self.texts.batch.lengths[row])
        known = [self._near[row]] if row in self._near else []
        alike = [*self._alike.get(row, ()), *newer_alike]
        return self._kept.decide(self.texts, row, nearer([*known, *newer], length), alike)

    def possible(self) -> list[int]:
        """Return the rows that may be kept: not rejected yet, and no repetition of an earlier row.

        What rejects the first of two equal texts rejects the second.
        """
        first: dict[Identity, int] = {}
        for row, verdict in enumerate(self.verdicts):
            if verdict.kept:
                first.setdefault(self.texts.identities[row], row)
        return list(first.values())


@dataclass(frozen=True, slots=True)
class TextsSoFar:
    """The texts that an index held at one moment, whatever it holds by now."""

    index: DiversityIndex
    count: int

    def repeated_by(self, text: str) -> bool:
        """Return whether a text repeats one of them."""
        return self.index.repeats(text, self.count)
