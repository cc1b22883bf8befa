"""The simulator's own command line."""

import socket
import subprocess
import sys

import pytest


@pytest.mark.parametrize("taken", [True, False])
def test_a_port_that_cannot_be_listened_at_is_named(*, taken: bool) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1] if taken else 99_999
        done = subprocess.run(
            [sys.executable, "-m", "simulator", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].partition("error: ")[2].startswith(f"--port {port} cannot")
    assert "Traceback" not in done.stderr
