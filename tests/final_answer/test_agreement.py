"""What can be read, what is equal, and who has the majority: asked of math-verify itself."""

import asyncio
import json

import pytest

from final_answer import agreement
from final_answer.agreement import agreed, equal, is_readable
from final_answer.last import last_answer
from final_answer.reading import are_equal
from tests.shared_data import shared


def boxed(*answers: str) -> list[str]:
    return [rf"It follows that \boxed{{{answer}}}." for answer in answers]


@pytest.mark.parametrize(
    "answer",
    [
        "24",
        r"\frac12",
        r"\text{Monday}",
        "x=3",
        r"\{1, 2\}",
        r"(-\infty, 3]",
        r"\begin{pmatrix}1\\2\end{pmatrix}",
        "9^{9^{9}}",
        r"(10^{6})!",
        r"50\%",
        "٣",
        "1+" * 400 + "1",
    ],
)
def test_an_answer_can_be_read(answer: str) -> None:
    assert is_readable(*boxed(answer))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "???",
        "二十",
        r"\frac{1}{",
        "{" * 900,
        "{" * 400 + "1" + "}" * 400,
        "(" * 400 + "1" + ")" * 400,
        r"\sqrt{" * 120 + "2" + "}" * 120,
        "\ud800",
        "\x00",
        "^" * 300,
    ],
)
def test_garbage_cannot_and_harms_nobody(answer: str) -> None:
    assert not is_readable(*boxed(answer))
    assert is_readable(*boxed("y^2"))


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("So there are 12 apples.", True),
        ("The final answer is $x = 5$.", True),
        ("I do not know.", False),
        ("", False),
        ("answer: " * 200, False),
        ("$" * 2_000, False),
        ("\\[" * 1_000, False),
        ("(1" * 1_000, False),
        ("1 " * 1_000, True),
        ("9**9**9**9", True),
    ],
)
def test_without_a_box_the_end_is_read(text: str, *, can: bool) -> None:
    assert is_readable(text) == can


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1/2", "0.5", True),
        ("3", "x=3", True),
        (r"\{1, 2\}", r"\{2, 1\}", True),
        ("1, 2", "2, 1", True),
        ("(1, 2)", "(2, 1)", False),
        (r"\frac{1}{3}", "0.333333", True),
        ("x^2-1", "(x-1)(x+1)", True),
        (r"\sin^2 x + \cos^2 x", "1", True),
        (r"\text{Monday}", "Monday", True),
        (r"5\text{ cm}", "5", True),
        ("1{,}000", "1000", True),
        ("24", "25", False),
        ("???", "24", False),
        ("9^{9^{9}}", "9^{9^{9}}", True),
        ("9^{9^{9}}", "3", False),
        ("(10^{6})!", "3", False),
        ("5^{5^{5^{5^5}}}", "3", False),
    ],
)
async def test_two_are_equal_as_math_verify_sees_it(one: str, other: str, *, same: bool) -> None:
    for pair in ((one, other), (other, one)):
        assert await equal(*boxed(*pair)) == same


@pytest.mark.parametrize(
    ("answers", "first"),
    [
        (["1/2", "3", "0.5"], 0),
        (["3", "1/2", "0.5"], 1),
        (["1", "2", "3"], None),
        (["1", "1", "???"], 0),
        (["1", "???", "???"], None),
        (["???", "???", "???"], None),
        (["9^{9^{9}}", "3", "3.0"], 1),
        (["1", "2", "1", "2", "x=2"], 1),
        (["50", "0.5", r"50\%"], 0),  # the last equals both, which differ
        (["0.5", r"50\%", "50"], 0),
        (["1", "0.5", "50", r"50\%", "2"], 3),
        ([str(n) for n in range(14)] + ["x"], None),
        ([], None),
    ],
)
async def test_the_first_with_which_more_than_half_agree(
    answers: list[str], first: int | None
) -> None:
    assert await agreed(boxed(*answers)) == first


async def test_any_number_of_records_are_asked_about_at_once() -> None:
    asked = [agreed(boxed(f"{n}/2", f"{n + 1}", f"{n / 2}")) for n in range(60)]
    assert await asyncio.gather(*asked) == [0] * 60


async def test_who_gives_up_waiting_spoils_nothing_for_others() -> None:
    texts = boxed("x/2", "0.5x", "y")
    given_up = asyncio.create_task(agreed(texts))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await agreed(texts) == 0


def test_a_killed_worker_is_replaced() -> None:
    assert is_readable(*boxed("z^3"))
    for worker in agreement._open[0]._idle:
        worker.kill()
    assert is_readable(*boxed("z^4"))


def test_closed_workers_start_again() -> None:
    assert is_readable(*boxed("z^5"))
    agreement.close()
    assert not agreement._open
    agreement.close()
    assert is_readable(*boxed("z^5"))


async def test_reference_solutions_can_be_read_and_equal_themselves() -> None:
    lines = shared("eval_math_500.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["std_answer"] for line in lines]
    assert all(map(is_readable, texts))
    answers = map(last_answer, texts)
    asked = [agreement._told(agreement._asked(are_equal, (one, one))) for one in answers]
    assert all(await asyncio.gather(*asked))
