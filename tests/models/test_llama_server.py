"""The embedded model's server, with a stand-in for the runtime: no test loads a model."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from errors import InputError
from models import llama_server
from models.llama_server import Source, serve

HASH = "ab" * 32


class Runtime:
    """Looks like xllamacpp, and remembers the settings of the servers it was asked for."""

    def __init__(self) -> None:
        self.started: list[Any] = []

    @staticmethod
    def CommonParams() -> SimpleNamespace:  # noqa: N802 - xllamacpp's name
        part = SimpleNamespace
        return part(model=part(), cpuparams=part(), cpuparams_batch=part())

    def Server(self, settings: Any) -> SimpleNamespace:  # noqa: ANN401, N802 - xllamacpp's name
        if "broken" in settings.model.path:
            raise RuntimeError("Failed to init server")
        self.started.append(settings)
        return SimpleNamespace(listening_address=f"http://127.0.0.1:{len(self.started)}")


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    stand_in = Runtime()
    monkeypatch.setitem(sys.modules, "xllamacpp", stand_in)
    monkeypatch.setattr(llama_server, "_running", {})
    return stand_in


def gguf(path: Path) -> Path:
    path.write_bytes(b"GGUF")
    return path


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Source()),
        ("m.gguf", Source(Path("m.gguf"))),
        (f"/a/m.gguf#sha256={HASH.upper()}", Source(Path("/a/m.gguf"), HASH)),
    ],
)
def test_a_source_is_read(text: str, expected: Source) -> None:
    assert Source.of(text) == expected


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize("text", ["m.gguf#sha256=12", f"m.gguf#{HASH}", f"m.gguf#md5={HASH}"])
def test_a_wrong_form_of_hash_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="64 hex digits"):
        Source.of(text)


def test_one_server_a_file_on_loopback_behind_its_own_key(runtime: Runtime, tmp_path: Path) -> None:
    one, other = gguf(tmp_path / "one.gguf"), gguf(tmp_path / "other.gguf")
    server = serve(Source(one))
    assert serve(Source(one)) is server
    assert serve(Source(other)).key != server.key
    assert (server.url, server.name) == ("http://127.0.0.1:1/v1", "one")
    assert [settings.hostnames for settings in runtime.started] == [["127.0.0.1"]] * 2
    assert runtime.started[0].api_keys == [server.key]


@pytest.mark.usefixtures("runtime")
def test_what_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"broken\.gguf cannot be loaded: Failed to init"):
        serve(Source(gguf(tmp_path / "broken.gguf")))


@pytest.mark.usefixtures("runtime")
def test_a_wrong_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"expected {HASH}"):
        serve(Source(gguf(tmp_path / "m.gguf"), HASH))


def test_without_the_local_packages_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(InputError, match=r"\.\[local\]"):
        serve(Source(gguf(tmp_path / "m.gguf")))
