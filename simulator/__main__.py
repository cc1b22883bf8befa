"""The simulator from the command line: prints its base URL, then serves until it is stopped."""

import argparse
import asyncio
import os
import re
import sys
from dataclasses import fields

from errors import InputError
from simulator.options import Options
from simulator.server import serve


def main() -> None:
    """Read the arguments, serve."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--attached", action="store_true", help="end when standard input ends")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME=SHARE", help=_told("faults")
    )
    for option in fields(Options):
        if option.name != "faults":
            kind = type(option.default)
            name = f"--{option.name.replace('_', '-')}"
            told = f"{_told(option.name)} [{option.default}]".replace("%", "%%")
            parser.add_argument(name, type=kind, default=option.default, help=told)
    given = vars(parser.parse_args())
    port, attached = given.pop("port"), given.pop("attached")
    try:
        shares = (fault.partition("=") for fault in given.pop("fault"))
        faults = {name: float(share) for name, _, share in shares}
        options = Options(**given, faults=faults)
    except (ValueError, InputError) as error:
        parser.error(str(error))
    try:
        asyncio.run(_serve(options, port, attached=attached))
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else str(error)
        parser.error(f"--port {port} cannot be listened at: {reason}")


def _told(option: str) -> str:
    """Return what the docstring of the options says of one."""
    found = re.search(rf"^\s+{option}: (.+)\.$", str(Options.__doc__), re.MULTILINE)
    return found[1] if found else ""


async def _serve(options: Options, port: int, *, attached: bool) -> None:
    runner, port = await serve(options, port)
    print(f"http://127.0.0.1:{port}/v1", flush=True)
    ended = asyncio.Event()
    if attached:
        asyncio.get_running_loop().add_reader(sys.stdin, ended.set)
    try:
        await ended.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
