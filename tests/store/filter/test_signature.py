from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.filter.batch import folded
from store.filter.signature import BITS, FOLDED, Interned, Vocabulary, pairs_of

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
    short, other_short = (folded(signed.signature).tobytes() for signed in (one, other))
    assert hamming(short, other_short) <= unmatched
    assert len(short) * 8 == FOLDED


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


@given(st.lists(words, max_size=8))
def test_many_are_signed_as_one_at_a_time(texts: list[list[str]]) -> None:
    one, many = Vocabulary(), Vocabulary()
    expected = [one.sign(text) for text in texts]
    for found, wanted in zip(many.sign_many(texts), expected, strict=True):
        assert (found.interned, found.signature) == (wanted.interned, wanted.signature)
        assert list(found.pairs) == wanted.pairs


@pytest.mark.parametrize("length", [65_535, 65_536, 70_000])
def test_a_very_long_text_is_signed_too(length: int) -> None:
    texts = [["a"] * length, ["a", "b"]]
    found, _ = Vocabulary().sign_many(texts)
    assert list(found.pairs) == Vocabulary().sign(texts[0]).pairs


@given(st.lists(words, max_size=8))
def test_the_interned_forms_give_the_pairs_again(texts: list[list[str]]) -> None:
    signed = Vocabulary().sign_many(texts)
    expected = [pair for text in signed for pair in text.pairs]
    assert pairs_of([text.interned for text in signed]).tolist() == expected


@pytest.mark.parametrize("length", [3, 70_000])
def test_beyond_the_code_points_they_give_the_pairs_again(length: int) -> None:
    texts: list[Interned] = ["ab", (0x110000, 5, 5), "\ud800", "a" * length]
    pairs = pairs_of(texts).tolist()
    assert pairs[:6] == [98, 97, 0x110000, 5, 5 - 2**32, 0xD800]
    assert pairs[6:] == [97 - (times << 32) for times in range(length)]
