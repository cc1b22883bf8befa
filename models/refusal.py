"""What a provider's error means: a setting it does not take, one bad prompt, or the end of a run.

Providers raise different classes, but nearly all carry the HTTP status as `status_code`, and the
rest is told by its name, or by that of what it came from. Only here are these read. Nothing that
leaves this module contains a key.
"""

import re
from collections.abc import Collection
from email.utils import parsedate_to_datetime
from time import time

from errors import RunError
from models.masking import mask_keys

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

_SLOW_DOWN = {429, 503, 529}
_LOST = {408, 504, 524}
"""What a gateway says when it waits no longer for an answer that is being made."""
_PASSING = {408, 409, 425, 429}
_NEVER_SENT = {"ConnectError", "PoolTimeout", "ClientConnectorError"}
"""What HTTP clients call their failures where no request was sent."""
_TOO_LATE = {"APITimeoutError", "ModelTimeoutError"}
"""What providers' clients and langchain-core call an answer that took too long."""

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


class NotAnswered(EndpointRefused):
    """One attempt brought no answer, but another may.

    Attributes:
        slow_down: the endpoint asked for fewer calls (429, 503, 529).
        lost: an answer may have been made, and billed, that did not arrive.
        wait_s: seconds that the endpoint asked to wait, None where it named none.
        said: whose words, and the words, without what helps once it is given up.

    """

    def __init__(
        self, said: str, fix: str, *, slow_down: bool, lost: bool, wait_s: float | None
    ) -> None:
        super().__init__(f"{said} ({fix})")
        self.said = said
        self.slow_down = slow_down
        self.lost = lost
        self.wait_s = wait_s


def status_of(error: Exception) -> int | None:
    """Return the HTTP status of the refusal, or None where the endpoint refused nothing."""
    response = getattr(error, "response", None)
    for status in (getattr(error, "status_code", None), getattr(response, "status_code", None)):
        if isinstance(status, int) and status >= 400:
            return status
    return None


def provider_message(error: Exception) -> str:
    """Return the provider's own words: one line, at most 300 characters, without any key."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    broken = _broken(error)
    text = said if isinstance(said, str) else str(broken or error) or type(error).__name__
    printable = "".join(c if c.isprintable() else " " for c in mask_keys(text))
    line = " ".join(printable.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


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
    """Return the error to raise for `error`: the provider's words, and what a person can do.

    It is a NotAnswered where another attempt may succeed.
    """
    said, fix = f"{name}: {provider_message(error)}", _fix(error)
    status = status_of(error)
    if _no_credit(error) or (status is not None and status not in _PASSING and status < 500):
        return EndpointRefused(f"{said} ({fix})")
    slow_down = status in _SLOW_DOWN
    lost = status in _LOST if status else _origin(error, _NEVER_SENT) is None
    wait_s = _asked_to_wait(error)
    return NotAnswered(said, fix, slow_down=slow_down, lost=lost, wait_s=wait_s)


def _all_said(error: Exception) -> str:
    return f"{error} {getattr(error, 'body', None) or ''}"


def _fix(error: Exception) -> str:
    status = status_of(error)
    if _origin(error, _TOO_LATE) and not _broken(error):
        return "no answer in time: resume when the endpoint is less busy"
    if status is None:
        return "the endpoint cannot be reached: see that it runs and check the base URL"
    if _no_credit(error):
        status = 402
    return _FIXES.get(status, "the endpoint keeps failing: resume when it is well again")


def _no_credit(error: Exception) -> bool:
    return "insufficient_quota" in _all_said(error)


def _origin(error: BaseException | None, names: Collection[str]) -> BaseException | None:
    """Return what is called so, the failure itself or one that it came from; None if nothing is."""
    while error is not None:
        if any(kind.__name__ in names for kind in type(error).__mro__):
            return error
        error = error.__cause__ or error.__context__
    return None


def _broken(error: Exception) -> BaseException | None:
    """Return aiohttp's own word for a connection that failed, which httpx is told is a time-out."""
    found = _origin(error, ["ClientConnectionError"])
    return None if isinstance(found, TimeoutError) else found


def _asked_to_wait(error: Exception) -> float | None:
    """Return the seconds of Retry-After, given as seconds, milliseconds or a date."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(0.0, float(milliseconds) / 1000)
        told = headers.get("retry-after")
        return None if told is None else max(0.0, _seconds(str(told)))
    except ValueError:
        return None


def _seconds(told: str) -> float:
    try:
        return float(told)
    except ValueError:
        return parsedate_to_datetime(told).timestamp() - time()
