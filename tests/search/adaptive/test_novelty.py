import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.adaptive.novelty import DEEPER, FIRST, LATER, PRIOR_NAMES, Novelty
from store.standing import BAND, NEVER, Standing, Standings, Trials


def tried(*bands: tuple[int, int]) -> Trials:
    """Return what an answer told and had admitted, by band, without fading."""
    trials = Trials()
    trials.answers = 1
    for band, (told, admitted) in enumerate(bands):
        trials.told[band], trials.admitted[band] = float(told), float(admitted)
    return trials


def test_nothing_is_known_at_first() -> None:
    novelty = Novelty({})
    assert novelty.share(Standing(0)) == FIRST
    assert novelty.share(Standing(2)) == pytest.approx(FIRST * DEEPER**2)
    assert novelty.share(Standing(0, late=2)) == pytest.approx(FIRST * LATER**2)
    assert novelty.share(Standing(0, ending=2)) == pytest.approx(FIRST / 2)
    assert novelty.answers[3] == 0


def test_what_was_told_counts_against_the_prior() -> None:
    novelty = Novelty({(0, 0, NEVER): tried((4, 4), (4, 1))})
    first = (PRIOR_NAMES * FIRST + 4) / (PRIOR_NAMES + 4)
    second = (PRIOR_NAMES * min(FIRST, LATER * first) + 1) / (PRIOR_NAMES + 4)
    assert novelty.share(Standing(0)) == pytest.approx(first)
    assert novelty.share(Standing(0), BAND) == pytest.approx(second)
    assert novelty.mean(Standing(0), 2 * BAND) == pytest.approx((first + second) / 2)


def test_names_told_before_count_for_the_place() -> None:
    novelty = Novelty({(0, 0, 4): tried((0, 0), (8, 2))})
    told = Standing(0, told=1, ending=4)
    assert novelty.share(told) == novelty.share(told._replace(told=0), BAND)


def test_a_depth_learns_from_the_one_above() -> None:
    novelty = Novelty({(1, 0, NEVER): tried((60, 6))})
    assert novelty.share(Standing(2)) == pytest.approx(DEEPER * novelty.share(Standing(1)))


shares = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=6)


@given(shares, st.integers(0, 3), st.integers(-1, 4))
def test_a_share_is_one_and_falls_from_band_to_band_where_nothing_was_told(
    told: list[tuple[int, int]], late: int, ending: int
) -> None:
    bands = [(all_told, min(all_told, new)) for all_told, new in told]
    novelty = Novelty({(0, 0, NEVER): tried(*bands), (1, late, ending): tried(*bands)})
    for depth in (0, 1, 2):
        seen = [novelty.share(Standing(depth, late, 0, ending), n * BAND) for n in range(6)]
        assert all(0 <= share <= 1 for share in seen)
        if depth == 1:
            untold = seen[len(bands) :]
            assert untold == sorted(untold, reverse=True)


def test_a_better_answer_raises_what_is_expected() -> None:
    fold, better = Standings(), Standings()
    for standings, new in ((fold, 2), (better, 4)):
        standings.add("t0", None)
        born = [f"t{n + 1}" for n in range(new)]
        for task in born:
            standings.add(task, "t0")
        standings.answer("t0", [n < new for n in range(6)], born)
    assert Novelty(fold.trials).share(Standing(1)) < Novelty(better.trials).share(Standing(1))
