"""Workers on Ray: the only file that imports it.

A worker is a Ray actor, which does pieces as a process here does. Where it dies, or its node, the
piece is asked of a new one, wherever the cluster has room. What travels is pickled functions (by
name), pieces and results: no keys, no environment. A node needs the same Python, the same Ray and
this project; that is checked on every node before work begins.
"""

import os
import platform
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from errors import InputError, RunError
from words import clip
from work.errors import WorkerDiedError
from work.process import Process
from work.serving import outcome
from work.team import Team
from work.workers import Workers

LOCAL, AUTO = "local", "auto"
SECONDS = 5
"""To wait for an address to answer."""
CHECK_SECONDS = 60
"""To wait for a node to say what it has installed."""

_WHY = 200
"""So much is shown of why a worker died."""
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
"""What begins a connection in HTTP/2, as Ray's nodes speak it: the preface, no settings."""
_SETTINGS = 4


@contextmanager
def team(address: str, number: int | None = None) -> Iterator[Team]:
    """Give a team of so many workers on a cluster, or of as many as it has processors.

    `local` starts a cluster here that nobody else can reach, and ends it; `auto` is the one this
    machine is a node of; `host:port` is the address of a cluster's head. Raises InputError where
    there is none, or a node of it cannot work for this project.
    """
    _check_address(address)
    if address not in {LOCAL, AUTO}:
        _use_token()
    ray = _ray(address)
    if address == AUTO:
        _check_known()
    _connect(ray, address, number)
    try:
        with closing(Workers(number or _check_nodes(ray), start=_start(ray))) as workers:
            if number:
                _check_nodes(ray)
            yield workers
    finally:
        ray.shutdown()


def _check_address(address: str) -> None:
    if address in {LOCAL, AUTO}:
        return
    if "://" in address:
        raise InputError(
            f"--ray {address}: give the head's plain address, as 10.0.0.1:6379. Where this machine "
            "is no node of the cluster, first make it one: `ray start --address=HOST:PORT "
            "--num-cpus=0`"
        )
    host, _, port = address.rpartition(":")
    if host == LOCAL:
        raise InputError(f"--ray {address}: say --ray {LOCAL} --workers {port} for so many workers")
    if not (host and port.isdecimal() and 0 < int(port) < 1 << 16):
        raise InputError(f"--ray {address!r}: give local, auto, or the head's HOST:PORT")
    if not _answers(host.strip("[]"), int(port)):
        raise InputError(
            f"--ray {address}: no Ray cluster answers there. `ray start --head --port={port}` on "
            f"{host} starts one; `--ray {LOCAL}` uses this machine alone"
        )


def _check_known() -> None:
    """Raise InputError where the cluster that `auto` stands for is gone; Ray would wait 80 s."""
    from ray._private.services import canonicalize_bootstrap_address  # noqa: PLC0415 - see _ray

    try:
        known = canonicalize_bootstrap_address(AUTO)
    except ValueError as error:
        raise InputError(
            f"--ray {AUTO}: RAY_ADDRESS: {error}; give the head's HOST:PORT"
        ) from error
    except ConnectionError as error:
        raise InputError(f"--ray {AUTO}: {_fault(error)}") from error
    host, _, port = (known or "").rpartition(":")
    if host and not _answers(host.strip("[]"), int(port)):
        raise InputError(
            f"--ray {AUTO}: no Ray cluster answers at {known}, which RAY_ADDRESS or the last `ray "
            f"start` here named. `ray start --head` starts one; --ray {LOCAL} uses this machine "
            "alone"
        )


def _answers(host: str, port: int) -> bool:
    """Return whether something that could be Ray answers; Ray itself would wait for minutes."""
    try:
        with socket.create_connection((host, port), SECONDS) as connection:
            if os.environ.get("RAY_USE_TLS", "0") not in {"", "0"}:
                return True
            connection.sendall(_GREETING)
            head = connection.recv(9)
    except OSError:
        return False
    return len(head) > 3 and head[3] == _SETTINGS


def _ray(address: str) -> Any:  # noqa: ANN401 - a module that may be absent
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if address == LOCAL:  # read when Ray is imported: its processes then listen on 127.0.0.1 alone
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    try:
        import ray  # noqa: PLC0415 - no other command shall import it
    except ImportError as error:
        raise InputError(
            '--ray needs Ray: pip install "explore-instruct[ray]"; --workers N needs nothing'
        ) from error
    return ray


def _use_token() -> None:
    """Show the cluster its token where one is at hand; Ray reads this when it is imported."""
    named = {"RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"} & set(os.environ)
    if named or Path("~/.ray/auth_token").expanduser().exists():
        os.environ.setdefault("RAY_AUTH_MODE", "token")


def _connect(ray: Any, address: str, number: int | None) -> None:  # noqa: ANN401 - see _ray
    here: dict[str, Any] = {}
    if address == LOCAL:
        here = {"num_cpus": number, "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    on_kill = signal.getsignal(signal.SIGTERM)
    talking = ray._private.worker  # noqa: SLF001 - it has no other switch
    talking.print_to_stdstream = lambda *_, **__: None  # of dead workers, on standard output
    try:
        ray.init(address, log_to_driver=False, logging_level="ERROR", **here)
    except (Exception, SystemExit) as error:
        raise InputError(f"--ray {address}: {_fault(error)}") from error
    finally:
        signal.signal(signal.SIGTERM, on_kill)  # Ray sets its own


def _fault(error: BaseException) -> str:
    """Return in a line why Ray could not connect, and the fix."""
    text = " ".join(str(error).split())
    if "Version mismatch" in text:
        told = text.partition("Version mismatch: ")[2]
        return f"another version runs there: {told} Install the same Ray and Python on both"
    if isinstance(error, SystemExit):
        return "no Ray cluster answers there; `ray start --head` starts one"
    if isinstance(error, ConnectionError) and "any running Ray" in text:
        return "no Ray cluster runs on this machine; `ray start --head` starts one, --ray local too"
    return (
        f"{text}. Is the cluster's token in ~/.ray/auth_token or RAY_AUTH_TOKEN here, the same "
        "one? And this machine has to be a node of the cluster: `ray start --address=HOST:PORT`"
    )


def _check_nodes(ray: Any) -> int:  # noqa: ANN401 - see _ray
    """Return how many processors the cluster has.

    Raises InputError for a node without this project, or with another version of it.
    """
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415 - see _ray

    nodes = [n for n in ray.nodes() if n["Alive"] and n["Resources"].get("CPU", 0) >= 1]
    if not nodes:
        raise InputError("--ray: no node of the cluster has a processor to work with")
    ask = ray.remote(num_cpus=0, max_retries=0)(installed)
    asked = [
        ask.options(scheduling_strategy=NodeAffinitySchedulingStrategy(n["NodeID"], soft=False))
        for n in nodes
    ]
    refs = [question.remote() for question in asked]
    for node, ref in zip(nodes, refs, strict=True):
        where, mine = f"--ray: the node {node['NodeManagerAddress']}", installed()
        try:
            theirs = ray.get(ref, timeout=CHECK_SECONDS)
        except ray.exceptions.GetTimeoutError as error:
            raise InputError(f"{where} does not answer within {CHECK_SECONDS} s") from error
        except Exception as error:
            raise InputError(
                f"{where} cannot work for this project: install explore-instruct {mine[0]} there, "
                f"in the Python that `ray start` runs in ({_last_line(error)})"
            ) from error
        if theirs != mine:
            raise InputError(f"{where} has {_told(theirs)}, here are {_told(mine)}: use the same")
    return int(sum(node["Resources"]["CPU"] for node in nodes))


def installed() -> tuple[str, str]:
    """Return the versions of this project and of Python."""
    return version("explore-instruct"), platform.python_version()


def _told(versions: tuple[str, str]) -> str:
    return "explore-instruct {} on Python {}".format(*versions)


def _last_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()


def _death(error: BaseException) -> str:
    """Return how Ray names a death, and in a sentence what it knows of it."""
    why = _last_line(error).partition(". ")[0].partition(" Worker exit ")[0].rstrip(".")
    return f"{type(error).__name__}: {clip(why, _WHY)}"


class Doer:
    """An actor from the inside: a worker as work/serving.py is one."""

    def __init__(self) -> None:
        self._limited = cache(Process)

    def outcome(self, asked: bytes, seconds: float | None) -> bytes:
        """Return the outcome of a piece; one with a time limit is done in a process beside."""
        if seconds is None:
            return outcome(asked, None)
        if not self._limited().is_alive:
            self._limited.cache_clear()
        return self._limited().outcome(asked, seconds)


class _Actor:
    """A link to an actor, as in work/worker.py."""

    def __init__(self, ray: Any) -> None:  # noqa: ANN401 - see _ray
        self._ray = ray
        # By itself an actor asks for a processor to be placed, and for none to stay.
        self._actor = ray.remote(Doer).options(scheduling_strategy="SPREAD").remote()
        self.is_alive = True

    def outcome(self, asked: bytes, seconds: float | None) -> bytes:
        errors = self._ray.exceptions
        try:
            told: bytes = self._ray.get(self._actor.outcome.remote(asked, seconds))
        except errors.RayTaskError as error:
            raise error.cause from None
        except errors.OutOfDiskError as error:
            raise RunError(f"--ray: a node's disk is full ({_last_line(error)})") from error
        except errors.RayError as error:
            self.end()
            raise WorkerDiedError(_death(error)) from error
        return told

    def kill(self) -> None:
        self._ray.kill(self._actor)

    def end(self) -> None:
        self.is_alive = False
        self._ray.kill(self._actor)


def _start(ray: Any) -> Any:  # noqa: ANN401 - see _ray
    return lambda: _Actor(ray)
