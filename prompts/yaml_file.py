"""Reads a YAML file that a person wrote; an error names the file, the line and the column."""

from pathlib import Path
from typing import Any

import yaml

from errors import InputError
from problems import shown

FILE_BYTES = 1_000_000
"""The largest file that is read."""


def read_mapping(
    path: Path, kind: str = "a domain file", keys: str = "name, task, seeds"
) -> dict[Any, Any]:
    """Return the mapping in the file. An error says what `kind` of file it is, with which keys.

    Raises InputError where the file cannot be read, is too large, is not UTF-8 or not YAML, or
    holds something else than a mapping.
    """
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
        if len(content) > FILE_BYTES:
            raise InputError(f"{path}: larger than {FILE_BYTES:,} bytes; {kind} is small")
        data = yaml.load(content.decode("utf-8"), _UniqueKeyLoader)  # noqa: S506  a safe loader
    except OSError as failure:
        raise InputError(f"{path}: {failure.strerror or failure}") from failure
    except UnicodeDecodeError as failure:
        told = f"{path}: not UTF-8 at byte {failure.start}; save it as UTF-8"
        raise InputError(told) from failure
    except RecursionError as failure:
        raise InputError(f"{path}: nested too deeply for {kind}") from failure
    except (yaml.YAMLError, ValueError) as failure:
        what = f"; is it {kind}?" if path.suffix.lower() not in {".yaml", ".yml"} else ""
        raise InputError(f"{path}: broken YAML{_place(failure)}{what}") from failure
    if not isinstance(data, dict):
        raise InputError(
            f"{path}: {kind} is a mapping of keys such as {keys}; this is {shown(data)}"
        )
    return data


class _UniqueKeyLoader(yaml.SafeLoader):
    """Safe YAML that refuses a key given twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  PyYAML's own signature
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands here twice", problem_mark=key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _place(failure: Exception) -> str:
    """Return where the file is broken and why, on one line."""
    mark = getattr(failure, "problem_mark", None)
    what = getattr(failure, "problem", None) or str(failure).splitlines()[0]
    at = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"{at}: {what}"
