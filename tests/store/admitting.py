"""Proposals put before the admission of a small exploration, and what a rejection must hold."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from record import Subtask
from store.admission import Admission, Origin
from store.exploration import Exploration
from store.filter.tokens import normalised, tokens
from store.journal.log import Entry
from tests.store.filter.oracle import rouge_l
from tests.store.samples import ORIGIN, RULES, STANDARDS, begin, explored, parts, task

OVERLAP = {"rouge_l", "duplicate", "against"}
EXAMPLE = "write a short mail to the team"

# So few words that overlaps, duplicates and broken rules are frequent.
phrases = st.lists(
    st.sampled_from(["write", "WRITE", "a", "short", "mail", "poem", "forbidden", "邮件", "?!"]),
    max_size=8,
).map(" ".join)


def planted(threshold: Fraction = Fraction(7, 10), scope: str = "run") -> Exploration:
    standards = replace(STANDARDS, threshold=threshold, scope=scope)
    tasks = [task(0, None, "writing"), task(1, 0, "mail"), task(2, 0, "poetry")]
    return explored(begin(EXAMPLE), *tasks, standards=standards)


def overlap(a: str, b: str) -> Fraction:
    """Return F; 1 for equal texts without tokens, as the rule "duplicate" has it."""
    a_tokens, b_tokens = tokens(a), tokens(b)
    if not a_tokens and not b_tokens:
        return Fraction(int(normalised(a) == normalised(b)))
    return rouge_l(a_tokens, b_tokens)


def propose(exploration: Exploration, parent: str, asked: int, *names: str) -> list[Entry]:
    proposals = [Subtask(name, f"For {name}.") for name in names]
    return Admission(exploration, Origin(parent, ORIGIN), RULES).subtasks(asked, proposals)


def write(exploration: Exploration, where: str, *instructions: str) -> list[Entry]:
    proposals = [parts(instruction) for instruction in instructions]
    return list(map(Admission(exploration, Origin(where, ORIGIN), RULES).record, proposals))


def check_rejection(entry: Entry, threshold: Fraction) -> None:
    body = entry.body
    assert body["rule"]
    assert body["why"]
    if body["rule"] in OVERLAP:
        score = overlap(body["text"], body["nearest_text"])
        assert body["nearest_id"] is not None
        assert body["score"] == round(float(score), 4)
        assert score >= threshold
    else:
        assert (body["score"], body["nearest_id"], body["nearest_text"]) == (None, None, None)


# Subtasks
