"""What an error of any provider's client says: its status, its words, how long to wait.

Providers raise different classes, and LangChain wraps some of them in its own. So the error is read
together with its causes. No text that leaves this module contains a key.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

from models.error_body import words_in
from models.masking import mask_keys
from words import clip

LONGEST = 300
"""Characters of a provider's message that are shown or stored."""

_STATUSES = {
    "rate_limit": 429,
    "too_many_requests": 429,
    "throttl": 429,
    "insufficient_quota": 429,
    "overloaded": 529,
    "server_error": 500,
    "internal_error": 500,
    "api_key": 401,
    "authentication": 401,
    "permission": 403,
    "not_found": 404,
    "invalid_request": 400,
}
"""What the words of an error's `type` or `code` mean, where it holds no number."""

_SAID = {
    "rate limit": 429,
    "too many requests": 429,
    "overloaded": 529,
    "insufficient balance": 402,
}
"""What the words of an error mean that states nothing else."""

_SLOW_DOWN = {429, 529}

_NOT_SAID = re.compile(
    r"https?://[^\s'\"]+|Error code: \d+|\b(Client|Server) error '[^']*'"
    r"|['\"](status|status_?code|code|(request|trace)_?id)['\"]: ?('[^']*\d[^']*'|\d+)",
    re.IGNORECASE,
)
"""What a client adds to the endpoint's words, and numbers that are no limits."""

_WAIT_HEADERS = ("retry-after", "llm_provider-retry-after")
_RESET_HEADERS = (
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-reset",
    "ratelimit-reset",
)
_EPOCH_S, _EPOCH_MS = 1e9, 1e12
"""Numbers above these are no seconds to wait, but a time, in seconds or milliseconds since 1970."""

_WAIT_WORDS = re.compile(
    r"(?:try again|retry)(?: your request)? in (?P<a>[\dhms.]+)\b|retrydelay\W+(?P<b>[\d.]+s)",
    re.IGNORECASE,
)
_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|h|m|s|$)")
_UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}


_INNER_MESSAGE = re.compile(r"""['"]message['"]:\s*['"](.+?)['"]\s*[,}]""", re.DOTALL)
"""The provider's own words in a client's text around them."""


class ErrorInAnswer(ValueError):  # noqa: N818 - named for what happened
    """An error object that came with the status 200.

    Attributes:
        body: the error object.
        status_code: the status that its code, type or status says; None where none does.

    """

    def __init__(self, body: Mapping[str, Any] | str) -> None:
        self.body = dict(body) if isinstance(body, Mapping) else {"message": body}
        super().__init__(words_in(self.body) or str(self.body))
        self.status_code = _stated(self.body) or _meant(str(self))


def _stated(body: Mapping[str, Any]) -> int | None:
    names = ("code", "status", "status_code", "type", "__type")
    stated = [body[name] for name in names if body.get(name)]
    for value in stated:
        if str(value).isdigit() and 400 <= int(value) < 600:
            return int(value)
    words = " ".join(map(str, stated)).lower()
    return next((status for word, status in _STATUSES.items() if word in words), None)


def _meant(words: str) -> int | None:
    return next((status for said, status in _SAID.items() if said in words.lower()), None)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error, and what caused it, and so on."""
    for _ in range(10):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def origin(error: BaseException, names: Collection[str]) -> BaseException | None:
    """Return the error, or the first of its causes, whose class has one of these names, or None."""
    found = (e for e in causes(error) if any(kind.__name__ in names for kind in type(e).__mro__))
    return next(found, None)


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status of the error or of its nearest cause that has one, or None.

    A limit counts as one, though some endpoints tell of it with 400 or 500.
    """
    status = next((status for one in causes(error) for status in _statuses(one)), None)
    body = getattr(error, "body", None)
    if status in {400, 500} and isinstance(body, Mapping):
        return slow if (slow := _stated(body)) in _SLOW_DOWN else status
    return status


def _statuses(error: BaseException) -> Iterator[int]:
    if type(error).__module__.startswith("aiohttp"):
        return  # its `code` is not the endpoint's: a connection that broke off has 400
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):  # botocore's
        response = response.get("ResponseMetadata", {})
        yield from _valid([response.get("HTTPStatusCode")])
    for one in (error, response):
        names = ("status_code", "code", "http_status", "status")
        yield from _valid([getattr(one, name, None) for name in names])


def _valid(statuses: list[Any]) -> Iterator[int]:
    return (int(s) for s in statuses if isinstance(s, int) and 400 <= s < 600)


def full_text(error: BaseException) -> str:
    """Return all words of the error and its causes, at most a few thousand characters.

    Addresses and statuses are left out: their numbers are no limits of the endpoint's.
    """
    texts = (f"{one} {getattr(one, 'body', None) or ''}"[:4_000] for one in causes(error))
    return _NOT_SAID.sub(" ", " ".join(texts))


def provider_message(error: BaseException) -> str:
    """Return the provider's message: one line, at most 300 characters, without any key."""
    message = words_in(getattr(error, "body", None))
    if not message:
        text = str(broken(error) or origin(error, ["TooManyRedirects"]) or error)
        inner = _INNER_MESSAGE.search(text)
        message = (inner[1] if inner else text) or type(error).__name__
    printable = "".join(c if c.isprintable() else " " for c in mask_keys(message))
    return clip(" ".join(printable.split()), LONGEST)


def redirected_to(error: BaseException) -> str:
    """Return the address that the refused request was redirected to, "" where it was not."""
    response = getattr(error, "response", None)
    is_redirected = bool(getattr(response, "history", None))
    return str(response.url) if response is not None and is_redirected else ""


def broken(error: BaseException) -> BaseException | None:
    """Return aiohttp's error for a failed connection, or None. httpx reports it as a time-out."""
    found = origin(error, ["ClientConnectionError"])
    return None if isinstance(found, TimeoutError) else found


def asked_to_wait(error: BaseException) -> float | None:
    """Return the seconds that the endpoint asks to wait, in a header or in words; None if none."""
    headers = next((found for one in causes(error) if (found := _headers(one))), {})
    named = [_waited(headers.get(name, "")) for name in _WAIT_HEADERS]
    milliseconds = _duration(headers.get("retry-after-ms", ""))
    waits = [milliseconds / 1000] if milliseconds is not None else []
    waits += [wait for wait in named if wait is not None]
    if waits:
        return waits[0]
    resets = [_until(_duration(headers.get(name, "")) or 0) for name in _RESET_HEADERS]
    if max(resets) and status_of(error) == 429:
        return max(resets)
    said = _WAIT_WORDS.search(full_text(error))
    return _duration(said["a"] or said["b"]) if said else None


def _headers(error: BaseException) -> Mapping[str, str]:
    response = getattr(error, "response", None)
    headers = getattr(response, "headers", None) or getattr(error, "headers", None)
    return {str(k).lower(): str(v) for k, v in headers.items()} if headers else {}


def _waited(text: str) -> float | None:
    """Return the seconds of a Retry-After, given as seconds or as a date; None for neither."""
    if (seconds := _duration(text)) is not None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time())
    except ValueError:
        return None


def _until(reset: float) -> float:
    """Return the seconds until a limit is reset, given as seconds or as a time."""
    if reset < _EPOCH_S:
        return reset
    return max(0.0, (reset if reset < _EPOCH_MS else reset / 1000) - time())


def _duration(text: str) -> float | None:
    """Return the seconds of "1m2.5s", "40ms" or "7"; None for anything else."""
    parts = list(_DURATION.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        return None
    return sum(float(part["number"]) * _UNITS[part["unit"]] for part in parts)
