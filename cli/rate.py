"""`rate`: a page in the browser where people compare two models' answers."""

import asyncio
import os
import socket
import sys
import webbrowser
from contextlib import suppress
from ipaddress import ip_address

import typer
from aiohttp import web

from cli.checks import check_places
from cli.model_requests import RateRequest
from cli.signals import end_on_kill
from errors import InputError
from training.pairs import comparison_id, read_pairs
from training.rating.access import token_for
from training.rating.blind import Blind
from training.rating.ratings import name_of
from training.rating.ratings_file import RatingsFile, held
from training.rating.server import application
from words import several

PORT = 8765


def rate_answers(request: RateRequest) -> None:
    """Serve the page until it is ended, and say what was rated. Every rating is saved at once."""
    end_on_kill()
    check_places([request.a, request.b], [request.out])
    rater = _name(request.rater)
    pairs = read_pairs(request.a, request.b)
    comparison = comparison_id(pairs)
    with held(request.out, comparison) as file:
        _tell_begun(file)
        blind = Blind(comparison, pairs, file, rater)
        app = application(blind, token := token_for(comparison), request.host)
        with suppress(KeyboardInterrupt):  # how a person ends it
            asyncio.run(_serve(app, token, request))
    for name, count in blind.counts().items():
        typer.echo(f"{name}: {count:,} of {several(len(pairs), 'question')} rated")
    if blind.counts():
        typer.echo(f"written: {request.out}")
        typer.echo(f"explore-instruct evaluate --ratings {request.out} sums it up")


def _name(rater: str | None) -> str | None:
    try:
        return rater if rater is None else name_of(rater)
    except ValueError as error:
        raise InputError(f"--rater {rater!r}: {error}") from error


def _tell_begun(file: RatingsFile) -> None:
    if file.mended:
        _say(f"{file.path} ended in a half-written line, which is cut off")
    if file.ratings:
        _say(f"{file.path} holds {several(len(file.ratings), 'rating')}: they go on")


async def _serve(app: web.Application, token: str, request: RateRequest) -> None:
    """Serve until the process is ended."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        port = await _listen(runner, request)
        here, outside = addresses(request.host, port, token)
        _say(f"The page: {here}")
        if outside:
            _say(f"On a phone in the same network: {outside}")
        _say("Ctrl-C ends it; every choice is saved at once, and the same command goes on.")
        if not request.no_open and _has_screen():
            await asyncio.to_thread(webbrowser.open, here)
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, request: RateRequest) -> int:
    """Listen, and return the port."""
    for port in (PORT, 0) if request.port is None else (request.port,):
        try:
            await web.TCPSite(runner, request.host, port).start()
        except OSError as error:
            fault = error
        else:
            return int(runner.addresses[0][1])
    where = f"--host {request.host}" + ("" if request.port is None else f" --port {request.port}")
    why = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else str(fault)
    raise InputError(f"{where}: cannot listen there ({why}): name another") from fault


def addresses(host: str, port: int, token: str) -> tuple[str, str | None]:
    """Return the page's address on this machine, and the one for others where they are let in."""
    everywhere = host in {"0.0.0.0", "::", ""}  # noqa: S104 - the person's own choice
    here = "127.0.0.1" if everywhere else host
    outside = _own_address() if everywhere else None
    return _url(here, port, token), outside and _url(outside, port, token)


def _url(host: str, port: int, token: str) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/#{token}"


def _own_address() -> str | None:
    """Return this machine's address in its network, None where it has none; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        found = str(probe.getsockname()[0])
        return None if ip_address(found).is_loopback else found
    return None


def _has_screen() -> bool:
    """Return whether a browser can show; one of text would fill the terminal."""
    windows = os.name == "nt" or sys.platform == "darwin"
    return windows or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _say(line: str) -> None:
    typer.echo(line, err=True)
