"""What a refusal says about settings, in the words of many endpoints."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from models.learning import is_bad_answer, is_filtered, learned, room_for, untold
from models.terms import Terms

SENT: dict[str, Any] = {
    "seed": 1_234_567_890,
    "temperature": 0.8,
    "max_tokens": 20_000,
    "response_format": {"type": "json_schema"},
    "system": True,
    "min_p": 0.05,
}


@dataclass
class Refused(Exception):  # noqa: N818 - named for what happened
    """An endpoint's refusal, as clients raise it."""

    words: str
    status_code: int = 400
    body: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words


OBJECT = frozenset({"json_schema"})


NO_TEMPERATURE = Terms(frozenset({"temperature"}))

SETTINGS = {
    "invalid temperature: only 1 is allowed for this model": NO_TEMPERATURE,
    "Unsupported value: 'temperature' does not support 0.8 with this model.": NO_TEMPERATURE,
    "参数 temperature 不合法": NO_TEMPERATURE,
    "{'loc': ['body', 'seed'], 'msg': 'Extra inputs are not permitted'}": Terms(
        frozenset({"seed"})
    ),
    "seed must be between 0 and 4294967": Terms(most_seed=4_294_967),
    "seed 1234567890 is out of range, at most 65535": Terms(most_seed=65_535),
    "json_schema response format is not supported, use json_object": Terms(OBJECT),
    "guided_json is not available with this tokenizer": Terms(OBJECT),
    "No endpoints found that can handle the requested parameters.": Terms(OBJECT),
    "This response_format type is unavailable now": Terms(OBJECT),
    "System role not supported": Terms(frozenset({"system"})),
    "Conversation roles must alternate user/assistant/…": Terms(frozenset({"system"})),
    "Developer instruction is not enabled for models/gemma": Terms(frozenset({"system"})),
    "Unsupported: 'max_tokens'. Use 'max_completion_tokens' instead.": Terms(
        frozenset({"max_tokens"})
    ),
    "max_tokens is too large: 20000. This model supports at most 16384 completion tokens": Terms(
        most_tokens=16_384
    ),
    "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]": Terms(
        most_tokens=8_192
    ),
    "max_tokens: 20000 > 8192, the maximum allowed number of output tokens": Terms(
        most_tokens=8_192
    ),
    "Range of max_tokens should be [1, 2000]": Terms(most_tokens=2_000),
    "min_p: unrecognized argument": Terms(frozenset({"min_p"})),
}

CONTEXTS = {
    "'max_tokens' is too large: 4000. This model's maximum context length is 4096 tokens and your "
    "request has 1096 input tokens.": (4096, 3000),
    "This model's maximum context length is 4097 tokens. However, you requested 5000 tokens (1000 "
    "in the messages, 4000 in the completion).": (4097, 3097),
    "Requested token count exceeds the model's maximum context length of 4096 tokens. You "
    "requested a total of 5096 tokens: 1096 tokens from the input messages and 4000 tokens for the "
    "completion.": (4096, 3000),
    "input length and `max_tokens` exceed context limit: 900 + 4000 > 4200": (4200, 3300),
    "`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 1000 `inputs` tokens and 4000 "
    "`max_new_tokens`": (4097, 3097),
    "Request too large on tokens per minute (TPM): Limit 6000, Requested 7000": (6000, 2000),
}


@pytest.mark.parametrize(("words", "expected"), SETTINGS.items())
def test_a_refusal_that_names_a_setting_means_it(words: str, expected: Terms) -> None:
    assert learned(Terms(), Refused(words), SENT, 20_000) == expected


@pytest.mark.parametrize(("words", "sizes"), CONTEXTS.items())
def test_a_context_that_is_too_small_is_learned(words: str, sizes: tuple[int, int]) -> None:
    error = Refused(words, 413 if "TPM" in words else 400)
    assert learned(Terms(), error, SENT, 4000) == Terms(context=sizes[0])
    assert room_for(error, 4000) == sizes[1]


def test_no_room_is_made_for_less_than_an_answer() -> None:
    long = "the request exceeds the available context size (512 tokens)"
    error = Refused(long, body={"n_prompt_tokens": 900})
    assert room_for(error, 4000) is None
    assert room_for(Refused("temperature is bad"), 4000) is None


@pytest.mark.parametrize(
    "words",
    [
        "Failed to generate JSON: json_validate_failed, see 'failed_generation'",
        "The response was filtered due to the prompt triggering content management policy",
        "Something went wrong",
    ],
)
def test_a_refusal_about_something_else_changes_nothing(words: str) -> None:
    assert learned(Terms(), Refused(words), SENT, 20_000) is None


@pytest.mark.parametrize("status", [401, 403, 429, 502, 503])
def test_other_statuses_say_nothing_of_settings(status: int) -> None:
    assert learned(Terms(), Refused("seed is not supported", status), SENT, 100) is None


def test_a_failure_counts_only_with_clear_words() -> None:
    unexpected = "create() got an unexpected keyword argument 'seed'"
    assert learned(Terms(), Refused(unexpected, 500), SENT, 100) == Terms(frozenset({"seed"}))
    assert learned(Terms(), Refused("seed phrase lost", 500), SENT, 100) is None


def test_formats_give_way_one_after_the_other() -> None:
    schema = Refused("response_format is not supported")
    once = learned(Terms(), schema, SENT, 100)
    assert once == Terms(OBJECT)
    assert learned(once, schema, SENT, 100) == Terms(frozenset({"json_schema", "response_format"}))


@pytest.mark.parametrize(
    "words",
    [
        "Client error '400 Bad Request' for url 'http://127.0.0.1:8000/v1/chat' seed is unknown",
        "Error code: 422 - {'error': {'code': 20015, 'message': 'seed is unknown'}}",
        "seed is unknown {'code': '1210', 'request_id': '65ab-4711'}",
    ],
)
def test_numbers_that_are_no_limits_are_not_taken_for_one(words: str) -> None:
    assert learned(Terms(), Refused(words), SENT, 20_000) == Terms(frozenset({"seed"}))


def test_what_is_not_told_is_tried_out() -> None:
    tried = list(untold(Terms(), Refused("bad request, stream it"), SENT))
    assert tried[:2] == [Terms(streams=True), Terms()]
    assert [sorted(t.left_out) for t in tried[2:5]] == [["seed"], ["temperature"], ["json_schema"]]
    assert len(tried[-1].left_out) == 5
    assert not list(untold(Terms(), Refused("no such page", 404), SENT))


def test_bad_answers_and_filtered_prompts_are_known() -> None:
    assert is_bad_answer(Refused("x", body={"code": "json_validate_failed"}))
    assert is_filtered(Refused("x", body={"code": "content_filter"}))
