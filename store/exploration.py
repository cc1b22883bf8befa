"""What is known at one head of the journal: the tree, the records, the indexes.

An Exploration is a fold over journal entries: `apply` takes one entry at a time, in order, and
nothing else changes it. It can therefore be rebuilt from the chain of any head, and is a cache.

Kinds of entries, and what their bodies hold beside explanations and where they came from:
    begin      domain (its whole content), examples (pairs of key and instruction), planted and
               planted_rounds (how many of the calls and rounds that follow were another run's)
    task       id, parent, name, reason
    round      task, operation, asked, proposed, admitted
    record     id, task, instruction, input, output, and any further parts of the record
    call       task, kept, rejected; of several tasks: parts, each with its task, kept, rejected
    rejection  kind (task or record), task, rule, text, score, nearest_id, nearest_text
    prune      task
    rename     task, name, reason
    ban        name
    more       task, count
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langchain_core.embeddings import Embeddings

from record import Record, record_of
from store.digest import canonical
from store.facts import Paid, Progress, Rounds, Standards
from store.filter.index import DiversityIndex
from store.filter.paraphrases import Paraphrases
from store.journal.log import Entry
from store.recall import TaskRecall
from store.standing import Standings
from store.tree import TaskTree

REMEMBERED_REJECTIONS = 10


class Exploration:
    """The fold; see the module's text for the entries it takes.

    `domain` is the domain's content as canonical JSON; the domain's example instructions count as
    known from the start, so that no record repeats them.
    """

    def __init__(self, standards: Standards, embeddings: Embeddings) -> None:
        self.standards = standards
        self.domain = "{}"
        self.tree = TaskTree()
        self.rounds: dict[str, Rounds] = {}
        self.progress: dict[str, Progress] = {}
        self.standings = Standings()
        self.names_paid = Paid()
        self.records_paid = Paid()
        self.records: dict[str, Record] = {}
        self.records_of: dict[str, list[str]] = {}
        self.rejections: Counter[str] = Counter()
        self._planted = self._planted_rounds = 0
        self._named: list[bool] = []
        self._born: list[str] = []
        self._echoes = 0
        self._embeddings = embeddings
        self.names = self._index()
        self.banned: list[str] = []
        self.bans = self._index()
        self._foreign = self._index()
        self._recall = TaskRecall(embeddings)
        self._instructions: dict[str, DiversityIndex] = {}
        self._rejected_names: dict[str, list[tuple[str, str]]] = {}
        self._known_names: dict[str, str] = {}
        self._examples: dict[str, str] = {}

    @classmethod
    def replay(
        cls, standards: Standards, embeddings: Embeddings, entries: Iterable[Entry]
    ) -> "Exploration":
        """Return the exploration that these entries, from the first commit on, describe."""
        exploration = cls(standards, embeddings)
        for entry in entries:
            exploration.apply(entry)
        return exploration

    def apply(self, entry: Entry) -> None:
        """Take in one entry, by the method of its kind; a kind without one changes nothing."""
        take = getattr(self, f"_take_{entry.kind}", None)
        if take is not None:
            take(entry.body)

    @property
    def next_record(self) -> str:
        """The id the next record gets; ids are never used twice."""
        return f"r{len(self.records)}"

    def instructions(self, task_id: str) -> DiversityIndex:
        """Return the index that an instruction for this task is compared with."""
        scope = task_id if self.standards.scope == "task" else ""
        if scope not in self._instructions:
            self._instructions[scope] = self._index(self._foreign)
        return self._instructions[scope]

    def _index(self, against: DiversityIndex | None = None) -> DiversityIndex:
        paraphrases = None
        if self.standards.semantic is not None:
            paraphrases = Paraphrases(self._embeddings, self.standards.semantic)
        return DiversityIndex(self.standards.threshold, against=against, paraphrases=paraphrases)

    def text_of(self, key: str | None) -> str | None:
        """Return the task name, instruction or example that a nearest neighbour's key names."""
        if key is None:
            return None
        if key in self.records:
            return self.records[key].instruction
        if key in self._known_names:
            return self._known_names[key]
        return self._examples.get(key)

    def related(self, task_id: str, most: int) -> list[str]:
        """Return names of tasks elsewhere in the tree that are nearest in meaning."""
        near = {*self.tree.children(task_id), *self.tree.peers(task_id)}
        near.update(self.tree.lineage(task_id))
        found = self._recall.related(task_id, most, near)
        return [self.tree.task(other).name for other in found]

    def rejected_names(self, task_id: str) -> Sequence[tuple[str, str]]:
        """Return the latest names rejected below the task, each with its rule."""
        return self._rejected_names.get(task_id, [])

    def kept(self) -> int:
        """Return how many records the tasks of the tree hold."""
        return sum(done.kept for done in self.progress.values())

    def inherited(self) -> int:
        """Return how many of them came with the tree that the run began on."""
        return sum(done.inherited for done in self.progress.values())

    def _take_begin(self, body: dict[str, Any]) -> None:
        self.domain = canonical(body["domain"])
        self._planted = body.get("planted", 0)
        self._planted_rounds = body.get("planted_rounds", 0)
        self._examples = dict(body["examples"])
        for key, text in self._examples.items():
            self._foreign.add(text, key)

    def _take_task(self, body: dict[str, Any]) -> None:
        task = self.tree.add(body["name"], body["reason"], body["parent"])
        self.progress[task.id] = Progress()
        self.names.add(task.name, task.id)
        self._known_names[task.id] = task.name
        self._recall.add(task.id, f"{task.name}. {task.reason}")
        self.standings.add(task.id, task.parent)
        if "call" in body:
            self._named.append(True)
            self._born.append(task.id)

    def _take_round(self, body: dict[str, Any]) -> None:
        rounds = self.rounds.get(body["task"], Rounds())
        saturation = self.standards.saturation
        self.rounds[body["task"]] = rounds.after(body["proposed"], body["admitted"], saturation)
        self.standings.answer(body["task"], self._named, self._born, self._echoes)
        self._named.clear()
        self._born.clear()
        self._echoes = 0
        planted = self._planted_rounds > 0
        self._planted_rounds -= planted
        if not planted:
            calls = body.get("calls", ())
            self.names_paid = self.names_paid.after(body["asked"], calls, body["proposed"])

    def _take_record(self, body: dict[str, Any]) -> None:
        self.records[body["id"]] = record_of(body)
        self.records_of.setdefault(body["task"], []).append(body["id"])
        self.instructions(body["task"]).add(body["instruction"], body["id"])

    def _take_call(self, body: dict[str, Any]) -> None:
        planted = self._planted > 0
        self._planted -= planted
        for part in parts_of(body):
            done = self.progress.get(part["task"])
            if done is not None:
                after = done.after(part["kept"], part["rejected"], inherited=planted)
                self.progress[part["task"]] = after
                self.standings.write(part["task"], after.kept, after.dry)
        if not planted:
            records = sum(part["kept"] + part["rejected"] for part in parts_of(body))
            calls = body.get("calls", ())
            found = records - sum(not call["read"] for call in calls)
            self.records_paid = self.records_paid.after(records, calls, found)

    def _take_rejection(self, body: dict[str, Any]) -> None:
        self.rejections[body["rule"]] += 1
        if body["kind"] == "task":
            names = self._rejected_names.setdefault(body["task"], [])
            names.append((body["text"], body["rule"]))
            if body["rule"] != "malformed":
                self._named.append(False)
            self._echoes += self._is_child(body.get("nearest_id"), body["task"])
            del names[:-REMEMBERED_REJECTIONS]

    def _is_child(self, key: str | None, task_id: str) -> bool:
        """Return whether a nearest neighbour's key names a subtask of the task."""
        return key is not None and key in self.tree and self.tree.task(key).parent == task_id

    def _take_prune(self, body: dict[str, Any]) -> None:
        parent = self.tree.task(body["task"]).parent
        pruned = self.tree.prune(body["task"])
        for gone in pruned:
            self.progress.pop(gone)
            self.rounds.pop(gone, None)
            self._recall.remove(gone)
            self.records_of.pop(gone, None)
        if parent is not None:
            self.rounds[parent] = self.rounds.get(parent, Rounds()).without_one()
            self.standings.remove(pruned, parent, split=bool(self.tree.children(parent)))

    def _take_rename(self, body: dict[str, Any]) -> None:
        self.tree.rename(body["task"], body["name"], body["reason"])
        self.names.add(body["name"], body["task"])
        self._known_names[body["task"]] = body["name"]
        self._recall.remove(body["task"])
        self._recall.add(body["task"], f"{body['name']}. {body['reason']}")

    def _take_ban(self, body: dict[str, Any]) -> None:
        key = f"ban{len(self.banned)}"
        self.banned.append(body["name"])
        self.bans.add(body["name"], key)
        self._known_names[key] = body["name"]

    def _take_more(self, body: dict[str, Any]) -> None:
        rounds = self.rounds.get(body["task"], Rounds())
        children = len(self.tree.children(body["task"])) + body["count"]
        self.rounds[body["task"]] = rounds.wanting(children)


def parts_of(call: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return what a call for records brought, task by task; a call of one task is its own part."""
    parts: Sequence[Mapping[str, Any]] = call.get("parts", [call])
    return parts
