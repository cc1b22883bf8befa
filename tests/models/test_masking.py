"""Keys are masked, words are not."""

import pytest

from models.masking import mask_keys


@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-abcdefgh",
        "sk-ab**********cdef",
        "gsk_abcdefghijkl",
        "AIzaSyA1234567890abcdef",
        "hf_abcdefgh1234",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def",
        "pplx-abcdef123",
    ],
)
def test_what_looks_like_a_key_is_masked(key: str) -> None:
    assert mask_keys(f"Incorrect API key provided: {key}. Get one") == (
        "Incorrect API key provided: ***. Get one"
    )


def test_a_login_is_masked_as_http_sends_it() -> None:
    assert mask_keys("bad key Basic dXNlcjpTRUNSRVRQVw== here") == "bad key Basic *** here"


@pytest.mark.parametrize("before", ["Bearer ", "key: ", "token=", "api_key='"])
def test_after_such_words_what_holds_a_digit_is_a_key(before: str) -> None:
    assert mask_keys(f"{before}abc123def") == f"{before}***"


@pytest.mark.parametrize(
    "words",
    [
        "API key required for Gemini",
        "missing Bearer authentication in header",
        "the token expired, key not provided",
        "Unknown key parameters: response_format",
        "see tokenizer-configuration",
        "Basic authentication is not supported",
    ],
)
def test_words_stay(words: str) -> None:
    assert mask_keys(words) == words


def test_a_key_of_the_environment_is_masked_whatever_it_looks_like(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MY_API_KEY", "open-sesame")
    assert mask_keys("it is open-sesame!") == "it is ***!"
