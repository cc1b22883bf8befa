"""The errors of an endpoint that brought no answer: whether to ask again, and what a person can do.

    RunError
    └── EndpointRefused      no further call can succeed
        └── NotAnswered      another attempt may

What the endpoint does not take is learned elsewhere (`models.negotiation`); this is about what is
left. No text that leaves this module contains a key.
"""

import os
import re
from dataclasses import dataclass

from errors import RunError
from models.environment import connection_advice
from models.failure import (
    asked_to_wait,
    broken,
    full_text,
    origin,
    provider_message,
    redirected_to,
    status_of,
)
from models.urls import shown_url

_UNKNOWN_MODEL = re.compile(
    r"model.{0,200}(not found|not exist|not a valid|unknown)|(unknown|invalid|no such) model",
    re.IGNORECASE | re.DOTALL,
)
_BAD_KEY = re.compile(
    r"api.?key.{0,40}(invalid|not valid|incorrect|expired|missing|required|not found)"
    r"|(invalid|incorrect|expired|missing|no|bad) (api.?key|access token|credential|bearer)"
    r"|authenticat\w+ (failed|error|required|method)|AuthenticationError"
    r"|(无效|错误|过期|不存在).{0,8}(密钥|api.?key|令牌)|(密钥|api.?key|令牌).{0,8}(无效|错误|过期|不存在)",
    re.IGNORECASE,
)
_NO_CREDIT = re.compile(
    r"insufficient_quota|insufficient[ _]\w*[ _]?(balance|credit|fund)"
    r"|(balance|credit).{0,20}insufficient|credit balance is too low|out of credits"
    r"|exhausted.{0,20}credits|arrear|余额不足|欠费",
    re.IGNORECASE,
)
_BILLING = re.compile("billing", re.IGNORECASE)
"""Of no credit, unless the endpoint says when to try again: then it is a limit by the minute."""

_NO_ROOM = re.compile(
    r"context[ _](length|size|window|limit)|too many tokens|(prompt|input).{0,20}too long"
    r"|max_model_len|上下文|超过.{0,12}长度",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    r"[`'\"]?(?:parameters?\.)?([a-z][a-z0-9_.]{2,40})[`'\"]? (?:must|should|has to) be(?: set to)?"
    r" [`'\"]?(true|false|[\w.-]+)",
    re.IGNORECASE,
)

_SLOW_DOWN = {429, 503, 529}
_LOST = {408, 504, 524}
"""From a gateway that stops waiting for an answer while it is being made."""
_PASSING = {408, 409, 421, 425, 429, 499}
_CIRCLES = {"TooManyRedirects"}
_NEVER_SENT = {"ConnectError", "PoolTimeout", "ClientConnectorError", "NewConnectionError"}
"""Errors of HTTP clients where no request was sent."""
_TIMED_OUT = {"APITimeoutError", "ModelTimeoutError", "TimeoutException", "ReadTimeout"}
"""Errors of providers' clients and langchain-core where an answer took too long."""

_LIMITS = "--requests-per-minute or --tokens-per-minute"
_MORE_FIELDS = "a field that the endpoint demands is added by --extra-body JSON"
_KEEPS_FAILING = "the endpoint keeps failing: resume when it is well again"
_REFUSES_ALL = "it will refuse this again: see what it says, or name another base URL"
_FIXES = {
    402: "the account has no credit left: add some, then resume",
    429: f"the rate limit still holds after all retries: resume later, with {_LIMITS} set",
}


class EndpointRefused(RunError):  # noqa: N818 - named for what happened
    """The model cannot be asked any more: no key, no credit, no such model, no answer."""


class NotAnswered(EndpointRefused):
    """One attempt brought no answer, but another may.

    Attributes:
        slow_down: the endpoint asked for fewer calls (429, 503, 529).
        timed_out: no answer came in the time that it may take.
        lost: an answer may have been made and billed, but did not arrive.
        wait_s: seconds that the endpoint asked to wait, None where it named none.
        said: the model's name and the provider's message, without the advice.

    """

    def __init__(
        self,
        said: str,
        fix: str,
        *,
        slow_down: bool,
        lost: bool,
        wait_s: float | None,
        timed_out: bool = False,
    ) -> None:
        super().__init__(f"{said} ({fix})")
        self.said = said
        self.slow_down = slow_down
        self.timed_out = timed_out
        self.lost = lost
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose errors these are: the model's name, where it is asked, and its key's variable.

    Each is "" where it is not known.
    """

    name: str
    url: str = ""
    key_variable: str = ""


def concerns_prompt(error: Exception) -> bool:
    """Return whether the error is about this one prompt or answer; others may still succeed.

    True for a prompt that is too long or filtered (400, 413, 422) and for a response that is not a
    chat completion. False where every further call would be refused, too.
    """
    status = status_of(error)
    if is_bad_key(error):
        return False
    if status is None:
        return isinstance(error, (ValueError, LookupError, TypeError, AttributeError))
    return status in {400, 413, 422} and not (_is_unknown_model(error) or _has_no_credit(error))


def endpoint_refused(asked: Origin, error: Exception) -> EndpointRefused:
    """Return the error to raise for `error`: the provider's message, and what a person can do.

    It is a NotAnswered where another attempt may succeed.
    """
    said, fix = f"{asked.name}: {provider_message(error)}", _fix(asked, error)
    status = status_of(error)
    is_final = origin(error, _CIRCLES) if status is None else not _is_passing(status)
    if is_final or _has_no_credit(error) or is_bad_key(error):
        return EndpointRefused(f"{said} ({fix})")
    return NotAnswered(
        said,
        fix,
        slow_down=status in _SLOW_DOWN,
        timed_out=status in _LOST or _is_timed_out(error),
        lost=status in _LOST if status else origin(error, _NEVER_SENT) is None,
        wait_s=asked_to_wait(error),
    )


def advice_for(words: str) -> str:
    """Return what a person can do about a refusal in these words of nearly every request."""
    if _NO_CREDIT.search(words):
        return _FIXES[402]
    if _NO_ROOM.search(words):
        return "the prompts do not fit: name a model, or a server's setting, with a larger context"
    demand = _DEMAND.search(words)
    if demand is None:
        return f"no request was taken: check the model's name and the base URL; {_MORE_FIELDS}"
    name, value = demand[1], demand[2]
    plain = value.lower() if value.lower() in {"true", "false"} or value.isdigit() else f'"{value}"'
    return f"add it with --extra-body '{{\"{name}\": {plain}}}'"


def is_bad_key(error: Exception) -> bool:
    """Return whether the key is refused, with whatever status, or missing."""
    status = status_of(error)
    is_about = status in {None, 400, 422} and bool(_BAD_KEY.search(full_text(error)))
    return status in {401, 403} or is_about


def _is_passing(status: int) -> bool:
    return status in _PASSING or status >= 500


def _is_unknown_model(error: Exception) -> bool:
    return bool(_UNKNOWN_MODEL.search(full_text(error)))


def _has_no_credit(error: Exception) -> bool:
    if status_of(error) not in {400, 402, 403, 429}:
        return False
    text, wait = full_text(error), asked_to_wait(error)
    return bool(_NO_CREDIT.search(text) or (wait is None and _BILLING.search(text)))


def _is_timed_out(error: Exception) -> bool:
    return status_of(error) is None and bool(origin(error, _TIMED_OUT)) and not broken(error)


def _key_advice(variable: str) -> str:
    if variable and not os.environ.get(variable):
        return f"{variable} is not set: set it to the provider's key"
    return f"the key is refused: check {variable or 'the key in the environment'}"


def _fix(asked: Origin, error: Exception) -> str:
    if to := redirected_to(error):
        return f"the base URL is redirected to {shown_url(to)}: give the base URL of that"
    if _has_no_credit(error):
        return _FIXES[402]
    if is_bad_key(error):
        return _key_advice(asked.key_variable)
    status = status_of(error)
    return _fix_connection(asked, error) if status is None else _fix_status(asked, status)


def _fix_connection(asked: Origin, error: Exception) -> str:
    if _is_timed_out(error):
        return "no answer in time: resume with less in parallel, or with a longer --timeout"
    return connection_advice(asked.url, full_text(error))


def _fix_status(asked: Origin, status: int) -> str:
    where = f" {shown_url(asked.url)}" if asked.url else ""
    if status in {400, 404, 405, 422}:
        return f"check the model's name and the base URL{where}"
    return _FIXES.get(status, _KEEPS_FAILING if _is_passing(status) else _REFUSES_ALL)
