"""The words in bodies of errors, in the shapes that endpoints send."""

from typing import Any

import pytest

from models.error_body import words_in

BODIES: list[tuple[object, str]] = [
    ({"message": "no key", "code": "401"}, "no key"),
    ({"error": "no key"}, "no key"),
    ({"detail": "Unauthorized"}, "Unauthorized"),
    ({"Message": "not authorized"}, "not authorized"),
    ([{"error": {"code": 400, "message": "API key not valid"}}], "API key not valid"),
    ({"errors": [{"message": "too long"}, {"message": "too hot"}]}, "too long; too hot"),
    ({"detail": [{"loc": ["body", "seed"], "msg": "not permitted"}]}, "seed: not permitted"),
    ({"message": {"detail": [{"loc": ["body", "n"], "msg": "odd"}]}}, "n: odd"),
    ({"base_resp": {"status_code": 1008, "status_msg": "no balance"}}, "no balance"),
    (
        {"message": "Provider returned error", "metadata": {"raw": "slow down"}},
        "Provider returned error: slow down",
    ),
    ("<html><head><title>502 Bad\n Gateway</title></head><body>x</body></html>", "502 Bad Gateway"),
    ("<p>Please <b>log in</b></p><script>if (a < b) {}</script>", "Please log in"),
    (" error code: 1020\n", "error code: 1020"),
    ({"success": False, "result": {}}, ""),
    (None, ""),
    ([], ""),
    (7, ""),
]


@pytest.mark.parametrize(("body", "words"), BODIES)
def test_the_words_are_found_in_whatever_shape(body: object, words: str) -> None:
    assert words_in(body) == words


def test_a_deep_or_huge_body_is_bounded() -> None:
    deep: dict[str, Any] = {"message": "at the bottom"}
    for _ in range(5_000):
        deep = {"error": deep}
    assert words_in(deep) == ""
    assert len(words_in("x" * 1_000_000)) < 100_000
