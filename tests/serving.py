"""The real server, `langgraph dev`, in a process and a folder of its own, on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

ROOT = Path(__file__).parent.parent
PATIENCE_S = 30.0
NOT_INHERITED = ("EXPLORE_", "OPENAI_", "LANGSMITH_", "LANGCHAIN_", "LANGGRAPH_")


def until(condition: Callable[[], bool], told: str, patience_s: float = PATIENCE_S) -> None:
    """Look again and again until the condition holds; fail after so many seconds."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {patience_s} s: {told}"
        time.sleep(0.02)


class Server:
    """The server of langgraph.json; everything it writes lies in `folder`."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder = folder
        self.log = folder / "server.log"
        self.database = folder / ".explore" / "explore.db"
        self.database_url = environ.get(
            "EXPLORE_DATABASE_URL", f"sqlite:///{self.database}"
        ).replace("postgresql:", "postgresql+psycopg:")
        """Where its runs are kept, as SQLAlchemy names it."""
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)
        (folder / "graph").symlink_to(ROOT / "graph")
        (folder / "langgraph.json").symlink_to(ROOT / "langgraph.json")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = str(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and return when it answers; end it if it does not."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
        own = {
            "LANGGRAPH_CLI_NO_ANALYTICS": "1",
            "LANGGRAPH_NO_VERSION_CHECK": "true",
            "LANGSMITH_TRACING": "false",
        }
        command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload"]
        command += ["--port", self._port, "--n-jobs-per-worker", "8"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**kept, **own, **self._environ},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            until(self._is_up, f"no answer, see {self.log}")
        except AssertionError:
            self.kill()
            raise

    def kill(self) -> None:
        """Kill it with SIGKILL, whatever it is doing."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        self._end(signal.SIGINT)

    def client(self, key: str | None) -> LangGraphClient:
        """Return an SDK client that sends this key."""
        return get_client(url=self.url, api_key=key)

    def http(self, key: str | None) -> httpx.AsyncClient:
        """Return an HTTP client that sends this key."""
        headers = {"x-api-key": key} if key else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=PATIENCE_S)

    def resident_mb(self) -> float:
        """Return the memory that its process holds, in megabytes."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        [held] = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
        return int(held) / 1024

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text("utf-8", "replace")[-3000:]
        try:
            return httpx.get(f"{self.url}/ok", timeout=5).is_success
        except httpx.TransportError:
            return False

    def _end(self, blow: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            os.killpg(process.pid, blow)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE_S)
