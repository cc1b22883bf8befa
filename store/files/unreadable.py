"""Files that are known and not read: what each one is, and how to make one that is read.

A new row in the table is all that a further kind needs.
"""

import codecs
from pathlib import Path
from shlex import quote

from errors import InputError

_TO_PARQUET = "save it as Parquet, in Python: "
_FEATHER = _TO_PARQUET + "pandas.read_feather({path!r}).to_parquet('data.parquet')"
_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"ARROW1", "an Arrow (Feather) file", _FEATHER),
    (b"FEA1", "a Feather file", _FEATHER),
    (
        b"\xff\xff\xff\xff",
        "an Arrow stream, as datasets' save_to_disk writes",
        _TO_PARQUET + "datasets.load_from_disk(FOLDER).to_parquet('data.parquet')",
    ),
    (b"Obj\x01", "an Avro file", "save it as JSON Lines"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unzip it, or save its sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save its sheet as CSV UTF-8"),
    (b"(\xb5/\xfd", "zstandard", "zstd -d {path}"),
    (b"BZh", "bzip2", "bunzip2 {path}"),
    (b"\xfd7zXZ", "xz", "unxz {path}"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it first"),
    (b"SQLite format 3\0", "a SQLite database", "save its table as CSV: sqlite3 -csv -header"),
    (b"\x80\x04\x95", "a Python pickle", "save its rows as JSON Lines"),
    (b"version https://git-lfs", "a pointer of Git LFS, no data", "fetch the data: git lfs pull"),
    (b"%PDF", "a PDF", "save its texts as JSON Lines"),
    (b"<", "HTML or XML", "see that the download gave the data itself, as JSON Lines or Parquet"),
)
"""First bytes of a file, what it is, and the fix, in which {path} stands for the file."""

_WIDE = (
    ([False, True, False, True], "UTF-16LE"),
    ([True, False, True, False], "UTF-16BE"),
    ([False, True, True, True], "UTF-32LE"),
    ([True, True, True, False], "UTF-32BE"),
)
"""Which of a text's first four bytes are 0, and its encoding."""

_RECODE = "save it as UTF-8, as: iconv -f {name} -t UTF-8 {path} > utf8{suffix}"


def check_readable(path: Path, first: bytes) -> None:
    """Raise InputError for a file whose first bytes are those of a kind that is not read."""
    if name := _wide(first):
        fix = _RECODE.format(name=name, path=quote(str(path)), suffix=path.suffix)
        raise InputError(f"{path} is {name} text: {fix}")
    begin = first.removeprefix(codecs.BOM_UTF8).lstrip()
    for sign, name, fix in _KINDS:
        if begin.startswith(sign):
            raise InputError(f"{path} is {name}: {fix.format(path=str(path))}")


def is_saved(folder: Path) -> bool:
    """Return whether datasets' save_to_disk wrote the folder."""
    return any((folder / name).is_file() for name in ("state.json", "dataset_dict.json"))


def folder_fault(folder: Path) -> InputError:
    """Return why a folder is no file of rows, and what to name in its place."""
    if is_saved(folder):
        how = f"{_TO_PARQUET}datasets.load_from_disk({str(folder)!r}), and to_parquet of a split"
        return InputError(f"{folder} is a folder of datasets' save_to_disk: {how}")
    files = [folder / "dataset.jsonl", *sorted((folder / "data").glob("*.parquet"))]
    found = [str(path) for path in files if path.is_file()]
    return InputError(f"{folder} is a folder: name {' '.join(found[:3]) or 'a file in it'}")


def _wide(first: bytes) -> str | None:
    """Return the encoding of text with two or four bytes a character, None for other text."""
    if first.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    zeros = [byte == 0 for byte in first[:4]]
    return next((name for known, name in _WIDE if known == zeros), None)
