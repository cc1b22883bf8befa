from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.filter.batch import folded
from store.filter.batch import words as words_of
from store.filter.signature import (
    BITS,
    FOLDED,
    Interned,
    Signed,
    Vocabulary,
    intern_numbers,
    pairs_of,
    sign_numbers,
)

words = st.lists(st.sampled_from("abcdefgh"), max_size=40)


def hamming(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a, "little") ^ int.from_bytes(b, "little")).bit_count()


def sign_many(vocabulary: Vocabulary, texts: list[list[str]]) -> list[Signed]:
    """Return the texts signed at once."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    numbers = vocabulary.numbers([token for text in texts for token in text])
    (pairs, signatures), ends = sign_numbers(lengths, numbers), np.cumsum(lengths).tolist()
    return [
        Signed(text, pairs[stop - len(text) : stop], signatures[row * BITS // 8 :][: BITS // 8])
        for row, (text, stop) in enumerate(zip(intern_numbers(lengths, numbers), ends, strict=True))
    ]


@given(words, words)
def test_signatures_differ_at_most_where_the_bags_do(a: list[str], b: list[str]) -> None:
    vocabulary = Vocabulary()
    one, other = vocabulary.sign(a), vocabulary.sign(b)
    unmatched = (Counter(a) - Counter(b)).total() + (Counter(b) - Counter(a)).total()
    assert hamming(one.signature, other.signature) <= unmatched
    assert len(set(one.pairs) ^ set(other.pairs)) == unmatched
    assert len(one.signature) * 8 == BITS
    short, other_short = (folded(words_of(signed.signature)).tobytes() for signed in (one, other))
    assert hamming(short, other_short) <= unmatched
    assert len(short) * 8 == FOLDED


@given(words, words)
def test_interned_forms_are_equal_iff_the_lists_are(a: list[str], b: list[str]) -> None:
    vocabulary = Vocabulary()
    assert (vocabulary.sign(a).interned == vocabulary.sign(b).interned) == (a == b)


@given(words)
def test_pairs_are_the_tokens_and_how_often_each_came_before(text: list[str]) -> None:
    vocabulary = Vocabulary()
    number = {token: vocabulary.sign([token]).pairs[0] for token in text}
    expected = {number[token] - (text[:at].count(token) << 32) for at, token in enumerate(text)}
    pairs = vocabulary.sign(text).pairs
    assert set(pairs) == expected
    assert len(pairs) == len(text)


def test_beyond_the_code_points_numbers_stand_for_themselves() -> None:
    vocabulary = Vocabulary()
    vocabulary.sign([str(n) for n in range(0x110000)])
    assert vocabulary.sign(["new", "0"]).interned == (0x110000, 0)


@given(st.lists(words, max_size=8))
def test_many_are_signed_as_one_at_a_time(texts: list[list[str]]) -> None:
    one, many = Vocabulary(), Vocabulary()
    for found, wanted in zip(sign_many(many, texts), map(one.sign, texts), strict=True):
        assert (found.interned, found.signature) == (wanted.interned, wanted.signature)
        assert sorted(found.pairs) == sorted(wanted.pairs)


@pytest.mark.parametrize("length", [65_535, 65_536, 70_000])
def test_a_very_long_text_is_signed_too(length: int) -> None:
    texts = [["a"] * length, ["a", "b"]]
    found, _ = sign_many(Vocabulary(), texts)
    assert sorted(found.pairs) == sorted(Vocabulary().sign(texts[0]).pairs)


@given(st.lists(words, max_size=8))
def test_the_interned_forms_give_the_pairs_again(texts: list[list[str]]) -> None:
    signed = sign_many(Vocabulary(), texts)
    found = pairs_of([text.interned for text in signed]).tolist()
    for text in signed:
        of_this, found = found[: len(text.pairs)], found[len(text.pairs) :]
        assert sorted(of_this) == sorted(text.pairs)
    assert not found


@pytest.mark.parametrize("length", [3, 70_000])
def test_beyond_the_code_points_they_give_the_pairs_again(length: int) -> None:
    texts: list[Interned] = ["ab", (0x110000, 5, 5), "\ud800", "a" * length]
    pairs = pairs_of(texts).tolist()
    assert sorted(pairs[:6]) == sorted([98, 97, 0x110000, 5, 5 - 2**32, 0xD800])
    assert sorted(pairs[6:]) == sorted(97 - (times << 32) for times in range(length))
