"""Files that are not read: each is named as what it is, with what to do."""

import sqlite3
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import feather

from errors import InputError
from store.files.data_set import read_data_set
from store.files.forms import form_of

LINE = '{"instruction": "Say hi"}\n'


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("text", [LINE, "[" + LINE + "]", "instruction,output\nSay hi,Hi\n"])
def test_wide_text_is_named_with_the_command(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / "a b.jsonl"
    path.write_bytes(text.encode(name))
    known = name.upper().removesuffix("-LE").removesuffix("-BE")
    with pytest.raises(InputError, match=f"is {known}.* text: save it as UTF-8, as: iconv") as told:
        form_of(path)
    assert f"-t UTF-8 '{path}' > utf8.jsonl" in str(told.value)


def write_feather(path: Path) -> None:
    feather.write_feather(pa.table({"instruction": ["x"]}), path)


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "x")


def write_database(path: Path) -> None:
    with sqlite3.connect(path) as made:
        made.execute("create table rows (instruction)")
    made.close()


KINDS = {
    "Arrow": (write_feather, "an Arrow .*pandas.read_feather"),
    "Excel": (write_zip, "Excel workbook: .*save its sheet as CSV"),
    "SQLite": (write_database, "a SQLite database"),
    "LFS": (
        lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\n"),
        "lfs pull",
    ),
    "a web page": (lambda path: path.write_text("\n<!DOCTYPE html>"), "is HTML"),
    "zstandard": (lambda path: path.write_bytes(b"(\xb5/\xfd..."), "zstd -d "),
    "bzip2": (lambda path: path.write_bytes(b"BZh91AY"), "bunzip2 "),
    "xz": (lambda path: path.write_bytes(b"\xfd7zXZ\0"), "unxz "),
}


@pytest.mark.parametrize(("write", "why"), KINDS.values(), ids=KINDS.keys())
def test_known_kinds_are_named(tmp_path: Path, write: object, why: str) -> None:
    path = tmp_path / "data"
    assert callable(write)
    write(path)
    with pytest.raises(InputError, match=why):
        form_of(path)


def test_what_datasets_saves_is_named(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs Hugging Face datasets")
    datasets.disable_progress_bars()
    folder = tmp_path / "saved"
    datasets.Dataset.from_dict({"instruction": ["x"]}).save_to_disk(str(folder))
    for read in (form_of, read_data_set):
        with pytest.raises(InputError, match=r"datasets\.load_from_disk"):
            read(folder)
    (arrow,) = folder.glob("*.arrow")
    with pytest.raises(InputError, match="an Arrow stream, as datasets' save_to_disk writes"):
        form_of(arrow)


def test_a_folder_names_the_files_in_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder: name a file in it"):
        form_of(tmp_path)
    (tmp_path / "dataset.jsonl").touch()
    with pytest.raises(InputError, match=f"name {tmp_path}/dataset.jsonl"):
        form_of(tmp_path)
