"""A stream of events is read as the chat completion that would have come without streaming."""

import json
from typing import Any

import pytest

from models.event_stream import completion_of, is_event_stream

USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}


def chunk(delta: dict[str, Any] | None = None, end: str | None = None, **more: Any) -> str:  # noqa: ANN401 - JSON
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": end}]
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 7, "model": "m"}
    return f"data: {json.dumps({**head, 'choices': choices, **more})}"


def stream(*events: str, line: str = "\n") -> str:
    return "".join(f"{event}{line}{line}" for event in events)


def message_of(*events: str) -> dict[str, Any]:
    (choice,) = completion_of(stream(*events, chunk({}, "stop"), "data: [DONE]"))["choices"]
    message: dict[str, Any] = choice["message"]
    return message


HELLO = [
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": '{"a": '}),
    chunk({"content": '"é\\n"}'}),
    chunk({}, "length"),
    chunk(usage=USAGE),
    "data: [DONE]",
]
WHOLE = {
    "id": "c1",
    "object": "chat.completion",
    "created": 7,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": '{"a": "é\\n"}'},
            "finish_reason": "length",
        }
    ],
    "usage": USAGE,
}


@pytest.mark.parametrize(
    "body",
    [
        stream(*HELLO),
        stream(*HELLO, line="\r\n"),
        stream(*HELLO, line="\r"),
        stream(*HELLO).rstrip(),
        stream(*HELLO[:-1]),
        stream(": OPENROUTER PROCESSING", *HELLO, "data: after the end"),
        stream("event: ping", "data:", "id: 4\nretry: 10", *HELLO),
        stream(*HELLO).replace("data: ", "data:"),
        stream(*HELLO).replace("data: ", "event: message\ndata: "),
        stream(*HELLO).replace("\n\n", "\n"),
        stream(*HELLO).replace('"choices"', '\ndata: "choices"'),
        "\ufeff\n" + stream(*HELLO),
    ],
    ids=range(12),
)
def test_a_stream_is_read_whatever_its_lines_look_like(body: str) -> None:
    assert is_event_stream(body)
    assert completion_of(body) == WHOLE


def test_reasoning_comes_in_a_field_of_its_own() -> None:
    thoughts = [chunk({"reasoning_content": part, "content": None}) for part in ("Let ", "me.")]
    assert message_of(*thoughts, chunk({"content": "Plum"})) == {
        "role": "assistant",
        "reasoning_content": "Let me.",
        "content": "Plum",
    }
    assert message_of(*thoughts)["content"] is None


def test_parts_of_content_are_text_and_reasoning() -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
    said = [chunk({"content": [part]}) for part in (thought, {"type": "text", "text": "Plum"})]
    message = message_of(*said)
    assert (message["content"], message["reasoning_content"]) == ("Plum", "Hm.")


def call(index: int | None, id_: str | None, arguments: object, name: str | None = None) -> str:
    function = {"name": name, "arguments": arguments}
    place = {} if index is None else {"index": index}
    return chunk({"tool_calls": [{**place, "id": id_, "type": "function", "function": function}]})


@pytest.mark.parametrize("places", [(0, 1), (None, None), (0, 0)])
def test_tool_calls_are_put_together_by_index_and_id(places: tuple[int | None, int | None]) -> None:
    first, second = places
    message = message_of(
        call(first, "c1", "", "answer"),
        call(first, None, '{"a"'),
        call(first, "", ": 1}"),
        call(second, "c2", '{"b": ', "answer"),
        call(second, "c2", "2}", "answer"),
    )
    assert [made["function"] for made in message["tool_calls"]] == [
        {"name": "answer", "arguments": '{"a": 1}'},
        {"name": "answer", "arguments": '{"b": 2}'},
    ]
    assert [made["id"] for made in message["tool_calls"]] == ["c1", "c2"]


def test_arguments_may_be_an_object() -> None:
    (made,) = message_of(call(0, "c1", {"a": 1}, "answer"))["tool_calls"]
    assert made["function"]["arguments"] == {"a": 1}


def test_choices_are_kept_apart() -> None:
    def said(index: int, text: str) -> dict[str, Any]:
        return {"index": index, "delta": {"content": text}, "finish_reason": "stop"}

    body = stream(chunk(choices=[said(1, "b"), said(0, "a")]), chunk(choices=[said(1, "c")]))
    texts = [choice["message"]["content"] for choice in completion_of(body)["choices"]]
    assert texts == ["a", "bc"]


def test_a_last_event_may_hold_the_whole_message() -> None:
    whole = {"index": 0, "message": {"role": "assistant", "content": "Plum"}, "usage": USAGE}
    body = stream(chunk({"content": "Pl"}), chunk(choices=[whole]), "data: [DONE]")
    completion = completion_of(body)
    assert completion["choices"][0]["message"]["content"] == "Plum"
    assert completion["usage"] == USAGE


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ('data: {"error": {"message": "slow down", "code": 429}}', {"message": "slow down"}),
        ('event: error\ndata: {"message": "slow down", "code": 429}', {"message": "slow down"}),
        ('data: {"object": "error", "message": "slow down", "code": 429}', {"object": "error"}),
        (chunk({}, error={"message": "slow down", "code": 429}), {"message": "slow down"}),
    ],
)
def test_an_error_is_what_the_answer_would_have_been(event: str, error: dict[str, str]) -> None:
    answered = completion_of(stream(HELLO[0], HELLO[1], event, "data: [DONE]"))
    assert list(answered) == ["error"]
    assert answered["error"].items() >= error.items()
    assert answered["error"]["code"] == 429


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (stream(*HELLO[:3]), "broke off before its end"),
        (stream(*HELLO)[:150], "is no JSON"),
        (stream("data: [DONE]"), "holds no answer"),
        (stream("data: 5", 'data: {"choices": 5}', 'data: {"choices": [7]}'), "holds no answer"),
        ("", "holds no answer"),
        ("<html>no</html>", "holds no answer"),
        (stream("data: {oops}"), "is no JSON: ' {oops}'"),
    ],
)
def test_what_holds_no_answer_is_named(body: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        completion_of(body)


@pytest.mark.parametrize("body", ['{"choices": []}', "[1]", "<html>data:</html>", "", "Plum"])
def test_other_bodies_are_no_stream(body: str) -> None:
    assert not is_event_stream(body)


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [None], [{}]])
def test_odd_values_raise_nothing_else(value: object) -> None:
    events = [chunk(choices=value), chunk({"content": value, "tool_calls": value, "x": value})]
    events.append(chunk(choices=[{"index": value, "delta": value, "message": value}]))
    body = stream(*events, chunk({"tool_calls": [{"index": value, "function": value}]}, "stop"))
    assert completion_of(body)["choices"]
