"""Workers on Ray: the same results whoever dies, and what is told before work begins."""

import importlib.util
import os
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, closing
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest

from errors import InputError
from store.files.original import read_original
from store.filter.part import Part
from store.filter.sharded import ShardedIndex
from store.filter.verdict import Verdict
from tests.shared_data import DEMO, shared
from tests.store.filter.test_sharded import alone, blocks
from tests.work import pieces
from tests.work.nodes import cluster, local_only, slow
from work import on_ray
from work.errors import DiskFullError, PieceLostError, TimeLimitError
from work.ordered import ordered_map
from work.shard import Shard
from work.team import Team

ROOT = Path(__file__).parents[2]
SEVEN_TENTHS = Fraction(7, 10)


@pytest.fixture(autouse=True)
def _on_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    local_only(monkeypatch)


def verdicts_while(team: Team, texts: list[str], kill: object) -> list[Verdict]:
    """Filter over a shard for each worker; call `kill` with the shards after the third block."""
    found: list[Verdict] = []
    with ExitStack() as started:
        new = partial(Shard, team, partial(Part, SEVEN_TENTHS))
        shards = [started.enter_context(closing(new())) for _ in range(team.number)]
        for turn, some in enumerate(ShardedIndex(shards, SEVEN_TENTHS).admit(blocks(texts, [400]))):
            found += some
            if turn == 2:
                assert callable(kill)
                kill(shards)
    return found


def demo() -> list[str]:
    return [record.instruction for _, record in read_original(shared(DEMO)).records()]


def number(_: Part, __: None) -> int:
    return os.getpid()


def variable(name: str) -> str | None:
    return os.environ.get(name)


class TestLocal:
    """A cluster that is started here."""

    pytestmark = slow

    def test_all_that_a_worker_here_does(self, capfd: pytest.CaptureFixture[str]) -> None:
        with on_ray.team("local", 2) as team:
            done = []
            for piece, process in ordered_map(pieces.numbered, range(40), team):
                done.append(piece)
                if piece % 16 == 0:
                    pieces.kill(process)
            assert done == list(range(40))
            with pytest.raises(TimeLimitError):
                team.submit(pieces.spin, "", seconds=0.3).result()
            with pytest.raises(PieceLostError):
                team.submit(pieces.killed, "").result()
            with pytest.raises(ValueError, match="so"):
                team.submit(pieces.failing, "so").result()
            with pytest.raises(DiskFullError, match="/dev/full"):
                team.submit(pieces.fill, "/dev/full").result()
            texts = demo()
            kill = lambda shards: pieces.kill(shards[0].ask(number, None).result())  # noqa: E731
            assert verdicts_while(team, texts, kill) == alone(texts, SEVEN_TENTHS)
        assert not capfd.readouterr().out


class TestAuto:
    """The cluster that this machine is a node of."""

    pytestmark = slow

    def test_no_cluster_at_all_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from ray._private import services  # noqa: PLC0415 - it may be absent

        monkeypatch.delenv("RAY_ADDRESS", raising=False)
        monkeypatch.setattr(services, "find_gcs_addresses", set)
        monkeypatch.setattr("ray._private.utils.read_ray_address", lambda *_: None)
        with pytest.raises(InputError, match="auto: no Ray cluster runs"), on_ray.team("auto"):
            pass

    @pytest.mark.parametrize(
        ("address", "told"),
        [
            ("127.0.0.1:1", r"auto: no Ray cluster answers at 127\.0\.0\.1:1,"),
            ("nonsense", "auto: RAY_ADDRESS: .*nonsense"),
        ],
    )
    def test_a_cluster_that_is_gone_is_told_at_once(
        self, address: str, told: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RAY_ADDRESS", address)
        with pytest.raises(InputError, match=told), on_ray.team("auto"):
            pass


class TestNodes:
    """A cluster of two nodes, to which this process connects."""

    pytestmark = slow

    def test_a_node_killed_in_the_middle_changes_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        texts = demo()
        monkeypatch.setenv("MARK", "secret")
        with cluster() as nodes, on_ray.team(nodes.address) as team:
            assert team.number == 2
            assert team.submit(variable, "MARK").result() is None
            found = verdicts_while(team, texts, lambda _: nodes.kill_the_second())
            assert found == alone(texts, SEVEN_TENTHS)
            done = ordered_map(pieces.square, range(20), team)
            assert list(done) == [n * n for n in range(20)]

    def test_another_version_is_told_before_work_begins(self, tmp_path: Path) -> None:
        (tmp_path / "in.jsonl").write_text('{"instruction": "Say hello"}\n', "utf-8")
        start = "from cli.main import main; main()"
        with cluster("2.0.0") as nodes:
            words = ["filter", "in.jsonl", "--out", "out.jsonl", "--ray", nodes.address]
            ended = subprocess.run(
                [sys.executable, "-c", start, *words],
                cwd=tmp_path,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=False,
            )
        assert ended.returncode == 2
        assert "another version runs there" in ended.stderr
        assert "Ray: 2.0.0" in ended.stderr
        assert "Install the same" in ended.stderr
        assert not (tmp_path / "out.jsonl").exists()

    def test_a_node_without_this_project_is_told(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        import ray  # noqa: PLC0415 - it may be absent

        with cluster() as nodes, on_ray.team(nodes.address):
            with monkeypatch.context() as here:
                here.setattr(on_ray, "version", lambda _: "0.0.1")
                with pytest.raises(InputError, match=r"node 127\.0\.0\.1 has .*: use the same"):
                    on_ray._check_nodes(ray)
            (tmp_path / "elsewhere.py").write_text("def installed(): return '1', '3'\n", "utf-8")
            monkeypatch.syspath_prepend(tmp_path)
            absent = importlib.import_module("elsewhere").installed
            monkeypatch.setattr(on_ray, "installed", absent)
            with pytest.raises(InputError, match=r"node 127\.0\.0\.1 .*install explore-instruct"):
                on_ray._check_nodes(ray)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("ray://10.0.0.1:10001", "plain address"),
        ("nonsense", "local, auto"),
        ("host:0", "local, auto"),
        ("127.0.0.1:1", "no Ray cluster answers"),
    ],
)
def test_an_address_without_a_cluster_is_told_at_once(address: str, told: str) -> None:
    with pytest.raises(InputError, match=told), on_ray.team(address):
        pass


def test_something_else_that_answers_is_no_cluster() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(InputError, match="no Ray cluster answers"), on_ray.team(address):
            pass
        thread.join()


def test_a_missing_ray_is_told_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"pip install .*\[ray\]"), on_ray.team("local"):
        pass
