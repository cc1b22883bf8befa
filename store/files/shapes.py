"""The shapes of rows: which field of a row asks, whatever the data calls it.

The one place that knows them; `filter`, `analyze` and `--against` all read by it. A row asks in
`instruction`, else in a chat, else in another of the ASKING fields, else in what `chosen` and
`rejected` begin with. A field that is null is as good as missing. A row is untrusted: ValueError
says what is wrong with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from store.files.chats import Turn, first_answer, last_answer, opening, spoken, turns_of
from store.files.values import kind_of, names_of, unpacked, value_at

CHATS = (
    "messages", "conversations", "conversation", "contents", "dialog", "dialogue", "dialogs",
    "turns", "chat",
)  # fmt: skip
"""Fields that ask where they hold a chat."""

ASKING = (
    "instruction", "prompt", "question", "query", "problem", "inputs_pretokenized", "inputs",
    "input", "user", "human", "request", "user_prompt", "user_input", "user_message", "user_query",
    "instructions", "q", "text", "problem_statement", "content", "body", "context",
)  # fmt: skip
"""Fields that ask with a text, with a chat, or with an object that has such a field."""

ANSWERING = (
    "output", "response", "completion", "answer", "solution", "target", "targets_pretokenized",
    "targets", "outputs", "chosen", "preferred_output", "chosen_response", "best_answer",
    "generation", "assistant", "gpt", "bot", "reply", "a", "canonical_solution", "code",
)  # fmt: skip
GIVEN = ("input", "context", "passage")
"""Fields of what an instruction works on."""

REJECTED = ("rejected", "rejected_response", "rejected_output", "non_preferred_output")
PAIRS = {"chosen", *REJECTED}
"""Fields of answers that were compared."""

KNOWN = {*CHATS, *ASKING, *PAIRS}
"""All fields that tell what a row asks."""

_DEEPEST = 4
"""Objects in objects that are looked into."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row's instruction stands, and which parts of the row are no instruction or answer.

    `is_chat`: it is the first user's turn of a chat, instruction and input in one text.
    """

    field: str = "instruction"
    is_chat: bool = False
    unread: tuple[str, ...] = ()


PLAIN = Origin()
"""The origin of an instruction under its own name."""


class Asked(NamedTuple):
    """What a row asks, not yet checked; of a chat also its answer, None where there is none.

    `turns` are all that the chat holds.
    """

    text: object
    origin: Origin = PLAIN
    answer: object = None
    turns: Sequence[Turn] = ()


def asked_in(row: Mapping[str, object], field: str | None = None) -> Asked:
    """Return what a row asks: in `field`, or where it is found."""
    text = row.get("instruction") if field is None else None
    if isinstance(text, str) and "rejected" not in row:
        return Asked(text)
    if field is not None:
        found: Asked | None = _ask(field, value_at(row, field))
    else:
        found = _found(row) or _found(plainly_named(row))
    if found is None:
        raise ValueError(_nothing(row))
    if any(row.get(name) is not None for name in REJECTED):
        return _with_unread(found, "rejected answer")
    return found


def answer_in(row: Mapping[str, object]) -> tuple[str, object] | None:
    """Return the field that holds a row's answer, and the answer: a text or a number."""
    for name in ANSWERING:
        if (answer := _answer(row.get(name))) is not None:
            return name, answer
    return None


def rejected_in(row: Mapping[str, object]) -> tuple[str, str] | None:
    """Return the field that holds a rejected answer, and the answer; of a chat its last one."""
    for name in REJECTED:
        value = row.get(name)
        turns = spoken(value) if isinstance(value, str) else turns_of(value)
        answer = last_answer(turns) if turns else _answer(value)
        if isinstance(answer, str) and answer:
            return name, answer
    return None


def plainly_named(row: Mapping[str, object]) -> dict[str, object]:
    """Return the row with its fields under plain names."""
    return {plain_name(name): value for name, value in row.items()}


def plain_name(name: str) -> str:
    """Return a field's name in lower case, without the blanks around it."""
    return name.strip().lower().replace(" ", "_")


def nothing_asks(fields: Iterable[str]) -> str:
    """Return what is wrong with a row, or a table, that has none of the known fields."""
    return (
        "the field 'instruction' is missing, and so is every other that is known; "
        f"it has {names_of(fields) or 'none'}"
    )


def _found(row: Mapping[str, object], depth: int = 0) -> Asked | None:
    if row.get("instruction") is not None:
        return _ask("instruction", row["instruction"], depth)
    for name in CHATS:
        turns = turns_of(unpacked(row.get(name)))
        if turns is not None:
            return _chat(name, turns)
    for name in ASKING:
        if row.get(name) is not None:
            return _ask(name, row[name], depth)
    return _pair(row.get("chosen"), row.get("rejected"))


def _ask(field: str, value: object, depth: int = 0) -> Asked:
    """Return what a field asks: its text, or what the chat or the object in it asks."""
    turns = turns_of(value)
    if turns is not None:
        return _chat(field, turns)
    if isinstance(value, Mapping) and depth < _DEEPEST:
        found = _found(value, depth + 1)
        if found is None:
            parts = names_of(value) or "nothing"
            raise ValueError(f"the field {field!r} is an object with {parts}; name {field}.NAME")
        inner = found.origin
        origin = Origin(f"{field}.{inner.field}", inner.is_chat, inner.unread)
        return found._replace(origin=origin)
    return Asked(value, PLAIN if field == "instruction" else Origin(field))


def _chat(field: str, turns: Sequence[Turn]) -> Asked:
    found = opening(turns)
    origin = Origin(field, is_chat=True, unread=found.unread)
    return Asked(found.text, origin, found.answer, turns)


def _pair(chosen: object, rejected: object) -> Asked | None:
    """Return what two answers were given to, where each one holds the question, too."""
    if chosen is None or rejected is None:
        return None
    if isinstance(chosen, str) and isinstance(rejected, str):
        turns, others = spoken(chosen), spoken(rejected)
        if not turns or not others:
            shared = Origin("what chosen and rejected begin with")
            return Asked(_beginning(chosen, rejected), shared, chosen)
    else:
        turns, others = turns_of(chosen) or [], turns_of(rejected) or []
    found = _chat("chosen", turns)
    if opening(others).text != found.text:
        raise ValueError("'chosen' and 'rejected' begin with different questions")
    return found


def _beginning(chosen: str, rejected: str) -> str:
    """Return the words with which two texts begin."""
    pairs = zip(chosen.split(), rejected.split(), strict=False)
    words = [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
    if not words:
        raise ValueError("'chosen' and 'rejected' share no beginning, and nothing else asks")
    return " ".join(words)


def _answer(value: object, depth: int = 0) -> object:
    """Return the answer that a value holds: a text, a number, the first answer of a chat."""
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping) and ("role" in value or "from" in value):
        value = [value]
    if isinstance(value, list) and any(isinstance(item, str) for item in value):
        return None  # several answers: which one is the record's is not ours to say
    turns = turns_of(value)
    if turns is not None:
        return first_answer(turns)
    if isinstance(value, Mapping) and depth < _DEEPEST:
        found = (_answer(value.get(name), depth + 1) for name in ANSWERING)
        return next((answer for answer in found if answer is not None), None)
    return None


def _with_unread(found: Asked, what: str) -> Asked:
    origin = found.origin
    unread = (*origin.unread, what)
    return found._replace(origin=Origin(origin.field, origin.is_chat, unread))


def _nothing(row: Mapping[str, object]) -> str:
    """Return why a row asks nothing."""
    if "instruction" in row:
        return f"the field 'instruction' is {kind_of(row['instruction'])}, no string"
    for name, value in row.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            return f"it holds rows in {name!r}: give a file of these rows alone"
    return nothing_asks(row)
