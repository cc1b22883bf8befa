from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from store.filter.order import RarestFirst
from store.filter.signature import Vocabulary, pairs_of

words = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(st.lists(words, max_size=8), words)
def test_what_occurs_in_fewer_texts_goes_first(texts: list[list[str]], asked: list[str]) -> None:
    vocabulary = Vocabulary()
    signed = [vocabulary.sign(text) for text in texts]
    order = RarestFirst(pairs_of([text.interned for text in signed]))
    pairs = pairs_of([vocabulary.sign(asked).interned])
    few = [pair for pair in pairs.tolist() if pair >= -(2 << 32)]  # later repetitions share counts
    counts = Counter(pair for text in signed for pair in text.pairs)
    places = dict(zip(pairs.tolist(), order.places(pairs).tolist(), strict=True))
    assert sorted(few, key=places.__getitem__) == sorted(
        few, key=lambda pair: (counts[pair], -pair % 2**48)
    )
    assert [places[pair] >= order.first_place(2) for pair in few] == [
        counts[pair] >= 2 for pair in few
    ]


def test_a_token_that_is_new_goes_before_those_that_are_known() -> None:
    vocabulary = Vocabulary()
    order = RarestFirst(pairs_of([vocabulary.sign(["old", "older"]).interned]))
    old, new, newest = (
        order.places(pairs_of([vocabulary.sign([token]).interned])).item()
        for token in ("old", "new", "newest")
    )
    assert newest < new < old
