"""Who is asked what: the models and addresses of the roles."""

import pytest

from errors import InputError
from models.endpoint import Choice
from nodes.prepare import check_price
from nodes.resources import with_models
from nodes.roles import Role, as_role, by_role, role_of, with_addresses
from nodes.settings import Settings

HOME, OTHER = "http://127.0.0.1:8000/v1", "https://models.example/v1"


def test_without_roles_all_are_asked_alike() -> None:
    settings = Settings(model="openai:x", base_url=HOME)
    assert by_role(settings) == {"explore": settings, "write": settings}


@pytest.mark.parametrize(
    ("named", "model", "base_url"),
    [
        ({"write_model": "openai:large"}, "openai:large", HOME),
        ({"write_model": "large"}, "large", HOME),
        ({"write_base_url": OTHER}, "openai:x", OTHER),
        ({"write_model": "openai:large", "write_base_url": OTHER}, "openai:large", OTHER),
        ({"write_model": "anthropic:claude-x"}, "anthropic:claude-x", None),
        ({"write_model": "embedded"}, "embedded", None),
        ({"write_model": "anthropic:c", "write_base_url": OTHER}, "anthropic:c", OTHER),
        ({"explore_model": "openai:small"}, "openai:x", HOME),
    ],
)
def test_a_role_takes_what_it_does_not_name_from_the_run(
    named: dict[str, str], model: str, base_url: str | None
) -> None:
    asked = as_role(Settings(model="openai:x", base_url=HOME, **named), "write")
    assert (asked.model, asked.base_url) == (model, base_url)


def test_the_key_of_another_provider_never_goes_to_the_runs_address() -> None:
    settings = Settings(model="anthropic:claude-x", base_url=HOME, explore_model="openai:small")
    assert as_role(settings, "explore").base_url is None


def test_a_role_of_another_provider_is_asked_where_the_environment_says() -> None:
    environ = {"EXPLORE_BASE_URL": HOME}
    settings = Settings(
        model="anthropic:claude-x", write_model="openai:x", explore_model="mistral:m"
    )
    asked = by_role(with_addresses(settings, environ))
    assert (asked["write"].base_url, asked["explore"].base_url) == (HOME, None)


@pytest.mark.parametrize(
    ("named", "model"),
    [
        ({"explore_model": "openai:a", "write_model": "openai:b"}, "openai:b"),
        ({"explore_model": "openai:a", "tasks_only": True}, "openai:a"),
        ({"write_model": "openai:b", "strategy": "self-instruct"}, "openai:b"),
    ],
)
async def test_an_endpoint_is_not_asked_for_a_model_that_no_role_needs(
    named: dict[str, object], model: str
) -> None:
    settings = Settings.model_validate({**named, "base_url": HOME})
    known = await with_models(settings, Choice(None, HOME), {}, {})
    assert {known.model, *(one.model for one in by_role(known).values())} >= {model}
    assert known.model == model


def test_dollars_are_turned_into_tokens_at_the_prices_of_the_roles() -> None:
    def tokens(**named: object) -> int | None:
        given = {"model": "openai:gpt-4o-mini", "max_usd": 1, "strategy": "adaptive", **named}
        return Settings.model_validate(given).plan.tokens

    cheap, mixed, dear = (
        tokens(),
        tokens(explore_model="openai:gpt-4o"),
        tokens(model="openai:gpt-4o"),
    )
    assert cheap is not None
    assert mixed is not None
    assert dear is not None
    assert dear < mixed < cheap
    assert tokens(explore_model="openai:gpt-4o", tasks_only=True) == dear


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        ({}, ["explore", "write"]),
        ({"tasks_only": True}, ["explore"]),
        ({"strategy": "self-instruct"}, ["write"]),
        ({"judge_model": "openai:j"}, ["explore", "write", "judge"]),
        ({"judge_model": "openai:j", "tasks_only": True}, ["explore"]),
    ],
)
def test_only_the_roles_that_a_run_needs_are_asked(
    given: dict[str, object], roles: list[Role]
) -> None:
    assert [*by_role(Settings.model_validate(given))] == roles


def test_records_are_written_and_all_else_explored() -> None:
    asked = role_of("lookahead"), role_of("backtrack"), role_of("generate")
    assert asked == ("explore", "explore", "write")


def test_dollars_cannot_be_capped_where_the_price_of_one_role_is_unknown() -> None:
    settings = Settings(model="openai:gpt-4o", max_usd=1, write_model="openai:nobody-knows")
    with pytest.raises(InputError, match=r"no price is known for openai:nobody-knows"):
        check_price(settings)
    check_price(settings.model_copy(update={"tasks_only": True}))
    judged = Settings(model="openai:gpt-4o", max_usd=1, judge_model="openai:nobody-judges")
    with pytest.raises(InputError, match=r"no price is known for openai:nobody-judges"):
        check_price(judged)


def test_a_judge_is_asked_at_temperature_0_where_no_other_provider_gets_the_key() -> None:
    settings = Settings(model="openai:m", base_url=HOME, judge_model="openai:j")
    judge = by_role(settings)["judge"]
    assert (judge.model, judge.base_url, judge.temperature) == ("openai:j", HOME, 0)
    other = settings.model_copy(update={"judge_model": "anthropic:claude-x"})
    assert by_role(other)["judge"].base_url is None


def test_who_writes_decides_how_many_records_a_call_asks_for() -> None:
    assert Settings(model="openai:x", write_model="embedded").quota.per_call == 1
    assert Settings(model="embedded", write_model="openai:x").quota.per_call == 5
