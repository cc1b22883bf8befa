"""What names a text in a verdict: the line and the file in which it stands."""

from array import array

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
    """What names texts, by their places; and the places of those without tokens, by their form."""

    def __init__(self) -> None:
        self._files: dict[str, int] = {}
        self._paths: list[str] = []
        self._of = array("l")
        self._lines = array("q")
        self.wordless: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, place: int) -> str:
        return name_of((self._paths[self._of[place]], self._lines[place]))

    def add(self, key: Key) -> int:
        """Add a name at the next place, which is returned."""
        file, line = key
        if file not in self._files:
            self._files[file] = len(self._paths)
            self._paths.append(file)
        self._of.append(self._files[file])
        self._lines.append(line)
        return len(self._lines) - 1
