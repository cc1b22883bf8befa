"""Chains of words: commits whose entries hold a word each."""

from collections.abc import Sequence

from errors import RunError
from store.journal.log import Entry, Journal


def said(*words: str) -> list[Entry]:
    return [Entry("word", {"text": word}) for word in words]


def words(journal: Journal, head: str) -> list[str]:
    return [entry.body["text"] for entry in journal.chain(head)]


def knows(journal: Journal, head: str) -> bool:
    try:
        list(journal.chain(head))
    except RunError:
        return False
    return True


def line(journal: Journal, parent: str, texts: Sequence[str]) -> str:
    """Return the head after one commit for each text."""
    for text in texts:
        parent = journal.commit(parent, said(text))
    return parent
