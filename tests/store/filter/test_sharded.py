"""The filter over shards beside the filter in one process."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from fractions import Fraction
from functools import partial
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.files.original import read_original
from store.filter import density, sharded
from store.filter.blocks import Asked
from store.filter.index import DiversityIndex
from store.filter.keys import Integers
from store.filter.part import Part
from store.filter.scoped import ScopedIndex, Scopes
from store.filter.sharded import ShardedIndex
from store.filter.sift import SharedIndex
from store.filter.signature import Vocabulary
from store.filter.verdict import Verdict
from tests.shared_data import DEMO, shared
from tests.store.filter.shards import ShardHere
from tests.store.filter.test_index import texts, thresholds
from work.shard import Shard
from work.workers import Workers

several = st.lists(texts, min_size=1, max_size=4).map(lambda parts: [t for p in parts for t in p])
sizes = st.lists(st.integers(1, 12), min_size=1, max_size=4)
numbers = st.sampled_from([1, 2, 3, 7])
deaths = st.sets(st.integers(1, 40), max_size=6)


def blocks(given_texts: Sequence[str], sizes: Sequence[int], file: str = "in") -> Iterator[Asked]:
    """Yield the texts in blocks of these sizes in turn; their scopes are three."""
    rest, turn = iter(enumerate(given_texts)), 0
    while block := list(islice(rest, sizes[turn % len(sizes)])):
        keys = [(file, line) for line, _ in block]
        yield Asked([text for _, text in block], keys, [str(line % 3) for line, _ in block])
        turn += 1


def test_a_block_without_texts_is_answered_in_its_turn() -> None:
    t, given_texts = Fraction(7, 10), ["Say it", "say it!", "Write a letter", "Sing a song"]
    expected = alone(given_texts, t)
    of = [*blocks(given_texts, [2])]
    none = Asked([], [], [])
    for index in (
        ShardedIndex([ShardHere(partial(Part, t)) for _ in range(2)], t),
        ScopedIndex([ShardHere(partial(Scopes, t)) for _ in range(2)]),
    ):
        asked = [none, of[0]._replace(scopes=["all"] * 2), none, none]
        asked += [of[1]._replace(scopes=["all"] * 2), none]
        answers = list(index.admit(asked))
        assert answers == [[], expected[:2], [], [], expected[2:], []]


def judged(index: SharedIndex, given_texts: Sequence[str], sizes: Sequence[int]) -> list[Verdict]:
    return [v for verdicts in index.admit(blocks(given_texts, sizes)) for v in verdicts]


def foreign_index(foreign: Sequence[str], t: Fraction) -> DiversityIndex:
    against = DiversityIndex(t)
    for line, text in enumerate(foreign):
        against.add(text, f"{line} test")
    return against


def alone(given_texts: Sequence[str], t: Fraction, foreign: Sequence[str] = ()) -> list[Verdict]:
    index = DiversityIndex(t, against=foreign_index(foreign, t))
    return index.admit_many(given_texts, [f"{line} in" for line in range(len(given_texts))])


@pytest.fixture(params=["at once", "few at a time"])
def _few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settle blocks whole, or in pieces as if very many of their texts were alike."""
    if request.param == "few at a time":
        monkeypatch.setattr(density, "_MOST_PAIRS", 2)
        monkeypatch.setattr(density, "_FEWEST", 1)


@pytest.mark.usefixtures("_few")
@given(several, texts, thresholds, numbers, sizes, deaths)
def test_any_number_of_shards_that_die_at_any_time_give_the_verdicts_of_one_process(
    given_texts: list[str],
    foreign: list[str],
    t: Fraction,
    number: int,
    sizes: list[int],
    deaths: set[int],
) -> None:
    shards = [ShardHere(partial(Part, t), deaths) for _ in range(number)]
    index = ShardedIndex(shards, t)
    assert index.add_foreign(blocks(foreign, sizes, "test")) == len(foreign)
    assert judged(index, given_texts, sizes) == alone(given_texts, t, foreign)


@given(several, texts, thresholds, numbers, sizes, deaths)
def test_scopes_on_shards_give_the_verdicts_of_one_process(
    given_texts: list[str],
    foreign: list[str],
    t: Fraction,
    number: int,
    sizes: list[int],
    deaths: set[int],
) -> None:
    index = ScopedIndex([ShardHere(partial(Scopes, t), deaths) for _ in range(number)])
    index.add_foreign(blocks(foreign, sizes, "test"))
    alone = [DiversityIndex(t, against=foreign_index(foreign, t)) for _ in range(3)]
    expected = [alone[n % 3].admit(text, f"{n} in") for n, text in enumerate(given_texts)]
    assert judged(index, given_texts, sizes) == expected


@given(texts)
def test_more_tokens_than_there_are_characters_change_nothing(given_texts: list[str]) -> None:
    class Great(Vocabulary):
        def numbers(self, tokens: Sequence[str]) -> Integers:
            return super().numbers(tokens) + 0x10FFFE

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharded, "Vocabulary", Great)
        t = Fraction(7, 10)
        shards = [ShardHere(partial(Part, t)) for _ in range(2)]
        found = judged(ShardedIndex(shards, t), given_texts, [5])
    assert found == alone(given_texts, t)


def test_killed_processes_change_nothing_on_real_texts() -> None:
    demo = read_original(shared(DEMO)).records()
    given_texts, t = [record.instruction for _, record in demo], Fraction(7, 10)
    with ExitStack() as open_shards:
        team = open_shards.enter_context(closing(Workers(2)))
        started = [
            open_shards.enter_context(closing(Shard(team, partial(Part, t)))) for _ in range(2)
        ]
        found: list[Verdict] = []
        verdicts = ShardedIndex(started, t).admit(blocks(given_texts, [400]))
        for turn, some in enumerate(verdicts):
            found += some
            if turn in {2, 3, 7}:
                worker = started[turn % 2]._worker
                if worker:
                    worker.kill()
    assert found == alone(given_texts, t)
