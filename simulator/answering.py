"""What the simulated model answers: subtasks and records from the hidden taxonomy.

It behaves as a model of its character does: the good one names the popular subtasks of a task
first; what the prompt names as explored it mostly avoids; when little is left it drifts off
elsewhere. A record is about a task at or below the one asked for, and now and then one of that
task's few stock records.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any

from simulator import words
from simulator.character import CHARACTERS, Character
from simulator.comparing import comparing_answer
from simulator.coverage import marked
from simulator.judging import Skill, judging_answer
from simulator.reading import Prompt, read_prompt
from simulator.taxonomy import ROOT, Taxonomy
from simulator.truth import boxed, spoilt

AVOIDED = 0.02
"""How likely a stock record that the prompt shows is written again."""

GOOD = CHARACTERS["skewed"]

STOCK = 3
"""Stock records of a task."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: its text, and the latent tasks that it names or writes records of."""

    text: str
    named: frozenset[int] = frozenset()
    written: frozenset[int] = frozenset()


def identity(messages: Any, seed: Any) -> str:  # noqa: ANN401 - whatever a request holds
    """Return what tells a request from every other: a hash of its messages and seed."""
    return sha256(json.dumps([messages, seed], sort_keys=True).encode()).hexdigest()


def answer(
    taxonomy: Taxonomy,
    messages: list[dict[str, Any]],
    key: str,
    repetition: float,
    *,
    character: Character = GOOD,
    skill: Skill = Skill(),  # noqa: B008 - frozen
) -> Answered:
    """Return the answer to a request, whose identity `key` decides every draw.

    `repetition` is the share of records that are stock records.
    """
    for answer_of in (judging_answer, comparing_answer):
        if (about := answer_of(messages, key, skill)) is not None:
            return Answered(about)
    prompt = read_prompt(messages)
    draw = Random(key)
    if prompt is None:
        return Answered("I would need to know which task this is about.")
    if prompt.kind == "subtasks":
        return _subtasks(taxonomy, prompt, draw, character)
    return _records(taxonomy, prompt, draw, repetition, _Slips(Random(f"{key} slips"), skill.wrong))


def _subtasks(taxonomy: Taxonomy, prompt: Prompt, draw: Random, character: Character) -> Answered:
    (task,) = prompt.tasks
    here = taxonomy.locate(task.path)
    explored = _explored(taxonomy, prompt, here)
    parent = here if taxonomy.tasks[here].children else taxonomy.tasks[here].parent
    candidates = [n for n in taxonomy.tasks[parent].children if n != here]
    items, named = [], set[int]()
    for _ in range(task.asked):
        weights = [
            taxonomy.tasks[n].weight
            * (character.again if n in named else 1)
            * (character.avoided if n in explored else 1)
            for n in candidates
        ]
        drifts = draw.random() * (character.drift + sum(weights)) < character.drift
        elsewhere = taxonomy.descend(ROOT, draw, draw.randint(1, 3))
        chosen = elsewhere if drifts else draw.choices(candidates, weights)[0]
        named.add(chosen)
        traits = taxonomy.tasks[chosen].traits
        name = draw.choices(traits.wordings(), character.wordings)[0]
        reason = f"{traits.readers.capitalize()} often need {traits.modifier} {traits.noun}."
        items.append({"name": name, "reason": reason})
    text = json.dumps({"criterion": "what it is about", "subtasks": items})
    return Answered(text, named=frozenset(named))


def _explored(taxonomy: Taxonomy, prompt: Prompt, here: int) -> set[int]:
    """Return the tasks that the prompt names."""
    above = taxonomy.tasks[here].parent
    children = (taxonomy.below(here, name) for name in prompt.children)
    peers = (taxonomy.below(above, name) for name in prompt.peers)
    others = (n for name in prompt.others if (n := taxonomy.number_of(name)) is not None)
    return {*children, *peers, *others}


@dataclass(frozen=True, slots=True)
class _Slips:
    """Which outputs get a mistake; their draws are apart from all others."""

    draw: Random
    share: float

    def put_into(self, record: dict[str, str], *, is_problem: bool) -> None:
        wrong = self.draw.random() < self.share
        if is_problem:
            record["output"] += " " + boxed(record["instruction"], self.draw, wrong=wrong)
        elif wrong:
            record["output"] = spoilt(record["output"])


def _records(
    taxonomy: Taxonomy, prompt: Prompt, draw: Random, repetition: float, slips: _Slips
) -> Answered:
    items, written = [], set[int]()
    for place, task in enumerate(prompt.tasks, start=1):
        here = taxonomy.locate(task.path)
        of = {"task": str(place)} if len(prompt.tasks) > 1 else {}
        for _ in range(task.asked):
            number = taxonomy.descend(here, draw)
            written.add(number)
            record = _fresh_or_stock(taxonomy, number, draw, repetition, prompt)
            slips.put_into(record, is_problem=prompt.boxed)
            items.append(of | _shaped(record, prompt, draw))
    text = json.dumps({"records": items}, ensure_ascii=False)
    return Answered(text, written=frozenset(written))


def _shaped(record: dict[str, str], prompt: Prompt, draw: Random) -> dict[str, Any]:
    """Return the parts of a record that are asked for, or a conversation that it opens and ends."""
    if not prompt.turns:
        return {part: record[part] for part in prompt.parts}
    answers = [_said(draw) for _ in range(draw.randint(*prompt.turns) - 1)] + [record["output"]]
    asked = [record["instruction"], *(_said(draw) for _ in answers[1:])]
    pairs = zip(asked, answers, strict=True)
    return {"messages": [{"user": said, "assistant": answer} for said, answer in pairs]}


def _fresh_or_stock(
    taxonomy: Taxonomy, number: int, draw: Random, repetition: float, prompt: Prompt
) -> dict[str, str]:
    """Return a record of the task; one of its stock with a probability of `repetition`."""
    if draw.random() >= repetition:
        return _record(taxonomy, number, draw)
    stock = _record(taxonomy, number, Random(f"{number} {draw.randrange(STOCK)}"))
    shown = stock["instruction"] in prompt.request or stock["instruction"].startswith(prompt.begun)
    if shown and draw.random() > AVOIDED:
        return _record(taxonomy, number, draw)
    return stock


def _record(taxonomy: Taxonomy, number: int, draw: Random) -> dict[str, str]:
    traits = taxonomy.tasks[number].traits
    about = {
        "verb": words.VERBS[traits.verb],
        "modifier": traits.modifier,
        "noun": traits.noun,
        "readers": traits.readers,
    }
    instruction = " ".join(_filled(draw, draw.choice(clauses), about) for clauses in words.CLAUSES)
    given, output = (_said(draw) for _ in ("input", "output"))
    return {
        "instruction": _begun(instruction),
        "input": given,
        "output": f"{output} {marked(number)}",
    }


def _said(draw: Random) -> str:
    return " ".join(_begun(_filled(draw, t)) for t in draw.sample(words.SENTENCES, 2))


def _filled(draw: Random, template: str, about: dict[str, str] | None = None) -> str:
    return template.format(
        person=draw.choice(words.PEOPLE),
        place=draw.choice(words.PLACES),
        subject=draw.choice(words.SUBJECTS),
        detail=draw.choice(words.DETAILS),
        other=draw.choice(words.DETAILS),
        number=draw.randint(20, 400),
        guest=draw.choice(words.PEOPLE),
        cousin=draw.choice(words.PEOPLE),
        thing=draw.choice(words.SUBJECTS),
        shop=draw.choice(words.SUBJECTS),
        town=draw.choice(words.PLACES),
        **(about or {}),
    )


def _begun(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
