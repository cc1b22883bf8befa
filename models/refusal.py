"""What a provider's error means: a setting it does not take, one bad prompt, or the end of a run.

Providers raise different classes, but nearly all carry the HTTP status as `status_code`, and
langchain-core names the rest (`ModelConnectionError`, `ModelTimeoutError`, ...). Only here are
these read. Nothing that leaves this module contains a key.
"""

import os
import re
from collections.abc import Collection, Iterable, Mapping

from errors import RunError

LONGEST = 300
"""Characters of the provider's own words that are shown or kept."""

SCHEMA = "response_format"
"""The setting that asks for an answer by JSON schema."""

_SCHEMA_WORDS = (
    SCHEMA,
    "json_schema",
    "schema",
    "grammar",
    "guided",
    "structured output",
    "support tools",
)
_UNSUPPORTED_WORDS = (
    "unsupported",
    "not support",
    "unrecognized",
    "unknown",
    "not permitted",
    "not allowed",
    "unexpected",
    "deprecated",
)
_UNKNOWN_MODEL = re.compile(
    r"model.{0,200}(not found|not exist|not a valid|unknown)|(unknown|invalid|no such) model",
    re.IGNORECASE | re.DOTALL,
)
_TOO_LONG = ("context length", "context size", "context window", "too long", "maximum length")
_KEY_SHAPE = re.compile(r"\b(?:sk|pk|gsk|xai|key|Bearer)[-_ ][\w.*-]{6,}")
_PASSWORD = re.compile(r"://[^/@:]*:([^/@]+)@")
_KEY_VARIABLE = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)S?$")

_NO_KEY = "the key is refused: check the provider's key in the environment"
_NO_MODEL = "check the model's name and the base URL"
_FIXES = {
    400: _NO_MODEL,
    401: _NO_KEY,
    402: "the account has no credit left: add some, then resume",
    403: _NO_KEY,
    404: _NO_MODEL,
    405: _NO_MODEL,
    422: _NO_MODEL,
    429: "the rate limit still holds after all retries: resume later, or with less in parallel",
}


class EndpointRefused(RunError):  # noqa: N818 - the endpoint's verdict, named as what happened
    """The model cannot be asked any further: no key, no credit, no such model, no answer."""


def status_of(error: Exception) -> int | None:
    """Return the HTTP status of the refusal, or None where the endpoint refused nothing."""
    response = getattr(error, "response", None)
    for status in (getattr(error, "status_code", None), getattr(response, "status_code", None)):
        if isinstance(status, int) and status >= 400:
            return status
    return None


def words(error: Exception) -> str:
    """Return the provider's own words: one line, at most 300 characters, without any key."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    text = said if isinstance(said, str) else str(error) or type(error).__name__
    printable = "".join(c if c.isprintable() else " " for c in without_keys(text))
    line = " ".join(printable.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def without_keys(text: str) -> str:
    """Return the text with every key of the environment, and what looks like one, struck out."""
    return _KEY_SHAPE.sub("***", without(text, secrets_of(os.environ)))


def without(text: str, secrets: Iterable[str]) -> str:
    """Return the text with each of these secrets struck out."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def secrets_of(environ: Mapping[str, str]) -> list[str]:
    """Return the keys that the environment holds, and the passwords in its URLs, longest first."""
    found = set()
    for name, value in environ.items():
        if _KEY_VARIABLE.search(name):
            found.update({value, *(part.strip() for part in value.split(","))})
        elif name.endswith("_URL") and (password := _PASSWORD.search(value)):
            found.add(password[1])
    return sorted((s for s in found if len(s) >= 6), key=lambda secret: (-len(secret), secret))


def unsupported_setting(error: Exception, sent: Collection[str]) -> str | None:
    """Return which of the settings that were sent the endpoint does not take, or None.

    A 400 or 422 that speaks of schemas means the answer's format; one that names another
    setting and says that it is unsupported means that one. What was not sent is not blamed.
    """
    if status_of(error) not in {400, 422}:
        return None
    text = _all_said(error).lower()
    if any(sign in text for sign in _TOO_LONG):
        return None
    if SCHEMA in sent and any(word in text for word in _SCHEMA_WORDS):
        return SCHEMA
    if not any(word in text for word in _UNSUPPORTED_WORDS):
        return None
    named = [name for name in sent if re.search(rf"\b{re.escape(name)}\b", text)]
    return min(named, key=text.index) if named else None


def concerns_prompt(error: Exception) -> bool:
    """Tell whether the error is about this one prompt or answer, so that others may still succeed.

    True for a prompt that is too long or filtered (400, 413, 422) and for a response that is no
    chat completion at all; False where every further call would meet the same refusal.
    """
    status = status_of(error)
    if status is None:
        return isinstance(error, (ValueError, LookupError, TypeError, AttributeError))
    return status in {400, 413, 422} and not _UNKNOWN_MODEL.search(_all_said(error))


def endpoint_refused(name: str, error: Exception) -> EndpointRefused:
    """Return the error to raise for `error`: the provider's words, and what a person can do."""
    return EndpointRefused(f"{name}: {words(error)} ({_fix(error)})")


def _all_said(error: Exception) -> str:
    return f"{error} {getattr(error, 'body', None) or ''}"


def _fix(error: Exception) -> str:
    from langchain_core.exceptions import (  # noqa: PLC0415 - costs a second, and only errors need it
        ModelConnectionError,
        ModelTimeoutError,
    )

    status = status_of(error)
    if isinstance(error, ModelTimeoutError):
        return "no answer in time: resume when the endpoint is less busy"
    if status is None or isinstance(error, ModelConnectionError):
        return "the endpoint cannot be reached: see that it runs and check the base URL"
    if "insufficient_quota" in _all_said(error):
        status = 402
    return _FIXES.get(status, "the endpoint keeps failing: resume when it is well again")
