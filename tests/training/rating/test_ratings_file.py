"""The file of ratings: nothing is lost, what a crash left is mended, nothing else is touched."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from errors import InputError, RunError
from tests.training.rating.samples import lines, rating_row, rows_of
from training.pairs import question_key
from training.rating.ratings import Choice, Rating, name_of, read_ratings
from training.rating.ratings_file import held

OURS, OTHER = "1" * 16, "2" * 16
ROW = Rating(
    comparison=OURS,
    question=question_key("Why?", ""),
    rater="Ann",
    choice="a",
    left="b",
    at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    instruction="Why?\0 ü 中",
)


def said(choice: Choice, rater: str = "Ann") -> Rating:
    return ROW.model_copy(update={"choice": choice, "rater": rater})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "ratings.jsonl"
    with held(file, OURS) as ratings:
        ratings.add(said("a"))
        ratings.add(said("tie", "Bo"))
    return file


def test_a_rating_is_a_row_and_a_change_of_mind_a_later_one(path: Path) -> None:
    with held(path, OURS) as ratings:
        ratings.add(said("b"))
        assert [r.choice for r in ratings.ratings.values()] == ["b", "tie"]
    assert [row["choice"] for row in rows_of(path)] == ["a", "tie", "b"]
    assert rows_of(path)[0] == {
        "comparison": OURS,
        "question": ROW.question,
        "rater": "Ann",
        "choice": "a",
        "left": "b",
        "at": "2026-01-02T03:04:05Z",
        "instruction": "Why?\0 ü 中",
        "input": "",
    }
    assert read_ratings(path).ratings[-1] == said("b")
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_row_cut_anywhere_is_mended(path: Path) -> None:
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for size in range(first, len(whole) + 1):
        path.write_bytes(whole[:size])
        with held(path, OURS) as ratings:
            ratings.add(said("b"))
        read = ["a", *(["tie"] if size >= len(whole) - 1 else []), "b"]
        assert [row["choice"] for row in rows_of(path)] == read


def test_zeros_that_a_disk_left_are_cut(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 300)
    assert len(read_ratings(path).half) == 300
    with held(path, OURS) as ratings:
        assert ratings.mended == 300
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "content",
    [
        '{"instruction": "Why?", "output": "So."}\n',
        "my only notes, without an end",
        '{"comparison": "no id"}\n',
        "PK\x03\x04 a zip",
        '{"comparison": "0123456789abcdef", "question": "x"}\n{"comparison": "01',
        "[]\n",
        "\xff\xfe\n",
    ],
)
def test_what_is_no_file_of_ratings_is_refused_and_left(tmp_path: Path, content: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match="line 1, is no rating"), held(path, OURS):
        pass
    assert path.read_bytes() == content.encode("latin-1")


def test_a_broken_line_in_the_middle_is_named(path: Path) -> None:
    rows = path.read_text().splitlines(keepends=True)
    path.write_text(rows[0][:50] + "\n" + rows[1])
    with pytest.raises(InputError, match=r"ratings\.jsonl, line 1, is no rating"):
        read_ratings(path)


def test_ratings_of_another_comparison_are_refused(path: Path) -> None:
    before = path.read_bytes() + b'{"comp'
    path.write_bytes(before)
    with pytest.raises(InputError, match=f"of another comparison \\({OURS}, not {OTHER}\\)"):
        held(path, OTHER).__enter__()
    assert path.read_bytes() == before


def test_a_second_process_is_refused(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from training.rating.ratings_file import held\n"
        f"try: held(Path(sys.argv[1]), {OURS!r}).__enter__()\n"
        "except Exception as error: print(error)"
    )
    link = path.with_name("link.jsonl")
    link.symlink_to(path)
    with held(path, OURS):
        told = subprocess.run(
            [sys.executable, "-c", code, link], capture_output=True, text=True, check=True
        )
    assert "is in use by another `rate`" in told.stdout
    with held(path, OURS) as ratings:
        assert len(ratings.ratings) == 2


def test_a_full_disk_leaves_the_file_as_it_was(path: Path) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from tests.training.rating.test_ratings_file import OURS, held, said\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "with held(Path(sys.argv[1]), OURS) as ratings:\n"
        "    most = Path(sys.argv[1]).stat().st_size + 40\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (most, -1))\n"
        "    try: ratings.add(said('b'))\n"
        "    except Exception as error: print(type(error).__name__, error)\n"
        "    print(len(ratings.ratings), [r.choice for r in ratings.ratings.values()])\n"
    )
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("RunError")
    assert "the rating cannot be written (File too large)" in done.stdout
    assert done.stdout.endswith("2 ['a', 'tie']\n")
    assert path.read_bytes() == before


@pytest.mark.parametrize("change", [b"", b"something else\n"])
def test_a_file_that_somebody_else_changed_gets_nothing(path: Path, change: bytes) -> None:
    with held(path, OURS) as ratings:
        path.write_bytes(change)
        with pytest.raises(RunError, match="another program changed the file"):
            ratings.add(said("b"))
    assert path.read_bytes() == change


def test_places_that_take_no_file_are_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "no" / "ratings.jsonl"):
        with pytest.raises(InputError, match="not a place for a file"):
            held(place, OURS).__enter__()
    with held(tmp_path / "new.jsonl", OURS):
        pass
    assert not list(tmp_path.iterdir()), "nothing is made before the first rating"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("  Ann \t Lee ", "Ann Lee"), ("Zo\u0065\u0308", "Zoë"), ("李\u202e\u0000\n明", "李 明")],
)
def test_a_name_is_kept_on_one_line(given: str, kept: str) -> None:
    assert name_of(given) == kept


@pytest.mark.parametrize("given", ["", " \n", "\u200b\u202e", "x" * 61])
def test_what_is_no_name_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="name"):
        name_of(given)


def test_more_fields_in_a_row_are_no_fault(tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", [rating_row("0" * 16, "Ann", "tie", note="hm")])
    assert [r.choice for r in read_ratings(path).ratings] == ["tie"]
