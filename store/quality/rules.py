"""The rules that a record must obey to be kept; each looks at this record alone.

A rule is a function that returns its name, as it stands in `rejected.jsonl`, and what is wrong, or
None for a good record; a new one is a function and a row in RECORD_RULES. Whether a record repeats
another one is decided by the diversity filter, store/filter/index.py.

Most rules look at a conversation exchange by exchange, each as a record of its own: what the user
says is its instruction, what the assistant answers its output.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Literal

from checks import Checks, Fault, failed_check
from record import Record
from store.quality.as_a_model import as_a_model
from store.quality.copied import COPY, is_edit, overlap
from store.quality.counts.miscounted import miscounted
from store.quality.given_away import given_away
from store.quality.pasted import pasted
from store.quality.placeholder import placeholder
from store.quality.repeats import repeated
from store.quality.script import is_written_in
from store.quality.turns import said_again, wrong_turns
from store.quality.unanswerable import blocked, unanswerable
from turns import exchanges_of
from words import clip_at_word

_QUOTED = re.compile(r"(?<!\w)(['\"])[^'\"\n]{0,60}\1")


@dataclass(frozen=True, slots=True)
class RecordRules:
    """What a domain asks of its records; lengths are (least, most) characters.

    `output_pattern` is literal text that an output must contain, in which each `*` stands for at
    least one character; "" asks for nothing. `input_lengths` hold for records that have an input.
    From this `overlap` on an output copies its input. `task`, `topics` and `sentences` are what
    the domain tells the model, which belongs in no instruction. `turns` are the least and the most
    user turns of a conversation, None where records are single.
    """

    language: str
    input: Literal["optional", "required", "none"]
    instruction_lengths: tuple[int, int]
    input_lengths: tuple[int, int]
    output_lengths: tuple[int, int]
    blocked_words: tuple[str, ...] = ()
    output_pattern: str = ""
    overlap: float = COPY
    task: str = ""
    topics: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    checks: Checks = field(default_factory=Checks)
    turns: tuple[int, int] | None = None


Rule = Callable[[Record, RecordRules], Fault | None]


def broken_rule(record: Record, rules: RecordRules) -> Fault | None:
    """Return the first rule that the record breaks, with the reason, or None for a good record."""
    return _broken(record, rules, RECORD_RULES)


def broken_request(record: Record, rules: RecordRules) -> Fault | None:
    """Return the first rule that the record breaks whatever its output will be, or None."""
    return _broken(record, rules, REQUEST_RULES)


def _broken(record: Record, rules: RecordRules, asked: Sequence["Rule"]) -> Fault | None:
    return next((fault for rule in asked if (fault := rule(record, rules))), None)


def in_each_exchange(rule: Rule) -> Rule:
    """Return the rule for records that may be conversations; it names the turn that breaks it.

    What the user says later may be as short as it likes.
    """

    @wraps(rule)
    def of_all(record: Record, rules: RecordRules) -> Fault | None:
        exchanges = exchanges_of(record)
        if not exchanges:
            return rule(record, rules)
        later = replace(rules, instruction_lengths=(1, rules.instruction_lengths[1]))
        for turn, said in enumerate(exchanges, start=1):
            part = Record(said.user, output=said.assistant)
            if fault := rule(part, rules if turn == 1 else later):
                return fault[0], f"turn {turn}: {fault[1]}"
        return None

    return of_all


@in_each_exchange
def empty(record: Record, _: RecordRules) -> Fault | None:
    """Reject an empty instruction or output."""
    for part, text in (("instruction", record.instruction), ("output", record.output)):
        if not text.strip():
            return "empty", f"the {part} is empty"
    return None


@in_each_exchange
def wrong_input(record: Record, rules: RecordRules) -> Fault | None:
    """Reject a missing input, and one where the domain has none."""
    if rules.input == "required" and not record.input.strip():
        return "empty", "the input is empty"
    if rules.input == "none" and record.input.strip():
        return "input", "there is an input, but the domain has none"
    return None


def turns(record: Record, rules: RecordRules) -> Fault | None:
    """Reject a conversation whose turns are out of order, too few or too many."""
    why = wrong_turns(record, *rules.turns) if rules.turns else None
    return ("turns", why) if why else None


def truncated(record: Record, _: RecordRules) -> Fault | None:
    """Reject a record that the token limit cut off."""
    return ("truncated", "the token limit cut the answer off") if record.cut_off else None


@in_each_exchange
def length(record: Record, rules: RecordRules) -> Fault | None:
    """Reject a part that is shorter or longer than the domain allows."""
    parts = (
        ("instruction", record.instruction, rules.instruction_lengths),
        ("input", record.input, rules.input_lengths if record.input else (0, 0)),
        ("output", record.output, rules.output_lengths),
    )
    for part, text, (least, most) in parts:
        if len(text) < least:
            return "length", f"the {part} has {len(text)} characters, fewer than {least}"
        if len(text) > most:
            return "length", f"the {part} has {len(text)} characters, more than {most}"
    return None


def wrong_format(record: Record, rules: RecordRules) -> Fault | None:
    r"""Reject an output without the text that the domain asks for, such as \boxed{*}."""
    position = 0
    for index, piece in enumerate(rules.output_pattern.split("*")):
        found = record.output.find(piece, position + (index > 0))
        if found < 0:
            return "format", f"the output has no {rules.output_pattern}"
        position = found + len(piece)
    return None


@in_each_exchange
def open_placeholder(record: Record, _: RecordRules) -> Fault | None:
    """Reject a part with a place that somebody still has to fill in.

    An instruction may quote one: "print 'Hello, [name]!' for every name".
    """
    instruction = _QUOTED.sub(" ", record.instruction)
    texts = (("instruction", instruction), ("input", record.input), ("output", record.output))
    for part, text in texts:
        if found := placeholder(text):
            return "placeholder", f"the {part} holds {found!r}"
    return None


@in_each_exchange
def blocked_word(record: Record, rules: RecordRules) -> Fault | None:
    """Reject an instruction with a word of the domain's list, or that asks for more than text."""
    found = blocked(record.instruction, rules.blocked_words) or unanswerable(record.instruction)
    return ("blocked_word", f"the instruction asks for {found!r}") if found else None


@in_each_exchange
def copy(record: Record, rules: RecordRules) -> Fault | None:
    """Reject an output that is the input or the instruction again, or nearly.

    Where the instruction asks for an edit, such as a correction, only an output without any change
    is a copy.
    """
    texts = (("input", record.input, rules.overlap), ("instruction", record.instruction, COPY))
    for part, text, most in texts:
        if text.strip() == record.output.strip():
            return "copy", f"the output is the {part}"
        share = overlap(text, record.output) if text else 0
        if share >= most and not is_edit(record.instruction):
            why = f"the output repeats the {part}: overlap {share:.2f}, less than {most:g} asked"
            return "copy", why
    return None


@in_each_exchange
def given_answer(record: Record, rules: RecordRules) -> Fault | None:
    """Reject an output that stands in the instruction, which gives the answer away."""
    if given_away(record.instruction, record.input, record.output, rules.language):
        return "given_away", "the instruction holds the whole output"
    return None


@in_each_exchange
def about_itself(record: Record, _: RecordRules) -> Fault | None:
    """Reject an output in which the assistant speaks of itself as a model, mostly to refuse."""
    found = as_a_model(record.instruction, record.input, record.output)
    return ("about_itself", f"the output says {found!r}") if found else None


def pasted_prompt(record: Record, rules: RecordRules) -> Fault | None:
    """Reject an instruction with parts of the prompt that asked for it."""
    found = pasted(record.instruction, rules.topics, rules.sentences, rules.task)
    return ("prompt", f"the instruction holds {found!r} of the prompt") if found else None


@in_each_exchange
def wrong_count(record: Record, rules: RecordRules) -> Fault | None:
    """Reject an output without the number of sentences, words, … that the instruction names."""
    why = miscounted(record.instruction, record.output, rules.language)
    return ("count", why) if why else None


@in_each_exchange
def repetition(record: Record, _: RecordRules) -> Fault | None:
    """Reject an output that says the same twice."""
    found = repeated(record.output, record.input)
    return ("repeats", f"the output says twice {clip_at_word(found, 80)!r}") if found else None


def repeated_answer(record: Record, _: RecordRules) -> Fault | None:
    """Reject a conversation in which the assistant says the same in two turns."""
    found = said_again(record)
    return ("repeats", f"two answers say {clip_at_word(found, 80)!r}") if found else None


@in_each_exchange
def language(record: Record, rules: RecordRules) -> Fault | None:
    """Reject an instruction or an output that is not written in the domain's language."""
    for part, text in (("instruction", record.instruction), ("output", record.output)):
        if not is_written_in(text, rules.language):
            return "language", f"the {part} is not written in {rules.language}"
    return None


def failed(record: Record, rules: RecordRules) -> Fault | None:
    """Reject what fails a check of the domain's own."""
    return failed_check(record, rules.checks)


RECORD_RULES: tuple[Rule, ...] = (
    empty,
    wrong_input,
    turns,
    truncated,
    length,
    wrong_format,
    open_placeholder,
    blocked_word,
    copy,
    language,
    given_answer,
    about_itself,
    pasted_prompt,
    wrong_count,
    repetition,
    repeated_answer,
    failed,
)
"""All rules, in the order in which a record is checked."""

REQUEST_RULES: tuple[Rule, ...] = (wrong_input, blocked_word, pasted_prompt)
"""Those that look at what is asked alone: an output does not mend what they find."""
