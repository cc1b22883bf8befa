"""What errors of clients say: statuses, words and waits, however they are wrapped."""

from time import time
from types import SimpleNamespace

import pytest

from models.failure import asked_to_wait, full_text, provider_message, status_of


def error(**known: object) -> Exception:
    """Return an error with these attributes, as a provider's client raises it."""
    raised = RuntimeError("wrapped")
    for name, value in known.items():
        setattr(raised, name, value)
    return raised


def answered(status: int, **headers: str) -> Exception:
    response = SimpleNamespace(
        status_code=status, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    return error(response=response)


@pytest.mark.parametrize(
    "known",
    [
        {"status_code": 429},
        {"code": 429},
        {"http_status": 429},
        {"response": SimpleNamespace(status_code=429)},
        {"response": {"ResponseMetadata": {"HTTPStatusCode": 429}}},  # botocore's
    ],
)
def test_a_status_is_found_wherever_a_client_puts_it(known: dict[str, object]) -> None:
    assert status_of(error(**known)) == 429
    outer = RuntimeError("LangChain's own")
    outer.__cause__ = error(**known)
    assert status_of(outer) == 429
    assert "wrapped" in full_text(outer)


@pytest.mark.parametrize("code", [200, 3, "invalid_request", None])
def test_other_codes_are_no_status(code: object) -> None:
    assert status_of(error(code=code)) is None


@pytest.mark.parametrize(
    ("raised", "seconds"),
    [
        (answered(429, retry_after="7"), 7),
        (answered(429, retry_after_ms="1500"), 1.5),
        (answered(429, x_ratelimit_reset_requests="1m2.5s"), 62.5),
        (answered(200, x_ratelimit_reset_requests="1m"), None),
        (error(status_code=429, body={"message": "Please try again in 1.5s. Visit"}), 1.5),
        (RuntimeError("Rate limit reached. Please try again in 20s"), 20),
        (RuntimeError("{'retryDelay': '34s'}"), 34),
        (answered(429, retry_after="Thu, 01 Jan 1970 00:00:00 GMT"), 0),
        (answered(429, retry_after="soon"), None),
        (answered(429), None),
    ],
)
def test_how_long_to_wait(raised: Exception, seconds: float | None) -> None:
    assert asked_to_wait(raised) == seconds


@pytest.mark.parametrize("unit", [1, 1000])
def test_a_time_at_which_a_limit_ends_is_no_number_of_seconds(unit: int) -> None:
    ends = str(round((time() + 3600) * unit))
    wait = asked_to_wait(answered(429, x_ratelimit_reset=ends))
    assert wait is not None
    assert 3500 < wait <= 3601


@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        (400, {"__type": "ThrottlingException", "message": "Rate exceeded"}, 429),
        (400, {"code": "rate_limit_exceeded"}, 429),
        (500, {"type": "overloaded_error"}, 529),
        (413, {"code": "rate_limit_exceeded"}, 413),  # Groq's, for a prompt that is too long
        (400, {"type": "invalid_request_error", "code": None}, 400),
        (400, [{"error": {"code": 429}}], 400),
    ],
)
def test_a_limit_counts_as_one_whatever_its_status(status: int, body: object, meant: int) -> None:
    assert status_of(error(status_code=status, body=body)) == meant


def test_the_proxys_own_header_counts() -> None:
    headers = {"llm_provider-retry-after": "31"}
    assert asked_to_wait(error(response=SimpleNamespace(status_code=429, headers=headers))) == 31


def test_the_providers_words_are_taken_out_of_the_clients() -> None:
    text = 'Error response 401 while fetching http://h/v1: {"error": {"message": "no key"}}'
    assert provider_message(RuntimeError(text)) == "no key"
    assert provider_message(error(body={"message": "mine"})) == "mine"
    assert provider_message(RuntimeError()) == "RuntimeError"
    assert len(provider_message(RuntimeError("x" * 9000))) == 300
