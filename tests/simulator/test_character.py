"""The characters of the simulated model, and the shapes of what is hidden."""

import re
from functools import cache

import pytest

from errors import InputError
from prompts.parse import parse_records, parse_subtasks
from simulator.answering import answer, identity
from simulator.coverage import covered_leaves, marked
from simulator.options import Options, fanout_of
from simulator.taxonomy import ROOT, Taxonomy
from tests.simulator.asking import names_prompt, records_prompt, sent


@cache
def hidden(character: str) -> Taxonomy:
    return Options(character=character).taxonomy


def drawn(character: str, seed: int, **shown: object) -> tuple[list[str], list[int]]:
    """Return ten names of subtasks of the root, and the latent tasks that they mean."""
    taxonomy, how = hidden(character), Options(character=character).how
    messages = sent(names_prompt(10, **shown))
    given = answer(taxonomy, messages, identity(messages, seed), 0, character=how)
    names = [item.name for item in parse_subtasks(given.text, asked=10).items]
    return names, [taxonomy.number_of(name) or ROOT for name in names]


def again(character: str, *, shown: bool) -> float:
    """Return the share of tasks that were among the first ten, over forty answers."""
    names, first = drawn(character, 0)
    lists = {"children": names} if shown else {}
    later = [number for seed in range(1, 41) for number in drawn(character, seed, **lists)[1]]
    return sum(number in first for number in later) / len(later)


def test_left_alone_the_collapsed_repeat_most_and_the_even_least() -> None:
    shares = [again(character, shown=False) for character in ("even", "skewed", "collapsed")]
    assert shares == sorted(shares)
    assert shares[2] > 1.5 * shares[0]


@pytest.mark.parametrize("character", ["skewed", "even", "collapsed"])
def test_lists_in_the_prompt_help(character: str) -> None:
    assert again(character, shown=True) < again(character, shown=False) / 2


def test_the_rambling_ignore_lists_and_stray() -> None:
    assert again("rambling", shown=True) > 3 * again("skewed", shown=True)
    children = Options().taxonomy.tasks[ROOT].children
    strays = {}
    for character in ("skewed", "rambling"):
        found = [number for seed in range(20) for number in drawn(character, seed)[1]]
        strays[character] = sum(number not in children for number in found)
    assert strays["rambling"] > 3 * strays["skewed"]


def test_a_taxonomy_has_the_shape_that_is_asked_for() -> None:
    taxonomy = Options(taxonomy_seed=7, fanout="3-3,2-2").taxonomy
    assert len(taxonomy) == 3 + 6
    assert taxonomy.leaves == frozenset(range(4, 10))
    assert Options().taxonomy.tasks == Taxonomy().tasks
    assert Options(taxonomy_seed=7).taxonomy.tasks != Taxonomy().tasks


@pytest.mark.parametrize("fanout", ["", "3", "5-3", "0-2", "a-b", "1-2-3", "400-400,300-300"])
def test_a_shape_that_is_none_is_refused(fanout: str) -> None:
    if fanout == "3":
        assert fanout_of(fanout) == ((3, 3),)
        return
    with pytest.raises(InputError, match=re.escape(f"fanout {fanout!r}")):
        Options(fanout=fanout)


def test_an_unknown_character_is_named() -> None:
    with pytest.raises(InputError, match="name one of skewed, even, collapsed, rambling"):
        Options(character="moody")


def test_what_records_cover_is_read_from_their_outputs() -> None:
    taxonomy = Options().taxonomy
    messages = sent(records_prompt(5))
    given = answer(taxonomy, messages, identity(messages, 1), 0)
    outputs = [record.output for record in parse_records(given.text, asked=5).items]
    assert covered_leaves(outputs, taxonomy) == given.written
    assert covered_leaves(["", marked(ROOT), "(Case x.)"], taxonomy) == frozenset()
