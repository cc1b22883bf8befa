"""Signatures filed in FAISS under what is rare in their texts, and searched there.

The lists of the inverted file (IndexBinaryIVF) are not clusters but (place in the order of pairs,
class of length, reach): a text lies in the lists of its prefix, and a query reads those of its own,
all within one radius that is the greatest of the class. Why nothing is missed that way:
store/filter/shortlist.py. Lists of pairs that are not met often are short: they are not divided by
reach, because to open a list costs as much as to read some fifty signatures.

Texts are searched list by list, each list for all texts of a batch that ask for it, because a list
that is not in the processor's cache takes longer to fetch than to read.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import repeat

import faiss
import numpy as np
import numpy.typing as npt

from store.filter.batch import Batch, Group
from store.filter.keys import Integers, first_of, joined, keys_of, second_of, side_by_side
from store.filter.order import RarestFirst
from store.filter.rouge import Threshold
from store.filter.signature import FOLDED

_CLASSES = 61
_SHORTER, _SAME, _LONGER = range(3)
"""How far an entry reaches: the class of the longest text that needs it, seen from its own.

Where lists are not divided, all entries stand under the last of these, which everybody reads.
"""
UNDIVIDED = 2**63 - 1
_READ = 1 << 23
"""So many signatures are read at once; as many may be found."""


Asked = dict[int, Integers]
Portion = tuple[int, Integers]


class InvertedFile:
    """Texts at the places 0, 1, 2, …, in `lists` lists, a prime number of them.

    Lists are divided by reach from the place `divided` in the order on.
    """

    def __init__(
        self, threshold: Threshold, order: RarestFirst, lists: int, divided: int = UNDIVIDED
    ) -> None:
        one_thread()
        self._threshold = threshold
        self._order = order
        self._count = self._none = lists  # they are 0 to count - 1; in `none` nothing is filed
        self._sizes = np.zeros(lists + 1, dtype=np.int64)
        self._divided = divided
        self._lengths = array("i")
        self._longest = 0
        # FAISS wants a quantizer, and does not keep it alive; the lists are chosen here instead.
        self._quantizer = faiss.IndexBinaryFlat(FOLDED)
        self._index = faiss.IndexBinaryIVF(self._quantizer, FOLDED, lists)
        self._index.is_trained = True
        self._index.nprobe = 1

    def add(self, batch: Batch, only: npt.NDArray[np.bool_] | None = None) -> None:
        """File texts at the next places: all of the batch, or those alone whose rows are true."""
        groups = batch.groups(self._order)
        entries = joined(_by_list(self._lists_of(group), group) for group in groups)
        if only is not None:
            entries = entries[only[second_of(entries)]]
        entries = side_by_side(entries)
        lists, rows = first_of(entries), second_of(entries)
        signatures, places = batch.folded[rows], rows + len(self._lengths)
        # FAISS sees addresses only: the names keep alive what lies there.
        pointers = map(address, (signatures, places, lists))
        self._index.add_core(  # type: ignore[attr-defined]  # missing in FAISS's stubs alone
            len(places), *pointers
        )
        self._sizes += np.bincount(lists, minlength=len(self._sizes))
        self._lengths.extend(batch.lengths.tolist())
        self._longest = max(self._longest, int(batch.lengths.max(initial=0)))

    def remove(self, places: Integers) -> None:
        """Remove the texts at these places; the others keep theirs."""
        if len(places):
            self._index.remove_ids(places)

    def asked(self, batch: Batch) -> Asked:
        """Return the keys (list, row) of what texts read, by the radius within which they do."""
        asked: defaultdict[int, list[Integers]] = defaultdict(list)
        for group in batch.groups(self._order):
            least, most = self._threshold.partners(group.length)
            most = min(most, self._longest)
            slack = self._threshold.slack(group.length, self._longest)
            steps = range(_class(least), _class(most) + 1) if least <= most else ()
            for step in steps:
                shortest = max(_shortest(step), least)
                radius = int(slack[shortest : _shortest(step + 1)].max())
                asked[radius] += self._asked(group, shortest, step)
        return {radius: joined(keys) for radius, keys in asked.items()}

    def reads(self, asked: Asked) -> int:
        """Return how many signatures are read, a signature once for each list in which it is."""
        return sum(int(self._sizes[first_of(keys)].sum()) for keys in asked.values())

    def portions(self, asked: Asked) -> Iterator[Portion]:
        """Yield what is asked so that not too much is read for one portion; each has own lists."""
        for radius, keys in asked.items():
            in_turn = side_by_side(keys)  # a list asked for again is then still in the cache
            read = np.cumsum(self._sizes[first_of(in_turn)])
            ends = np.searchsorted(read, np.arange(_READ, read.max(initial=0), _READ), "right")
            yield from zip(repeat(radius), np.split(in_turn, ends), strict=False)

    def found(self, batch: Batch, portion: Portion) -> Integers:
        """Return the keys (row, place) of all that could reach the threshold with a text.

        A pair of texts comes once for every list in which it meets.
        """
        radius, asked = portion
        lists, rows = first_of(asked)[:, np.newaxis], second_of(asked)
        limits, distances, places = self._index.range_search_preassigned(
            batch.folded[rows],
            radius + 1,  # FAISS leaves out what is exactly at the radius
            lists,
            np.zeros_like(lists, dtype=np.int32),
        )
        ends = np.asarray(limits, dtype=np.int64)
        rows = np.repeat(rows, ends[1:] - ends[:-1])
        totals = batch.lengths[rows] + np.frombuffer(self._lengths, dtype=np.int32)[places]
        near = distances <= self._threshold.slack_of(totals)
        return keys_of(rows[near], places[near])

    def _lists_of(self, group: Group) -> Integers:
        """Return the lists in which texts of one length are filed."""
        length, own = group.length, _class(group.length)
        prefix = self._prefix(length, self._threshold.partners(length)[0])
        longest = [self._threshold.longest(length, length - at) for at in range(prefix)]
        places = group.places[:, :prefix]
        reach = np.array([_reach(own, most) for most in longest])
        return self._lists(places, own, np.where(places < self._divided, _LONGER, reach))

    def _asked(self, group: Group, shortest: int, step: int) -> list[Integers]:
        """Return the keys (list, row) of what texts of one length read of a class."""
        places = group.places[:, : self._prefix(group.length, shortest)]
        lists = [self._lists(places, step, _LONGER)]
        divided = places >= self._divided
        if divided.any():
            lists += [
                np.where(divided, self._lists(places, step, reach), self._none)
                for reach in range(_reach(step, group.length), _LONGER)
            ]
        return [_by_list(some, group)[self._sizes[some] > 0] for some in lists]

    def _lists(self, places: Integers, step: int, reach: int | Integers) -> Integers:
        keys: Integers = places * ((_LONGER + 1) * _CLASSES) + ((_LONGER + 1) * step + reach)
        return np.remainder(keys, self._count, out=keys)

    def _prefix(self, length: int, partner: int) -> int:
        """Return how many pairs may come up to the first in common with so long a partner."""
        return length - self._threshold.common(length, partner) + 1


@lru_cache(maxsize=1 << 12)
def _class(length: int) -> int:
    """Return the class of a length: two for every doubling."""
    octave = max(length.bit_length() - 2, 0)
    return 2 * octave + (length >> octave)


def _shortest(step: int) -> int:
    """Return the least length of a class."""
    octave = max(step // 2 - 1, 0)
    return (step - 2 * octave) << octave


def _reach(step: int, length: int) -> int:
    """Return whether a length's class is below, at or above this one."""
    return _SAME + (_class(length) > step) - (_class(length) < step)


def _by_list(lists: Integers, group: Group) -> Integers:
    """Return the keys (list, row) of lists, of which each text of a group has a row."""
    return keys_of(lists, group.rows[:, np.newaxis])


def one_thread() -> None:
    """Have FAISS search in the calling thread alone.

    More threads of its own make the many small searches three times slower.
    """
    faiss.omp_set_num_threads(1)


def address(values: object) -> object:
    """Return the address of an array's values, as FAISS's own functions take it."""
    return faiss.swig_ptr(values)  # type: ignore[arg-type]  # an array, but map() forgets it
