"""The words to a judge that compares two answers, and the winner that it names.

The answers stand as JSON in which no `<` stands, so that nothing in them ends their place. What a
judge repeats from them is no verdict.
"""

import json
import re
from typing import Any, Literal

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from prompts.json_objects import json_objects, json_text
from prompts.parse import ANSWER_CHARACTERS, Parsed
from prompts.reasoning import split_reasoning
from prompts.schema import closed
from prompts.wording import fill, version_of

Winner = Literal["first", "second", "tie"]

PAIRWISE_VERSION: str = version_of("pairwise")
"""Changes whenever a template of these does."""

REASON_CAP = 240
"""The longest reason, in characters."""

SHOWN_BYTES = 8_000
"""Bytes of JSON that a judge is shown of a text at most: two answers fit into 8,192 tokens."""

_WINNERS: dict[str, Winner] = {
    **dict.fromkeys(("1", "first", "answer 1", "the first", "one"), "first"),
    **dict.fromkeys(("2", "second", "answer 2", "the second", "two"), "second"),
    **dict.fromkeys(("tie", "draw", "equal", "both", "neither", "same"), "tie"),
}
_SAID = re.compile(
    r"(?:the )?(?:winner|better(?: answer)?)(?: is)?\s*:?\s*(.{1,12})", re.IGNORECASE
)
_FENCE = re.compile(r"```\w*\s*(.*?)\s*```", re.DOTALL)


def pairwise_messages(
    instruction: str, given: str, answers: tuple[str, str], reference: str = "", *, reasons: bool
) -> list[BaseMessage]:
    """Return the prompt that asks which of two answers is better; `given` is the input."""
    pair = {"instruction": instruction, "input": given, "reference": reference}
    told = {name: text for name, text in pair.items() if text or name != "reference"}
    told |= {"answer 1": answers[0], "answer 2": answers[1]}
    shown = _json({name: fitted(text) for name, text in told.items()})
    system = fill("pairwise/system.j2", reference=bool(reference), reasons=reasons)
    return [SystemMessage(system), HumanMessage(fill("pairwise/user.j2", pair=shown))]


def fitted(text: str) -> str:
    """Return the text, or as much of its beginning as a judge is shown, with "…" after it."""
    if _size(text) <= SHOWN_BYTES:
        return text
    shortest, longest = 0, SHOWN_BYTES
    while shortest < longest:
        middle = (shortest + longest + 1) // 2
        fits = _size(text[:middle]) <= SHOWN_BYTES - len("…".encode())
        shortest, longest = (middle, longest) if fits else (shortest, middle - 1)
    return text[:shortest] + "…"


def winner_schema(*, reasons: bool) -> dict[str, Any]:
    """Return the JSON schema of a verdict on two answers."""
    reason = {"reason": {"type": "string", "maxLength": REASON_CAP}} if reasons else {}
    return closed({**reason, "winner": {"type": "string", "enum": ["1", "2", "tie"]}})


def winner_tokens(*, reasons: bool) -> int:
    """Return a `max_tokens` that no verdict reaches."""
    return 40 + (REASON_CAP if reasons else 0)


def parse_winner(text: str, quoted: str = "") -> Parsed[Winner]:
    """Return which answer an answer of the judge names: none where it names none, or both.

    A verdict that stands among other words is none where it stands in `quoted`, too: the judge
    repeats what was said to it there.
    """
    answer = split_reasoning(text[:ANSWER_CHARACTERS]).answer.strip()
    fenced = _FENCE.fullmatch(answer)
    whole = _winner_in(json_text(fenced[1] if fenced else answer))
    if whole:
        return Parsed((whole,), ())
    repeated = json_objects(json_text(quoted)).objects
    found = [one for one in json_objects(json_text(answer)).objects if one not in repeated]
    winners = {winner for one in found if (winner := _named(one.get("winner")))}
    if len(winners) == 1:
        return Parsed(tuple(winners), ())
    why = "two winners are named" if winners else 'no "winner" is named: it is "1", "2" or "tie"'
    return Parsed((), (why,))


def _winner_in(answer: str) -> Winner | None:
    """Return the winner where the whole answer is the verdict, as JSON or as a word."""
    try:
        value = json.loads(answer, strict=False)
    except (ValueError, RecursionError):
        said = _SAID.fullmatch(answer)
        return _named(said[1] if said else answer)
    return _named(value.get("winner") if isinstance(value, dict) else value)


def _named(said: object) -> Winner | None:
    word = " ".join(str(said).strip(" .!*\"'[]()").casefold().split())
    return _WINNERS.get(word)


def _size(text: str) -> int:
    return len(_json(text).encode("utf-8", "replace"))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
