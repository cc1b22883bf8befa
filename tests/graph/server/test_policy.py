"""What the operator allows, and by what name a caller is known."""

import pytest

from errors import InputError
from graph.server.keys import ANYONE, caller_of, keys_of
from graph.server.policy import Policy
from models.endpoint import Choice
from nodes.settings import Settings

HOME, OTHER = "http://127.0.0.1:8000/v1", "https://models.example/v1"
ENVIRON = {
    "EXPLORE_MODEL": "openai:home",
    "EXPLORE_BASE_URL": HOME,
    "EXPLORE_ALLOWED_MODELS": "openai:large, anthropic:claude-x",
    "EXPLORE_ALLOWED_BASE_URLS": f"{OTHER}/, https://user:secret@proxy.example/v1",
}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), Choice("openai:home", HOME)),
        (Settings(model="openai:home"), Choice("openai:home", HOME)),
        (Settings(model="openai:large"), Choice("openai:large", HOME)),
        (Settings(model="anthropic:claude-x"), Choice("anthropic:claude-x", None)),
        (Settings(base_url=OTHER), Choice(None, OTHER)),
        (Settings(model="openai:large", base_url=OTHER), Choice("openai:large", OTHER)),
        (Settings(base_url=HOME), Choice(None, HOME)),
    ],
)
def test_what_is_allowed_is_asked(settings: Settings, expected: Choice) -> None:
    assert Policy.of(ENVIRON).choice(settings, ENVIRON) == expected


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (Settings(model="openai:huge"), "model"),
        (Settings(model="large"), "model"),
        (Settings(model="embedded"), "model"),
        (Settings(model="embedded:/etc/passwd"), "model"),
        (Settings(model="openai:large", base_url="https://models.example.evil/v1"), "base_url"),
        (Settings(base_url=f"{OTHER}/../v2"), "base_url"),
        (Settings(base_url="https://proxy.example/v1"), "base_url"),
        (Settings(base_url="http://169.254.169.254/"), "base_url"),
        (Settings(write_model="openai:huge"), "write_model"),
        (Settings(explore_model="embedded:/etc/passwd"), "explore_model"),
        (Settings(judge_model="openai:huge"), "judge_model"),
        (Settings(judge_model="embedded:/etc/passwd"), "judge_model"),
        (Settings(judge_base_url="http://169.254.169.254/"), "judge_base_url"),
        (Settings(explore_base_url="http://169.254.169.254/"), "explore_base_url"),
        (Settings(model="openai:large", write_base_url="https://evil.example"), "write_base_url"),
    ],
)
def test_what_is_not_allowed_is_refused(settings: Settings, field: str) -> None:
    with pytest.raises(InputError, match=f"^{field}: .* not allowed here; allowed: ") as refused:
        Policy.of(ENVIRON).choice(settings, ENVIRON)
    assert "secret" not in str(refused.value)


def test_without_lists_nothing_can_be_named() -> None:
    with pytest.raises(InputError, match="leave it out"):
        Policy.of({}).choice(Settings(base_url=HOME), {})
    assert Policy.of({}).choice(Settings(), {}) == Choice("embedded", None)


def test_a_run_is_as_large_as_the_operator_says() -> None:
    policy = Policy.of({"EXPLORE_MAX_TASKS": "31", "EXPLORE_MAX_RECORDS": "310"})
    policy.check_size(Settings())
    policy.check_size(Settings(per_task=100, tasks_only=True))
    for settings, field in (
        (Settings(depth=2, breadth=(6, 5)), "breadth"),
        (Settings(per_task=11), "per_task"),
        (Settings(records=400), "records"),
        (Settings(strategy="self-instruct", per_task=11), "per_task"),
        (Settings(strategy="adaptive", records=311), "^records 311 may reach .* lower records$"),
        (Settings(strategy="adaptive", max_calls=99), "^max_calls 99 may .* lower max_calls$"),
    ):
        with pytest.raises(InputError, match=field):
            policy.check_size(settings)


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5"])
def test_a_limit_is_a_whole_number(text: str) -> None:
    with pytest.raises(InputError, match="EXPLORE_MAX_TASKS"):
        Policy.of({"EXPLORE_MAX_TASKS": text})


def test_a_caller_is_known_by_a_digest_of_their_key() -> None:
    keys = keys_of({"EXPLORE_API_KEY": " one , two,,"})
    assert keys == ("one", "two")
    first, second = caller_of("one", keys), caller_of("two", keys)
    assert first
    assert second
    assert first != second
    assert "one" not in first
    for wrong in (None, "", "on", "one,two", "öne", "ONE"):
        assert caller_of(wrong, keys) is None


def test_without_keys_everybody_is_the_same_caller() -> None:
    assert caller_of(None, ()) == caller_of("any", ()) == ANYONE


def test_a_tree_that_edits_made_too_large_is_refused() -> None:
    policy = Policy.of({"EXPLORE_MAX_TASKS": "60", "EXPLORE_MAX_RECORDS": "200"})
    policy.check_tree(60, Settings(per_task=3))
    with pytest.raises(InputError, match="61 tasks; this server allows 60"):
        policy.check_tree(61, Settings(per_task=3))
    with pytest.raises(InputError, match="200 records"):
        policy.check_tree(50, Settings(per_task=5))
