"""What an endpoint's refusal says about the settings it takes. Pure: error in, new terms out.

Endpoints refuse what they do not know in any words and with many statuses. A refusal that names a
setting which was sent means that setting; the numbers in it are the limits that it states. Where a
refusal names nothing, what an answer does not need is left out, one thing after the other.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from models.failure import full_text, status_of
from models.terms import JSON_SCHEMA, LEAST_ROOM, SCHEMA, STREAM_OPTIONS, SYSTEM, Terms

REFUSED = {400, 404, 405, 413, 415, 422, 424, 500, 501}
"""Statuses with which endpoints refuse a setting."""

_NOT_TAKEN = re.compile(
    r"\bun(supported|recognized|known|expected|available)|not (be )?(support|permit|allow|implement"
    r"|accept|available|enabled|valid)|n't (support|allow)|no endpoints? .{0,40}(support|handle)"
    r"|invalid|deprecat|\bonly\b|\bmust\b|should be|extra (inputs|fields)|forbidden|disabled"
    r"|out of range|不支持|不合法|无效|非法|必须"
)
_BAD_ANSWER = re.compile(r"json_validate_failed|failed_generation|generated json")
"""The endpoint itself found that an answer does not fit the schema, which it does take."""

_FILTERED = re.compile(
    r"content.?(filter|policy|management)|responsible.?ai|moderation|data_?inspection|敏感|违规"
)
"""The prompt is refused for what it says."""

_TOKENS = re.compile(
    r"max_(completion_|output_|new_)?tokens|num_predict|context[ _](length|size|window|limit)"
    r"|maximum.{0,30}tokens|too many tokens|token count|too long|tokens per minute|max_model_len"
)
_CONTEXT = re.compile(
    r"context limit: \d+ \+ \d+ > (\d+)"
    r"|(?:context[ _](?:length|size|window|limit)|max_model_len|tokens per minute)\D{0,40}?(\d+)"
    r"|(\d{2,})[ -]?(?:tokens?)?[ -](?:maximum )?context"
    r"|max_new_tokens\W+must be <= (\d{2,})"
)
_PROMPT = re.compile(
    r"(\d+) \+ \d+ > \d+"
    r"|(\d+)\W+(?:input|prompt|inputs)\W{0,2} ?tokens"
    r"|(\d+) (?:tokens )?(?:in|from) the (?:input|messages|prompt)"
    r"|prompt contains (\d+)|n_prompt_tokens\W+(\d+)"
)
_NEWER_NAME = re.compile(r"use\W+max_completion_tokens")
_STREAM = re.compile(r"\bstream(ing|ed)?\b(?!_)")

_WORDS = {
    STREAM_OPTIONS: "include_usage",
    SCHEMA: r"schema|response format|grammar|guided|structured.output|json.(mode|object)"
    r"|support tools|requested parameters",
    SYSTEM: r"system (role|prompt|message|instruction)|role\W+system|developer instruction"
    r"|roles must alternate|only.{0,20}user.{0,20}assistant|messages\[0\]\.role",
}
"""By which words a refusal names a setting, beside its own name."""

OPTIONAL = ("seed", "temperature", JSON_SCHEMA, SCHEMA, SYSTEM)
"""What an answer does not need, what is missed least first."""


def learned(terms: Terms, error: Exception, sent: Mapping[str, Any], limit: int) -> Terms | None:
    """Return the terms under which the endpoint may take what it refused; None if it says nothing.

    `sent` are the settings of the refused request, `limit` is the most tokens its answer could
    have.
    """
    if status_of(error) not in REFUSED or is_bad_answer(error) or is_filtered(error):
        return None
    text = full_text(error).lower()
    if _NEWER_NAME.search(text) and "max_tokens" in sent:
        return terms.without("max_tokens")
    if _TOKENS.search(text):
        return _lowered(terms, text, sent, limit)
    name = _named(text, sent)
    if name is None or not (_NOT_TAKEN.search(text) or status_of(error) in {400, 422}):
        return None
    if name == SCHEMA and JSON_SCHEMA not in terms.left_out:
        return terms.without(JSON_SCHEMA)
    most = _largest_below(text, sent[name]) if name == "seed" and terms.most_seed is None else None
    return replace(terms, most_seed=most) if most else terms.without(name)


def untold(terms: Terms, error: Exception, sent: Mapping[str, Any]) -> Iterator[Terms]:
    """Yield terms to try where a refusal names nothing: each without one optional setting.

    The same ones come first, since some endpoints refuse a few requests for no reason; the last
    are without all of them.
    """
    if status_of(error) not in {400, 415, 422, 500, 501} or is_filtered(error):
        return
    if _STREAM.search(full_text(error).lower()) and not terms.streams:
        yield replace(terms, streams=True)
    yield terms
    names = [name for name in OPTIONAL if (SCHEMA if name == JSON_SCHEMA else name) in sent]
    names = [name for name in names if name not in terms.left_out]
    yield from (terms.without(name) for name in names)
    if len(names) > 1:
        yield terms.without(*names)


def room_for(error: Exception, limit: int) -> int | None:
    """Return a lower limit for a request that does not fit the context together with its answer.

    None where the refusal is about something else, or where too little room would be left.
    """
    text = full_text(error).lower()
    if status_of(error) not in {400, 413, 422} or not _TOKENS.search(text):
        return None
    context, prompt = _number(_CONTEXT, text), _number(_PROMPT, text)
    room = limit // 2 if context is None or prompt is None else context - prompt
    return room if LEAST_ROOM <= room < limit else None


def is_filtered(error: Exception) -> bool:
    """Return whether the prompt was refused for what it says."""
    return bool(_FILTERED.search(full_text(error).lower()))


def is_bad_answer(error: Exception) -> bool:
    """Return whether the endpoint took the request, and refused the model's answer."""
    return bool(_BAD_ANSWER.search(full_text(error).lower()))


def _lowered(terms: Terms, text: str, sent: Mapping[str, Any], limit: int) -> Terms | None:
    """Return the terms with the context, or the largest limit, that the refusal states."""
    context = _number(_CONTEXT, text)
    if context is not None:
        return replace(terms, context=context)
    if most := _largest_below(text, limit):
        return replace(terms, most_tokens=most)
    is_unknown = "max_tokens" in sent and _NOT_TAKEN.search(text)
    return terms.without("max_tokens") if is_unknown else None


def _named(text: str, sent: Mapping[str, Any]) -> str | None:
    """Return the setting that the text names first, of those that were sent."""
    places = {}
    for name in sent:
        words = "|".join(filter(None, (rf"\b{re.escape(name)}\b", _WORDS.get(name))))
        if found := re.search(words, text):
            places[name] = found.start()
    return min(places, key=lambda name: places[name]) if places else None


def _largest_below(text: str, bound: int) -> int | None:
    """Return the largest number in the text that is below the bound and a sensible limit."""
    numbers = [int(number) for number in re.findall(r"\d{2,18}", text)]
    return max((n for n in numbers if LEAST_ROOM <= n < bound), default=None)


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return next((int(group) for group in found.groups() if group), None) if found else None
