"""Fills a tree from the simulated model within the process: no graph, no HTTP, no texts of records.

The search, the prompts for names and the filter are the real ones, so that a run of a thousand
calls takes a second. Records are only counted, at the tokens that they cost in a real run.
"""

from fractions import Fraction
from typing import Any

from langchain_core.embeddings import Embeddings
from langchain_core.messages import BaseMessage

from nodes.rules import rules_of
from prompts.domain import load_preset
from prompts.parse import parse_subtasks
from prompts.render import subtask_messages
from record import Subtask
from search.step import Step
from search.strategy import Moment, Plan, Strategy
from simulator.answering import answer
from simulator.options import Options
from store.admission import Admission, Origin
from store.exploration import Exploration
from store.facts import Standards
from store.journal.log import Entry

DOMAIN = load_preset("rewriting")
RULES = rules_of(DOMAIN)
ROLES = {"system": "system", "human": "user", "ai": "assistant"}
CALL, RECORD = 1_000, 217
"""Tokens of a call for records beside them, and of a record."""
WINDOW = 64


class NoMeaning(Embeddings):
    """Vectors that say nothing: what a task is related to is not looked at here."""

    def embed_query(self, text: str) -> list[float]:  # noqa: ARG002 - what it has to take
        """Return the same vector for every text."""
        return [1.0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the same vector for every text."""
        return [[1.0] for _ in texts]


class Filling:
    """A run of a strategy against a simulated model; `known` is what it has found."""

    def __init__(self, strategy: type[Strategy], plan: Plan, options: Options) -> None:
        self.known = Exploration(Standards(Fraction(7, 10), "run", 0.34), NoMeaning())
        self.taxonomy = options.taxonomy
        self._strategy, self._plan, self._character = strategy, plan, options.how
        self._draws = f"{options}"
        self._spent = self._asked = 0
        domain = DOMAIN.model_dump(mode="json")
        self.known.apply(Entry("begin", {"domain": domain, "examples": []}))
        for number, name in enumerate((DOMAIN.task, *(seed.name for seed in DOMAIN.seeds))):
            place = {"id": f"t{number}", "parent": "t0" if number else None}
            self.known.apply(Entry("task", {**place, "name": name, "reason": ""}))

    def run(self) -> None:
        """Go on until the tokens are spent or there is nothing left to ask."""
        while self._spent < (self._plan.tokens or 0):
            search = self._strategy(self.known, self._plan)
            steps = search.next_steps(Moment(may_grow=True, room=WINDOW))
            if not steps:
                return
            for step in steps:
                if self._spent < (self._plan.tokens or 0):
                    self._take(step)

    def unseen(self, below: int = 0) -> int:
        """Return how many tasks below a hidden one no task of the tree names."""
        tree = self.known.tree
        return self.taxonomy.unnamed((tree.task(task).name for task in tree.admitted()), below)

    def _take(self, step: Step) -> None:
        if step.task not in self.known.tree:
            return
        if step.operation == "generate":
            self._write(step)
        else:
            self._name(step)

    def _write(self, step: Step) -> None:
        tokens = CALL + RECORD * step.records
        parts = [{"task": p.task, "kept": p.asked, "rejected": 0} for p in step.parts]
        calls = [_cost(tokens)]
        self.known.apply(Entry("call", {"task": step.task, "parts": parts, "calls": calls}))
        self._spent += tokens

    def _name(self, step: Step) -> None:
        said = [
            {"role": ROLES[message.type], "content": str(message.content)}
            for message in self._messages(step)
        ]
        self._asked += 1
        key = f"{self._draws} {self._asked}"
        text = answer(self.taxonomy, said, key, 0.0, character=self._character).text
        tokens = (sum(len(message["content"]) for message in said) + len(text)) // 4
        read = parse_subtasks(text, asked=step.asked).items
        names = [Subtask(one.name, one.reason) for one in read]
        origin = Origin(step.task, {"call": "a"}, [_cost(tokens)])
        Admission(self.known, origin, RULES).subtasks(step.asked, names)
        self._spent += tokens

    def _messages(self, step: Step) -> list[BaseMessage]:
        tree, task = self.known.tree, self.known.tree.task(step.task)
        return subtask_messages(
            domain=DOMAIN,
            operation="backtrack" if tree.children(step.task) else "lookahead",
            task=task.name,
            reason=task.reason,
            path=tree.path(step.task),
            children=[tree.task(child).name for child in tree.children(step.task)],
            peers=[tree.task(peer).name for peer in tree.peers(step.task)],
            related=[],
            rejected=self.known.rejected_names(step.task),
            banned=[],
            poor_rounds=0,
            asked=step.asked,
        )


def _cost(tokens: int) -> dict[str, Any]:
    return {"prompt_tokens": tokens, "completion_tokens": 0, "read": True, "ended": "stop"}
