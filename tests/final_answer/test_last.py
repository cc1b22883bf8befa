"""Which part of a text is its final answer."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from final_answer.last import LONGEST_BOX, LONGEST_END, is_plain_number, last_answer
from final_answer.reading import can_be_read


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"So \boxed{24}.", r"\boxed{24}"),
        (r"\boxed{1}, no: \boxed{2}", r"\boxed{2}"),
        (r"\boxed{\frac{1}{2}} and more", r"\boxed{\frac{1}{2}}"),
        (r"\boxed{\{1, 2\}}", r"\boxed{\{1, 2\}}"),
        (r"\boxed{\boxed{5}}", r"\boxed{5}"),
        ("\\boxed{1\n  + x}", r"\boxed{1 + x}"),
        (r"\boxed{7}, as \boxed asks", r"\boxed{7}"),
        (r"\boxed{7}, cut off at \boxed{8", r"\boxed{7}"),
        (r"\boxed{٤٢}", r"\boxed{42}"),
        (r"\boxed{１２}", r"\boxed{12}"),
        ("12 apples", "12 apples"),
        ("x" * 3_000, "x" * LONGEST_END),
        (r"\boxed{" + "1" * LONGEST_BOX + "} 3", r"\boxed{" + "1" * LONGEST_BOX + "} 3"),
        ("", ""),
        ("\\boxed", "\\boxed"),
        ("\\boxed{\\", "\\boxed{\\"),
    ],
)
def test_the_last_box_or_else_the_end(text: str, answer: str) -> None:
    assert last_answer(text) == answer


@given(st.text(st.sampled_from("\\boxed{}5 ²三٣"), max_size=200))
def test_any_text_has_an_end(text: str) -> None:
    assert len(last_answer(text)) <= len(text)


@pytest.mark.parametrize("piece", ["\\boxed{", "\\boxed{{}", "\\boxed{}{", "{", "}"])
def test_boxes_without_an_end_cost_little(piece: str) -> None:
    start = process_time()
    last_answer(piece * (20_000 // len(piece)))
    assert process_time() - start < 5


@pytest.mark.parametrize("box", ["0", "-7", "007", "3.50", "-0.5", "9" * 15, "1.000000000000001"])
def test_a_plain_number_is_one_that_math_verify_reads(box: str) -> None:
    assert is_plain_number(rf"\boxed{{{box}}}")
    assert can_be_read(rf"\boxed{{{box}}}")


@pytest.mark.parametrize(
    "box", ["", "-", "1.", ".5", "1,000", "x", "1" * 16, "٣", "²", "1\n", "1e9"]
)
def test_whatever_else_is_left_to_math_verify(box: str) -> None:
    assert not is_plain_number(rf"\boxed{{{box}}}")
