"""Tells a conversation that is out of order, too short or too long, or that repeats itself."""

from record import Record
from store.filter.tokens import tokens
from store.quality.repeats import TOKENS, same
from turns import MESSAGES, exchanges_of, turns_fault


def wrong_turns(record: Record, least: int, most: int) -> str | None:
    """Return what is wrong with the turns of a record that should be a conversation, or None."""
    if fault := turns_fault(record.more.get(MESSAGES)):
        return fault
    turns = len(exchanges_of(record))
    if least <= turns <= most:
        return None
    return f"{turns} user turns, {least} to {most} asked"


def said_again(record: Record) -> str | None:
    """Return an answer of the conversation that says what an earlier one said, or None."""
    earlier: list[list[str]] = []
    for exchange in exchanges_of(record):
        words = tokens(exchange.assistant)
        if len(words) >= TOKENS and any(same(words, other) for other in earlier):
            return exchange.assistant
        earlier.append(words)
    return None
