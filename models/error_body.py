"""The endpoint's own words in the body of an error, whatever its shape.

OpenAI's is `{"error": {"message": …}}`. Others send `{"detail": [{"loc": …, "msg": …}]}` (FastAPI),
`[{"error": …}]` (Google), `{"Message": …}` (AWS), `{"base_resp": {"status_msg": …}}` (MiniMax), a
page of HTML (proxies), or plain text.
"""

import re
from collections.abc import Mapping

_NAMES = (
    "message",
    "Message",
    "msg",
    "detail",
    "error_description",
    "error_message",
    "status_msg",
    "error",
    "errors",
    "base_resp",
)
"""What endpoints call the words, or what holds them; the first that has any counts."""

_DEEPEST = 6
_LONGEST = 20_000
_TITLE = re.compile(r"<title[^>]*>(.+?)</title>", re.DOTALL | re.IGNORECASE)
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)


def words_in(body: object, depth: int = 0) -> str:
    """Return the words that the body holds, "" where it holds none."""
    if isinstance(body, str):
        return _text_of(body[:_LONGEST])
    if depth == _DEEPEST:
        return ""
    if isinstance(body, list):
        return "; ".join(filter(None, (words_in(part, depth + 1) for part in body[:3])))
    return _named(body, depth) if isinstance(body, Mapping) else ""


def _named(body: Mapping[str, object], depth: int) -> str:
    words = next(filter(None, (words_in(body.get(name), depth + 1) for name in _NAMES)), "")
    behind, place = body.get("metadata"), body.get("loc")
    if isinstance(behind, Mapping) and (raw := words_in(behind.get("raw"), depth + 1)):
        words = f"{words}: {raw}"  # the words of the provider behind a router
    if isinstance(place, list) and place and words:
        words = f"{place[-1]}: {words}"
    return words


def _text_of(text: str) -> str:
    if not text.lstrip().startswith("<"):
        return text.strip()
    title = _TITLE.search(text)
    return " ".join((title[1] if title else _TAGS.sub(" ", text)).split())
