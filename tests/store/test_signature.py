from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from store.signature import BITS, Vocabulary

words = st.lists(st.sampled_from("abcdefgh"), max_size=40)


def hamming(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a, "little") ^ int.from_bytes(b, "little")).bit_count()


@given(words, words)
def test_signatures_differ_at_most_where_the_bags_do(a: list[str], b: list[str]) -> None:
    vocabulary = Vocabulary()
    one, other = vocabulary.sign(a), vocabulary.sign(b)
    unmatched = (Counter(a) - Counter(b)).total() + (Counter(b) - Counter(a)).total()
    assert hamming(one.signature, other.signature) <= unmatched
    assert len(set(one.pairs) ^ set(other.pairs)) == unmatched
    assert len(one.signature) * 8 == BITS


@given(words, words)
def test_interned_forms_are_equal_iff_the_lists_are(a: list[str], b: list[str]) -> None:
    vocabulary = Vocabulary()
    assert (vocabulary.sign(a).interned == vocabulary.sign(b).interned) == (a == b)


@given(words)
def test_pairs_are_distinct_and_descend_with_first_occurrences_first(text: list[str]) -> None:
    pairs = Vocabulary().sign(text).pairs
    assert pairs == sorted(set(pairs), reverse=True)
    assert len(pairs) == len(text)
    assert [pair >= 0 for pair in pairs] == [True] * len(set(text)) + [False] * (
        len(text) - len(set(text))
    )


def test_beyond_the_code_points_numbers_stand_for_themselves() -> None:
    vocabulary = Vocabulary()
    vocabulary.sign([str(n) for n in range(0x110000)])
    assert vocabulary.sign(["new", "0"]).interned == (0x110000, 0)
