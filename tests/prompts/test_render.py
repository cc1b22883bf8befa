import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from prompts.domain import Domain, load_preset, parse_domain, presets
from prompts.parse import parse_records, parse_subtasks
from prompts.render import (
    PROMPT_CHARACTERS,
    PROMPT_VERSION,
    RecordTask,
    record_messages,
    retry_messages,
    subtask_messages,
)
from prompts.schema import CRITERION_CAP
from prompts.wording import fill, wording_version
from record import Record
from store.quality.names import broken_name_rule

REWRITING = load_preset("rewriting")


def subtasks(**keys: Any) -> list[BaseMessage]:  # noqa: ANN401  any argument
    arguments: dict[str, Any] = {
        "domain": REWRITING,
        "operation": "backtrack",
        "task": "Shorten a text",
        "reason": "Readers have little time.",
        "path": ["Rewriting of texts", "Shorten a text"],
        "children": ["Shorten a letter", "Shorten a joke"],
        "peers": ["Change the tone of a message"],
        "related": ["Sum up a report"],
        "rejected": [("Shorten letters", "repeats another task")],
        "banned": ["Shorten a will"],
        "poor_rounds": 2,
        "asked": 2,
    }
    return subtask_messages(**arguments | keys)


SHORTEN = RecordTask(
    task="Shorten a text",
    reason="Readers have little time.",
    path=["Rewriting of texts", "Shorten a text"],
    topic="a weather report",
    asked=1,
)
RHYME = RecordTask(
    task="Rhyme a toast",
    reason="Weddings.",
    path=["Rewriting of texts", "Turn prose into verse", "Rhyme a toast"],
    topic="",
    asked=1,
)


def records(**keys: Any) -> list[BaseMessage]:  # noqa: ANN401  any argument
    arguments: dict[str, Any] = {
        "domain": REWRITING,
        "tasks": [SHORTEN],
        "demonstrations": [Record("Cut it.", "A long one.", "A.")],
        "existing": ["Cut the tale of the fox.", "Halve the minutes."],
    }
    return record_messages(**arguments | keys)


def size(messages: Sequence[BaseMessage]) -> int:
    return sum(len(message.text) for message in messages)


def test_the_exploration_state_stands_in_the_last_message() -> None:
    assert subtasks()[-1].text == (
        "Domain: Rewriting of texts. A user gives a text and asks for another version of it: "
        "another tone, length, form, reader, style or order, with the meaning kept.\n"
        "Task: Rewriting of texts > Shorten a text\n"
        "Why it matters: Readers have little time.\n"
        "Its subtasks so far: Shorten a letter; Shorten a joke\n"
        "Tasks beside it: Change the tone of a message\n"
        "Related tasks elsewhere: Sum up a report\n"
        "Rejected before: Shorten letters (repeats another task)\n"
        "Not wanted, in whatever words: Shorten a will\n"
        "Most proposals for this task were already known the last 2 times: look further afield.\n"
        'Name 2 more subtasks of "Shorten a text", different from each other and of kinds that are '
        "missing so far."
    )


def test_what_is_not_there_leaves_no_line() -> None:
    none: dict[str, Any] = {name: [] for name in ("children", "peers", "related", "rejected")}
    bare = none | {"banned": [], "poor_rounds": 0}
    request = subtasks(operation="lookahead", asked=1, **bare)[-1].text
    assert request.splitlines()[3:] == ['Name 1 subtask of "Shorten a text".']
    assert "Why it matters" not in subtasks(reason="")[-1].text
    bare_records = record_messages(REWRITING, tasks=[{**SHORTEN, "topic": ""}])[-1].text
    assert bare_records.splitlines() == [
        "Task: Rewriting of texts > Shorten a text",
        "Why it matters: Readers have little time.",
        'Write 1 new record of "Shorten a text".',
    ]


def test_the_root_s_reason_is_the_domain_s_description_and_said_once() -> None:
    root = {"task": REWRITING.task, "path": [REWRITING.task], "reason": REWRITING.description}
    assert subtasks(**root)[-1].text.count(REWRITING.description) == 1


def test_what_a_person_adds_stands_at_the_end() -> None:
    added = "Think of people who live in the country."
    assert subtasks(addition=added)[-1].text.splitlines()[-1] == added
    assert records(addition=added)[-1].text.splitlines()[-1] == added
    assert records(addition=added)[:-1] == records()[:-1]


def test_a_record_request_shows_records_situation_and_task() -> None:
    request = records()[-1].text
    for part in (
        "Instruction: Cut it.\nInput: A long one.\nOutput: A.\n",
        "- Cut the tale of the fox.\n- Halve the minutes.\n",
        'Write 1 new record of "Shorten a text", set in this situation: a weather report.',
    ):
        assert part in request


def test_several_tasks_are_numbered_and_so_is_each_record() -> None:
    request = records(tasks=[{**SHORTEN, "topic": "a report"}, RHYME])[-1].text
    assert request.splitlines() == [
        "Instructions that exist; do not repeat what they are about:",
        "- Cut the tale of the fox.",
        "- Halve the minutes.",
        "",
        "Tasks:",
        "1. Rewriting of texts > Shorten a text - Readers have little time.; situation: a report",
        "2. Rewriting of texts > Turn prose into verse > Rhyme a toast - Weddings.",
        (
            "Write 2 new records: one of each task. "
            'Every record begins with its task\'s number: {"task": "1", "instruction": ...'
        ),
        '(If you cannot write JSON: a line "Task: 1" before each "Instruction:".)',
    ]


def test_instructions_that_exist_are_clipped_more_where_tasks_are_several() -> None:
    long = "Shorten this letter to a neighbour\nwhose dog barks " + "at night " * 20
    assert f"- {long}\n" in records(existing=[long])[-1].text
    line = "Shorten this letter to a neighbour whose dog barks " + "at night " * 5 + "at…"
    assert f"- {line}\n" in records(existing=[long], tasks=[SHORTEN, RHYME])[-1].text
    assert 95 < len(line) <= 100


def test_a_task_of_several_says_how_many_records_it_wants_where_that_is_more_than_one() -> None:
    lines = records(tasks=[SHORTEN, {**RHYME, "asked": 3}])[-1].text.splitlines()
    assert lines[-4].endswith("; situation: a weather report")
    assert lines[-3].endswith(" - Weddings.; 3 records")
    assert lines[-2].startswith("Write 4 new records: one of each task, or as many as it says.")


def test_several_tasks_in_chinese() -> None:
    request = records(domain=load_preset("rewriting-zh"), tasks=[SHORTEN, RHYME])[-1].text
    assert "2. Rewriting of texts > Turn prose into verse > Rhyme a toast——Weddings.\n" in request
    assert "请写2条新记录" in request
    assert "任务：1" in request


def test_a_record_that_is_shown_is_not_named_again() -> None:
    assert records(existing=["Cut it.", "Halve it."])[-1].text.count("Cut it.") == 1


@pytest.mark.parametrize("name", presets())
def test_the_prefix_is_the_same_whatever_varies(name: str) -> None:
    domain = load_preset(name)
    one = subtasks(domain=domain)
    other = subtasks(domain=domain, operation="lookahead", task="X", children=[], asked=9)
    assert one[:-1] == other[:-1]
    assert records(domain=domain)[:-1] == records(domain=domain, tasks=[RHYME, SHORTEN])[:-1]
    assert one[-1] != other[-1]


@pytest.mark.parametrize("name", presets())
def test_the_prefix_is_a_system_prompt_and_answered_requests(name: str) -> None:
    domain = load_preset(name)
    for messages, parse, shown in (
        (subtasks(domain=domain), parse_subtasks, 1),
        (records(domain=domain), parse_records, 2),
    ):
        kinds = [SystemMessage, *[HumanMessage, AIMessage] * shown, HumanMessage]
        assert [type(message) for message in messages] == kinds
        for answer in (message.text for message in messages[2::2]):
            parsed = parse(answer, asked=9)
            assert parsed.items
            assert parsed.problems == ()
            assert json.loads(answer)


@pytest.mark.parametrize(("name", "language"), [("rewriting", "en"), ("rewriting-zh", "zh")])
def test_the_demonstration_answers_as_the_prompt_asks(name: str, language: str) -> None:
    answer = json.loads(subtasks(domain=load_preset(name))[2].text)
    assert list(answer) == ["criterion", "subtasks"]
    assert len(answer["criterion"]) <= CRITERION_CAP
    for item in answer["subtasks"]:
        assert list(item) == ["name", "reason"]
        assert broken_name_rule(item["name"], "", language=language) is None
        assert len(item["reason"].split()) <= 8
        assert language == "en" or len(item["reason"]) <= 12


@pytest.mark.parametrize("name", ["brainstorming", "math", "rewriting"])
def test_the_stable_prefix_is_short(name: str) -> None:
    domain = load_preset(name)
    assert size(subtasks(domain=domain)[:-1]) < 1_800
    assert size(records(domain=domain)[:-1]) < 2_800


def test_the_domain_s_first_and_last_example_demonstrate_records() -> None:
    messages = records()
    first, last = REWRITING.examples[0], REWRITING.examples[-1]
    assert json.loads(messages[2].text)["records"][0]["output"] == first.output
    assert json.loads(messages[4].text)["records"][0]["output"] == last.output
    shown = [first.record, Record("Cut it.", output="A.")]
    assert first.instruction not in records(demonstrations=shown)[-1].text


def test_without_inputs_nothing_speaks_of_them() -> None:
    messages = records(domain=load_preset("math"), demonstrations=[])
    assert all("input" not in message.text.lower() for message in messages)


def test_chinese_is_spoken_to_in_chinese_and_others_are_named() -> None:
    chinese = subtasks(domain=load_preset("rewriting-zh"))
    assert "请为" in chinese[-1].text
    assert all("Task" not in message.text for message in chinese)
    german = REWRITING.model_copy(update={"language": "de-AT"})
    assert subtasks(domain=german)[-1].text.endswith("Write in German (de-AT).")
    assert "Write in German (de-AT)." in records(domain=german)[0].text
    unknown = REWRITING.model_copy(update={"language": "qqq"})
    assert 'the language with the code "qqq"' in records(domain=unknown)[0].text
    assert "Write in" not in subtasks()[-1].text


def test_a_retry_shows_the_answer_and_what_was_wrong() -> None:
    asked = subtasks()
    again = retry_messages(asked, "nonsense", ["item 1 has no name"])
    assert again[: len(asked)] == asked
    assert again[-2] == AIMessage("nonsense")
    assert "- item 1 has no name" in again[-1].text
    assert "无法使用" in retry_messages(asked, "x", ["y"], language="zh-TW")[-1].text


def test_a_variable_that_is_not_given_raises() -> None:
    with pytest.raises(UndefinedError, match="'asked' is undefined"):
        fill("records.user.en.j2", tasks=[SHORTEN, RHYME], existing=[], demonstrations=[])


def test_the_version_is_short_and_stable() -> None:
    assert wording_version() == PROMPT_VERSION
    assert len(PROMPT_VERSION) == 12


def test_the_last_names_of_a_long_list_are_shown() -> None:
    names = [f"kind{number}." for number in range(100)]
    request = subtasks(children=names)[-1].text
    assert "kind99." in request
    assert "kind50." in request
    assert "kind49." not in request


def test_a_long_path_keeps_the_root_and_the_last_tasks() -> None:
    path = [f"level{number}" for number in range(50)]
    line = next(line for line in subtasks(path=path)[-1].text.splitlines() if "level" in line)
    assert line.startswith("Task: level0 > … > level42")
    assert line.endswith("level49")


LONG = "字" * 30_000


def largest_domain() -> Domain:
    example = {
        "instruction": "i" * 1_000,
        "input": "n" * 4_000,
        "output": "o" * 6_000,
        "topic": "t" * 120,
    }
    return parse_domain(
        {
            "name": "largest",
            "task": "t" * 80,
            "description": "d" * 1_000,
            "language": "de",
            "seeds": [
                {"name": str(n) + "s" * 79, "reason": "r" * 300, "examples": [example] * 8}
                for n in range(9)
            ],
            "requirements": ["q" * 300] * 12,
            "topics": ["t" * 120] * 200,
        },
        "largest",
    )


def test_the_largest_prompt_keeps_the_bound() -> None:
    domain = largest_domain()
    many = [LONG] * 100
    request = subtasks(
        domain=domain,
        task=LONG,
        reason=LONG,
        path=many,
        children=many,
        peers=many,
        related=many,
        rejected=[(LONG, LONG)] * 100,
        banned=many,
        addition=LONG,
        poor_rounds=10**9,
        asked=10**9,
    )
    shown = Record(LONG, LONG, LONG)
    task = RecordTask(task=LONG, reason=LONG, path=many, topic=LONG, asked=10**9)
    told: dict[str, Any] = {"domain": domain, "existing": many, "addition": LONG}
    record = records(tasks=[task], demonstrations=[shown] * 100, **told)
    several = records(tasks=[task] * 100, demonstrations=[shown] * 100, **told)
    for messages in (request, record, several):
        assert size(messages) < PROMPT_CHARACTERS - 5_000
        assert size(retry_messages(messages, LONG, many)) <= PROMPT_CHARACTERS


@given(
    st.text(max_size=400),
    st.lists(st.text(max_size=300), max_size=40),
    st.lists(st.tuples(st.text(), st.text()), max_size=20),
)
def test_any_names_render(name: str, names: list[str], rejected: list[tuple[str, str]]) -> None:
    messages = subtasks(task=name, children=names, related=names, rejected=rejected, path=[name])
    assert size(messages) <= PROMPT_CHARACTERS
    assert messages[:-1] == subtasks()[:-1]
