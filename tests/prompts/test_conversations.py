"""Conversations: how a domain asks for them, what the model is shown, and how answers are read."""

import json
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from prompts.domain import Domain, load_domain, parse_domain
from prompts.parse import parse_records
from prompts.render import PROMPT_CHARACTERS, PROMPT_VERSION, RecordTask, record_messages
from prompts.schema import CAP_MARGIN, record_schema, record_tokens
from prompts.wording import wording_version
from record import Record
from turns import Exchange, messages_of

PAIR = {"user": "What is 3/4 halved?", "assistant": "Halve the pieces: what do you get?"}
NEXT = {"user": "So 3/8?", "assistant": "Yes, 3/8."}
TALK = [Exchange(**PAIR), Exchange(**NEXT)]
MESSAGES = messages_of(TALK)
EXAMPLES: list[dict[str, Any]] = [
    {"messages": [PAIR, NEXT]},
    {"messages": [NEXT, PAIR], "topic": "a recipe"},
]
TUTORING = load_domain(str(Path(__file__).parents[2] / "examples" / "tutoring.yaml"))
TASK = RecordTask(task="Fractions", reason="", path=["Tutoring", "Fractions"], topic="", asked=1)


def domain(**keys: object) -> Domain:
    seeds = [{"name": "Fractions", "reason": "Pupils ask.", "examples": EXAMPLES}]
    good = {"name": "t", "task": "Tutoring", "description": "Help.", "turns": [2, 4]}
    return parse_domain(good | {"seeds": seeds} | keys, "t.yaml")


# The domain


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"turns": 0}, "turns: give the least and the most user turns, as in [2, 4], not 0"),
        ({"turns": "2-4"}, "as in [2, 4], not '2-4'"),
        ({"turns": [True, 2]}, "as in [2, 4], not a list"),
        ({"turns": [2]}, "as in [2, 4], not a list"),
        ({"turns": [4, 2]}, "[4, 2] is no range of user turns: give the least, then the most"),
        ({"turns": [0, 2]}, "from 1 to 8"),
        ({"turns": [2, 9]}, "from 1 to 8"),
        ({"turns": [3, 4]}, "has 2 user turns: write 3 to 4 pairs of user and assistant"),
        ({"turns": None}, "has 2 user turns: add turns: [1, 8] to the domain"),
        ({"input": "required"}, "a conversation has no input: say input: none"),
        ({"system": "x" * 1_001}, "system: string should have at most 1000 characters"),
    ],
)
def test_wrong_turns_are_refused_with_the_fix(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as refused:
        domain(**keys)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("part", [{"instruction": "Else"}, {"input": "A text"}, {"output": "Else"}])
def test_an_example_is_a_conversation_or_a_single_record(part: dict[str, str]) -> None:
    examples: list[dict[str, Any]] = [EXAMPLES[0], {**EXAMPLES[1], **part}]
    with pytest.raises(InputError, match="a conversation has messages alone"):
        domain(seeds=[{"name": "Fractions", "reason": "Pupils ask.", "examples": examples}])


def test_a_domain_of_conversations_survives_json() -> None:
    for known in (domain(), TUTORING):
        assert parse_domain(known.model_dump(mode="json"), "again") == known
    example = domain().examples[0]
    assert example.record == Record(PAIR["user"], "", NEXT["assistant"], {"messages": MESSAGES})


# The prompt


def test_the_writer_is_asked_for_messages_and_told_the_system_prompt() -> None:
    prompt = record_messages(TUTORING, tasks=[TASK])
    system = prompt[0].text
    assert "- has 2 to 4 messages of the user, each answered by the assistant" in system
    assert TUTORING.system in system
    assert '"instruction"' not in system
    shown = json.loads(prompt[2].text)["records"][0]["messages"]
    assert [list(pair) for pair in shown] == [["user", "assistant"]] * 3
    assert "Write 1 new conversation of" in prompt[-1].text


def test_chinese_conversations_are_asked_for_in_chinese() -> None:
    prompt = record_messages(domain(language="zh"), tasks=[TASK, TASK])
    assert "用户说2到4次话" in prompt[0].text
    assert "请写2段新对话" in prompt[-1].text


def test_demonstrations_are_shown_as_conversations_and_the_prompt_stays_bounded() -> None:
    long = [Exchange("Why? " * 1_000, "So. " * 5_000)] * 8
    known = [Record("a", "", "b", {"messages": messages_of(long)}), Record("Single?", "", "Yes.")]
    prompt = record_messages(domain(), tasks=[TASK], demonstrations=known, existing=["x" * 500] * 9)
    assert prompt[-1].text.count("User: ") == 9
    assert "User: Single?\nAssistant: Yes." in prompt[-1].text
    assert sum(len(message.text) for message in prompt) < PROMPT_CHARACTERS


def test_other_domains_keep_their_wording_and_its_version() -> None:
    assert wording_version() == PROMPT_VERSION
    assert wording_version(conversations=True) != PROMPT_VERSION


# The schema


def test_the_schema_lets_nobody_speak_out_of_turn() -> None:
    record = record_schema(3, TUTORING, tasks=2)["properties"]["records"]["items"]
    assert list(record["properties"]) == ["task", "messages"]
    messages = record["properties"]["messages"]
    assert (messages["minItems"], messages["maxItems"]) == (2, 4)
    assert messages["items"]["required"] == ["user", "assistant"]
    assert messages["items"]["additionalProperties"] is False
    cap = messages["items"]["properties"]["assistant"]["maxLength"]
    assert cap == TUTORING.limits.output.max + CAP_MARGIN


def test_a_conversation_has_the_tokens_of_its_most_turns() -> None:
    longest = 4 * (TUTORING.limits.instruction.max + TUTORING.limits.output.max)
    assert record_tokens(1, TUTORING) > longest // 2
    assert record_tokens(2, TUTORING) > 1.9 * record_tokens(1, TUTORING) - 100


# The answer


def read(text: str, asked: int = 2, tasks: int = 1) -> tuple[Record, ...]:
    return parse_records(text, asked=asked, tasks=tasks, conversations=True).items


FORMS: dict[str, Any] = {
    "pairs": {"records": [{"messages": [PAIR, NEXT]}]},
    "roles": {"records": [{"messages": MESSAGES}]},
    "a bare list": [{"messages": MESSAGES}],
    "a single record": {"messages": MESSAGES},
    "no record around it": {"records": MESSAGES},
    "pairs alone": [PAIR, NEXT],
    "another key": {"records": [{"conversation": MESSAGES}]},
    "a list in a text": {"records": [{"messages": json.dumps(MESSAGES)}]},
    "a system prompt": {"messages": [{"role": "system", "content": "Be kind"}, *MESSAGES]},
    "other roles": {"messages": [m | {"role": m["role"].capitalize()} for m in MESSAGES]},
    "Chinese roles": {
        "messages": [{"用户": p["user"], "助手": p["assistant"]} for p in (PAIR, NEXT)]
    },
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("around", ["{}", "Here:\n```json\n{}\n```", "<think>[]</think>{}"])
def test_conversations_are_read_in_any_form(form: object, around: str) -> None:
    (found,) = read(around.replace("{}", json.dumps(form, ensure_ascii=False)))
    assert (found.instruction, found.input, found.output) == (PAIR["user"], "", "Yes, 3/8.")
    assert found.more == {"messages": MESSAGES}


PLAIN = "User: {user}\nAssistant: {assistant}\n"
SPOKEN = PLAIN.format(**PAIR) + PLAIN.format(**NEXT)
CHINESE = SPOKEN.replace("User: ", "用户：").replace("Assistant:", "助手：")


@pytest.mark.parametrize(
    "text",
    [
        f"{SPOKEN}---\n{SPOKEN}",
        f"Conversation 1\n{SPOKEN}\n**Conversation 2:**\n\n{SPOKEN}",
        SPOKEN.replace("User:", "**User:**") + "***\n\n" + SPOKEN.replace("User", "user"),
        f"对话1\n{SPOKEN}对话2\n{SPOKEN}".replace("User: ", "用户：").replace(
            "Assistant:", "助手："
        ),
    ],
)
def test_the_plain_text_form_is_read(text: str) -> None:
    assert [record.more["messages"] for record in read(text)] == [MESSAGES, MESSAGES]


def test_a_rule_inside_an_answer_ends_no_conversation() -> None:
    (found,) = read("User: a\nAssistant: one\n---\ntwo\nUser: b\nAssistant: c")
    assert [m["content"] for m in found.more["messages"]] == ["a", "one\n---\ntwo", "b", "c"]


def test_conversations_are_booked_to_the_tasks_that_they_name() -> None:
    found = read(f"Task: 2\n{SPOKEN}\nTask: 1\n{SPOKEN}", tasks=2)
    assert [record.task for record in found] == ["2", "1"]
    numbered = [{"task": "2", "messages": [PAIR]}, {"messages": [PAIR]}]
    assert [record.task for record in read(json.dumps(numbered), tasks=2)] == ["2", "2"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            {"records": [{"instruction": "x", "output": "y"}]},
            "has no messages of user and assistant",
        ),
        ({"messages": [MESSAGES[0]]}, "has no messages of user and assistant"),
        ({"messages": "Hello"}, "has no messages of user and assistant"),
        ({"messages": [{"user": "a", "assistant": {"b": 1}}]}, "has no text as its content"),
        ({"messages": [{"user": "a", "assistant": "b" * 20_001}]}, "message of more than 20,000"),
    ],
)
def test_what_is_no_conversation_is_named(answer: object, why: str) -> None:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    parsed = parse_records(text, asked=1, conversations=True)
    assert parsed.items == ()
    assert why in parsed.problems[0]


def test_turns_out_of_order_are_left_to_the_rules() -> None:
    said = [MESSAGES[1], MESSAGES[0], MESSAGES[0], MESSAGES[3]]
    (found,) = read(json.dumps({"messages": said}))
    assert [m["role"] for m in found.more["messages"]] == ["assistant", "user", "user", "assistant"]


def test_a_domain_of_single_records_takes_no_conversation() -> None:
    parsed = parse_records(json.dumps(FORMS["pairs"]), asked=1)
    assert parsed.items == ()
