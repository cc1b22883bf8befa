"""The rules of conversations: turns in order, and every exchange as good as a record."""

from dataclasses import replace

import pytest

from record import Record
from store.quality.rules import RecordRules, broken_rule
from turns import Exchange, messages_of

RULES = RecordRules("en", "none", (10, 120), (0, 0), (5, 200), turns=(2, 3))
GOOD = [
    Exchange(
        "How do I halve three quarters of a cup?", "Halve the pieces. What is half a quarter?"
    ),
    Exchange("An eighth?", "Right. So how many eighths do three half quarters make together?"),
]
LAST = Exchange("Three eighths!", "Yes, three eighths of a cup.")


def record(*exchanges: Exchange) -> Record:
    more = {"messages": messages_of(exchanges)}
    return Record(exchanges[0].user, "", exchanges[-1].assistant, more)


def test_a_good_conversation_passes() -> None:
    assert broken_rule(record(*GOOD), RULES) is None
    assert broken_rule(record(*GOOD, LAST), RULES) is None


THANKS = Exchange("Thank you, and two thirds?", "Three ninths, or a third.")
CHINESE = "当然可以，我们先把四分之三分成两半，再看看结果是什么。"
ECHO = "Three eighths of a cup it is"
FAULTY: dict[str, tuple[list[Exchange], str, str]] = {
    "too few": (GOOD[:1], "turns", "1 user turns, 2 to 3 asked"),
    "too many": ([*GOOD, LAST, THANKS], "turns", "4 user turns, 2 to 3 asked"),
    "an empty answer": ([*GOOD, Exchange("And now?", " ")], "empty", "turn 3: the output is"),
    "an empty question": ([*GOOD, Exchange("", "Well done.")], "empty", "turn 3: the instruction"),
    "a short opening": ([Exchange("Why?", "Because it is so."), LAST], "length", "turn 1: the"),
    "a long answer": ([GOOD[0], Exchange("And now?", "word " * 50)], "length", "turn 2: the out"),
    "a long question": ([GOOD[0], Exchange("why " * 50, "It is so.")], "length", "turn 2: the in"),
    "a place left open": (
        [GOOD[0], Exchange("Sign it?", "Kind regards, [Your Name]")],
        "placeholder",
        "turn 2: the output holds '[Your Name]'",
    ),
    "another language": (
        [GOOD[0], Exchange("And then?", CHINESE)],
        "language",
        "turn 2: the output is not written in en",
    ),
    "an echo": ([GOOD[0], Exchange(ECHO, ECHO)], "copy", "turn 2: the output is the instruction"),
    "a wrong count": (
        [GOOD[0], Exchange("Sum it up in three sentences.", "Halve it. Done.")],
        "count",
        "turn 2: ",
    ),
    "an answer again": (
        [GOOD[0], Exchange("I do not get it", GOOD[0].assistant)],
        "repeats",
        "two answers say 'Halve the pieces.",
    ),
}


@pytest.mark.parametrize(("talk", "rule", "why"), FAULTY.values(), ids=FAULTY.keys())
def test_each_exchange_is_looked_at(talk: list[Exchange], rule: str, why: str) -> None:
    fault = broken_rule(record(*talk), RULES)
    assert fault is not None
    assert fault[0] == rule
    assert fault[1].startswith(why)


def test_short_words_and_short_answers_may_recur() -> None:
    talk = [GOOD[0], Exchange("Is it an eighth?", "Yes, quite."), Exchange("Sure?", "Yes, quite.")]
    assert broken_rule(record(*talk), RULES) is None


def test_turns_out_of_order_are_rejected() -> None:
    good = record(*GOOD)
    messages = good.more["messages"]
    for wrong in (messages[1:], messages[:3], [messages[0], *messages], [], None):
        fault = broken_rule(replace(good, more={"messages": wrong}), RULES)
        assert fault is not None
        assert fault[0] == "turns"
    assert broken_rule(replace(good, more={}), RULES) == ("turns", "there are no messages")


def test_what_the_token_limit_cut_off_is_truncated() -> None:
    fault = broken_rule(replace(record(*GOOD), cut_off=True), RULES)
    assert fault is not None
    assert fault[0] == "truncated"
