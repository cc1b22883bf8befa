"""Which call a fault strikes, how long a call takes, and the limits by the minute."""

import pytest

from errors import InputError
from simulator import Options
from simulator.faults import latency, strike
from simulator.limits import Bucket


def test_a_fault_strikes_by_its_share_and_by_how_often_the_request_was_asked() -> None:
    faults = {"429": 0.1, "cut": 0.3}
    struck = [strike(faults, 0, str(n), 0) for n in range(5000)]
    assert struck.count("429") / 5000 == pytest.approx(0.1, abs=0.02)
    assert struck.count("cut") / 5000 == pytest.approx(0.3, abs=0.03)
    assert struck == [strike(faults, 0, str(n), 0) for n in range(5000)]
    assert struck != [strike(faults, 0, str(n), 1) for n in range(5000)]
    assert struck != [strike(faults, 1, str(n), 0) for n in range(5000)]


def test_the_mean_of_the_latencies_is_the_one_asked_for() -> None:
    drawn = [latency(2, 0.7, 0, str(n), 0) for n in range(20_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(2, rel=0.03)
    assert max(drawn) > 8
    assert latency(2, 0, 0, "any", 0) == 2


def test_unknown_faults_and_shares_above_one_are_refused() -> None:
    with pytest.raises(InputError, match="fault 'fire'"):
        Options(faults={"fire": 0.1})
    with pytest.raises(InputError, match="1 in all"):
        Options(faults={"429": 0.6, "500": 0.6})


def test_a_bucket_says_how_long_to_wait_and_fills_again() -> None:
    now = [0.0]
    bucket = Bucket(60, lambda: now[0])
    for _ in range(60):
        assert bucket.wait_s(1) == 0
        bucket.take(1)
    assert bucket.wait_s(1) == pytest.approx(1)
    assert bucket.wait_s(30) == pytest.approx(30)
    now[0] = 10.0
    assert bucket.wait_s(10) == 0
    assert bucket.wait_s(12) == pytest.approx(2)
    assert Bucket(0).wait_s(10**9) == 0
