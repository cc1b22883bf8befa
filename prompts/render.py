"""The words to the model: system prompt, demonstrations, then what varies.

Everything up to the last message is byte-identical for a domain and kind of request, so that an
endpoint's prefix cache holds it. Every text and every list is clipped, so that a prompt never
exceeds `PROMPT_CHARACTERS`, whatever the tree holds.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any, NotRequired

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from typing_extensions import TypedDict, Unpack

from prompts.clipped import DEMONSTRATION, shown_example, shown_record
from prompts.domain import Domain
from prompts.language import template_language, write_in
from prompts.wording import Operation, fill, subtask_demonstration, wording_version
from record import Record
from words import clip, clip_at_word

PROMPT_CHARACTERS = 42_000
"""No prompt is longer than this, all its messages together."""

NAME, REASON, SENTENCE = 120, 300, 300
CHARACTERS = {"task": NAME, "reason": REASON, "topic": NAME, "addition": 1_000}
"""How many characters of a request's texts are shown."""
NAMES = {"children": 50, "peers": 20, "related": 8, "rejected": 10, "banned": 20}
"""How many names of a request's lists are shown, the last ones."""
EXISTING, DEMONSTRATIONS, PATH = 8, 2, 10
TASKS, PATH_OF_SEVERAL, REASON_OF_SEVERAL, EXISTING_OF_SEVERAL = 20, 4, 160, 100
"""A request's most tasks; of one of several, names in the path and characters of the reason; and
characters of an instruction that exists, where tasks are several."""
ANSWER, PROBLEMS = 2_000, 5
"""An answer that is shown again, and how many of its problems: in bytes, as a budget reckons."""

KNOWN_PREFIXES = 8

_json = partial(json.dumps, ensure_ascii=False)

PROMPT_VERSION: str = wording_version()
"""Changes whenever a template or a demonstration does."""


class SubtaskRequest(TypedDict):
    """A request for `asked` subtasks of a task, with its exploration state.

    `path` leads from the root to the task and includes it; `rejected` pairs a name with why it was
    refused; `banned` are names that a person does not want; `poor_rounds` counts the rounds in a
    row that brought little new; `addition` is what a person adds for the model.
    """

    operation: Operation
    task: str
    reason: str
    path: Sequence[str]
    children: Sequence[str]
    peers: Sequence[str]
    related: Sequence[str]
    rejected: Sequence[tuple[str, str]]
    banned: Sequence[str]
    poor_rounds: int
    asked: int
    addition: NotRequired[str]


class RecordTask(TypedDict):
    """A task of which `asked` records are wanted; `topic` is their situation, or ""."""

    task: str
    reason: str
    path: Sequence[str]
    topic: str
    asked: int


def subtask_messages(domain: Domain, **request: Unpack[SubtaskRequest]) -> list[BaseMessage]:
    """Return the prompt of a request for subtasks."""
    language = template_language(domain.language)
    about = {"domain": clip(domain.task, NAME), "description": clip(domain.description, REASON)}
    text = fill(
        f"subtasks.user.{language}.j2",
        **_bounded(request),
        **about,
        write_in=write_in(domain.language),
    )
    return [*_subtask_prefix(language), HumanMessage(text)]


def record_messages(
    domain: Domain,
    *,
    tasks: Sequence[RecordTask],
    demonstrations: Sequence[Record] = (),
    existing: Sequence[str] = (),
    addition: str = "",
    apart: bool = False,
) -> list[BaseMessage]:
    """Return the prompt of a request for records of up to `TASKS` tasks.

    Several tasks are numbered from 1, and every record is to carry its task's number; see
    `record_schema` and `parse_records`. `demonstrations` are records of the task or its parent,
    shown for a single task. `existing` are instructions, of all tasks together, that must not be
    repeated; the last ones are shown. `addition` is what a person adds for the model. With `apart`
    the records are asked for without their outputs.
    """
    is_alone = len(tasks) == 1
    unseen = _unseen(domain, demonstrations if is_alone else [])[-DEMONSTRATIONS:]
    seen = {clip(record.instruction, DEMONSTRATION["instruction"]) for record in unseen}
    latest = existing[-EXISTING:]
    begun = [clip_at_word(text, EXISTING_OF_SEVERAL) for text in latest]
    named = [clip(text, DEMONSTRATION["instruction"]) for text in latest] if is_alone else begun
    request = _record_request(
        _template(domain, "user", apart=apart),
        tasks,
        demonstrations=[shown_record(domain, record) for record in unseen],
        existing=[instruction for instruction in named if instruction not in seen],
        addition=clip(addition, CHARACTERS["addition"]),
    )
    return [*record_prefix(domain, apart=apart), HumanMessage(request)]


def retry_messages(
    messages: Sequence[BaseMessage],
    answer_text: str,
    problems: Sequence[str],
    *,
    language: str = "en",
) -> list[BaseMessage]:
    """Return the request again, after the answer that could not be used and what was wrong."""
    complaint = fill(
        f"retry.{template_language(language)}.j2",
        problems=[_clip_bytes(problem, SENTENCE) for problem in problems[:PROBLEMS]],
    )
    return [*messages, AIMessage(_clip_bytes(answer_text, ANSWER)), HumanMessage(complaint)]


@cache
def _subtask_prefix(language: str) -> tuple[BaseMessage, ...]:
    """Return the system prompt and the demonstration, the same for all domains of a language."""
    shown = subtask_demonstration(language)
    asked = {name: shown[name] for name in ("operation", "domain", "task", "reason", "path")}
    request = fill(
        f"subtasks.user.{language}.j2",
        **asked | dict.fromkeys(NAMES, ()),
        description="",
        poor_rounds=0,
        asked=len(shown["answer"]),
        addition="",
        write_in="",
    )
    answer = {"criterion": shown["criterion"], "subtasks": shown["answer"]}
    system = SystemMessage(fill(f"subtasks.system.{language}.j2"))
    return system, HumanMessage(request), AIMessage(_json(answer))


_prefixes: dict[tuple[int, bool], tuple[Domain, list[BaseMessage]]] = {}
"""The prefixes of the domains that were used last, by their identity: a domain has no hash."""


def record_prefix(domain: Domain, *, apart: bool = False) -> list[BaseMessage]:
    """Return the system prompt and the domain's examples, rendered once for a domain."""
    key = id(domain), apart
    known = _prefixes.get(key)
    if known is None or known[0] is not domain:
        if len(_prefixes) >= KNOWN_PREFIXES:
            _prefixes.clear()
        known = _prefixes[key] = domain, _rendered_prefix(domain, apart=apart)
    return known[1]


def _rendered_prefix(domain: Domain, *, apart: bool) -> list[BaseMessage]:
    least, most = domain.turns or (1, 1)
    system = fill(
        _template(domain, "system", apart=apart),
        task=domain.task,
        description=domain.description,
        input=domain.input,
        least=least,
        most=most,
        system=domain.system,
        requirements=domain.requirements,
        write_in=write_in(domain.language),
    )
    turns: list[BaseMessage] = [SystemMessage(system)]
    shown = [(seed, example) for seed in domain.seeds for example in seed.examples]
    for seed, example in (shown[0], shown[-1]):
        asked = RecordTask(
            task=seed.name, reason="", path=[domain.task, seed.name], topic=example.topic, asked=1
        )
        template = _template(domain, "user", apart=apart)
        request = _record_request(template, [asked], demonstrations=[], existing=[], addition="")
        answer = {"records": [shown_example(domain, example, apart=apart)]}
        turns += [HumanMessage(request), AIMessage(_json(answer))]
    return turns


def _record_request(template: str, tasks: Sequence[RecordTask], **shown: Any) -> str:  # noqa: ANN401  what the template names
    return fill(
        template,
        tasks=[_bounded(task) if len(tasks) == 1 else _shortened(task) for task in tasks[:TASKS]],
        asked=sum(task["asked"] for task in tasks[:TASKS]),
        **shown,
    )


def _template(domain: Domain, part: str, *, apart: bool) -> str:
    folder = "conversations/" if domain.turns else "requests/" if apart else "records."
    return f"{folder}{part}.{template_language(domain.language)}.j2"


def _shortened(task: RecordTask) -> dict[str, Any]:
    """Return what the template shows of one of several tasks."""
    reason = clip_at_word(task["reason"], REASON_OF_SEVERAL)
    return {**_bounded(task), "path": _path(task["path"], PATH_OF_SEVERAL), "reason": reason}


def _bounded(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template shows of a request: texts clipped, of long lists the last names."""
    bounded = {"addition": "", **request, "path": _path(request["path"])}
    for name in CHARACTERS.keys() & request.keys():
        bounded[name] = clip(request[name], CHARACTERS[name])
    for name in NAMES.keys() & request.keys():
        bounded[name] = [_clipped_name(shown) for shown in request[name][-NAMES[name] :]]
    return bounded


def _clipped_name(name: str | tuple[str, str]) -> str | tuple[str, ...]:
    """Return a name, or a name with its reason, each clipped."""
    return clip(name, NAME) if isinstance(name, str) else tuple(clip(text, NAME) for text in name)


def _unseen(domain: Domain, demonstrations: Sequence[Record]) -> list[Record]:
    """Return the demonstrations that the prefix, with two of the domain's examples, lacks."""
    shown = {example.instruction for example in (domain.examples[0], domain.examples[-1])}
    return [record for record in demonstrations if record.instruction not in shown]


def _clip_bytes(text: str, longest: int) -> str:
    """Return the text, at most `longest` bytes of UTF-8, with "…" where it was cut."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= longest:
        return text
    return encoded[: longest - len("…".encode())].decode("utf-8", "ignore") + "…"


def _path(path: Sequence[str], most: int = PATH) -> list[str]:
    """Return the path with its middle left out where it is long: the root and the last tasks."""
    shown = path if len(path) <= most else [path[0], "…", *path[-(most - 2) :]]
    return [clip(name, NAME) for name in shown]
