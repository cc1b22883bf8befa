"""Options of the command line that stand for settings of a run, made from the settings themselves.

A setting's name, description, kind and default are written once, in `nodes/named.py`. Values are
read as text here; the settings validate them.
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from errors import InputError
from nodes.settings import Settings

SETTINGS = "settings"
"""The parameter of a command that gets the settings which were named."""

ALONE = {"review": "tasks"}
"""What an option means that stands without a value."""

Command = Callable[..., None]


def with_fields(request: Callable[..., Any]) -> Callable[[Command], Command]:
    """Return a decorator that gives a command an argument or option for each field of a dataclass.

    The command gets them as one such value, its first parameter.
    """
    fields = inspect.signature(request).parameters

    def decorate(command: Command) -> Command:
        more = list(inspect.signature(command).parameters.values())[1:]

        @functools.wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401 - whatever typer read
            command(request(**{name: given.pop(name) for name in fields}), **given)

        return _read_by_typer(run, [*fields.values(), *more])

    return decorate


def with_settings(*names: str) -> Callable[[Command], Command]:
    """Return a decorator that gives a command an option for each of these settings, or for all.

    The command gets those that a person named, as a mapping, in its parameter `settings`.
    """
    chosen = names or tuple(Settings.model_fields)

    def decorate(command: Command) -> Command:
        own = inspect.signature(command).parameters.items()
        options = [_option(name, Settings.model_fields[name]) for name in chosen]

        @functools.wraps(command)
        def run(**given: Any) -> None:  # noqa: ANN401 - whatever typer read
            named = {name: given.pop(name) for name in chosen}
            taken = {n: _value(n, value) for n, value in named.items() if value is not None}
            command(**given, **{SETTINGS: taken})

        return _read_by_typer(run, [*(p for name, p in own if name != SETTINGS), *options])

    return decorate


def _read_by_typer(run: Command, parameters: Sequence[inspect.Parameter]) -> Command:
    """Return the function, whose parameters typer shall take for these."""
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # read by typer
    run.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": None}
    return run


def spell_out(words: list[str]) -> list[str]:
    """Return the words with a value after each option that stands alone: `--review` is tasks."""
    spelt: list[str] = []
    for place, word in enumerate(words):
        spelt.append(word)
        name = word.removeprefix("--").replace("-", "_")
        if word.startswith("--") and name in ALONE:
            choices = get_args(Settings.model_fields[name].annotation)
            if not set(words[place + 1 : place + 2]) & set(choices):
                spelt.append(ALONE[name])
    return spelt


def _option(name: str, field: FieldInfo) -> inspect.Parameter:
    """Return the parameter that typer makes an option of."""
    flag = field.annotation is bool
    option = typer.Option(
        "--" + name.replace("_", "-"),
        metavar=None if flag else _metavar(field.annotation),
        help=_help(field),
        show_default=False,
    )
    kind = bool | None if flag else str | None
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, option]
    )


def _metavar(annotation: Any) -> str:  # noqa: ANN401 - a type
    """Return what a person reads for a value: N, F, N,N, the choices, or TEXT."""
    kinds = [kind for kind in get_args(annotation) or (annotation,) if kind is not type(None)]
    if get_origin(annotation) is Literal:
        return "|".join(kinds)
    if get_origin(annotation) is tuple:
        return "N,N"
    return {int: "N", float: "F"}.get(kinds[0], "TEXT")


def _help(field: FieldInfo) -> str:
    default = field.default
    shown = "" if default in (None, "", ()) or default is False else f" (default: {default})"
    return f"{field.description}{shown}"


def _value(name: str, given: Any) -> Any:  # noqa: ANN401 - text, or the truth of a flag
    """Return the value as the settings take it: a list where commas part numbers."""
    if get_origin(Settings.model_fields[name].annotation) is not tuple:
        return given
    parts = [part.strip() for part in given.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise InputError(
            f"--{name} {given!r} is no list of numbers: give one for each depth, as in 6,4"
        )
    return tuple(map(int, parts))
