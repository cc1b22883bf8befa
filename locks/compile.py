"""Compiles the locks: exact versions with hashes, and no word about where they came from."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
TARGETS = {
    "dev": ["dev", "analysis", "traces"],
    "local": ["local", "analysis", "traces"],
    "serve": ["serve", "local", "analysis", "traces"],
    "benchmark": ["benchmark"],
}
TOGETHER = ["analysis", "benchmark", "dev", "local", "postgres", "serve", "traces"]
"""Extras that people install one after another into one environment: their versions agree."""
APART = ["phoenix"]
"""Dependency groups that are installed without the project, each in an environment of its own."""

_WITH_EXTRAS = re.compile(r"^([\w.-]+)\[[^\]]+\](==.*(?:\n    --hash.*)+)\n", re.MULTILINE)


def main() -> None:
    """Write locks/NAME.txt for every install target."""
    with TemporaryDirectory() as folder:
        together = Path(folder) / "together.txt"
        together.write_text((HERE / "dev.txt").read_text("utf-8"), "utf-8")  # keeps its versions
        _compile(together, _project(TOGETHER))
        for name, extras in TARGETS.items():
            agreeing = ["--constraints", str(together)]
            _compile(HERE / f"{name}.txt", [*_project(extras), *agreeing])
    for name in APART:
        _compile(HERE / f"{name}.txt", ["--group", name])


def _project(extras: list[str]) -> list[str]:
    """Return what asks for the project with these extras, and what builds it."""
    return ["pyproject.toml", "-", *(word for extra in extras for word in ("--extra", extra))]


def _compile(lock: Path, wanted: list[str]) -> None:
    command = [sys.executable, "-m", "uv", "pip", "compile", *wanted, "--quiet"]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
    command += ["--no-strip-extras", "--output-file", str(lock)]
    subprocess.run(  # noqa: S603 - our own words only
        command, input=b"setuptools>=77\n", cwd=HERE.parent, check=True
    )
    lock.write_text(_also_plain(lock.read_text("utf-8")), "utf-8")


def _also_plain(lock: str) -> str:
    """Name each package with an extra without it, too: pip's hash mode takes them for two."""

    def both(found: re.Match[str]) -> str:
        plain = f"{found[1]}{found[2]}\n"
        return found[0] if f"\n{plain}" in lock else f"{found[0]}{plain}"

    return _WITH_EXTRAS.sub(both, lock)


if __name__ == "__main__":
    main()
