"""A real PostgreSQL on 127.0.0.1, from the system's packages, gone at the end of the tests."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl, the newest version's; None where there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[4])
    )
    on_path = shutil.which("initdb")
    chosen = found[-1] if found else Path(on_path) if on_path else None
    return chosen.resolve().parent if chosen else None


class Postgres:
    """A running server; `database` makes an empty database in it."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port

    def database(self) -> str:
        """Return the URL of a database that holds nothing yet."""
        name = f"explore_{uuid4().hex}"
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self._port), "-U", "explore", name)
        return f"postgresql://explore@127.0.0.1:{self._port}/{name}"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as a user that it agrees to run as."""
        folder = binaries()
        assert folder is not None
        subprocess.run(
            [str(folder / program), *arguments],
            check=True,
            cwd=self._folder,
            user=_user() if os.geteuid() == 0 else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def running() -> Iterator[Postgres]:
    """Start a server with a cluster of its own; stop it and remove the cluster in the end."""
    folder = Path(tempfile.mkdtemp(prefix="explore-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _user())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Postgres(folder, port)
    cluster = str(folder / "cluster")
    listening = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    try:
        server.run("initdb", "-D", cluster, "-U", "explore", "-A", "trust", "-E", "UTF8")
        server.run("pg_ctl", "-D", cluster, "-l", str(folder / "log"), "-o", listening, "start")
        yield server
    finally:
        server.run("pg_ctl", "-D", cluster, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str:
    """Return a user to run as in root's place, which PostgreSQL refuses."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
