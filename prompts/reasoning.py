r"""Tells what a model thinks from what it answers, in whatever form it marks its reasoning.

Reasoning ends where its mark is closed. Where the opening mark is missing (chat templates write it
into the prompt), all that stands before the closing one is reasoning; where the closing one is
missing, all that follows is. Marks inside a JSON string are data. So are marks in a text that the
plain-text form names ("Output: <think>…</think> 4") or that stand in the middle of its lines.
"""

# ruff: noqa: RUF001 - marks and punctuation as models write them

import re
from collections import Counter
from typing import NamedTuple

_TAGS = (
    r"(?:[a-z]{1,12}:)?(?:ant)?(?:inner[ _-]?)?(?:"
    r"think(?:ing)?(?:[ _-]?process)?|thoughts?(?:[ _-]?process)?|reasoning(?:[ _-]?process)?"
    r"|(?:self[ _-]?)?reflect(?:ion)?|analysis|monologue|deliberation|scratch[ _-]?pad|draft"
    r"|planning|chain[ _-]?of[ _-]?thought|cot)"
)
_HEADER = (
    r"(?:<\|start\|>\s*assistant\s*)?<\|channel\|>\s*(?:{})\b[^<]{{0,200}}"
    r"(?:<\|constrain\|>[^<]{{0,99}})?<\|message\|>"
)
_FORMS = {
    "tag": (rf"<\s*(?P<tag>{_TAGS})(?:\s[^<>/]*)?>", rf"<\s*/\s*(?P<end_tag>{_TAGS})\s*>"),
    "mistral": (r"\[THINK\]", r"\[/THINK\]"),
    "kimi": ("◁think▷", "◁/think▷"),
    "token": (
        r"<[|｜](?:start|begin)[_▁](?:of[_▁])?(?:think(?:ing)?|thought)[|｜]>",
        r"<[|｜]end[_▁](?:of[_▁])?(?:think(?:ing)?|thought)[|｜]>",
    ),
    "harmony": (_HEADER.format("analysis|thought|thinking"), _HEADER.format("final|commentary")),
    "harmony_without_tokens": (
        r"\A\s*(?-i:analysis(?=[A-Z]))",
        r"(?-i:assistant(?:final|commentary[^{\n]{0,99}))",
    ),
    "gemma": (r"<\|channel>\s*thought\b", r"<channel\|>"),
    "granite": ("here(?:'s| is) my thought process:", "here(?:'s| is) my response:"),
}
"""How models mark reasoning: the opening and the closing mark."""

_DATA = (
    r"(?:(?<=[\[{,:])|\A)\s*+(?:"
    r'"(?:[^"\\]|\\.)*+(?:"(?=\s*+(?:[,:}\]]|```|\Z))|\Z)'
    r"|'(?:[^'\\]|\\.)*+'(?=\s*+[,:}\]]))"
)
"""A string of JSON, or of what is nearly JSON; the last one may be cut off."""

_NAMED = (
    r"^[ \t#>*_]*+(?:\d{1,3}[.)][ \t*_]*+)?(?:instruction|input|output|指令|输入|输出)"
    r"[ \t*_]*+\d{0,3}[ \t]*+[:：][\s*_]*+"
)
_ITEM = r"^[ \t]*+(?:[-*•|]|\d{1,3}[.)、])[ \t]"
_MARK = re.compile(
    "|".join(
        [f"(?P<data>{_DATA})", f"(?P<named>{_NAMED})", f"(?P<item>{_ITEM})"]
        + [f"(?P<open_{form}>{opening})" for form, (opening, _) in _FORMS.items()]
        + [f"(?P<close_{form}>{closing})" for form, (_, closing) in _FORMS.items()]
        + [r"(?P<end><\|end\|>(?!\s*+<\|(?:start|channel)\|>))"]
    ),
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_SPECIAL = r"(?:<\|start\|>\s*+assistant|<[|｜][\w▁]{1,40}[|｜]>)"
_SPECIALS_BEFORE = re.compile(rf"\A(?:\s*+{_SPECIAL})*+\s*+", re.IGNORECASE)
_SPECIALS_BEHIND = re.compile(rf"\s*+(?:{_SPECIAL}\s*+)*+\Z", re.IGNORECASE)
_TAIL = 400  # characters at the end of an answer in which tokens are looked for
_IN_ANSWER = re.compile(r"<(answer|response)>(.*)</\1>", re.IGNORECASE | re.DOTALL)
_ANSWER_FOLLOWS = re.compile(r"[ \t]*+(?:[\n{\[]|```|\Z)")
_JSON_BEGINS = ("{", "[", "```")
_BREAKS = "\n}])>.:!?…*`。：！？"
"""What a mark stands behind that begins something new, blanks left out."""


class Split(NamedTuple):
    """What a model thought, and what it answered."""

    reasoning: str
    answer: str


def split_reasoning(text: str) -> Split:
    """Return the reasoning in a model's text, and the text without it."""
    reading = _Reading(text)
    for mark in _MARK.finditer(text):
        reading.take_in(mark)
    return reading.split()


class _Reading:
    """How far a text was read: what it thinks, what it answers, and the mark that is open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._thoughts: list[str] = []
        self._answer: list[str] = []
        self._position = 0
        self._opened: re.Match[str] | None = None
        self._inner = Counter[str]()
        self._named = False
        self._name_ends = -1

    def take_in(self, mark: re.Match[str]) -> None:
        what, _, _ = str(mark.lastgroup).partition("_")
        if what == "open":
            self._open(mark)
        elif what == "close":
            self._close(mark)
        elif what == "end" and self._opened and _kind(self._opened) == "harmony":
            self._end_reasoning(mark)
        elif what in {"named", "item"} and not self._opened:
            self._named = True
            self._name_ends = mark.end() if what == "named" else -1

    def split(self) -> Split:
        rest = self._text[self._position :]
        if self._opened and self._at_break(self._opened):
            self._thoughts.append(rest[len(self._opened[0]) :])
        else:
            self._answer.append(rest)
        reasoning = "\n".join(stripped for part in self._thoughts if (stripped := _bare(part)))
        return Split(reasoning, _bare("".join(self._answer)))

    def _open(self, mark: re.Match[str]) -> None:
        if self._opened or self._is_data(mark):
            self._inner[_kind(mark)] += 1
        else:
            self._answer.append(self._text[self._position : mark.start()])
            self._position, self._opened = mark.start(), mark

    def _close(self, mark: re.Match[str]) -> None:
        kind = _kind(mark)
        if self._inner[kind] and not (self._opened and _kind(self._opened) == kind):
            self._inner[kind] -= 1
        elif self._opened:
            self._end_reasoning(mark)
        elif self._was_never_opened(mark):
            self._thoughts.append("".join(self._answer))
            self._answer, self._named = [], False
            self._end_reasoning(mark)

    def _end_reasoning(self, mark: re.Match[str]) -> None:
        begins = self._opened.end() if self._opened else self._position
        self._thoughts.append(self._text[begins : mark.start()])
        self._position, self._opened = mark.end(), None
        self._inner.clear()

    def _is_data(self, mark: re.Match[str]) -> bool:
        """Whether an opening mark is a part of the text of a record or subtask."""
        if self._in_backticks(mark) or mark.start() == self._name_ends:
            return True
        return self._named and self._before(mark) != "\n"

    def _was_never_opened(self, mark: re.Match[str]) -> bool:
        """Whether a closing mark ends a reasoning whose opening mark is missing."""
        if self._in_backticks(mark):
            return False
        if _SPECIALS_BEHIND.match(self._text, mark.end()):
            so_far = "".join(self._answer) + self._text[self._position : mark.start()]
            return not _bare(so_far).startswith(_JSON_BEGINS)
        if not self._named or _ANSWER_FOLLOWS.match(self._text, mark.end()):
            return True
        return self._at_break(mark)

    def _at_break(self, mark: re.Match[str]) -> bool:
        return self._before(mark) in _BREAKS

    def _before(self, mark: re.Match[str]) -> str:
        """Return the character before the mark, blanks left out; a line break at the beginning."""
        return self._text[max(0, mark.start() - _TAIL) : mark.start()].rstrip(" \t")[-1:] or "\n"

    def _in_backticks(self, mark: re.Match[str]) -> bool:
        start = mark.start()
        around = self._text[start - 1 : start] + self._text[mark.end() : mark.end() + 1]
        return around == "``" and self._text[start - 3 : start] != "```"


def _kind(mark: re.Match[str]) -> str:
    """Return the form of a mark; each tag is a form of its own."""
    return (mark["tag"] or mark["end_tag"] or str(mark.lastgroup).partition("_")[2]).lower()


def _bare(text: str) -> str:
    """Return the text without the tokens and tags that a model's format puts around it."""
    text = _SPECIALS_BEFORE.sub("", text)
    tail = _SPECIALS_BEHIND.sub("", text[-_TAIL:])
    text = text[:-_TAIL] + tail
    wrapped = _IN_ANSWER.fullmatch(text)
    return wrapped[2].strip() if wrapped else text
