"""Compiles the locks: exact versions with hashes, and no word about where they came from."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TARGETS = {
    "dev": ["dev", "analysis"],
    "local": ["local"],
    "serve": ["serve", "local"],
    "benchmark": ["benchmark"],
}


def main() -> None:
    """Write locks/NAME.txt for every install target."""
    for name, extras in TARGETS.items():
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-", "--quiet"]
        command += [word for extra in extras for word in ("--extra", extra)]
        command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header"]
        # pip wants hashes for what is asked for with an extra, too.
        command += ["--no-strip-extras"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
        command += ["--output-file", str(HERE / f"{name}.txt")]
        subprocess.run(  # noqa: S603 - our own words only
            command, input=b"setuptools>=77\n", cwd=HERE.parent, check=True
        )


if __name__ == "__main__":
    main()
