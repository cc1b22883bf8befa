"""What names a text in a verdict: the line and the file in which it stands."""

from array import array
from collections.abc import Sequence

Key = tuple[str, int]
"""A file and a line of it."""


def name_of(key: Key) -> str:
    """Return the name of the text that stands there."""
    file, line = key
    return f"{line} {file}"


def key_of(name: str) -> Key:
    """Return where the text stands that has this name."""
    line, _, file = name.partition(" ")
    return file, int(line)


class Names:
    """What names texts, by their places."""

    def __init__(self) -> None:
        self._files: dict[str, int] = {}
        self._paths: list[str] = []
        self._of = array("l")
        self._lines = array("q")

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, place: int) -> str:
        return name_of((self._paths[self._of[place]], self._lines[place]))

    def extend(self, keys: Sequence[Key]) -> None:
        """Add names at the next places."""
        for file, _ in keys:
            if file not in self._files:
                self._files[file] = len(self._paths)
                self._paths.append(file)
        self._of.extend(self._files[file] for file, _ in keys)
        self._lines.extend(line for _, line in keys)
