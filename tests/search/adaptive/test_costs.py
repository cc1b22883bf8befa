import pytest

from search.adaptive.costs import CALL, NAME, NAMES_SHARE, RECORD, Purse, costs_of
from search.adaptive.outlook import NAMES, UNLIMITED, Made, outlook
from search.limits import Limits
from search.schedule import Quota
from search.step import Part, Step
from search.strategy import Plan
from store.facts import Paid
from tests.search.knowing import Facts

LIMITS = Limits(9, (), 2)


def plan(*, writes: bool = True, total: int | None = None, **caps: int) -> Plan:
    return Plan(LIMITS, Quota(99, 5, 5, total), writes=writes, **caps)


def test_costs_go_from_what_is_usual_to_what_was_paid() -> None:
    usual = costs_of(Paid(), Paid(), Quota(99, 5, 5))
    assert (usual.call, usual.record) == (CALL, RECORD + CALL / 5)
    paid = costs_of(Paid(3, 10, 3 * 1000 + 10 * NAME), Paid(3, 15, 15 * 100), Quota(99, 5, 5))
    assert paid.call == pytest.approx((CALL + 1000) / 2)
    assert paid.record == pytest.approx((usual.record + 100) / 2)
    assert usual.of(10) == CALL + 10 * NAME


def test_names_may_take_a_share_of_the_tightest_limit() -> None:
    facts = Facts(names_paid=Paid(30, 100, 150_000))
    assert Purse(facts, plan(tokens=1_000_000), ()).spent == pytest.approx(0.15 / NAMES_SHARE)
    assert Purse(facts, plan(tokens=1_000_000, calls=100), ()).spent == pytest.approx(
        0.3 / NAMES_SHARE
    )
    assert Purse(facts, plan(tokens=1_000_000, writes=False), ()).spent == pytest.approx(0.15)


def test_names_beside_a_number_of_records_may_take_their_share_of_both() -> None:
    facts = Facts(names_paid=Paid(3, 3, 9_000), records_paid=Paid(3, 15, 15 * 300))
    record = costs_of(facts.names_paid, facts.records_paid, Quota(99, 5, 5)).record
    whole = 9_000 + 100 * record
    assert Purse(facts, plan(total=100), ()).spent == pytest.approx(9_000 / whole / NAMES_SHARE)


def test_names_that_no_count_bounds_may_take_their_share_of_what_was_spent() -> None:
    facts = Facts(names_paid=Paid(30, 100, 150_000), records_paid=Paid(100, 500, 350_000))
    assert Purse(facts, plan(), ()).spent == pytest.approx(0.3 / NAMES_SHARE)
    assert not Purse(Facts(), plan(), ()).is_empty


def test_a_cap_on_names_alone_ends_the_run_and_not_the_names() -> None:
    facts = Facts(names_paid=Paid(100, 800, 150_000))
    assert Purse(facts, plan(calls=100), ()).is_empty
    assert not Purse(facts, plan(calls=100, writes=False), ()).is_empty


def test_calls_under_way_are_paid_for_already() -> None:
    pending = [Step("lookahead", "t0", 8), Step.writing((Part("t1", 5),))]
    purse = Purse(Facts(), plan(calls=100), pending)
    assert purse.spent == pytest.approx(0.01 / NAMES_SHARE)
    purse.pay(8)
    assert purse.spent == pytest.approx(0.02 / NAMES_SHARE)


def test_an_outlook_goes_by_the_limit_that_ends_the_run_first() -> None:
    usual = costs_of(Paid(), Paid(), Quota(99, 5, 5))
    tokens = outlook(plan(tokens=1_000_000), Made())
    spent = tokens.explore_calls * usual.of(NAMES) + tokens.records * usual.record
    assert spent == pytest.approx(1_000_000, rel=0.001)
    assert tokens.explore_calls * usual.of(NAMES) == pytest.approx(300_000, rel=0.01)
    calls = outlook(plan(tokens=1_000_000, calls=20), Made())
    assert (calls.explore_calls, calls.record_calls, calls.records) == (6, 14, 70)
    total = outlook(plan(total=300), Made())
    assert (total.records, total.record_calls) == (300, 60)
    records = UNLIMITED * (1 - NAMES_SHARE)
    assert outlook(plan(), Made()).records == pytest.approx(records, rel=0.01)


def test_an_outlook_counts_what_is_made() -> None:
    made = Made(40, 100, Paid(10, 80, 10_000), Paid(20, 100, 36_000))
    rest = outlook(plan(total=300), made, names_left=0.0)
    assert (rest.tasks, rest.records, rest.explore_calls, rest.record_calls) == (40, 300, 0, 40)
    over = outlook(plan(tokens=46_000), made)
    assert (over.records, over.calls) == (100, 0)


def test_limits_that_a_person_named_bound_the_tasks_and_the_calls() -> None:
    narrow = outlook(Plan(Limits(1, (4,), 2), Quota(99, 5, 5), tokens=1_000_000), Made())
    assert (narrow.tasks, narrow.explore_calls, narrow.records) == (5, 1, 5 * 99)
    assert outlook(plan(tokens=100_000, writes=False), Made()).records == 0
