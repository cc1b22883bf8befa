"""What a provider's error means: a setting it does not take, a bad prompt, or the end of a run.

Providers raise different classes. Nearly all carry the HTTP status as `status_code`; the others are
known by the class name of the error or of its cause. All of this is read in this module alone. No
text that leaves it contains a key.
"""

import re
from collections.abc import Collection
from email.utils import parsedate_to_datetime
from time import time

from errors import RunError
from models.masking import mask_keys
from words import clip

LONGEST = 300
"""Characters of a provider's message that are shown or stored."""

SCHEMA = "response_format"
"""The setting that demands an answer by JSON schema."""

_SCHEMA_WORDS = (SCHEMA, "schema", "grammar", "guided", "structured output", "support tools")
_UNSUPPORTED_WORDS = re.compile(
    "unsupported|not (support|permitted|allowed)|unrecognized|unknown|unexpected|deprecated"
)
_UNKNOWN_MODEL = re.compile(
    r"model.{0,200}(not found|not exist|not a valid|unknown)|(unknown|invalid|no such) model",
    re.IGNORECASE | re.DOTALL,
)
_TOO_LONG = ("context length", "context size", "context window", "too long", "maximum length")

_SLOW_DOWN = {429, 503, 529}
_LOST = {408, 504, 524}
"""From a gateway that stops waiting for an answer while it is being made."""
_PASSING = {408, 409, 425, 429}
_NEVER_SENT = {"ConnectError", "PoolTimeout", "ClientConnectorError"}
"""Errors of HTTP clients where no request was sent."""
_TIMED_OUT = {"APITimeoutError", "ModelTimeoutError"}
"""Errors of providers' clients and langchain-core where an answer took too long."""

_FIXES = {
    **dict.fromkeys((400, 404, 405, 422), "check the model's name and the base URL"),
    **dict.fromkeys((401, 403), "the key is refused: check the provider's key in the environment"),
    402: "the account has no credit left: add some, then resume",
    429: "the rate limit still holds after all retries: resume later, or with less in parallel",
}


class EndpointRefused(RunError):  # noqa: N818 - named for what happened
    """The model cannot be asked any more: no key, no credit, no such model, no answer."""


class NotAnswered(EndpointRefused):
    """One attempt brought no answer, but another may.

    Attributes:
        slow_down: the endpoint asked for fewer calls (429, 503, 529).
        lost: an answer may have been made and billed, but did not arrive.
        wait_s: seconds that the endpoint asked to wait, None where it named none.
        said: the model's name and the provider's message, without the advice.

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
    """Return the HTTP status of the error, or None where it has none."""
    response = getattr(error, "response", None)
    for status in (getattr(error, "status_code", None), getattr(response, "status_code", None)):
        if isinstance(status, int) and status >= 400:
            return status
    return None


def provider_message(error: Exception) -> str:
    """Return the provider's message: one line, at most 300 characters, without any key."""
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    if not isinstance(message, str):
        message = str(_broken(error) or error) or type(error).__name__
    printable = "".join(c if c.isprintable() else " " for c in mask_keys(message))
    line = " ".join(printable.split())
    return clip(line, LONGEST)


def unsupported_setting(error: Exception, sent: Collection[str]) -> str | None:
    """Return which of the settings that were `sent` the endpoint does not take, or None.

    The status is 400 or 422. A message about schemas means the answer's format. A message that
    names another setting and says that it is unsupported means that setting.
    """
    if status_of(error) not in {400, 422}:
        return None
    text = _full_text(error).lower()
    if any(sign in text for sign in _TOO_LONG):
        return None
    if SCHEMA in sent and any(word in text for word in _SCHEMA_WORDS):
        return SCHEMA
    if not _UNSUPPORTED_WORDS.search(text):
        return None
    named = [name for name in sent if re.search(rf"\b{re.escape(name)}\b", text)]
    return min(named, key=text.index) if named else None


def concerns_prompt(error: Exception) -> bool:
    """Return whether the error is about this one prompt or answer; others may still succeed.

    True for a prompt that is too long or filtered (400, 413, 422) and for a response that is not a
    chat completion. False where every further call would be refused, too.
    """
    status = status_of(error)
    if status is None:
        return isinstance(error, (ValueError, LookupError, TypeError, AttributeError))
    return status in {400, 413, 422} and not _UNKNOWN_MODEL.search(_full_text(error))


def endpoint_refused(name: str, error: Exception) -> EndpointRefused:
    """Return the error to raise for `error`: the provider's message, and what a person can do.

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


def _full_text(error: Exception) -> str:
    return f"{error} {getattr(error, 'body', None) or ''}"


def _fix(error: Exception) -> str:
    status = status_of(error)
    if _origin(error, _TIMED_OUT) and not _broken(error):
        return "no answer in time: resume when the endpoint is less busy"
    if status is None:
        return "the endpoint cannot be reached: see that it runs and check the base URL"
    if _no_credit(error):
        status = 402
    return _FIXES.get(status, "the endpoint keeps failing: resume when it is well again")


def _no_credit(error: Exception) -> bool:
    return "insufficient_quota" in _full_text(error)


def _origin(error: BaseException | None, names: Collection[str]) -> BaseException | None:
    """Return the error, or the first of its causes, whose class has one of these names, or None."""
    while error is not None:
        if any(kind.__name__ in names for kind in type(error).__mro__):
            return error
        error = error.__cause__ or error.__context__
    return None


def _broken(error: Exception) -> BaseException | None:
    """Return aiohttp's error for a failed connection, or None. httpx reports it as a time-out."""
    found = _origin(error, ["ClientConnectionError"])
    return None if isinstance(found, TimeoutError) else found


def _asked_to_wait(error: Exception) -> float | None:
    """Return the seconds of Retry-After, given as seconds, milliseconds or a date."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(0.0, float(milliseconds) / 1000)
        wait = headers.get("retry-after")
        return None if wait is None else max(0.0, _seconds(str(wait)))
    except ValueError:
        return None


def _seconds(wait: str) -> float:
    try:
        return float(wait)
    except ValueError:
        return parsedate_to_datetime(wait).timestamp() - time()
